"""Individual level: whether a persona's answer meets that of the person it speaks for.

Missing answers of persons are left out, not counted as wrong. Beside the arm stand what it must
beat, on the very same cells: the country's mode per item (the highest accuracy without knowing the
person), a draw from the country's marginals, a regression on the demographics that the persona was
told, and the arm's own answers given to somebody else of the same country. Axes: B draws, R
respondents, I items, K options, F features.

    >>> from acculturate.evaluation.personas import individual_tables
    >>> from acculturate.records import Answer
    >>> from acculturate.survey import load_survey
    >>> answers = [Answer("Q1", "point", culture="DEU", code=1, respondent="p1")]
    >>> table = individual_tables(answers, {"p1": {"Q1": 1}}, load_survey(), arm="persona")[0]
    >>> individual_scores([table])[0].value
    1.0
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from acculturate.evaluation.personas import IndividualTable
from acculturate.evaluation.scores import MEAN, score_row
from acculturate.metrics.accuracy import hard_accuracy, mode_share, soft_accuracy
from acculturate.metrics.individual import demographics_forecast, ranked_probability
from acculturate.metrics.ratio import divide
from acculturate.metrics.specificity import deviation_sums
from acculturate.records import Score
from acculturate.records.results.differences import Difference
from acculturate.statistics.bootstrap import Resampling, item_weights
from acculturate.statistics.interval import (
    FEWEST,
    NO_INTERVAL,
    Interval,
    enough_batteries,
    equal_batteries,
    percentile_interval,
)
from acculturate.statistics.permutation import derangement

Floats = NDArray[np.float64]
SHUFFLES = 5
_Cell = tuple[IndividualTable, float, Floats, int]
"""A culture's table, value, draws and number of answers."""


def individual_scores(
    tables: Sequence[IndividualTable], resampling: Resampling | None = None
) -> list[Score]:
    """Return rows of the arm and of its baselines, per culture and their mean over cultures.

    `individual_hard_accuracy`, `individual_soft_accuracy`, `ranked_probability_skill` (over the
    marginals: 0 is as good, below 0 worse) and `within_culture_correlation` (None for an answerer
    that tells no two persons apart). Arms: the arm, `reference:individual-mode`,
    `-marginal`, `-demographics` (where there are any) and `reference:shuffled:ARM`. `n` counts
    persons' answers scored. Intervals draw respondents, and batteries where items are random, at
    most `people_draws` times.
    """
    resampling = resampling or Resampling()
    cells_by_arm: dict[tuple[str, str], list[_Cell]] = {}
    for table in tables:
        weights = _weights(table, resampling)
        for name, share_SRIK in _answerers(table, resampling.seed).items():
            shown = table if name == table.arm else _reference(table, name)
            for metric, (value, draw_B, n) in _figures(table, share_SRIK, weights).items():
                cells_by_arm.setdefault((name, metric), []).append((shown, value, draw_B, n))
    return [
        score_row(shown, metric, culture, value, bounds, n, shown.refused)
        for (_, metric), cells in cells_by_arm.items()
        for shown, culture, value, bounds, n in _by_culture(cells, resampling)
    ]


def _reference(table: IndividualTable, name: str) -> IndividualTable:
    """Return the table under the name of a reference, which no model was asked for."""
    return replace(table, arm=name, model=None, framing=None, language=None, refused=None)


def individual_differences(
    arm: Sequence[IndividualTable],
    control: Sequence[IndividualTable],
    resampling: Resampling | None = None,
) -> list[Difference]:
    """Return how much an arm's figures differ from its control's, per culture and their mean.

    Paired: the same persons, questions and draws, on the cells that both answered. A culture in
    which the two were not asked for the same persons and questions is left out.
    """
    resampling = resampling or Resampling()
    cells_by_arm: dict[str, list[_Cell]] = {}
    for ours, theirs in _pairs(arm, control):
        weights = _weights(ours, resampling)
        own, other = (_figures(table, table.share_RIK[None], weights) for table in (ours, theirs))
        for metric, (value, draw_B, n) in own.items():
            cell = (ours, value - other[metric][0], draw_B - other[metric][1], n)
            cells_by_arm.setdefault(metric, []).append(cell)
    return [
        Difference(metric, culture, table.arm, control[0].arm, *bounds.of(value), n)
        for metric, cells in cells_by_arm.items()
        for table, culture, value, bounds, n in _by_culture(cells, resampling)
    ]


