"""Individual level: whether a persona's answer meets that of the person it speaks for.

Missing answers of persons are left out, not counted as wrong. Beside the arm stand what it must
beat, on the very same cells: the country's mode per item (the highest accuracy without knowing the
person), a draw from the country's marginals, a regression on the demographics that the persona was
told, and the arm's own answers given to somebody else of the same country. Axes: B draws, R
respondents, I items, K options, F features.

    >>> from acculturate.records import Answer
    >>> from acculturate.survey import load_survey
    >>> answers = [Answer("Q1", "point", culture="DEU", code=1, respondent="p1")]
    >>> table = individual_tables(answers, {"p1": {"Q1": 1}}, load_survey(), arm="persona")[0]
    >>> individual_scores([table])[0].value
    1.0
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from acculturate.errors import SurveyError
from acculturate.metrics.accuracy import hard_accuracy, mode_share, soft_accuracy
from acculturate.metrics.individual import (
    demographics_forecast,
    given_shares,
    marginal,
    ranked_probability,
)
from acculturate.metrics.ratio import divide
from acculturate.metrics.specificity import deviation_sums
from acculturate.records import Answer, Item, Score
from acculturate.statistics.bootstrap import (
    Interval,
    Resampling,
    effective_batteries,
    item_weights,
    percentile_interval,
)
from acculturate.statistics.permutation import derangement
from acculturate.survey import Survey

Floats = NDArray[np.float64]
Given = Mapping[str, Mapping[str, int]]
SHUFFLES = 5
MEAN = "mean"


@dataclass(frozen=True)
class IndividualTable:
    """One culture's personas beside the persons.

    `share_RIK` are the arm's answers (NaN: none read), `given_RIK` the persons' (one-hot, NaN:
    missing), `marginal_IK` the country's shares. `feature_RF` are dummies of the demographics, or
    None. `asked` and `refused` count answers.
    """

    arm: str
    model: str | None
    framing: str | None
    language: str | None
    survey: str
    culture: str
    respondents: tuple[str, ...]
    items: tuple[Item, ...]
    share_RIK: Floats
    given_RIK: Floats
    marginal_IK: Floats
    feature_RF: Floats | None
    asked: int
    refused: int

    @property
    def size_I(self) -> NDArray[np.int64]:
        return np.array([len(item.codes) for item in self.items], dtype=np.int64)

    @property
    def ordinal_I(self) -> NDArray[np.bool_]:
        return np.array([item.ordinal for item in self.items], dtype=np.bool_)


def individual_tables(
    answers: Iterable[Answer],
    given: Given,
    survey: Survey,
    *,
    arm: str,
    model: str | None = None,
    demographics: Mapping[str, Mapping[str, str]] | None = None,
) -> list[IndividualTable]:
    """Lay out one arm's answers by culture.

    `given` maps a respondent to his answers by item; a code that is not on the item's scale is
    missing (negative ones are, in WVS). Several answers to one cell (samples, orders) are averaged.
    `demographics` maps a respondent to values by column. Marginals are the survey's where it has
    them, else those of the respondents. Raises `SurveyError` for an answer without a respondent or
    a culture, and for a respondent that `given` lacks.
    """
    gathered = PersonaAnswers(survey, arm, model)
    for answer in answers:
        gathered.add(answer)
    if not gathered.cultures:
        raise SurveyError(f"The arm '{arm}' has no answers: give at least one with a respondent.")
    return [gathered.table(culture, given, demographics) for culture in gathered.cultures]


class PersonaAnswers:
    """Gathers an arm's answers by culture and respondent as they come; only their sums are kept."""

    def __init__(self, survey: Survey, arm: str, model: str | None = None) -> None:
        self._survey, self._arm, self._model = survey, arm, model
        self._cultures: dict[str, _Sums] = {}
        self._nameless = ""

    @property
    def cultures(self) -> tuple[str, ...]:
        """In the order in which they came."""
        return tuple(self._cultures)

    @property
    def speak_for_persons(self) -> bool:
        """Whether any answer named a respondent."""
        return any(any(sums.rows) for sums in self._cultures.values())

    def respondents(self, culture: str) -> tuple[str, ...]:
        """The respondents that answers named, in the order in which they came."""
        return tuple(self._cultures[culture].rows)

    def add(self, answer: Answer) -> None:
        """Count an answer. Raises `SurveyError` for a code off its scale."""
        if not answer.respondent or not answer.culture:
            self._nameless = self._nameless or answer.item
        self._cultures.setdefault(answer.culture, _Sums()).add(
            answer, self._survey.item(answer.item)
        )

    def table(
        self,
        culture: str,
        given: Given,
        demographics: Mapping[str, Mapping[str, str]] | None = None,
    ) -> IndividualTable:
        """One culture's table; see `individual_tables`."""
        sums = self._cultures[culture]
        self._check(sums, given)
        ids = tuple(sums.rows)
        items = tuple(item for item in self._survey.items.values() if item.id in sums.columns)
        share_RIK = sums.shares(items)
        given_RIK = given_shares(_places(given, ids, items), share_RIK.shape[-1])
        return IndividualTable(
            arm=self._arm,
            model=self._model,
            framing=_single(sums.framings),
            language=_single(sums.languages),
            survey=self._survey.name,
            culture=culture,
            respondents=ids,
            items=items,
            share_RIK=share_RIK,
            given_RIK=given_RIK,
            marginal_IK=_marginals(self._survey, culture, items, given_RIK),
            feature_RF=_features(demographics, ids) if demographics else None,
            asked=sums.asked,
            refused=sums.refused,
        )

    def _check(self, sums: "_Sums", given: Given) -> None:
        if self._nameless:
            raise SurveyError(
                f"The arm '{self._arm}' has an answer to {self._nameless} without a respondent or "
                "a culture: the individual level needs both columns."
            )
        for respondent in sums.rows:
            if respondent not in given:
                raise SurveyError(
                    f"There is no respondent '{respondent}' in the survey's file: take the ids "
                    "of the file that was imported."
                )


