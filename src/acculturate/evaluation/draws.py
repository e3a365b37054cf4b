"""Draws of ratios: the bootstrap of `statistics`, applied to what metrics are made of.

One pass serves any number of ratios (every metric of an arm, or both arms of a comparison), so
that all of them see the same items and the same respondents. Axes: B draws, C cultures, I items.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from acculturate.metrics.ratio import Ratio, divide
from acculturate.statistics.bootstrap import (
    Resampling,
    battery_index,
    item_weights,
    people_draws,
    ratio_draws,
)
from acculturate.survey import People

Floats = NDArray[np.float64]
Ratios = Callable[[Floats], Sequence[Ratio]]


def draw_ratios(ratios: Ratios, people: People, resampling: Resampling) -> list[Floats]:
    """Draws of each quotient; shape (B, C) each.

    `ratios` gives them for people's shares of shape (C, I, K), or (B, C, I, K) where respondents
    are drawn.
    """
    batteries = [item.battery for item in people.items]
    if not resampling.draws_people:
        weight_BI = item_weights(batteries, resampling.draws, resampling.seed)
        filled = [ratio.filled() for ratio in ratios(people.share_CIK)]
        if not filled:
            return []
        # all ratios in one product: many small ones spend their time on waiting threads
        top_RI = np.concatenate([ratio.top_I for ratio in filled])
        bottom_RI = np.concatenate([ratio.bottom_I for ratio in filled])
        return np.split(ratio_draws(top_RI, bottom_RI, weight_BI), len(filled), axis=1)
    return _draw_people(ratios, people, batteries, resampling)


def _draw_people(
    ratios: Ratios, people: People, batteries: Sequence[str], resampling: Resampling
) -> list[Floats]:
    rounds, seed = resampling.rounds, resampling.seed
    weight_BI = item_weights(batteries, rounds, seed).astype(np.float64)
    if resampling.items == "fixed":
        weight_BI = np.ones_like(weight_BI)
    parts: list[list[Floats]] = []
    for which, share_BCIK in people_draws(people.count_CIK, people.n_CI, rounds, seed):
        weight = weight_BI[which]
        parts.append([_weighted(ratio, weight) for ratio in ratios(share_BCIK)])
    return [np.concatenate(column) for column in zip(*parts, strict=True)]


def _weighted(ratio: Ratio, weight_BI: Floats) -> Floats:
    top_BCI, bottom_BCI = ratio.filled()
    shape = (len(weight_BI), *top_BCI.shape[-2:])
    top_BC = np.einsum("bci,bi->bc", np.broadcast_to(top_BCI, shape), weight_BI)
    bottom_BC = np.einsum("bci,bi->bc", np.broadcast_to(bottom_BCI, shape), weight_BI)
    return divide(top_BC, bottom_BC)


def enough(scored_CI: NDArray[np.bool_], people: People, resampling: Resampling) -> list[bool]:
    """Per culture, whether there is anything to draw: two batteries, where items are drawn."""
    need = 2 if resampling.items == "random" else 1
    index_I = battery_index([item.battery for item in people.items])
    return [len(np.unique(index_I[scored_I])) >= need for scored_I in scored_CI]
