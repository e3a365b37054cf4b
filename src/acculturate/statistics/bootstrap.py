"""The bootstrap: how far a figure would move with other items, or with other respondents.

One draw of items is shared by all cultures and all arms, because the same questions are put to all
of them: with a draw for each culture, the standard error of a mean over cultures would be
half as large as it is. Items of one grid (a battery) have common errors, so batteries are
drawn, not items. Where the items are
the whole of what is asked about (`items="fixed"`), only the respondents are drawn. Axes: B draws,
C cultures, I items, K options.

    >>> weight_BI = item_weights(["work", "work", "", ""], draws=3, seed=1)
    >>> bool((weight_BI[:, 0] == weight_BI[:, 1]).all())
    True
"""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from acculturate.metrics.ratio import divide

Floats = NDArray[np.float64]
Counts = NDArray[np.uint16]

DRAWS_AT_ONCE = 1000  # 1000 x 259 weights as floats are 2 MB
CELLS_AT_ONCE = 2_000_000  # of people's shares: 16 MB an array


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
    """Return the number of each item's battery; an item without a name of a battery is one of its
    own.
    """
    return _battery_index(tuple(batteries))


@functools.lru_cache(maxsize=64)
def _battery_index(batteries: tuple[str, ...]) -> NDArray[np.intp]:
    keys = [battery or f"\0{i}" for i, battery in enumerate(batteries)]
    number = {key: n for n, key in enumerate(dict.fromkeys(keys))}
    index_I = np.array([number[key] for key in keys], dtype=np.intp)
    index_I.flags.writeable = False
    return index_I


def item_weights(batteries: Sequence[str], draws: int, seed: int) -> Counts:
    """Return how often each item is in each draw of batteries with replacement; shape (`draws`, I).

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


def leave_one_out(batteries: Sequence[str]) -> Counts:
    """Return weights of items with one battery left out, for each battery; shape (N, I)."""
    index_I = battery_index(batteries)
    number_N = np.arange(index_I.max(initial=-1) + 1)
    return np.asarray(index_I != number_N[:, None], dtype=np.uint16)


def ratio_draws(top_CI: Floats, bottom_CI: Floats, weight_BI: Counts) -> Floats:
    """Return ``sum_i w_i top_i / sum_i w_i bottom_i`` of every draw; shape (B, C).

    Items left out hold 0 in both. NaN where a draw holds none of a culture's items.
    """
    size = len(top_CI)
    sides_IS = np.ascontiguousarray(np.concatenate([top_CI, bottom_CI]).T)
    ratio_BC = np.empty((len(weight_BI), size))
    for start in range(0, len(weight_BI), DRAWS_AT_ONCE):
        part = slice(start, start + DRAWS_AT_ONCE)
        sum_BS = weight_BI[part].astype(np.float64) @ sides_IS
        ratio_BC[part] = divide(sum_BS[:, :size], sum_BS[:, size:])
    return ratio_BC


def people_draws(
    count_CIK: Floats, n_CI: Floats, draws: int, seed: int
) -> Iterator[tuple[slice, Floats]]:
    """Yield shares of people drawn anew (multinomial), in parts: which draws, and their share_BCIK.

    `n_CI` is the number of respondents behind the shares: for weighted counts Kish's effective
    number (`kish_n`). Items draw apart from each other, since marginals hold no persons. A row of
    zeros (not asked) gives NaN.
    """
    rng = np.random.default_rng([seed, 1])
    total_CI = count_CIK.sum(-1)
    asked_CI = total_CI > 0
    even_K = np.full(count_CIK.shape[-1], 1 / max(count_CIK.shape[-1], 1))
    share_CIK = np.where(asked_CI[..., None], divide(count_CIK, total_CI[..., None]), even_K)
    whole_CI: NDArray[np.int64] = np.maximum(np.rint(n_CI), 1).astype(np.int64)
    step = max(1, CELLS_AT_ONCE // max(count_CIK.size, 1))
    for start in range(0, draws, step):
        size = min(step, draws - start)
        drawn_BCIK = rng.multinomial(whole_CI, share_CIK, (size, *whole_CI.shape))
        share_BCIK = drawn_BCIK / whole_CI[..., None]
        yield slice(start, start + size), np.where(asked_CI[..., None], share_BCIK, np.nan)


def kish_n(weights: Floats) -> float:
    """Return Kish's effective number of respondents: ``(sum w)^2 / sum w^2``; 0 without any."""
    square = float((weights**2).sum())
    return float(weights.sum()) ** 2 / square if square else 0.0


def macro_mean(value_BC: Floats) -> Floats:
    """Return the mean over cultures of each draw, over those that have a value; NaN
    where none has.
    """
    known_BC = np.isfinite(value_BC)
    total_B = np.where(known_BC, value_BC, 0.0).sum(-1)
    return divide(total_B, known_BC.sum(-1).astype(np.float64))
