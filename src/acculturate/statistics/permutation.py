"""Permutations: how often chance alone does as well, and what many tests at once are worth.

Two arms that are alike may exchange their answers to any battery without anything changing; a model
that knows no culture may exchange whole cultures. The share of such exchanges that reach what was
seen is the p-value, the observed arrangement counting as one of them, so that none is ever 0. Few
batteries have few exchanges: all of them are made, and the p-value is exact.

    >>> holm([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from acculturate.statistics.bootstrap import battery_index

Floats = NDArray[np.float64]


def swaps(batteries: Sequence[str], draws: int, seed: int) -> Floats:
    """Return 1 where an item's two answers change sides, else 0, by battery; shape (B, I).

    B is `draws`, or, where there are fewer, all ways to change some sides.
    """
    index_I = battery_index(batteries)
    n = int(index_I.max(initial=-1)) + 1
    if 2**n - 1 <= draws:
        side_BN = np.arange(1, 2**n)[:, None] >> np.arange(n) & 1
    else:
        side_BN = np.random.default_rng([seed, 2]).integers(0, 2, (draws, n))
    return side_BN[:, index_I].astype(np.float64)


def least_p(n: int, draws: int) -> float:
    """Return the least two-sided p-value that exchanging the answers to `n` batteries can give.

    All of them exchanged is the same difference with the other sign: 1 / 2^(n - 1) at best.
    """
    return max(2.0 ** (1 - n), 1 / (1 + draws)) if n else 1.0


def culture_orders(n: int, draws: int, seed: int) -> NDArray[np.intp]:
    """Return random orders of `n` cultures; shape (`draws`, n)."""
    rng = np.random.default_rng([seed, 3])
    return rng.permuted(np.tile(np.arange(n), (draws, 1)), axis=1)


def orders_within(blocks: Sequence[str], draws: int, seed: int) -> NDArray[np.intp]:
    """Return random orders in which everybody changes places within their own block alone; shape
    (`draws`, number of `blocks`).
    """
    order_BN = np.tile(np.arange(len(blocks)), (draws, 1))
    rng = np.random.default_rng([seed, 3])
    for block in dict.fromkeys(blocks):
        own_N = np.array([at for at, name in enumerate(blocks) if name == block], dtype=np.intp)
        order_BN[:, own_N] = rng.permuted(order_BN[:, own_N], axis=1)
    return order_BN


def derangement(n: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return an order in which no entry keeps its place (`n` of at least 2), each as likely."""
    if n < 2:
        raise ValueError(f"{n} cannot change places: at least 2 are needed.")
    while True:
        order = rng.permutation(n)
        if (order != np.arange(n)).all():
            return order


def two_sided_p(draw_B: Floats, value: float, least: float = 0.0) -> float:
    """Share of draws at least as far from 0 as `value`, the observed one counted with them.

    `least` is what all exchanges would give at best (`least_p`): some that are drawn may give less.
    """
    known = np.abs(draw_B[np.isfinite(draw_B)])
    if not np.isfinite(value):
        return float("nan")
    # a draw that repeats the observed value differs from it by rounding
    return max(float((1 + (known >= abs(value) - 1e-12).sum()) / (1 + len(known))), least)


def upper_p(draw_B: Floats, value: float) -> float:
    """Share of draws at least as large as `value`, the observed one counted with them."""
    known = draw_B[np.isfinite(draw_B)]
    if not np.isfinite(value):
        return float("nan")
    return float((1 + (known >= value - 1e-12).sum()) / (1 + len(known)))


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return Holm's step-down p-values (1979): below .05 holds for the family of tests as a whole.

    In the order given; a NaN is no test, counts for nothing and stays NaN.
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = [int(k) for k in np.argsort(p) if np.isfinite(p[k])]
    adjusted, least = np.full(len(p), np.nan), 0.0
    for rank, k in enumerate(order):
        least = max(least, min(1.0, p[k] * (len(order) - rank)))
        adjusted[k] = least
    return tuple(float(value) for value in adjusted)
