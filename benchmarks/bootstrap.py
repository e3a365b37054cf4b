"""The bootstrap: intervals of 19 cultures' means over 259 items, from 10,000 draws of items.

A tenth of the items is not asked in a culture, as in surveys, so a mean is a ratio of two sums. The
peer is `scipy.stats.bootstrap`, vectorised, with the same figure, number of draws and kind of
interval, all cultures sharing a draw as ours do.
"""

import numpy as np
from numpy.typing import NDArray

from acculturate.statistics.bootstrap import item_weights, ratio_draws
from acculturate.statistics.interval import percentile_interval
from benchmarks.timing import Options, Timing, timed

CULTURES, ITEMS, DRAWS = 19, 259, 10_000
AGREE = 0.1
"""Widths of an interval within which its ends must agree: both are drawn at random."""

Floats = NDArray[np.float64]


class Bootstrap:
    """Row `bootstrap_vs_scipy`, in draws per second."""

    def __init__(self, options: Options) -> None:
        rng = np.random.default_rng(1)
        self.asked_CI = (rng.random((CULTURES, ITEMS)) < 0.9).astype(np.float64)
        self.score_CI = rng.beta(4, 2, (CULTURES, ITEMS)) * self.asked_CI

    def warm_up(self) -> None:
        """Both find the same intervals."""
        ours, theirs = self._ours(), self._scipy()
        width = (theirs[:, 1] - theirs[:, 0])[:, None]
        if (abs(ours - theirs) > AGREE * width).any():
            raise SystemExit("scipy finds other intervals: the bench is not fair.")

    def pair(self) -> dict[str, Timing]:
        ours, _ = timed(self._ours)
        peer, _ = timed(self._scipy)
        return {"bootstrap_vs_scipy": Timing(DRAWS / ours, DRAWS / peer, peer / ours)}

    def _ours(self) -> Floats:
        """Low and high ends; (cultures, 2)."""
        weight_BI = item_weights([""] * ITEMS, DRAWS, seed=1)
        draw_BC = ratio_draws(self.score_CI, self.asked_CI, weight_BI)
        return np.array([percentile_interval(draw_B) for draw_B in draw_BC.T])

    def _scipy(self) -> Floats:
        from scipy.stats import bootstrap

        confidence_interval = bootstrap(
            (self.score_CI, self.asked_CI),
            lambda score, asked, axis: score.sum(axis=axis) / asked.sum(axis=axis),
            paired=True,
            vectorized=True,
            axis=-1,
            n_resamples=DRAWS,
            method="percentile",
            rng=np.random.default_rng(1),
        ).confidence_interval
        return np.stack([confidence_interval.low, confidence_interval.high], axis=-1)
