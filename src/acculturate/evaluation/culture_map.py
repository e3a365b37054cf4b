"""The Inglehart-Welzel culture map: where peoples stand, and where a model puts itself.

Ten questions (fourteen items here) are projected on two axes, from survival to self-expression and
from traditional to secular values. The projection is linear in the shares of answers among options
that are points on a scale, so counts are enough: who does not have a nationality is neither proud
of it nor not. Figures and source stand in inglehart_welzel/projection.toml, the published positions
of 107 territories in positions.csv beside it. Positions from marginals of one wave agree with the
published ones, which pool several, by r .99 on x and .84 on y.

Five of the items are among CLCA's 44, and descriptions of cultures by these axes are made from
them: a model told the axes and placed on the map is asked for what it was told. Axes: B draws, C
cultures, I items, K options, D the map's two.

    >>> from acculturate.survey import load_survey
    >>> place = people_positions(load_survey(), ["DEU"])[0]
    >>> round(place.self_expression, 1), round(place.secular, 1)
    (2.5, 0.5)
"""

import csv
import functools
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acculturate.errors import SurveyError
from acculturate.metrics.ratio import divide
from acculturate.records import Answer, Item
from acculturate.records.results.placed import ArmPlace, Ellipse, Fit, Place
from acculturate.records.results.plain import widened
from acculturate.statistics.bootstrap import people_draws
from acculturate.statistics.interval import FEWEST
from acculturate.survey import Survey

Floats = NDArray[np.float64]
AXES = ("self_expression", "secular")
CHI_SQUARE_95 = 5.991  # of two degrees of freedom
DRAWS = 1000


@functools.cache
def _projection() -> Mapping[str, Any]:
    source = resources.files(__package__) / "inglehart_welzel" / "projection.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


@functools.cache
def published_positions() -> Mapping[str, Place]:
    """Return published positions by culture code, or by name for territories outside WVS-7."""
    source = resources.files(__package__) / "inglehart_welzel" / "positions.csv"
    rows = csv.DictReader(source.read_text(encoding="utf-8").splitlines())
    return {
        row["culture"] or row["territory"]: Place(
            row["culture"], float(row["self_expression"]), float(row["secular"]), row["zone"]
        )
        for row in rows
    }


def map_items() -> tuple[str, ...]:
    """Return the ids of the items that the map is made of."""
    items: dict[str, None] = {}
    for entry in _projection()["input"]:
        named = [entry["mean"]] if "mean" in entry else []
        items.update(dict.fromkeys([*named, *entry.get("plus", {}), *entry.get("minus", {})]))
    return tuple(items)


def project(share_IK: Floats, items: Sequence[Item]) -> Floats:
    """Return positions from shares of shape (..., I, K) over `map_items`; shape (..., 2), NaN with
    a gap.

    `items` are those items, in the order of the axis I.
    """
    share_IK = _on_scale(share_IK, items)
    coefficient_IKD, start_D = _coefficients(items, share_IK.shape[-1])
    return np.asarray(np.einsum("...ik,ikd->...d", share_IK, coefficient_IKD) + start_D)


def people_positions(
    survey: Survey, cultures: Sequence[str], draws: int = DRAWS, seed: int = 0
) -> list[Place]:
    """Return where a survey's peoples stand, with the ellipse of other respondents.

    Marginals hold no persons: items are drawn apart, as if one person's answers told nothing of
    his next. A culture that was not asked all items is left out. Raises `SurveyError` for a survey
    without the items.
    """
    people = survey.people(cultures, _items(survey))
    place_CD = project(people.share_CIK, people.items)
    drawn = people_draws(people.count_CIK, people.effective_n_CI, draws, seed)
    place_BCD = np.concatenate([project(share, people.items) for _, share in drawn])
    return [
        _place(culture, place_CD[c], place_BCD[:, c])
        for c, culture in enumerate(people.cultures)
        if np.isfinite(place_CD[c]).all()
    ]


class MapAnswers:
    """An arm's answers to the map's items, counted as they come: a thousand texts that state the
    same take no more room than one. Of the other items nothing is kept.

    Raises `SurveyError` for a survey without the map's items.
    """

    def __init__(self, survey: Survey) -> None:
        self._items = _items(survey)
        self._by_id = {item.id: item for item in self._items}
        self._width = max(len(item.codes) for item in self._items)
        self._cells: dict[tuple[str, str], Counter[tuple[float, ...]]] = {}

    def add(self, answer: Answer) -> None:
        """Count an answer's shares, if it was read and its item is on the map."""
        item = self._by_id.get(answer.item)
        if item is None or not answer.answered:
            return
        share = answer.shares(item)
        padded = (*share, *[0.0] * (self._width - len(share)))
        self._cells.setdefault((answer.culture, answer.item), Counter())[padded] += 1

    def positions(self, arm: str, draws: int = DRAWS, seed: int = 0) -> list[ArmPlace]:
        """Return where the answers stand, for each culture that they are for ("" where for none).

        The ellipse is that of other samples, orders and wordings: an item's answers are drawn anew
        with replacement, one fewer than there are (m answers show (m - 1) / m of their variance).
        None where an item has fewer than `FEWEST` answers. A culture with an item that nothing
        was read for, or nothing on its scale, is left out.
        """
        rng = np.random.default_rng([seed, 7])
        positions = []
        for culture in dict.fromkeys(culture for culture, _ in self._cells):
            cells = [self._cells.get((culture, item.id)) for item in self._items]
            counted_cells = [_counted(cell) for cell in cells if cell]
            if len(counted_cells) < len(self._items):
                continue
            means = np.stack(
                [count_M @ share_MK / count_M.sum() for share_MK, count_M in counted_cells]
            )
            place_BD = None
            if min(count_M.sum() for _, count_M in counted_cells) >= FEWEST:
                drawn = [_resampled(*cell_answers, draws, rng) for cell_answers in counted_cells]
                place_BD = project(np.stack(drawn, axis=1), self._items)
            place_D = project(means, self._items)
            if np.isfinite(place_D).all():
                positions.append(widened(ArmPlace, _place(culture, place_D, place_BD), arm=arm))
        return positions


