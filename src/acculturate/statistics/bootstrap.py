"""The bootstrap: how far a figure would move with other items, or with other respondents.

One draw of items is shared by all cultures and all arms, because the same questions are put to all
of them: drawn apart, the error of a mean over cultures comes out at half its size. Items asked in
one grid (a battery) stand or fall together, so batteries are drawn, not items. Where the items are
the whole of what is asked about (`items="fixed"`), only the respondents are drawn. Axes: B draws,
C cultures, I items, K options.

    >>> weight_BI = item_weights(["work", "work", "", ""], draws=3, seed=1)
    >>> bool((weight_BI[:, 0] == weight_BI[:, 1]).all())
    True
"""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.uint16]

LEVEL = 0.95
DRAWS_AT_ONCE = 1000  # 1000 x 259 weights as floats are 2 MB
INFLUENCE_DRAWS = 2000  # enough to tell 100 batteries apart
CELLS_AT_ONCE = 2_000_000  # of people's shares: 16 MB an array


class Interval(NamedTuple):
    """A percentile interval; NaN where it cannot be had."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Resampling:
    """What is drawn anew.

    `items`: "random" draws batteries of items, "fixed" keeps the items and draws respondents.
    `people` draws respondents as well when items are random. `draws` is the number of draws
    (with respondents at most `people_draws`: each is a whole survey).
    """

    items: Literal["random", "fixed"] = "random"
    people: bool = False
    draws: int = 10_000
    people_draws: int = 1000
    seed: int = 0

    @property
    def draws_people(self) -> bool:
        return self.people or self.items == "fixed"

    @property
    def rounds(self) -> int:
        """How many draws are made."""
        return min(self.draws, self.people_draws) if self.draws_people else self.draws


def battery_index(batteries: Sequence[str]) -> NDArray[np.intp]:
    """The number of each item's battery; an item without a name of a battery is one of its own."""
    keys = [battery or f"\0{i}" for i, battery in enumerate(batteries)]
    number = {key: n for n, key in enumerate(dict.fromkeys(keys))}
    return np.array([number[key] for key in keys], dtype=np.intp)


def item_weights(batteries: Sequence[str], draws: int, seed: int) -> Counts:
    """How often each item is in each draw of batteries with replacement; shape (`draws`, I).

    The same batteries and seed give the same draws, whatever arm or culture they are used for.
    """
    index_I = battery_index(batteries)
    n = int(index_I.max(initial=-1)) + 1
    if n == 0:
        return np.zeros((draws, 0), dtype=np.uint16)
    rng = np.random.default_rng(seed)
    weight_BI = np.empty((draws, len(index_I)), dtype=np.uint16)
    for start in range(0, draws, DRAWS_AT_ONCE):
        # counted draw by draw: numpy's multinomial takes five times as long
        size = min(DRAWS_AT_ONCE, draws - start)
        drawn_BN = rng.integers(n, size=(size, n))
        drawn_BN += n * np.arange(size)[:, None]
        count_BN = np.bincount(drawn_BN.ravel(), minlength=size * n).reshape(size, n)
        weight_BI[start : start + size] = count_BN if n == len(index_I) else count_BN[:, index_I]
    return weight_BI


def ratio_draws(top_CI: Floats, bottom_CI: Floats, weight_BI: Counts) -> Floats:
    """``sum_i w_i top_i / sum_i w_i bottom_i`` of every draw; shape (B, C).

    Items left out hold 0 in both. NaN where a draw holds none of a culture's items.
    """
    size = len(top_CI)
    sides_IS = np.ascontiguousarray(np.concatenate([top_CI, bottom_CI]).T)
    ratio_BC = np.empty((len(weight_BI), size))
    for start in range(0, len(weight_BI), DRAWS_AT_ONCE):
        part = slice(start, start + DRAWS_AT_ONCE)
        sum_BS = weight_BI[part].astype(np.float64) @ sides_IS
        ratio_BC[part] = _divide(sum_BS[:, :size], sum_BS[:, size:])
    return ratio_BC


