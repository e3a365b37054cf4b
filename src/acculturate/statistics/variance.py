"""Variance by source: how much of what moves an answer is wording, order, language, seed, culture.

Observations stand in blocks (an item each); within a block they are crossed by factors. The parts
are estimated by the method of moments: a factor's mean square, less that of what no factor
explains, over the number of observations behind a level. Exact where a block is balanced (every
level met with every other equally often); refusals unbalance it, and the parts are then near.

    >>> import numpy as np
    >>> value = np.array([[0.0], [1.0], [0.0], [1.0]])
    >>> parts = components(value, np.zeros(4, int), {"order": np.array([0, 1, 0, 1])})
    >>> parts["order"], parts["rest"]
    (0.5, 0.0)
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
REST = "rest"


def components(
    value_ND: Floats,
    block_N: Ints,
    factors: Mapping[str, Ints],
    count_N: Floats | None = None,
    within_N: Floats | None = None,
) -> dict[str, float]:
    """Return the variance of each factor and of the rest (`REST`: sampling and interactions), mean
    of blocks.

    `value_ND` are observations of D components each, whose variances add; `factors` give each
    observation's level. With `count_N` and `within_N` a row is the mean of so many observations
    with the same levels, and their sum of squares around it: nothing is lost by the mean. A factor
    with one level in a block is no source there; one that never has two is NaN. The rest is NaN
    where every block is used up by its factors. Never below 0.
    """
    count_N = np.ones(len(block_N)) if count_N is None else count_N
    within_N = np.zeros(len(block_N)) if within_N is None else within_N
    order = np.argsort(block_N, kind="stable")
    edges = np.flatnonzero(np.diff(block_N[order])) + 1
    tables = {name: _Sums() for name in factors}
    rest = _Sums()
    for rows in np.split(order, edges):
        levels = {name: level[rows] for name, level in factors.items()}
        _add_block(value_ND[rows], count_N[rows], within_N[rows], levels, tables, rest)
    noise = rest.mean_square
    known = noise if np.isfinite(noise) else 0.0
    variance = {name: table.component(known) for name, table in tables.items()}
    return {**variance, REST: noise}


class _Sums:
    """Sums of squares over blocks, their degrees of freedom, and observations behind a level."""

    def __init__(self) -> None:
        self.square = self.freedom = self.behind = 0.0

    def add(self, square: float, freedom: float, behind: float = 0.0) -> None:
        self.square += square
        self.freedom += freedom
        self.behind += behind * freedom

    @property
    def mean_square(self) -> float:
        return self.square / self.freedom if self.freedom > 0 else float("nan")

    def component(self, noise: float) -> float:
        if self.freedom <= 0:
            return float("nan")
        return max(0.0, (self.mean_square - noise) * self.freedom / self.behind)


def _between(value_ND: Floats, count_N: Floats, level_N: Ints) -> tuple[float, int, float]:
    """Sum of squares between levels, its degrees of freedom, and the observations a level has.

    `value_ND` are deviations from the block's mean.
    """
    number_N = np.unique(level_N, return_inverse=True)[1]
    n_L = np.bincount(number_N, count_N)
    total_LD = np.zeros((len(n_L), value_ND.shape[1]))
    np.add.at(total_LD, number_N, count_N[:, None] * value_ND)
    square = float((total_LD**2 / n_L[:, None]).sum())
    freedom = len(n_L) - 1
    behind = (n_L.sum() - (n_L**2).sum() / n_L.sum()) / max(freedom, 1)
    return square, freedom, float(behind)


def _add_block(
    value_ND: Floats,
    count_N: Floats,
    within_N: Floats,
    factors: Mapping[str, Ints],
    tables: Mapping[str, _Sums],
    rest: _Sums,
) -> None:
    off_ND = value_ND - np.average(value_ND, axis=0, weights=count_N)
    total = float((count_N[:, None] * off_ND**2).sum() + within_N.sum())
    left = int(count_N.sum()) - 1
    for name, level_N in factors.items():
        square, freedom, behind = _between(off_ND, count_N, level_N)
        total, left = total - square, left - freedom
        if freedom > 0:
            tables[name].add(square, freedom, behind)
    if left > 0:
        # unbalanced blocks can give the factors more than there is
        rest.add(max(0.0, total), left)
