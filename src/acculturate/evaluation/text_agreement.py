"""Do option probabilities say what the model would write? Expected beside sampled answers.

The two are distributions of one model over the same items. m texts scatter around any
distribution, so the distance between them is held against what m texts of the expected
distribution itself would show: the excess over that is disagreement.
"""

import numpy as np
from numpy.typing import NDArray

from acculturate.errors import SurveyError
from acculturate.evaluation.arm_table import ArmTable
from acculturate.metrics.accuracy import modal_agreement
from acculturate.metrics.divergence import total_variation
from acculturate.records.results.varied import TextAgreement

Floats = NDArray[np.float64]
REPEATS = 50


def text_agreement(expected: ArmTable, sampled: ArmTable, seed: int = 0) -> TextAgreement:
    """Hold an arm's option probabilities against its sampled texts.

    Raises `SurveyError` where the tables stand on different cultures or items, or are of other
    kinds than `expected` and `sampled` (or `point`).
    """
    if expected.cultures != sampled.cultures or expected.items != sampled.items:
        raise SurveyError(
            f"The arms '{expected.arm}' and '{sampled.arm}' stand on different cultures or items: "
            "build both tables with the same `cultures` and `items`."
        )
    if expected.kind != "expected" or sampled.kind not in ("sampled", "point"):
        raise SurveyError(
            f"Expected answers are held against sampled ones, not {expected.kind} against "
            f"{sampled.kind}."
        )
    rows = slice(0, 1) if expected.common and sampled.common else slice(None)
    ours, texts = expected.share_CIK[rows], sampled.share_CIK[rows]
    n_CI = (sampled.asked_CI - sampled.refused_CI)[rows]
    cell_CI = np.asarray(np.isfinite(ours + texts).all(-1))
    ours_NK, texts_NK, n_N = ours[cell_CI], texts[cell_CI], n_CI[cell_CI].astype(np.int64)
    if not len(n_N):
        raise SurveyError("No item has both an expected and a sampled answer.")
    distance = float(total_variation(ours_NK, texts_NK).mean())
    rng = np.random.default_rng([seed, 10])
    exact_NK = ours_NK / ours_NK.sum(-1, keepdims=True)
    chance = np.array(
        [
            total_variation(ours_NK, rng.multinomial(n_N, exact_NK) / n_N[:, None]).mean()
            for _ in range(REPEATS)
        ]
    )
    return TextAgreement(
        distance,
        float(chance.mean()),
        float(modal_agreement(ours_NK, texts_NK).mean()),
        float((1 + (chance >= distance).sum()) / (1 + REPEATS)),
        float(n_N.mean()),
        len(n_N),
    )