def people_draws(
    count_CIK: Floats, n_CI: Floats, draws: int, seed: int
) -> Iterator[tuple[slice, Floats]]:
    """Shares of people drawn anew (multinomial), in parts: which draws, and their share_BCIK.

    `n_CI` is the number of respondents behind the shares: for weighted counts Kish's effective
    number (`kish_n`). Items draw apart from each other, since marginals hold no persons. A row of
    zeros (not asked) gives NaN.
    """
    rng = np.random.default_rng([seed, 1])
    total_CI = count_CIK.sum(-1)
    asked_CI = total_CI > 0
    even_K = np.full(count_CIK.shape[-1], 1 / max(count_CIK.shape[-1], 1))
    share_CIK = np.where(asked_CI[..., None], _divide(count_CIK, total_CI[..., None]), even_K)
    whole_CI: NDArray[np.int64] = np.maximum(np.rint(n_CI), 1).astype(np.int64)
    step = max(1, CELLS_AT_ONCE // max(count_CIK.size, 1))
    for start in range(0, draws, step):
        size = min(step, draws - start)
        drawn_BCIK = rng.multinomial(whole_CI, share_CIK, (size, *whole_CI.shape))
        share_BCIK = drawn_BCIK / whole_CI[..., None]
        yield slice(start, start + size), np.where(asked_CI[..., None], share_BCIK, np.nan)


def kish_n(weights: Floats) -> float:
    """Kish's effective number of respondents: ``(sum w)^2 / sum w^2``; 0 without any."""
    square = float((weights**2).sum())
    return float(weights.sum()) ** 2 / square if square else 0.0


def effective_batteries(batteries: Sequence[str]) -> float:
    """How many batteries of equal size these are worth: ``(sum s)^2 / sum s^2`` of their sizes."""
    size_N = np.bincount(battery_index(batteries)).astype(np.float64)
    return kish_n(size_N)


@functools.lru_cache(maxsize=4)
def _battery_weights(batteries: tuple[str, ...], draws: int, seed: int) -> Floats:
    """Weights of batteries in the first draws of `item_weights`, less their mean of 1; (B, N)."""
    index_I = battery_index(batteries)
    first_N = np.unique(index_I, return_index=True)[1]
    weight_BN = item_weights(batteries, draws, seed)[:INFLUENCE_DRAWS, first_N]
    return np.ascontiguousarray(weight_BN.astype(np.float64) - 1.0)


def clusters_behind(draw_B: Floats, batteries: Sequence[str], seed: int) -> float:
    """How many batteries a figure's error rests on, from its own draws.

    Each battery's influence is its covariance with the draws (the infinitesimal jackknife, Efron
    2014); n normal influences u have ``3 (sum u^2)^2 / sum u^4`` = n, and a few large ones less.
    `draw_B` are draws with the weights of `item_weights`, of which the first 2000 are used.
    """
    weight_BN = _battery_weights(tuple(batteries), len(draw_B), seed)
    draw_B = draw_B[:INFLUENCE_DRAWS]
    known_B = np.isfinite(draw_B)
    if not known_B.any():
        return float("nan")
    off_B = np.where(known_B, draw_B - draw_B[known_B].mean(), 0.0)
    influence_N = off_B @ weight_BN
    square = (influence_N**2).sum()
    fourth = (influence_N**4).sum()
    return float(3 * square**2 / fourth) if fourth > 0 else float("nan")


def tail_probability(level: float, clusters: float | None) -> float:
    """The draws to leave out on either side, so that few clusters give an interval wide enough.

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
    """The middle `level` of the draws that have a value; NaN where fewer than half have one.

    `clusters` is the number of things drawn from (batteries) where it is small.
    """
    known = draw_B[np.isfinite(draw_B)]
    if 2 * len(known) < len(draw_B) or not len(known):
        return Interval(float("nan"), float("nan"))
    tail = tail_probability(level, clusters)
    low, high = np.quantile(known, [tail, 1 - tail])
    return Interval(float(low), float(high))


def centred(draw_B: Floats, value: float) -> Floats:
    """The draws moved so that their mean is `value`.

    Where respondents or texts are drawn anew, their noise is in the draws twice, and a distance
    only grows with noise: such draws have the right width around a wrong place.
    """
    known = draw_B[np.isfinite(draw_B)]
    return draw_B - (known.mean() - value) if len(known) and np.isfinite(value) else draw_B


def seed_interval(
    value_S: Floats, draw_SB: Floats, clusters: float | None = None, level: float = LEVEL
) -> Interval:
    """The interval of a mean over S training seeds: their spread and that of the items together.

    `value_S` is each seed's figure, `draw_SB` its draws, items shared by all seeds. Variances add,
    since two or three seeds cannot be resampled; Student's t is the mean of both parts' own,
    weighed by their variances (Cochran & Cox 1957), which with so few seeds holds the truth where
    Satterthwaite's degrees of freedom do not. NaN with a single seed: it says nothing of another.
    """
    n = len(value_S)
    if n < 2 or not np.isfinite(value_S).all():
        return Interval(float("nan"), float("nan"))
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
    return Interval(middle - reach, middle + reach)


def macro_mean(value_BC: Floats) -> Floats:
    """Mean over cultures of each draw, over those that have a value; NaN where none has."""
    known_BC = np.isfinite(value_BC)
    total_B = np.where(known_BC, value_BC, 0.0).sum(-1)
    return _divide(total_B, known_BC.sum(-1).astype(np.float64))


def _divide(top: Floats, bottom: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(bottom == 0, np.nan, top / bottom))