class _Sums:
    """One culture's answers: sums of shares by respondent and item, in arrays that grow."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self.columns: dict[str, int] = {}
        self.framings: set[str] = set()
        self.languages: set[str] = set()
        self.asked = self.refused = 0
        self._total_RIK = np.zeros((1, 1, 2))
        self._n_RI = np.zeros((1, 1))

    def add(self, answer: Answer, item: Item) -> None:
        at = (
            self.rows.setdefault(answer.respondent, len(self.rows)),
            self.columns.setdefault(item.id, len(self.columns)),
        )
        self.framings.add(answer.framing)
        self.languages.add(answer.language)
        self.asked += 1
        if answer.refused:
            self.refused += 1
            return
        self._make_room((*at, len(item.codes) - 1))
        if answer.probabilities is not None:
            self._total_RIK[at][: len(item.codes)] += answer.probabilities
        elif answer.code in item.codes:
            self._total_RIK[(*at, item.codes.index(answer.code))] += 1.0
        else:
            raise SurveyError(f"{answer.code} is not a code of item {answer.item}.")
        self._n_RI[at] += 1

    def shares(self, items: Sequence[Item]) -> Floats:
        """Mean shares (R, I, K) over `items`; NaN where nothing was read."""
        width = max(len(item.codes) for item in items)
        self._make_room((len(self.rows) - 1, len(self.columns) - 1, width - 1))
        column = [self.columns[item.id] for item in items]
        total_RIK = self._total_RIK[: len(self.rows), column, :width]
        return divide(total_RIK, self._n_RI[: len(self.rows), column, None])

    def _make_room(self, at: tuple[int, int, int]) -> None:
        shape = self._total_RIK.shape
        if all(place < size for place, size in zip(at, shape, strict=True)):
            return
        more = [
            0 if place < size else max(2 * size, place + 1) - size
            for place, size in zip(at, shape, strict=True)
        ]
        self._total_RIK = np.pad(self._total_RIK, [(0, each) for each in more])
        self._n_RI = np.pad(self._n_RI, [(0, each) for each in more[:2]])


def individual_scores(
    tables: Sequence[IndividualTable], resampling: Resampling | None = None
) -> list[Score]:
    """Rows of the arm and of its baselines, per culture and their mean over cultures.

    `individual_hard_accuracy`, `individual_soft_accuracy`, `ranked_probability_skill` (over the
    marginals: 0 is as good, below 0 worse) and `within_culture_correlation` (None for an answerer
    that tells no two persons apart). Arms: the arm, `reference:individual-mode`,
    `-marginal`, `-demographics` (where there are any) and `reference:shuffled:ARM`. `n` counts
    persons' answers scored. Intervals draw respondents, and batteries where items are random, at
    most `people_draws` times.
    """
    resampling = resampling or Resampling()
    found: dict[tuple[str, str], list[tuple[IndividualTable, float, Floats, int]]] = {}
    for table in tables:
        weights = _weights(table, resampling)
        for name, share_SRIK in _answerers(table, resampling.seed).items():
            model = table.model if name == table.arm else None
            shown = replace(table, arm=name, model=model)
            for metric, (value, draw_B, n) in _figures(table, share_SRIK, weights).items():
                found.setdefault((name, metric), []).append((shown, value, draw_B, n))
    rows = []
    for (_, metric), cells in found.items():
        for shown, value, draw_B, n in cells:
            bounds = percentile_interval(draw_B, clusters=_clusters(shown, resampling))
            rows.append(_row(shown, metric, shown.culture, value, bounds, n))
        value = float(np.mean([cell[1] for cell in cells]))
        draw_B = np.mean([cell[2] for cell in cells], axis=0)
        bounds = percentile_interval(draw_B, clusters=_clusters(cells[0][0], resampling))
        n = sum(cell[3] for cell in cells)
        rows.append(_row(cells[0][0], metric, MEAN, value, bounds, n))
    return rows


def _places(given: Given, ids: Sequence[str], items: Sequence[Item]) -> NDArray[np.int64]:
    """The place on the scale of each person's answer; -1 where missing."""
    places = [{code: k for k, code in enumerate(item.codes)} for item in items]
    return np.array(
        [
            [
                place.get(given[each].get(item.id, -1), -1)
                for item, place in zip(items, places, strict=True)
            ]
            for each in ids
        ],
        dtype=np.int64,
    )