def fit(positions: Sequence[Place]) -> Fit:
    """Return agreement with the published positions of the same cultures; NaN below three
    of them.
    """
    published = published_positions()
    pairs = [(p, published[p.culture]) for p in positions if p.culture in published]
    ours = np.array([[p.self_expression, p.secular] for p, _ in pairs]).reshape(-1, 2)
    theirs = np.array([[q.self_expression, q.secular] for _, q in pairs]).reshape(-1, 2)
    if len(pairs) < 3:
        return Fit(float("nan"), float("nan"), float("nan"), len(pairs))
    r = [float(np.corrcoef(ours[:, axis], theirs[:, axis])[0, 1]) for axis in (0, 1)]
    distance = float(np.hypot(*(ours - theirs).T).mean())
    return Fit(r[0], r[1], distance, len(pairs))


def _items(survey: Survey) -> tuple[Item, ...]:
    lacking = [key for key in map_items() if key not in survey.items]
    if lacking:
        raise SurveyError(
            f"The culture map needs items that the survey '{survey.name}' lacks: "
            f"{', '.join(lacking)}. Take one with the items of WVS-7."
        )
    return tuple(survey.items[key] for key in map_items())


def _on_scale(share_IK: Floats, items: Sequence[Item]) -> Floats:
    """Return shares among the options that a mean is over; NaN where nobody chose one of them."""
    share_IK = share_IK.copy()
    for entry in _projection()["input"]:
        if "codes" in entry:
            i = next(i for i, item in enumerate(items) if item.id == entry["mean"])
            off = [k for k, code in enumerate(items[i].codes) if code not in entry["codes"]]
            share_IK[..., i, off] = 0.0
            share_IK[..., i, :] = divide(
                share_IK[..., i, :], share_IK[..., i, :].sum(-1)[..., None]
            )
    return share_IK


def _coefficients(items: Sequence[Item], width: int) -> tuple[Floats, Floats]:
    """Return the map as one linear form: weight of every option's share on both axes, and the
    start.
    """
    projection = _projection()
    column = {item.id: i for i, item in enumerate(items)}
    weight_IKD, start_D = np.zeros((len(items), width, 2)), np.zeros(2)
    slopes = np.zeros((2, 2))
    for a, axis in enumerate(AXES):
        spec = projection["axes"][axis]
        slopes[spec["component"], a] = spec["slope"]
        start_D[a] = spec["start"]
    for entry in projection["input"]:
        effect_D = np.array(entry["weights"]) @ slopes / entry["scale"]
        start_D += effect_D * (entry.get("start", 0.0) - entry["center"])
        for key, by_code in _terms(entry, items):
            codes = items[column[key]].codes
            for k, code in enumerate(codes):
                weight_IKD[column[key], k] += effect_D * by_code.get(code, 0.0)
    return weight_IKD, start_D


def _terms(entry: Mapping[str, Any], items: Sequence[Item]) -> list[tuple[str, dict[int, float]]]:
    """Return what each share of an input's items counts, by code."""
    if "mean" in entry:
        item = next(item for item in items if item.id == entry["mean"])
        return [(item.id, {code: float(code) for code in item.codes})]
    return [
        (key, dict.fromkeys(codes, sign))
        for name, sign in (("plus", 1.0), ("minus", -1.0))
        for key, codes in entry.get(name, {}).items()
    ]


def _counted(cell: Counter[tuple[float, ...]]) -> tuple[Floats, NDArray[np.int64]]:
    """Return different answers, in an order that does not hang on which came first, and how many of
    each; (M, K) and (M,).
    """
    shares = sorted(cell)
    return np.array(shares), np.array([cell[share] for share in shares])


def _resampled(
    share_MK: Floats, count_M: NDArray[np.int64], draws: int, rng: np.random.Generator
) -> Floats:
    """Return means of one answer fewer, drawn with replacement; (B, K)."""
    n = count_M.sum()
    weight_BM = rng.multinomial(n - 1, count_M / n, draws) / (n - 1)
    return np.asarray(weight_BM @ share_MK)


def _place(culture: str, place_D: Floats, place_BD: Floats | None) -> Place:
    published = published_positions().get(culture)
    zone = published.zone if published else ""
    ellipse = _ellipse(place_BD) if place_BD is not None else None
    return Place(culture, float(place_D[0]), float(place_D[1]), zone, ellipse)


def _ellipse(place_BD: Floats) -> Ellipse:
    # a draw of people who all lack the nationality has no place
    spread, axes = np.linalg.eigh(np.cov(place_BD[np.isfinite(place_BD).all(-1)].T))
    half = np.sqrt(np.maximum(spread, 0.0) * CHI_SQUARE_95)
    angle = float(np.degrees(np.arctan2(axes[1, 1], axes[0, 1])) % 180)
    return Ellipse(float(half[1]), float(half[0]), angle)
