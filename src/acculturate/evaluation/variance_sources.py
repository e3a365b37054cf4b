"""Where an answer's variance comes from: culture, wording, order, language, seed, or chance.

The standing objection to measuring cultures in models is that how one asks moves answers more than
whose answers one asks for. Here both stand in one table. Answers are taken as profiles along the
scale (`metrics.specificity.profile`), an item is a block, and the parts are variances of one answer
in the same unit for every source. The rest is sampling, and whatever sources do only together.

    >>> from acculturate.records import Answer
    >>> from acculturate.survey import load_survey
    >>> answers = [Answer("Q57", "expected", order=order, probabilities=(p, 1 - p))
    ...            for order, p in (((0, 1), 0.8), ((1, 0), 0.4))]
    >>> [(row.source, row.share) for row in variance_by_source(answers, load_survey())]
    [('order', 1.0)]
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from acculturate.errors import SurveyError
from acculturate.metrics.specificity import profile
from acculturate.records import Answer, Item
from acculturate.records.results.varied import Habit, Source
from acculturate.statistics.variance import REST, components
from acculturate.survey import Survey

Floats = NDArray[np.float64]
SOURCES = (
    "culture", "language", "wording", "framing wording", "perturbation", "order", "labels",
    "presentation", "reasoned", "no answer", "seed",
)  # fmt: skip


def variance_by_source(
    answers: Iterable[Answer] | Mapping[str, Iterable[Answer]], survey: Survey
) -> list[Source]:
    """Return sources with more than one level, and `rest` where chance is left, largest first.

    A mapping gives the answers of each training seed. Refusals are left out, which unbalances the
    design a little. Raises `SurveyError` where nothing was answered.
    """
    gathered = Variation(survey)
    for seed, part in (answers if isinstance(answers, Mapping) else {"": answers}).items():
        for answer in part:
            gathered.add(answer, seed)
    return gathered.sources()


def position_habit(answers: Iterable[Answer], survey: Survey) -> Habit:
    """Return the habit of choosing by place on the page, of answers shown in known orders.

    Meaningful where each item was shown in several orders: in one order, a first option that is
    right looks like a habit. Raises `SurveyError` for answers without orders.
    """
    gathered = Variation(survey)
    for answer in answers:
        gathered.add(answer)
    return gathered.habit()


class Way(NamedTuple):
    """All that is known of how a question was asked."""

    item: str
    culture: str
    language: str
    wording: int
    framing_wording: int
    order: tuple[int, ...]
    perturbation: str
    labels: str
    presentation: str
    reasoned: bool
    no_answer: bool
    seed: str


class Variation:
    """Gathers answers as they come: of each way to ask, how many there are, their mean and squares.

    So a thousand respondents or samples take no more room than one.
    """

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._cells: dict[Way, _Cell] = {}
        self._lengths: dict[str, Floats] = {}

    def add(self, answer: Answer, seed: str = "") -> None:
        """Count an answer; a refusal is left out. Raises `SurveyError` for a code off its scale."""
        if not answer.answered:
            return
        item = self._survey.item(answer.item)
        if item.id not in self._lengths:
            self._lengths[item.id] = _lengths(item)
        way = Way(
            item.id,
            answer.culture,
            answer.language,
            answer.wording,
            answer.framing_wording,
            answer.order,
            answer.perturbation,
            answer.labels,
            answer.presentation,
            answer.reasoned,
            bool(answer.no_answer),
            seed,
        )
        if way not in self._cells:
            self._cells[way] = _Cell(len(item.codes))
        self._cells[way].add(np.array(answer.shares(item)), self._lengths[item.id])

    def take(self, other: "Variation") -> None:
        """Count another's answers too."""
        self._lengths |= other._lengths
        for way, cell in other._cells.items():
            own = self._cells.setdefault(way, _Cell(len(cell.total_K)))
            own.n, own.square = own.n + cell.n, own.square + cell.square
            own.total_K = own.total_K + cell.total_K

    @property
    def varied(self) -> set[str]:
        """In what the asking of one item varied: names of `Way`, the culture among them."""
        seen: dict[tuple[str, str], set[object]] = {}
        for way in self._cells:
            for name in Way._fields[1:]:
                seen.setdefault((name, way.item), set()).add(getattr(way, name))
        return {name for (name, _), levels in seen.items() if len(levels) > 1}

    def item(self, key: str) -> Item:
        """Return an item of the survey."""
        return self._survey.item(key)

    def means(self) -> Iterator[tuple[Way, Floats, int]]:
        """Yield each way to ask with its mean shares, and the number of answers behind them."""
        for way, cell in self._cells.items():
            yield way, cell.total_K / cell.n, cell.n

    def sources(self) -> list[Source]:
        """See `variance_by_source`."""
        if not self._cells:
            raise SurveyError("Nothing was answered: there is no variance to decompose.")
        return _sources(self._cells, self._survey)

    def habit(self) -> Habit:
        """See `position_habit`."""
        shown = {way: cell for way, cell in self._cells.items() if way.order}
        if not shown:
            raise SurveyError("The answers have no orders: ask with `orders` forward or balanced.")
        n = sum(cell.n for cell in shown.values())
        ends = [
            sum(len(cell.total_K) * cell.total_K[way.order[end]] for way, cell in shown.items()) / n
            for end in (0, -1)
        ]
        shares = {source.source: source.share for source in _sources(shown, self._survey)}
        items = len({way.item for way in shown})
        return Habit(float(ends[0]), float(ends[1]), shares.get("order", 0.0), items)


