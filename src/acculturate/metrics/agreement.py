"""Agreement of two raters beyond chance.

>>> import numpy as np
>>> left, right = np.array([1, 1, 0, 0]), np.array([1, 0, 0, 0])
>>> round(cohens_kappa(left, right), 3)
0.5
"""

import numpy as np
from numpy.typing import NDArray


def cohens_kappa(left_N: NDArray[np.int64], right_N: NDArray[np.int64]) -> float:
    """``(p_o - p_e) / (1 - p_e)`` of two raters' categories for the same N things (Cohen 1960).

    1 is full agreement, 0 what chance brings, below 0 less. NaN for no things, and where chance
    alone agrees fully (both raters give one and the same category to all).
    """
    if len(left_N) != len(right_N):
        raise ValueError(f"two raters of {len(left_N)} and {len(right_N)} things, expected as many")
    if not len(left_N):
        return float("nan")
    categories = np.unique(np.concatenate([left_N, right_N]))
    left_NC = left_N[:, None] == categories
    right_NC = right_N[:, None] == categories
    observed = float((left_N == right_N).mean())
    expected = float((left_NC.mean(0) * right_NC.mean(0)).sum())
    return (observed - expected) / (1 - expected) if expected < 1 else float("nan")
