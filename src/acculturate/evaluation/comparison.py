"""Comparisons: how much an arm differs from its control, on the items that both answered.

Both arms are scored on the same draw of items, so what is common to both (hard items, an odd
battery) cancels, and the interval is that of the difference, not of two separate scores.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acculturate.errors import SurveyError
from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.draws import draw_ratios, interval
from acculturate.evaluation.measures import Metric, find_metrics
from acculturate.evaluation.scores import MEAN
from acculturate.metrics.divergence import item_distance
from acculturate.metrics.ratio import Ratio
from acculturate.records.results.differences import Difference
from acculturate.statistics.bootstrap import Resampling, leave_one_out, ratio_draws

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ItemChange:
    """How one item's answer moved from `control` to `arm`.

    `moved` is the distance between the two answers, `nearer` how much closer to the people the
    arm's is (negative: further away); both in lengths of the scale, or total variation.
    """

    culture: str
    item: str
    moved: float
    nearer: float


def compare(
    arm: ArmTable,
    control: ArmTable,
    metrics: Sequence[str] | None = None,
    resampling: Resampling | None = None,
) -> list[Difference]:
    """Return paired differences per metric and culture, then their mean over cultures.

    Both tables need the same cultures and items. Raises `SurveyError` where they differ, for an
    unknown metric, and where the arms' kinds of answer differ: these have no divergence.
    """
    check_pair(arm, control)
    resampling = resampling or Resampling()
    chosen = {
        name: metric
        for name, metric in find_metrics(metrics).items()
        if metric.applies(arm) and metric.applies(control)
    }

    def pairs(people_CIK: Floats, sides: Sequence[ArmTable]) -> list[Ratio]:
        return [
            side
            for metric in chosen.values()
            for side in paired_ratios(metric, sides[0], sides[1], people_CIK)
        ]

    observed = pairs(arm.people.share_CIK, [arm, control])
    draws = draw_ratios(pairs, [arm, control], resampling)
    rows: list[Difference] = []
    for m, (name, metric) in enumerate(chosen.items()):
        sides = slice(2 * m, 2 * m + 2)
        if observed[2 * m].scored_I.any():
            rows += _rows(name, metric, arm, control, observed[sides], draws[sides], resampling)
    return rows


def item_changes(arm: ArmTable, control: ArmTable) -> list[ItemChange]:
    """Return every item that both answered, the largest move first."""
    check_pair(arm, control)
    size_I, ordinal_I = arm.people.size_I, arm.people.ordinal_I
    share_CIK = arm.people.share_CIK
    moved_CI = item_distance(arm.share_CIK, control.share_CIK, size_I, ordinal_I)
    nearer_CI = item_distance(control.share_CIK, share_CIK, size_I, ordinal_I) - item_distance(
        arm.share_CIK, share_CIK, size_I, ordinal_I
    )
    changes = [
        ItemChange(arm.cultures[c], arm.items[i].id, float(moved_CI[c, i]), float(nearer_CI[c, i]))
        for c, i in np.argwhere(np.isfinite(moved_CI) & np.isfinite(nearer_CI))
    ]
    return sorted(changes, key=lambda change: -change.moved)


def check_pair(arm: ArmTable, control: ArmTable) -> None:
    """Raise `SurveyError` for arms on other cultures or items, or of another kind of answer."""
    if arm.cultures != control.cultures or arm.items != control.items:
        raise SurveyError(
            f"The arms '{arm.arm}' and '{control.arm}' stand on different cultures or items: "
            "build both tables with the same `cultures` and `items`."
        )
    if arm.kind != control.kind:
        raise SurveyError(
            f"The arm '{arm.arm}' has {arm.kind} answers and '{control.arm}' {control.kind} ones: "
            "a difference between two kinds of answer says nothing of the model."
        )


def paired_ratios(
    metric: Metric, arm: ArmTable, control: ArmTable, people_CIK: Floats
) -> tuple[Ratio, Ratio]:
    """Return both arms' ratios over the items that both have, as `Metric.together` makes them."""
    ours, theirs = metric.ratio(arm, people_CIK), metric.ratio(control, people_CIK)
    both_CI = ours.scored_I & theirs.scored_I
    return metric.together(ours.only(both_CI)), metric.together(theirs.only(both_CI))


def _rows(
    name: str,
    metric: Metric,
    arm: ArmTable,
    control: ArmTable,
    observed: Sequence[Ratio],
    draws: Sequence[Floats],
    resampling: Resampling,
) -> list[Difference]:
    value_C = metric.values(observed[0].value()) - metric.values(observed[1].value())
    value_BC = metric.values(draws[0]) - metric.values(draws[1])
    left_NC = _left_out(metric, observed, arm.batteries)
    scored_CI = observed[0].scored_I[: len(arm.cultures)]
    rows = []
    for c, culture in enumerate((*arm.cultures, MEAN)):
        cells_CI = scored_CI if culture == MEAN else scored_CI[c : c + 1]
        bounds = interval(value_BC[:, c], value_C[c], cells_CI, arm.people, resampling)
        n = int(cells_CI.any(0).sum())
        figures = (*bounds.of(value_C[c]), n, *span(left_NC[:, c]))
        rows.append(Difference(name, culture, arm.arm, control.arm, *figures))
    return rows


def _left_out(metric: Metric, sides: Sequence[Ratio], batteries: Sequence[str]) -> Floats:
    """Return the differences that are left when each battery is left out; shape (N, C + 1)."""
    weight_NI = leave_one_out(batteries)
    ours, theirs = (metric.values(ratio_draws(*side.filled(), weight_NI)) for side in sides)
    return np.asarray(ours - theirs)


def span(value_N: Floats) -> tuple[float | None, float | None]:
    """Return the least and the largest value there is; None where there is none."""
    known_N = value_N[np.isfinite(value_N)]
    return (float(known_N.min()), float(known_N.max())) if len(known_N) else (None, None)
