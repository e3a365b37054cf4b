"""Significance: exact tests beside intervals, and what they are worth when cultures are many.

Where two arms are alike, their answers to a battery may change sides. The p-value is the share of
such exchanges whose difference is as large as the one seen; batteries change sides for all cultures
at once, as they are asked of all. Holm's correction makes ".05" hold for the family of cultures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.comparison import check_pair, paired_ratios
from acculturate.evaluation.measures import Metric, find_metrics
from acculturate.evaluation.scores import MEAN
from acculturate.metrics.ratio import divide
from acculturate.statistics.bootstrap import macro_mean
from acculturate.statistics.permutation import holm, swaps, two_sided_p

Floats = NDArray[np.float64]
PERMUTATIONS = 5000


@dataclass(frozen=True, slots=True)
class PairedTest:
    """A permutation test of `metric` of `arm` minus `control`.

    `p` is two-sided, `holm` its value after Holm's correction over the cultures; the mean over
    cultures ("mean") is one test, and no part of that family.
    """

    metric: str
    culture: str
    arm: str
    control: str
    value: float | None
    p: float | None
    holm: float | None
    n: int


def paired_tests(
    arm: ArmTable,
    control: ArmTable,
    metrics: Sequence[str] | None = None,
    *,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> list[PairedTest]:
    """A test per metric and culture, then of the mean over cultures.

    Raises `SurveyError` for arms that cannot be compared and for an unknown metric.
    """
    check_pair(arm, control)
    side_BI = swaps([item.battery for item in arm.items], permutations, seed)
    rows: list[PairedTest] = []
    for name, metric in find_metrics(metrics).items():
        if metric.applies(arm) and metric.applies(control):
            rows += _tests(name, metric, arm, control, side_BI)
    return rows


def _tests(
    name: str, metric: Metric, arm: ArmTable, control: ArmTable, side_BI: Floats
) -> list[PairedTest]:
    ours, theirs = paired_ratios(metric, arm, control, arm.people.share_CIK)
    scored_CI = ours.scored_I
    value_C = metric.finish(ours.value()) - metric.finish(theirs.value())
    sides = (ours.filled(), theirs.filled())
    exchanged = [
        metric.finish(
            divide(
                keep @ sides[0].top_I.T + (1 - keep) @ sides[1].top_I.T,
                keep @ sides[0].bottom_I.T + (1 - keep) @ sides[1].bottom_I.T,
            )
        )
        for keep in (1 - side_BI, side_BI)
    ]
    draw_BC = exchanged[0] - exchanged[1]
    p_C = [two_sided_p(draw_BC[:, c], float(value)) for c, value in enumerate(value_C)]
    total = float(macro_mean(value_C[None])[0])
    cells = [*zip(arm.cultures, value_C, p_C, holm(p_C), scored_CI.sum(-1), strict=True)]
    p = two_sided_p(macro_mean(draw_BC), total)
    cells.append((MEAN, total, p, float("nan"), scored_CI.any(0).sum()))
    return [
        PairedTest(
            name, culture, arm.arm, control.arm, _known(value), _known(p), _known(least), int(n)
        )
        for culture, value, p, least, n in cells
    ]


def _known(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None
