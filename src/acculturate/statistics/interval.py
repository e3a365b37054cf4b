"""Intervals: from draws of a figure to the two ends that hold the truth 95 times in 100.

Batteries are few and unequal, so that percentiles of the draws are too narrow. They are set by
Student's t with the number of batteries that the figure's error rests on, the least of three:
Kish's, from the sizes; that of the batteries' influences, which a few large ones make small; and
their number less two, since distances are skewed. Below `FEWEST` batteries nothing made of them
holds the truth often enough, and there is no interval (simulated: docs/metrics.md); nor is there
one where the draws do not move.

    >>> import numpy as np
    >>> low, high = percentile_interval(np.linspace(0, 1, 1001))
    >>> round(float(low), 6), round(float(high), 6)
    (0.025, 0.975)
"""

import functools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from acculturate.statistics.bootstrap import battery_index, item_weights, kish_n

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LEVEL = 0.95
FEWEST = 12
"""Batteries below which there is no interval."""
LEAST = 2.0
"""What batteries count as at least: with fewer, Student's t is no more than a guess."""
STILL = 1e-4
"""A width that four digits do not show: what hardly varies in the draws has no interval of them."""
INFLUENCE_DRAWS = 2000  # enough to tell 100 batteries apart


class Interval(NamedTuple):
    """The ends of a 95% interval; NaN where it cannot be had."""

    low: float
    high: float

    def of(self, value: float) -> tuple[float | None, float | None, float | None]:
        """Return `value`, `low` and `high` as a row has them: None for what is not finite."""
        return finite(value), finite(self.low), finite(self.high)


NO_INTERVAL = Interval(float("nan"), float("nan"))


def finite(number: float) -> float | None:
    """Return a number as a row has it: None where it is NaN or infinite."""
    return float(number) if np.isfinite(number) else None


def battery_sizes(batteries: Sequence[str], scored_I: Bools | None = None) -> Floats:
    """Return how many of the items that are scored (all without `scored_I`) each battery of theirs
    has.
    """
    index_I = battery_index(batteries)
    size_N = np.bincount(index_I if scored_I is None else index_I[scored_I]).astype(np.float64)
    return size_N[size_N > 0]


def battery_count(batteries: Sequence[str], scored_I: Bools | None = None) -> int:
    """Return how many batteries the items that are scored are of."""
    return len(battery_sizes(batteries, scored_I))


def equal_batteries(batteries: Sequence[str], scored_I: Bools | None = None) -> float:
    """Return what batteries count as in Student's t: so many of equal size, at most their number
    less 2.

    Of unequal sizes s they are worth ``(sum s)^2 / sum s^2``; and distances are skewed, for which t
    of few batteries is too narrow.
    """
    size_N = battery_sizes(batteries, scored_I)
    return max(min(kish_n(size_N), len(size_N) - 2.0), LEAST)


def enough_batteries(batteries: Sequence[str], scored_I: Bools | None = None) -> bool:
    """Return whether an interval of a figure over these items, drawn by battery, holds what it
    says.
    """
    return battery_count(batteries, scored_I) >= FEWEST


def clusters_behind(
    draw_B: Floats, batteries: Sequence[str], seed: int, scored_I: Bools | None = None
) -> float:
    """Return how many batteries a figure's error rests on, from its own draws.

    Each battery's influence is its covariance with the draws (the infinitesimal jackknife, Efron
    2014). n influences of normal kurtosis count as n, with an excess k (unbiased) as
    ``3 n / (3 + k)``: a few large ones count little. `draw_B` are draws with the weights of
    `item_weights` for `batteries`, of which the first 2000 are used; `scored_I` are the items that
    the figure is of (all without it). NaN where nothing moves.
    """
    weight_BN = _battery_weights(tuple(batteries), len(draw_B), seed)
    if scored_I is not None:
        weight_BN = weight_BN[:, np.unique(battery_index(batteries)[scored_I])]
    draw_B = draw_B[:INFLUENCE_DRAWS]
    known_B = np.isfinite(draw_B)
    if not known_B.any():
        return float("nan")
    off_B = np.where(known_B, draw_B - draw_B[known_B].mean(), 0.0)
    influence_N = off_B @ weight_BN
    square, fourth = (influence_N**2).sum(), (influence_N**4).sum()
    if not fourth > 0:
        return float("nan")
    return _worth(len(influence_N), float(len(influence_N) * fourth / square**2))


def _worth(n: int, kurtosis: float) -> float:
    """Return how many normal influences `n` are worth whose fourth over squared second moment is
    this.
    """
    if n < 4:
        return 3 * n / kurtosis
    excess = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (kurtosis - 3) + 6)
    return 3 * n / (3 + max(excess, 0.0))


