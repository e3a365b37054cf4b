"""Direction: which way answers moved from one arm to another, held against where the people stand.

Two cosines over items, of movements as they are and of what is a culture's own in them:

    towards   of the movement and the way that was left to the people: 1 straight to them, 0 across,
              -1 away. A move towards the middle of the scale goes towards most peoples.
    own       of the movement less its mean over cultures and the people's leaning away from theirs:
              did each culture's answers move the way in which *its* people lean? 0 is no knowledge.

With answers drawn as texts, chance alone turns `towards` to the positive: what was drawn high in
the first arm comes back in the second. `own` is free of that.

    rows = directions(after, before, Resampling())
    [row.value for row in rows if row.metric == "towards" and row.culture == "mean"]
"""

from dataclasses import replace

import numpy as np

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.comparison import check_pair
from acculturate.evaluation.specificity_scores import cosine_rows, deviation_scores
from acculturate.metrics.divergence import Bools, Floats, Ints
from acculturate.metrics.specificity import DeviationSums, profile
from acculturate.records import Score
from acculturate.statistics.bootstrap import Resampling

TOWARDS, OWN = "towards", "own"
STILL = 1e-12


def directions(arm: ArmTable, control: ArmTable, resampling: Resampling) -> list[Score]:
    """Return rows `towards` and `own` per culture and pooled, with `own_chance` and `own_p`.

    None where nothing moved, `own` none where cultures did not move apart. Raises `SurveyError` for
    arms that cannot be compared.
    """
    check_pair(arm, control)
    moved_CIK = arm.share_CIK - control.share_CIK
    if not np.nansum(moved_CIK**2) > STILL:
        return []
    # differences hold no texts that could be drawn anew
    moved = replace(arm, share_CIK=moved_CIK, kind="expected")

    def towards(
        moved_CIK: Floats, people_CIK: Floats, size_I: Ints, ordinal_I: Bools
    ) -> DeviationSums:
        return towards_sums(moved_CIK, people_CIK - control.share_CIK, size_I, ordinal_I)

    rows = cosine_rows(moved, resampling, TOWARDS, towards)
    if len(arm.cultures) > 1:
        rows += deviation_scores(moved, resampling, OWN)
    return [row for row in rows if row.value is not None]


def towards_sums(
    moved_CIK: Floats, wanted_CIK: Floats, size_I: Ints, ordinal_I: Bools
) -> DeviationSums:
    """Return products of a movement and the movement wanted, both differences of shares (..., C, I,
    K).
    """
    moved_CIK, wanted_CIK = np.broadcast_arrays(moved_CIK, wanted_CIK)
    scored_CI = np.asarray(np.isfinite(moved_CIK + wanted_CIK).all(-1))
    moved, wanted = (
        np.where(scored_CI[..., None], profile(change_CIK, size_I, ordinal_I), 0.0)
        for change_CIK in (moved_CIK, wanted_CIK)
    )
    return DeviationSums(
        (moved * wanted).sum(-1), (moved**2).sum(-1), (wanted**2).sum(-1), scored_CI
    )
