"""Agreement of two raters beyond chance.

>>> import numpy as np
>>> left, right = np.array([1, 1, 0, 0]), np.array([1, 0, 0, 0])
>>> round(cohens_kappa(left, right), 3)
0.5
>>> round(float(kappa_of(np.array([[20, 5], [10, 15]]))), 3)
0.4
"""

import numpy as np
from numpy.typing import NDArray

from acculturate.metrics.divergence import Floats


def cohens_kappa(left_N: NDArray[np.int64], right_N: NDArray[np.int64]) -> float:
    """``(p_o - p_e) / (1 - p_e)`` of two raters' categories for the same N things (Cohen 1960).

    1 is full agreement, 0 what chance brings, below 0 less. NaN for no things, and where chance
    alone agrees fully (both raters give one and the same category to all).
    """
    if len(left_N) != len(right_N):
        raise ValueError(f"two raters of {len(left_N)} and {len(right_N)} things, expected as many")
    categories, code_N = np.unique(np.concatenate([left_N, right_N]), return_inverse=True)
    count_KK = np.zeros((len(categories), len(categories)))
    np.add.at(count_KK, (code_N[: len(left_N)], code_N[len(left_N) :]), 1)
    return float(kappa_of(count_KK))


def kappa_of(count_KK: Floats) -> Floats:
    """The same from a table: what one rater called k (rows) and the other called l (columns).

    Counts may be weighted. Takes any number of tables (axes in front) and gives a value for each.
    """
    total = count_KK.sum((-2, -1))
    with np.errstate(divide="ignore", invalid="ignore"):
        share_KK = count_KK / total[..., None, None]
    observed = np.trace(share_KK, axis1=-2, axis2=-1)
    expected = (share_KK.sum(-1) * share_KK.sum(-2)).sum(-1)
    # where all is one category, 1 - expected is nothing but rounding
    known = (total > 0) & (1 - expected > 1e-12)
    found: Floats = (observed - expected) / np.where(known, 1 - expected, np.nan)
    return found
