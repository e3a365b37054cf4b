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


def components(value_ND: Floats, block_N: Ints, factors: Mapping[str, Ints]) -> dict[str, float]:
    """Variance of each factor and of the rest (`REST`: sampling and interactions), mean of blocks.

    `value_ND` are observations of D components each, whose variances add; `factors` give each
    observation's level. A factor with one level in a block is no source there; one that never has
    two is NaN. The rest is NaN where every block is used up by its factors. Never below 0.
    """
    order = np.argsort(block_N, kind="stable")
    edges = np.flatnonzero(np.diff(block_N[order])) + 1
    tables = {name: _Sums() for name in factors}
    rest = _Sums()
    for rows in np.split(order, edges):
        _add_block(value_ND[rows], {name: level[rows] for name, level in factors.items()}, tables)
        _add_rest(value_ND[rows], {name: level[rows] for name, level in factors.items()}, rest)
    noise = rest.mean_square
    known = noise if np.isfinite(noise) else 0.0
    found = {name: each.component(known) for name, each in tables.items()}
    return {**found, REST: noise}


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


def _between(value_ND: Floats, level_N: Ints) -> tuple[float, int, float]:
    """Sum of squares between levels, its degrees of freedom, and the observations a level has."""
    number_N = np.unique(level_N, return_inverse=True)[1]
    n_L = np.bincount(number_N).astype(np.float64)
    total_LD = np.zeros((len(n_L), value_ND.shape[1]))
    np.add.at(total_LD, number_N, value_ND - value_ND.mean(0))
    square = float((total_LD**2 / n_L[:, None]).sum())
    freedom = len(n_L) - 1
    behind = (n_L.sum() - (n_L**2).sum() / n_L.sum()) / max(freedom, 1)
    return square, freedom, float(behind)


def _add_block(value_ND: Floats, factors: Mapping[str, Ints], tables: Mapping[str, _Sums]) -> None:
    for name, level_N in factors.items():
        square, freedom, behind = _between(value_ND, level_N)
        if freedom > 0:
            tables[name].add(square, freedom, behind)


def _add_rest(value_ND: Floats, factors: Mapping[str, Ints], rest: _Sums) -> None:
    total = float(((value_ND - value_ND.mean(0)) ** 2).sum())
    parts = [_between(value_ND, level_N) for level_N in factors.values()]
    freedom = len(value_ND) - 1 - sum(part[1] for part in parts)
    if freedom > 0:
        # unbalanced blocks can give the factors more than there is
        rest.add(max(0.0, total - sum(part[0] for part in parts)), freedom)