@functools.lru_cache(maxsize=4)
def _battery_weights(batteries: tuple[str, ...], draws: int, seed: int) -> Floats:
    """Return weights of batteries in the first draws of `item_weights`, less their mean of 1; (B,
    N).
    """
    index_I = battery_index(batteries)
    first_N = np.unique(index_I, return_index=True)[1]
    weight_BN = item_weights(batteries, draws, seed)[:INFLUENCE_DRAWS, first_N]
    return np.ascontiguousarray(weight_BN.astype(np.float64) - 1.0)


def battery_interval(
    draw_B: Floats, batteries: Sequence[str], scored_I: Bools, seed: int
) -> Interval:
    """Return the interval of a figure over the items `scored_I`, from draws with their batteries'
    weights.

    None (NaN) below `FEWEST` batteries and where the draws do not move.
    """
    if not enough_batteries(batteries, scored_I):
        return NO_INTERVAL
    clusters = worth_of_batteries(draw_B, batteries, scored_I, seed)
    return percentile_interval(draw_B, clusters=clusters)


def worth_of_batteries(
    draw_B: Floats, batteries: Sequence[str], scored_I: Bools, seed: int
) -> float:
    """Return the number of batteries that Student's t takes, by their sizes and by their
    influences.
    """
    worth = equal_batteries(batteries, scored_I)
    behind = clusters_behind(draw_B, batteries, seed, scored_I)
    return max(min(worth, behind), LEAST) if np.isfinite(behind) else worth


def tail_probability(level: float, clusters: float | None) -> float:
    """Return the draws to leave out on either side, so that few clusters give an interval wide
    enough.

    The percentile interval of n clusters is too narrow by ``sqrt((n - 1) / n)`` and takes normal
    for Student's t; its expanded form (Hesterberg 2015, The American Statistician 69(4)) mends
    both. None: as many clusters as one likes.
    """
    if clusters is None or not np.isfinite(clusters) or clusters <= 1:
        return (1 - level) / 2
    from scipy.special import ndtr, stdtrit

    quantile = stdtrit(clusters - 1, (1 - level) / 2)
    return float(ndtr(quantile * np.sqrt(clusters / (clusters - 1))))


def percentile_interval(
    draw_B: Floats, level: float = LEVEL, clusters: float | None = None
) -> Interval:
    """Return the middle `level` of the draws that have a value; NaN where fewer than half have one.

    `clusters` is the number of things drawn from (batteries) where it is small. NaN as well where
    the interval would have no width: what cannot vary in the draws has none from them.
    """
    known = draw_B[np.isfinite(draw_B)]
    if 2 * len(known) < len(draw_B) or not len(known):
        return NO_INTERVAL
    tail = tail_probability(level, clusters)
    low, high = np.quantile(known, [tail, 1 - tail])
    return Interval(float(low), float(high)) if high - low > STILL else NO_INTERVAL


def centred(draw_B: Floats, value: float) -> Floats:
    """Return the draws moved so that their mean is `value`.

    Where respondents or texts are drawn anew, their noise is in the draws twice, and a distance
    only grows with noise: such draws have the right width around a wrong place.
    """
    known = draw_B[np.isfinite(draw_B)]
    return draw_B - (known.mean() - value) if len(known) and np.isfinite(value) else draw_B


def seed_interval(
    value_S: Floats, draw_SB: Floats, clusters: float | None = None, level: float = LEVEL
) -> Interval:
    """Return the interval of a mean over S training seeds, which holds their spread and that of the
    items together.

    `value_S` is each seed's figure, `draw_SB` its draws, items shared by all seeds. Variances add,
    since two or three seeds cannot be resampled; Student's t is the mean of both parts' own,
    weighed by their variances (Cochran & Cox 1957), which with so few seeds holds the truth where
    Satterthwaite's degrees of freedom do not. NaN with a single seed: it says nothing of another.
    """
    n = len(value_S)
    if n < 2 or not np.isfinite(value_S).all():
        return NO_INTERVAL
    from scipy.special import stdtrit

    known = draw_SB.mean(0)[np.isfinite(draw_SB).all(0)]
    batteries = clusters if clusters is not None and 1 < clusters < 1e6 else 1e6
    items = float(known.var()) * batteries / (batteries - 1)
    seeds = float(value_S.var(ddof=1)) / n
    total = items + seeds
    tail = (1 - level) / 2
    quantiles = -stdtrit(batteries - 1, tail) * items - stdtrit(n - 1, tail) * seeds
    reach = float(quantiles / np.sqrt(total)) if total > 0 else 0.0
    middle = float(value_S.mean())
    return Interval(middle - reach, middle + reach) if 2 * reach > STILL else NO_INTERVAL
