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
from acculturate.evaluation.comparison import Difference, check_pair
from acculturate.evaluation.draws import NO_INTERVAL, enough, interval
from acculturate.evaluation.scores import MEAN
from acculturate.evaluation.specificity import matrix_draws, mean_agreement, people_distances
from acculturate.metrics.specificity import double_centred_diagonal
from acculturate.statistics.bootstrap import Resampling

Floats = NDArray[np.float64]
NAME = "double_centred_diagonal"


def specific_gain(
    arm: ArmTable, control: ArmTable, resampling: Resampling | None = None
) -> Difference | None:
    """The difference in `double_centred_diagonal`, above 0 where the gain favours own peoples.

    None with fewer than two cultures, or where no item was answered by both. Raises `SurveyError`
    for arms that cannot be compared.
    """
    check_pair(arm, control)
    if len(arm.cultures) < 2:
        return None
    resampling = resampling or Resampling()
    lost_CCI = _lost(arm.people.share_CIK, [arm, control])
    scored_I = np.asarray(np.isfinite(lost_CCI).any((0, 1)))
    value = float(double_centred_diagonal(mean_agreement(lost_CCI)))
    if not np.isfinite(value):
        return None
    bounds = NO_INTERVAL
    if enough(scored_I[None], arm.people, resampling)[0]:
        draw_B = double_centred_diagonal(matrix_draws([arm, control], _lost, resampling))
        bounds = interval(draw_B, value, scored_I, arm.people, resampling)
    low, high = (float(bound) if np.isfinite(bound) else None for bound in bounds)
    return Difference(NAME, MEAN, arm.arm, control.arm, value, low, high, int(scored_I.sum()))


def _lost(people_CIK: Floats, tables: Sequence[ArmTable]) -> Floats:
    """How much further the arm's answers for a lie from the people of b than the control's."""
    ours, theirs = (people_distances(table, people_CIK) for table in tables)
    return np.asarray(ours - theirs)
