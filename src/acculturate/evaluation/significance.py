"""Significance: exact tests beside intervals, and what they are worth when cultures are many.

Where two arms are alike, their answers to a battery may change sides. The p-value is the share of
such exchanges whose difference is as large as the one seen; batteries change sides for all cultures
at once, as they are asked of all. Holm's correction makes ".05" hold for the family of cultures.
With few batteries there are few exchanges, so that no answers at all would reach .05: that is said.
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
from acculturate.statistics.interval import battery_count, finite
from acculturate.statistics.permutation import holm, least_p, swaps, two_sided_p

Floats = NDArray[np.float64]
PERMUTATIONS = 5000
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class PairedTest:
    """A permutation test of `metric` of `arm` minus `control`.

    `p` is two-sided, `holm` its value after Holm's correction over the cultures; the mean over
    cultures ("mean") is one test, and no part of that family. `batteries` are those in which the
    two differ, `least` the smallest p (for a culture after Holm's correction) that exchanging so
    few can give.
    """

    metric: str
    culture: str
    arm: str
    control: str
    value: float | None
    p: float | None
    holm: float | None
    n: int
    batteries: int
    least: float


def paired_tests(
    arm: ArmTable,
    control: ArmTable,
    metrics: Sequence[str] | None = None,
    *,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> list[PairedTest]:
    """Return a test per metric and culture, then of the mean over cultures.

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
    sides = paired_ratios(metric, arm, control, arm.people.share_CIK)
    scored_CI = sides[0].scored_I[: len(arm.cultures)]
    ours, theirs = (side.filled() for side in sides)
    value_C = metric.values(divide(ours.top_I.sum(-1), ours.bottom_I.sum(-1)))
    value_C = value_C - metric.values(divide(theirs.top_I.sum(-1), theirs.bottom_I.sum(-1)))
    exchanged = [
        metric.values(
            divide(
                keep @ ours.top_I.T + (1 - keep) @ theirs.top_I.T,
                keep @ ours.bottom_I.T + (1 - keep) @ theirs.bottom_I.T,
            )
        )
        for keep in (1 - side_BI, side_BI)
    ]
    draw_BC = exchanged[0] - exchanged[1]
    differ_CI = (ours.top_I != theirs.top_I) | (ours.bottom_I != theirs.bottom_I)
    differ_CI = np.concatenate([differ_CI[: len(arm.cultures)], differ_CI.any(0)[None]])
    batteries_C = [battery_count(arm.batteries, differ_I) for differ_I in differ_CI]
    least_C = [least_p(batteries, len(side_BI)) for batteries in batteries_C]
    p_C = [two_sided_p(draw_BC[:, c], float(value), least_C[c]) for c, value in enumerate(value_C)]
    holm_C = [*holm(p_C[:-1]), float("nan")]
    n_C = [*scored_CI.sum(-1), scored_CI.any(0).sum()]
    family = int(np.isfinite(p_C[:-1]).sum())
    rows = []
    for c, culture in enumerate((*arm.cultures, MEAN)):
        least = least_C[c] * (1 if culture == MEAN else max(family, 1))
        known = (finite(value_C[c]), finite(p_C[c]), finite(holm_C[c]))
        figures = (*known, int(n_C[c]), batteries_C[c], min(least, 1.0))
        rows.append(PairedTest(name, culture, arm.arm, control.arm, *figures))
    return rows


def out_of_reach(tests: Sequence[PairedTest]) -> str | None:
    """Return a sentence where some tests could not fall below .05 whatever was answered, else None.

    Arms that answer alike need none.
    """
    told = [test for test in tests if test.batteries and test.least > LEVEL]
    if not told:
        return None
    mean = [test for test in told if test.culture == MEAN]
    if mean:
        few = f"The two arms differ on {_batteries(mean[0].batteries)}"
        return (
            f"{few}: the smallest p that a permutation test of them can give is "
            f"{mean[0].least:.3f}, so no test can reach .05, whatever was answered."
        )
    most = max(told, key=lambda test: test.batteries)
    return (
        f"In {', '.join(test.culture for test in told)} no test can reach .05: with "
        f"{_batteries(most.batteries)}, Holm's correction over the cultures leaves no p below "
        f"{most.least:.3f}. The test of the mean over cultures is not corrected."
    )


def _batteries(n: int) -> str:
    return f"{n} {'battery' if n == 1 else 'batteries'}"
