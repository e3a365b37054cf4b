"""Intraclass correlations: whether answers stay the same when they are asked for in another way.

Targets (a question put for a culture) are each answered in several
ways (wordings, orders, seeds): the part of the variance that lies between the targets. 1 is the
same answer in every way, 0 no more likeness than between any two targets; below 0 less than that.

    one way      ICC(1,1): another way counts as an error in whatever it changes, and the ways of
                 one target need not be those of another
    consistency  ICC(3,1): what a way changes for all targets of a block alike is no error

Both of single ways and of the mean over them, ICC(1,k) and ICC(3,k) (Shrout & Fleiss 1979,
Psychological Bulletin 86(2); McGraw & Wong 1996). These lines take missing ways and the weights of
draws, which the functions of statistics packages do not. Axes: I blocks, C targets of a block, L
ways, B draws with the weights of blocks.

    >>> ratings = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8],
    ...                     [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=float)
    >>> [round(float(part[0]), 2) for part in one_way(ratings[:, None], np.ones((1, 1)))]
    [0.17, 0.44]
    >>> [round(float(part[0]), 2) for part in consistency(ratings[:, None], np.ones((1, 1)))]
    [0.71, 0.91]
"""

from typing import NamedTuple

import numpy as np

from acculturate.metrics.divergence import Floats
from acculturate.metrics.ratio import divide

NOTHING = 1e-15
"""A sum of squares of shares of a scale that rounding alone leaves."""


class Intraclass(NamedTuple):
    """The correlation of single ways, and that of the mean over all ways; shape (B,)."""

    single_B: Floats
    mean_B: Floats


def one_way(value_CIL: Floats, weight_BI: Floats) -> Intraclass:
    """Return ICC(1,1), ``(MSB - MSW) / (MSB + (k - 1) MSW)``, and ICC(1,k), ``(MSB - MSW) / MSB``,
    over the targets of all blocks together.

    NaN in `value_CIL` where a target lacks a way; targets with fewer than two are left out. k is
    the ways behind a target on average, as unequal numbers want it. NaN for fewer than two targets,
    and where all answers are one and the same.
    """
    known_CIL = np.isfinite(value_CIL)
    n_CI = np.where(known_CIL.sum(-1) > 1, known_CIL.sum(-1), 0).astype(np.float64)
    mean_CI = np.where(known_CIL, value_CIL, 0.0).sum(-1) / np.maximum(known_CIL.sum(-1), 1)
    off_CIL = np.where(known_CIL, value_CIL - mean_CI[..., None], 0.0)
    within_CI = np.where(n_CI > 0, (off_CIL**2).sum(-1), 0.0)
    sums = (n_CI > 0, n_CI, n_CI**2, n_CI * mean_CI, n_CI * mean_CI**2, within_CI)
    targets_B, answers_B, square_B, first_B, second_B, within_B = (
        weight_BI @ part_CI.sum(0).astype(np.float64) for part_CI in sums
    )
    between_B = second_B - divide(first_B**2, answers_B)
    ways_B = divide(answers_B - divide(square_B, answers_B), targets_B - 1)
    return _correlation(
        divide(between_B, targets_B - 1), divide(within_B, answers_B - targets_B), ways_B
    )


def consistency(value_CIL: Floats, weight_BI: Floats) -> Intraclass:
    """Return ICC(3,1), ``(MSR - MSE) / (MSR + (k - 1) MSE)``, and ICC(3,k), ``(MSR - MSE) / MSR``,
    within blocks.

    Mean squares are pooled over blocks, each with the targets that have all of its ways. NaN where
    no block has two targets and two ways, and where nothing varies within any.
    """
    part_SI = np.array([_block(value_CIL[:, i]) for i in range(value_CIL.shape[1])]).T
    rows_B, error_B, row_freedom_B, error_freedom_B, ways_B = (
        weight_BI @ part_I for part_I in part_SI
    )
    return _correlation(
        divide(rows_B, row_freedom_B),
        divide(error_B, error_freedom_B),
        divide(ways_B, row_freedom_B),
    )


def _block(value_CL: Floats) -> tuple[float, float, float, float, float]:
    """Return a block's sums of squares between targets and of the rest, their degrees of freedom,
    and its ways times the first of these.
    """
    ways_L = np.isfinite(value_CL).any(0)
    whole_CL = value_CL[:, ways_L]
    whole_CL = whole_CL[np.isfinite(whole_CL).all(-1)]
    targets, ways = whole_CL.shape
    if targets < 2 or ways < 2:
        return 0.0, 0.0, 0.0, 0.0, 0.0
    target_C = whole_CL.mean(1, keepdims=True)
    way_L = whole_CL.mean(0, keepdims=True)
    grand = whole_CL.mean()
    rows = ways * float(((target_C - grand) ** 2).sum())
    error = float(((whole_CL - target_C - way_L + grand) ** 2).sum())
    freedom = float(targets - 1)
    return rows, error, freedom, freedom * (ways - 1), ways * freedom


def _correlation(between_B: Floats, error_B: Floats, ways_B: Floats) -> Intraclass:
    """Return both correlations out of mean squares; NaN where nothing varies at all."""
    varies_B = np.maximum(between_B, error_B) > NOTHING
    between_B = np.where(varies_B, np.where(between_B > NOTHING, between_B, 0.0), np.nan)
    gain_B = between_B - error_B
    return Intraclass(divide(gain_B, between_B + (ways_B - 1) * error_B), divide(gain_B, between_B))
