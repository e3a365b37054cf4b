"""Is a gain specific? Whether answers came nearer to each culture's own people than to others'.

An adaptation may bring all answers nearer to everybody (fewer extremes, less of the first option).
Its gain M[a, b], how much nearer the answers given for a came to the people of b, then has no
diagonal of its own. The double-centred diagonal of the gains is that of the arm less that of its
control, on the items that both answered, with one draw of items for both.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.comparison import check_pair, span
from acculturate.evaluation.draws import interval
from acculturate.evaluation.scores import MEAN
from acculturate.evaluation.significance import PERMUTATIONS
from acculturate.evaluation.specificity_scores import (
    matrix_draws,
    mean_agreement,
    people_distances,
    weighted_agreement,
)
from acculturate.metrics.ratio import divide
from acculturate.metrics.specificity import double_centred_diagonal
from acculturate.records.results.differences import Difference
from acculturate.statistics.bootstrap import Resampling, leave_one_out
from acculturate.statistics.interval import battery_count, finite, seed_interval, worth_of_batteries
from acculturate.statistics.permutation import least_p, swaps, two_sided_p

Floats = NDArray[np.float64]
NAME = "double_centred_diagonal"


def specific_gain(
    arm: ArmTable, control: ArmTable, resampling: Resampling | None = None
) -> Difference | None:
    """Return the difference in `double_centred_diagonal`, above 0 where the gain favours own
    peoples.

    None with fewer than two cultures, or where no item was answered by both. Raises `SurveyError`
    for arms that cannot be compared.
    """
    check_pair(arm, control)
    if len(arm.cultures) < 2:
        return None
    resampling = resampling or Resampling()
    lost_CCI = _lost(arm.people.share_CIK, [arm, control])
    scored_CI = np.asarray(np.isfinite(lost_CCI).any(0))
    value = float(double_centred_diagonal(mean_agreement(lost_CCI)))
    if not np.isfinite(value):
        return None
    draw_B = double_centred_diagonal(matrix_draws([arm, control], _lost, resampling))
    bounds = interval(draw_B, value, scored_CI, arm.people, resampling)
    left_NCC = weighted_agreement(lost_CCI, leave_one_out(arm.batteries))
    n = int(scored_CI.any(0).sum())
    figures = (*bounds.of(value), n, *span(double_centred_diagonal(left_NCC)))
    return Difference(NAME, MEAN, arm.arm, control.arm, *figures)


def seed_specific_gain(
    arms: Sequence[ArmTable], controls: Sequence[ArmTable], resampling: Resampling | None = None
) -> Difference | None:
    """Return the mean of `specific_gain` over training seeds; its interval holds their spread.

    None where one of them cannot be had. Raises `SurveyError` as it does.
    """
    pairs = list(zip(arms, controls, strict=True))
    gains = [specific_gain(*pair, resampling) for pair in pairs]
    values = [gain.value for gain in gains if gain is not None and gain.value is not None]
    if len(values) < len(pairs):
        return None
    resampling = resampling or Resampling()
    draw_SB = np.stack(
        [double_centred_diagonal(matrix_draws(list(pair), _lost, resampling)) for pair in pairs]
    )
    scored_I = np.isfinite(_lost(arms[0].people.share_CIK, pairs[0])).any((0, 1))
    clusters = None
    if resampling.items == "random":
        clusters = worth_of_batteries(
            draw_SB.mean(0), arms[0].batteries, np.asarray(scored_I), resampling.seed
        )
    bounds = seed_interval(np.array(values), draw_SB, clusters)
    value = float(np.mean(values))
    n = int(scored_I.sum())
    return Difference(NAME, MEAN, arms[0].arm, controls[0].arm, *bounds.of(value), n)


def specific_gain_p(arm: ArmTable, control: ArmTable, seed: int = 0) -> float | None:
    """Return the two-sided p-value of `specific_gain`: the arms exchange answers battery by
    battery.

    None where there is no such gain. Raises `SurveyError` for arms that cannot be compared.
    """
    check_pair(arm, control)
    lost_CCI = _lost(arm.people.share_CIK, [arm, control])
    scored_CCI = np.isfinite(lost_CCI)
    n = len(arm.cultures)
    sign_BI = 1 - 2 * swaps(arm.batteries, PERMUTATIONS, seed)
    lost_BCC = (sign_BI @ np.where(scored_CCI, lost_CCI, 0.0).reshape(n * n, -1).T).reshape(
        -1, n, n
    )
    draw_B = double_centred_diagonal(-divide(lost_BCC, scored_CCI.sum(-1).astype(np.float64)))
    differ_I = (np.where(scored_CCI, lost_CCI, 0.0) != 0).any((0, 1))
    least = least_p(battery_count(arm.batteries, differ_I), len(sign_BI))
    p = two_sided_p(draw_B, float(double_centred_diagonal(mean_agreement(lost_CCI))), least)
    return finite(p)


def _lost(people_CIK: Floats, tables: Sequence[ArmTable]) -> Floats:
    """Return how much further the arm's answers for a lie from the people of b than the
    control's.
    """
    ours, theirs = (people_distances(table, people_CIK) for table in tables)
    return np.asarray(ours - theirs)