def _pairs(
    arm: Sequence[IndividualTable], control: Sequence[IndividualTable]
) -> Iterator[tuple[IndividualTable, IndividualTable]]:
    """Yield tables of one culture, of both the cells alone that both answered."""
    others = {table.culture: table for table in control}
    for ours in arm:
        theirs = others.get(ours.culture)
        if theirs is None or ours.asked_of != theirs.asked_of:
            continue
        lost = np.where(np.isnan(ours.share_RIK + theirs.share_RIK), np.nan, 0.0)
        yield (
            replace(ours, share_RIK=ours.share_RIK + lost),
            replace(theirs, share_RIK=theirs.share_RIK + lost),
        )


def _by_culture(
    cells: Sequence[_Cell], resampling: Resampling
) -> Iterator[tuple[IndividualTable, str, float, Interval, int]]:
    """Yield each culture's value with its interval, then the mean over cultures with its own."""
    for table, value, draw_B, n in cells:
        yield table, table.culture, value, _interval(draw_B, [table], resampling), n
    value = float(np.mean([cell[1] for cell in cells]))
    draw_B = np.mean([cell[2] for cell in cells], axis=0)
    bounds = _interval(draw_B, [cell[0] for cell in cells], resampling)
    yield cells[0][0], MEAN, value, bounds, sum(cell[3] for cell in cells)


def _answerers(table: IndividualTable, seed: int) -> dict[str, Floats]:
    """Return who answers, each with one or several sets of shares (S, R, I, K) to be
    averaged over.
    """
    shape = table.share_RIK.shape
    country = np.broadcast_to(table.marginal_IK, shape)
    share_by_arm = {
        table.arm: table.share_RIK[None],
        "reference:individual-mode": mode_share(country)[None],
        "reference:individual-marginal": country[None],
    }
    if table.feature_RF is not None and len(table.respondents) > 1:
        forecast = demographics_forecast(table.given_RIK, table.feature_RF, seed)
        share_by_arm["reference:individual-demographics"] = forecast[None]
    if len(table.respondents) > 1:
        rng = np.random.default_rng([seed, 8])
        orders = [derangement(shape[0], rng) for _ in range(SHUFFLES)]
        share_by_arm[f"reference:shuffled:{table.arm}"] = table.share_RIK[np.stack(orders)]
    return share_by_arm


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


def _interval(
    draw_B: Floats, tables: Sequence[IndividualTable], resampling: Resampling
) -> Interval:
    """Return the interval of a figure of these cultures; none where persons or batteries are too
    few.
    """
    persons = min(len(table.respondents) for table in tables)
    batteries = [[item.battery for item in table.items] for table in tables]
    clusters = persons - 2.0
    if resampling.items == "random":
        if not all(map(enough_batteries, batteries)):
            return NO_INTERVAL
        clusters = min(clusters, *map(equal_batteries, batteries))
    return percentile_interval(draw_B, clusters=clusters) if persons >= FEWEST else NO_INTERVAL


def _figures(
    table: IndividualTable, share_SRIK: Floats, weights: _Weights
) -> dict[str, tuple[float, Floats, int]]:
    """Return value, draws and number of answers scored, on the cells that the arm answered."""
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
        "ranked_probability_skill": (
            lambda score_B, level_B: 1.0 - divide(score_B, level_B),
            [score + lost, level + lost],
        ),
        "within_culture_correlation": (_correlation, _products(table, share_SRIK, known_SRI)),
    }
    n = int(known_RI.sum())
    figures = {}
    for name, (finish, sums) in parts.items():
        draw_B = finish(*(_weighted(np.nanmean(_quiet(total), 0), weights) for total in sums))
        figures[name] = (float(draw_B[0]), draw_B[1:], n)
    return figures


def _quiet(part_SRI: Floats) -> Floats:
    """Return zeros where no set of shares has the cell, so that a mean over sets is no mean of
    nothing.
    """
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


def _correlation(both_B: Floats, model_B: Floats, people_B: Floats) -> Floats:
    return divide(both_B, np.sqrt(model_B * people_B))