def _marginals(survey: Survey, culture: str, items: Sequence[Item], given_RIK: Floats) -> Floats:
    own_IK = marginal(given_RIK)
    if culture not in survey.counts:
        return own_IK
    country_IK = survey.people([culture], items).share_CIK[0]
    return np.where(np.isnan(country_IK), own_IK, country_IK)


def _features(demographics: Mapping[str, Mapping[str, str]], ids: Sequence[str]) -> Floats | None:
    """A dummy for every value of every column; None where all respondents are alike."""
    rows = [demographics.get(each, {}) for each in ids]
    pairs = dict.fromkeys(pair for row in rows for pair in row.items())
    kept = [pair for pair in pairs if sum(row.get(pair[0]) == pair[1] for row in rows) < len(rows)]
    if not kept:
        return None
    return np.array([[float(row.get(name) == value) for name, value in kept] for row in rows])


def _answerers(table: IndividualTable, seed: int) -> dict[str, Floats]:
    """Who answers, each with one or several sets of shares (S, R, I, K) to be averaged over."""
    shape = table.share_RIK.shape
    country = np.broadcast_to(table.marginal_IK, shape)
    found = {
        table.arm: table.share_RIK[None],
        "reference:individual-mode": mode_share(country)[None],
        "reference:individual-marginal": country[None],
    }
    if table.feature_RF is not None and len(table.respondents) > 1:
        forecast = demographics_forecast(table.given_RIK, table.feature_RF, seed)
        found["reference:individual-demographics"] = forecast[None]
    if len(table.respondents) > 1:
        rng = np.random.default_rng([seed, 8])
        orders = [derangement(shape[0], rng) for _ in range(SHUFFLES)]
        found[f"reference:shuffled:{table.arm}"] = table.share_RIK[np.stack(orders)]
    return found


class _Weights(NamedTuple):
    """How often respondents (B, R) and items (B, I) are drawn; the first row is the survey."""

    people_BR: Floats
    item_BI: Floats