class _Cell:
    """Answers that were asked in one way: their number, sum, and sum of the profiles' squares."""

    __slots__ = ("n", "square", "total_K")

    def __init__(self, options: int) -> None:
        self.n, self.square, self.total_K = 0, 0.0, np.zeros(options)

    def add(self, share_K: Floats, length_KK: Floats) -> None:
        self.n += 1
        self.total_K += share_K
        self.square += float(share_K @ length_KK @ share_K)


def _lengths(item: Item) -> Floats:
    """Return the matrix G with which shares s have profiles of the squared length s G s."""
    size = len(item.codes)
    profile_KD = profile(np.eye(size)[:, None], np.array([size]), np.array([item.ordinal]))[:, 0]
    return np.asarray(profile_KD @ profile_KD.T)


def _sources(cells: Mapping[Way, _Cell], survey: Survey) -> list[Source]:
    items = {way.item: survey.item(way.item) for way in cells}
    count_N = np.array([cell.n for cell in cells.values()], dtype=np.float64)
    value_ND = _means(cells, items)
    square_N = np.array([cell.square for cell in cells.values()])
    within_N = np.maximum(0.0, square_N - count_N * (value_ND**2).sum(-1))
    within_N[count_N == 1] = 0.0
    block_N = _numbers([way.item for way in cells])
    factors = {
        source: _numbers([getattr(way, source.replace(" ", "_")) for way in cells])
        for source in SOURCES
    }
    variances = components(value_ND, block_N, factors, count_N, within_N)
    total = float(np.nansum(list(variances.values())))
    sources = [
        Source(name, part, part / total if total > 0 else 0.0, _most(block_N, factors.get(name)))
        for name, part in variances.items()
        if np.isfinite(part) and (name != REST or part > 1e-15)
    ]
    return sorted(sources, key=lambda source: -source.variance)


def _means(cells: Mapping[Way, _Cell], items: Mapping[str, Item]) -> Floats:
    """Return the profile of each way's mean answer."""
    width = max(len(item.codes) for item in items.values())
    share_NK = np.zeros((len(cells), width))
    for n, cell in enumerate(cells.values()):
        share_NK[n, : len(cell.total_K)] = cell.total_K / cell.n
    size_N = np.array([len(items[way.item].codes) for way in cells])
    ordinal_N = np.array([items[way.item].ordinal for way in cells])
    return profile(share_NK, size_N, ordinal_N)


def _numbers(keys: Sequence[object]) -> NDArray[np.intp]:
    number = {key: n for n, key in enumerate(dict.fromkeys(keys))}
    return np.array([number[key] for key in keys], dtype=np.intp)


def _most(block_N: NDArray[np.intp], level_N: NDArray[np.intp] | None) -> int:
    """Return the most levels that one block has; of the rest there are none."""
    if level_N is None:
        return 0
    pairs = np.unique(np.stack([block_N, level_N]), axis=1)
    return int(np.bincount(pairs[0]).max())
