"""Scores: what an arm's answers are worth against each culture's people, with 95% intervals.

Every metric gives a row per culture and one named "mean", of all of them: their plain mean, or the
quotient of sums over all where the metric says so (`Metric.pooled`). All arms and cultures share
one draw of items, so that rows can be compared. Reference answerers (uniform, midpoint, each
people's mode, first option, culture-blind) are rows of arms named `reference:...`.

    >>> from acculturate.evaluation.arm_table import build_table
    >>> from acculturate.records import Answer
    >>> from acculturate.survey import load_survey
    >>> answers = [Answer("Q1", "point", code=1), Answer("Q50", "point", code=8)]
    >>> table = build_table(answers, load_survey(), arm="guess", cultures=["DEU"])
    >>> [row.culture for row in score_table(table, ["alignment"])]
    ['DEU', 'mean']
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.draws import draw_ratios, interval
from acculturate.evaluation.measures import Metric, find_metrics
from acculturate.evaluation.personas import IndividualTable
from acculturate.metrics.ratio import Ratio
from acculturate.records import Score
from acculturate.statistics.bootstrap import Resampling
from acculturate.statistics.interval import NO_INTERVAL, Interval

Floats = NDArray[np.float64]
MEAN = "mean"


def score_table(
    table: ArmTable, metrics: Sequence[str] | None = None, resampling: Resampling | None = None
) -> list[Score]:
    """Return rows of every metric that applies, culture by culture, then their mean.

    `metrics` are names of `METRICS` (all without it). Intervals take items as random, drawn by
    battery, unless `resampling` says otherwise. Raises `SurveyError` for an unknown metric.
    """
    resampling = resampling or Resampling()
    chosen = {name: m for name, m in find_metrics(metrics).items() if m.applies(table)}
    shares = table.people.share_CIK

    def ratios_of(people_CIK: Floats, drawn: Sequence[ArmTable]) -> list[Ratio]:
        return [m.together(m.ratio(drawn[0], people_CIK)) for m in chosen.values()]

    ratios = ratios_of(shares, [table])
    draws = draw_ratios(ratios_of, [table], resampling)
    rows: list[Score] = []
    for (name, metric), ratio, ratio_BC in zip(chosen.items(), ratios, draws, strict=True):
        if name != "option_mass" or ratio.scored_I.any():
            rows += _metric_rows(table, name, metric, ratio, ratio_BC, resampling)
    return rows


def refusals(table: ArmTable, metric: Metric) -> Floats | None:
    """Return answers that the metric's reading could not use, per culture; None where none was
    asked.
    """
    if not table.asked_CI.any():
        return None
    if metric.reading == "ours":
        return np.asarray(table.refused_CI.sum(-1))
    assert table.published is not None
    strict = metric.reading == "published-strict"
    code_CI = table.published.strict_CI if strict else table.published.code_CI
    return np.asarray(((table.asked_CI > 0) & np.isnan(code_CI)).sum(-1).astype(np.float64))


def _metric_rows(
    table: ArmTable,
    name: str,
    metric: Metric,
    ratio: Ratio,
    ratio_BC: Floats,
    resampling: Resampling,
) -> list[Score]:
    value_C, value_BC = metric.values(ratio.value()), metric.values(ratio_BC)
    scored_CI = ratio.scored_I[: len(table.cultures)]
    refused_C = refusals(table, metric)
    rows = []
    for c, culture in enumerate((*table.cultures, MEAN)):
        cells_CI = scored_CI if culture == MEAN else scored_CI[c : c + 1]
        bounds = interval(value_BC[:, c], value_C[c], cells_CI, table.people, resampling)
        refused = _all_refused(table, refused_C)
        if refused_C is not None and culture != MEAN:
            refused = int(refused_C[c])
        n = int(cells_CI.any(0).sum())
        rows.append(score_row(table, name, culture, value_C[c], bounds, n, refused))
    return rows


def _all_refused(table: ArmTable, refused_C: Floats | None) -> int | None:
    """Return refusals of the whole arm: answers common to all cultures count once."""
    if refused_C is None:
        return None
    return int(refused_C.max(initial=0) if table.common else refused_C.sum())


def score_row(
    table: ArmTable | IndividualTable,
    metric: str,
    culture: str,
    value: float,
    bounds: Interval = NO_INTERVAL,
    n: int | None = None,
    refused: int | None = None,
) -> Score:
    """Return a row of `table`'s arm; what is not finite is None."""
    who = (table.arm, table.model, table.framing, table.language, table.survey)
    return Score(*who, culture, metric, *bounds.of(value), n, refused)
