"""Draws of ratios: the bootstrap of `statistics`, applied to what metrics are made of.

One pass serves any number of ratios (every metric of an arm, or both arms of a comparison), so
that all of them see the same items and the same respondents. Where the items are fixed, the texts
of a sampled arm are drawn anew as well: with neither, two runs of one model would seem to differ.
Axes: B draws, C cultures, I items, K options.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from acculturate.evaluation.arm_table import ArmTable
from acculturate.metrics.ratio import Ratio, divide
from acculturate.statistics.bootstrap import (
    Interval,
    Resampling,
    battery_index,
    centred,
    clusters_behind,
    effective_batteries,
    item_weights,
    people_draws,
    percentile_interval,
    ratio_draws,
)
from acculturate.survey import People

Floats = NDArray[np.float64]
Ratios = Callable[[Floats, Sequence[ArmTable]], Sequence[Ratio]]
FEWEST = 2.0  # batteries: below, Student's t is no more than a guess
NO_INTERVAL = Interval(float("nan"), float("nan"))


def draw_ratios(ratios: Ratios, tables: Sequence[ArmTable], resampling: Resampling) -> list[Floats]:
    """Draws of each quotient; shape (B, C) each.

    `ratios` gives them for people's shares of shape (C, I, K), or (B, C, I, K) where respondents
    are drawn, and for the `tables`, all over the same people, whose texts may be drawn anew.
    """
    people = tables[0].people
    batteries = [item.battery for item in people.items]
    if not resampling.draws_people:
        weight_BI = item_weights(batteries, resampling.draws, resampling.seed)
        filled = [ratio.filled() for ratio in ratios(people.share_CIK, tables)]
        if not filled:
            return []
        # all ratios in one product: many small ones spend their time on waiting threads
        top_RI = np.concatenate([ratio.top_I for ratio in filled])
        bottom_RI = np.concatenate([ratio.bottom_I for ratio in filled])
        return np.split(ratio_draws(top_RI, bottom_RI, weight_BI), len(filled), axis=1)
    return _draw_people(ratios, tables, batteries, resampling)


def _draw_people(
    ratios: Ratios, tables: Sequence[ArmTable], batteries: Sequence[str], resampling: Resampling
) -> list[Floats]:
    rounds, seed, people = resampling.rounds, resampling.seed, tables[0].people
    weight_BI = item_weights(batteries, rounds, seed).astype(np.float64)
    fixed = resampling.items == "fixed"
    if fixed:
        weight_BI = np.ones_like(weight_BI)
    streams = [np.random.default_rng([seed, 4, t]) for t in range(len(tables))]
    parts: list[list[Floats]] = []
    for which, share_BCIK in people_draws(people.count_CIK, people.effective_n_CI, rounds, seed):
        drawn = [
            with_texts_drawn(table, len(share_BCIK), stream) if fixed else table
            for table, stream in zip(tables, streams, strict=True)
        ]
        weight = weight_BI[which]
        parts.append([_weighted(ratio, weight) for ratio in ratios(share_BCIK, drawn)])
    return [np.concatenate(column) for column in zip(*parts, strict=True)]


def with_texts_drawn(table: ArmTable, draws: int, rng: np.random.Generator) -> ArmTable:
    """The table with the texts of a sampled arm drawn anew: its shares gain a leading axis B.

    One text fewer than was read, of each item's own shares: shares of m texts vary as
    ``p (1 - p) / m``, of which the shares seen give ``(m - 1) / m`` (McCarthy & Snowden 1985).
    Other kinds of answer hold no chance.
    """
    if table.kind != "sampled":
        return table
    rows = slice(0, 1) if table.common else slice(None)
    share_RIK = table.share_CIK[rows]
    read_RI = np.asarray(np.isfinite(share_RIK).all(-1))
    n_RI = np.where(read_RI, table.asked_CI[rows] - table.refused_CI[rows], 2).astype(np.int64)
    n_RI = np.maximum(n_RI - 1, 1)
    even = 1 / share_RIK.shape[-1]
    safe_RIK = np.where(read_RI[..., None], share_RIK, even)
    count_BRIK = rng.multinomial(n_RI, safe_RIK, (draws, *n_RI.shape))
    share_BRIK = np.where(read_RI[..., None], count_BRIK / n_RI[..., None], np.nan)
    return replace(table, share_CIK=np.broadcast_to(share_BRIK, (draws, *table.share_CIK.shape)))


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


def interval(
    draw_B: Floats,
    value: float,
    scored_I: NDArray[np.bool_],
    people: People,
    resampling: Resampling,
) -> Interval:
    """The 95% interval of a figure over `scored_I`: widened where its batteries are few.

    `draw_B` are draws with the items' weights of `resampling`. Few are batteries of unequal size,
    and batteries of which some move the figure much.
    """
    if resampling.draws_people:
        draw_B = centred(draw_B, value)
    if resampling.items == "fixed":
        return percentile_interval(draw_B)
    names = [item.battery for item in people.items]
    # an item without a battery's name is one of its own
    scored = [name for name, kept in zip(names, scored_I, strict=True) if kept]
    clusters = effective_batteries(scored)
    behind = clusters_behind(draw_B, names, resampling.seed)
    if np.isfinite(behind):
        clusters = max(min(clusters, behind), FEWEST)
    return percentile_interval(draw_B, clusters=clusters)