def _weights(table: IndividualTable, resampling: Resampling) -> _Weights:
    n, rounds = len(table.respondents), min(resampling.draws, resampling.people_draws)
    rng = np.random.default_rng([resampling.seed, 9])
    people = rng.multinomial(n, np.full(n, 1 / n), rounds).astype(np.float64)
    items = np.ones((rounds, len(table.items)))
    if resampling.items == "random":
        batteries = [item.battery for item in table.items]
        items = item_weights(batteries, rounds, resampling.seed).astype(np.float64)
    ones = np.ones((1, n)), np.ones((1, len(table.items)))
    return _Weights(np.concatenate([ones[0], people]), np.concatenate([ones[1], items]))


def _clusters(table: IndividualTable, resampling: Resampling) -> float | None:
    if resampling.items == "fixed":
        return None
    return effective_batteries([item.battery for item in table.items])


def _figures(
    table: IndividualTable, share_SRIK: Floats, weights: _Weights
) -> dict[str, tuple[float, Floats, int]]:
    """Value, draws and number of answers scored, on the cells that the arm answered."""
    given, size, ordinal = table.given_RIK, table.size_I, table.ordinal_I
    known_RI = np.isfinite(given + table.share_RIK + table.marginal_IK).all(-1)
    known_SRI = np.asarray(known_RI & np.isfinite(share_SRIK).all(-1))
    lost = np.where(known_SRI, 0.0, np.nan)
    ones = 1.0 + lost
    score = ranked_probability(share_SRIK, given, size, ordinal)
    level = ranked_probability(table.marginal_IK, given, size, ordinal)
    parts: dict[str, tuple[Callable[..., Floats], list[Floats]]] = {
        "individual_hard_accuracy": (divide, [hard_accuracy(share_SRIK, given) + lost, ones]),
        "individual_soft_accuracy": (
            divide,
            [soft_accuracy(share_SRIK, given, size, ordinal) + lost, ones],
        ),
        "ranked_probability_skill": (_skill, [score + lost, level + lost]),
        "within_culture_correlation": (_correlation, _products(table, share_SRIK, known_SRI)),
    }
    n = int(known_RI.sum())
    figures = {}
    for name, (finish, sums) in parts.items():
        draw_B = finish(*(_weighted(np.nanmean(_quiet(each), 0), weights) for each in sums))
        figures[name] = (float(draw_B[0]), draw_B[1:], n)
    return figures


def _quiet(part_SRI: Floats) -> Floats:
    """Zeros where no set of shares has the cell, so that a mean over sets is no mean of nothing."""
    empty_RI = np.isnan(part_SRI).all(0)
    return np.where(empty_RI, 0.0, part_SRI)


def _products(
    table: IndividualTable, share_SRIK: Floats, known_SRI: NDArray[np.bool_]
) -> list[Floats]:
    share_SRIK = np.where(known_SRI[..., None], share_SRIK, np.nan)
    sums = deviation_sums(share_SRIK, table.given_RIK, table.size_I, table.ordinal_I)
    # a rounding error is no deviation: somebody who answers alike for all has no correlation
    model = np.where(sums.model_CI < 1e-20, 0.0, sums.model_CI)
    return [sums.both_CI, model, sums.people_CI]


def _weighted(part_RI: Floats, weights: _Weights) -> Floats:
    return np.asarray(((weights.people_BR @ part_RI) * weights.item_BI).sum(-1))


def _skill(score_B: Floats, level_B: Floats) -> Floats:
    return np.asarray(1.0 - divide(score_B, level_B))


def _correlation(both_B: Floats, model_B: Floats, people_B: Floats) -> Floats:
    return divide(both_B, np.sqrt(model_B * people_B))


def _row(
    table: IndividualTable, metric: str, culture: str, value: float, bounds: Interval, n: int
) -> Score:
    reference = table.arm.startswith("reference:")
    return Score(
        arm=table.arm,
        model=table.model,
        framing=None if reference else table.framing,
        language=None if reference else table.language,
        survey=table.survey,
        culture=culture,
        metric=metric,
        value=_known(value),
        low=_known(bounds.low),
        high=_known(bounds.high),
        n=n,
        refused=None if reference else table.refused,
    )


def _known(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None


def _single(values: set[str]) -> str | None:
    return (next(iter(values)) or None) if len(values) == 1 else None
