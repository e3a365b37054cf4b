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
from acculturate.statistics.bootstrap import Resampling, item_weights, people_draws, ratio_draws
from acculturate.statistics.interval import (
    FEWEST,
    NO_INTERVAL,
    Interval,
    battery_interval,
    centred,
    enough_batteries,
    percentile_interval,
)
from acculturate.survey import People

Floats = NDArray[np.float64]
Ratios = Callable[[Floats, Sequence[ArmTable]], Sequence[Ratio]]


def draw_ratios(ratios: Ratios, tables: Sequence[ArmTable], resampling: Resampling) -> list[Floats]:
    """Return draws of each quotient; shape (B, C) each.

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
        ends = np.cumsum([len(ratio.top_I) for ratio in filled])[:-1]
        return np.split(ratio_draws(top_RI, bottom_RI, weight_BI), ends, axis=1)
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
    """Return the table with the texts of a sampled arm drawn anew: its shares gain a leading axis
    B.

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


def interval(
    draw_B: Floats,
    value: float,
    scored_CI: NDArray[np.bool_],
    people: People,
    resampling: Resampling,
) -> Interval:
    """Return the 95% interval of a figure over the items `scored_CI` of some cultures; NaN without
    any.

    `draw_B` are draws with the items' weights of `resampling`. There is none where the draws hardly
    move, nor, where items are drawn, where a culture of the figure has too few batteries
    (`statistics.interval.FEWEST`).
    """
    if resampling.draws_people:
        draw_B = centred(draw_B, value)
    if resampling.items == "fixed":
        return percentile_interval(draw_B)
    batteries = [item.battery for item in people.items]
    if not may_be_drawn(scored_CI, batteries, resampling):
        return NO_INTERVAL
    return battery_interval(draw_B, batteries, np.asarray(scored_CI.any(0)), resampling.seed)


def may_be_drawn(
    scored_CI: NDArray[np.bool_], batteries: Sequence[str], resampling: Resampling
) -> bool:
    """Return whether each culture that has a figure has batteries enough, where items are drawn."""
    if resampling.items == "fixed":
        return True
    told_CI = scored_CI[scored_CI.any(-1)]
    return all(enough_batteries(batteries, scored_I) for scored_I in told_CI)


def what_intervals_cover(resampling: Resampling) -> str:
    """Return a sentence for whoever reads the intervals: what varies in them, and what does not."""
    if resampling.items == "fixed":
        return (
            "Intervals (95%) cover other respondents and, where texts were sampled, other samples, "
            "with the same questions: they do not cover other questions, other wordings or another "
            "training. There is none where neither changes the figure."
        )
    return (
        "Intervals (95%) cover other questions, resampled by battery (the grid that they are asked "
        f"in): they do not cover other wordings or another training. Below {FEWEST} batteries "
        "there is none, since so few do not show how much questions differ."
    )
