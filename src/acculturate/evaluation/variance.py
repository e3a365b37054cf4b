"""Where an answer's variance comes from: culture, wording, order, language, seed, or chance.

The standing objection to measuring cultures in models is that how one asks moves answers more than
whose answers one asks for. Here both stand in one table. Answers are taken as profiles along the
scale (`metrics.specificity.profile`), an item is a block, and the parts are variances of one answer
in the same unit for every source. The rest is sampling, and whatever sources do only together.

    >>> from acculturate.records import Answer
    >>> from acculturate.survey import load_survey
    >>> answers = [Answer("Q57", "expected", order=order, probabilities=(p, 1 - p))
    ...            for order, p in (((0, 1), 0.8), ((1, 0), 0.4))]
    >>> [(each.source, each.share) for each in variance_by_source(answers, load_survey())]
    [('order', 1.0)]
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acculturate.errors import SurveyError
from acculturate.metrics.specificity import profile
from acculturate.records import Answer, Item
from acculturate.statistics.variance import REST, components
from acculturate.survey import Survey

Floats = NDArray[np.float64]
SOURCES = ("culture", "language", "wording", "framing wording", "order", "seed")


@dataclass(frozen=True, slots=True)
class Source:
    """A source's variance and its share of all; `levels` is how many it has at most in an item."""

    source: str
    variance: float
    share: float
    levels: int


@dataclass(frozen=True, slots=True)
class Habit:
    """How much of the answers go to the option shown first, and to the one shown last.

    1 / K of each would be none: `first` and `last` are means over items of K times the share, so
    that 1 is no habit and 0 never. `order_share` is the order's share of the variance.
    """

    first: float
    last: float
    order_share: float
    n: int


def variance_by_source(
    answers: Sequence[Answer] | Mapping[str, Sequence[Answer]], survey: Survey
) -> list[Source]:
    """Sources with more than one level, and `rest` where chance is left, largest first.

    A mapping gives the answers of each training seed. Refusals are left out, which unbalances the
    design a little. Raises `SurveyError` where nothing was answered.
    """
    by_seed = answers if isinstance(answers, Mapping) else {"": answers}
    rows = [
        (seed, answer) for seed, each in by_seed.items() for answer in each if not answer.refused
    ]
    if not rows:
        raise SurveyError("Nothing was answered: there is no variance to part.")
    items = {answer.item: survey.item(answer.item) for _, answer in rows}
    number = {key: n for n, key in enumerate(items)}
    value_ND = _profiles([answer for _, answer in rows], items)
    block_N = np.array([number[answer.item] for _, answer in rows], dtype=np.intp)
    factors = {source: _levels(source, rows) for source in SOURCES}
    found = components(value_ND, block_N, factors)
    total = float(np.nansum(list(found.values())))
    sources = [
        Source(name, part, part / total if total > 0 else 0.0, _most(block_N, factors.get(name)))
        for name, part in found.items()
        if np.isfinite(part) and (name != REST or part > 1e-15)
    ]
    return sorted(sources, key=lambda each: -each.variance)


def position_habit(answers: Sequence[Answer], survey: Survey) -> Habit:
    """The habit of choosing by place on the page, of answers shown in known orders.

    Meaningful where each item was shown in several orders: in one order, a first option that is
    right looks like a habit. Raises `SurveyError` for answers without orders.
    """
    shown = [answer for answer in answers if answer.order and not answer.refused]
    if not shown:
        raise SurveyError("The answers have no orders: ask with `orders` forward or balanced.")
    first, last = [], []
    for answer in shown:
        share_K = _shares(answer, survey.item(answer.item))
        first.append(len(share_K) * share_K[answer.order[0]])
        last.append(len(share_K) * share_K[answer.order[-1]])
    sources = {each.source: each.share for each in variance_by_source(shown, survey)}
    n = len({answer.item for answer in shown})
    return Habit(float(np.mean(first)), float(np.mean(last)), sources.get("order", 0.0), n)


def _profiles(answers: Sequence[Answer], items: Mapping[str, Item]) -> Floats:
    width = max(len(item.codes) for item in items.values())
    share_NK = np.zeros((len(answers), width))
    for n, answer in enumerate(answers):
        share_K = _shares(answer, items[answer.item])
        share_NK[n, : len(share_K)] = share_K
    size_N = np.array([len(items[answer.item].codes) for answer in answers])
    ordinal_N = np.array([items[answer.item].ordinal for answer in answers])
    return profile(share_NK, size_N, ordinal_N)


def _shares(answer: Answer, item: Item) -> Floats:
    if answer.probabilities is not None:
        return np.array(answer.probabilities)
    if answer.code not in item.codes:
        raise SurveyError(f"{answer.code} is not a code of item {item.id}.")
    return np.asarray(np.eye(len(item.codes))[item.codes.index(answer.code)])


def _levels(source: str, rows: Sequence[tuple[str, Answer]]) -> NDArray[np.intp]:
    if source == "seed":
        keys: list[object] = [seed for seed, _ in rows]
    else:
        name = source.replace(" ", "_")
        keys = [getattr(answer, name) for _, answer in rows]
    number = {key: n for n, key in enumerate(dict.fromkeys(keys))}
    return np.array([number[key] for key in keys], dtype=np.intp)


def _most(block_N: NDArray[np.intp], level_N: NDArray[np.intp] | None) -> int:
    """The most levels that one block has; of the rest there are none."""
    if level_N is None:
        return 0
    pairs = np.unique(np.stack([block_N, level_N]), axis=1)
    return int(np.bincount(pairs[0]).max())
