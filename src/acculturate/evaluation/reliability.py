"""How far an arm's answers agree when the same is asked in another way.

For each way in which the asking varied (wordings of the item and of the framing, orders of the
options, languages, training seeds) two correlations: of the answers themselves, and of what tells
cultures apart within an item, which is what a study is after. An answer is its mean place on the
scale, 0 at one end and 1 at the other, so nominal items have none. Axes: C cultures, I items, L
ways, B draws.

    >>> from acculturate.records import Answer
    >>> from acculturate.survey import load_survey
    >>> answers = [Answer("Q1", "expected", culture=culture, wording=wording, code=code)
    ...            for culture, code in (("CHN", 1), ("DEU", 2)) for wording in (0, 1)]
    >>> gathered = Variation(load_survey())
    >>> for answer in answers: gathered.add(answer)
    >>> [(row.source, row.of, row.value) for row in reliability(way_repeats(gathered), DRAWN)]
    [('wording', 'answers', 1.0), ('wording', 'cultures', 1.0)]
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.variance_sources import Variation
from acculturate.metrics.intraclass import Intraclass, consistency, one_way
from acculturate.records import Item
from acculturate.records.results.varied import Reliability
from acculturate.statistics.bootstrap import Resampling, item_weights
from acculturate.statistics.interval import NO_INTERVAL, battery_interval, finite

Floats = NDArray[np.float64]
DRAWN = Resampling()
SOURCES = ("language", "wording", "framing wording", "order")
"""What may vary in the asking, besides the culture and the training seed."""


class Repeats(NamedTuple):
    """Answers to `items`, asked in the ways of one `source`, as places on the scale in [0, 1];
    NaN where there is none.
    """

    source: str
    items: tuple[Item, ...]
    value_CIL: Floats

    def of(self, items: Sequence[Item]) -> "Repeats":
        """Return the answers to some of the items."""
        kept = {item.id for item in items}
        at = [i for i, item in enumerate(self.items) if item.id in kept]
        return Repeats(self.source, tuple(self.items[i] for i in at), self.value_CIL[:, at])


def way_repeats(variation: Variation) -> tuple[Repeats, ...]:
    """Return the answers by each source that varied, means over whatever else varied."""
    return tuple(
        repeats
        for source in SOURCES
        if source.replace(" ", "_") in variation.varied
        if (repeats := _by_source(variation, source)).items
    )


def _by_source(variation: Variation, source: str) -> Repeats:
    sums: dict[tuple[str, str, object], list[float]] = {}
    ways_of: dict[str, list[object]] = {}
    items: dict[str, Item] = {}
    for way, share_K, n in variation.means():
        item = variation.item(way.item)
        if not item.ordinal:
            continue
        level = getattr(way, source.replace(" ", "_"))
        items[item.id] = item
        ways = ways_of.setdefault(item.id, [])
        if level not in ways:
            ways.append(level)
        pair = sums.setdefault((way.culture, item.id, level), [0.0, 0.0])
        pair[0] += n * float(_place(share_K))
        pair[1] += n
    cultures = list(dict.fromkeys(culture for culture, _, _ in sums))
    most = max(map(len, ways_of.values()), default=0)
    value_CIL = np.full((len(cultures), len(items), most), np.nan)
    at = {key: i for i, key in enumerate(items)}
    for (culture, key, level), (total, count) in sums.items():
        value_CIL[cultures.index(culture), at[key], ways_of[key].index(level)] = total / count
    return Repeats(source, tuple(items.values()), value_CIL)


def seed_repeats(table: ArmTable) -> tuple[Repeats, ...]:
    """Return the answers by training seed; empty for an arm without several."""
    if len(table.seeds) < 2:
        return ()
    at = [i for i, item in enumerate(table.items) if item.ordinal]
    if not at:
        return ()
    items = tuple(table.items[i] for i in at)
    value_CIL = np.full((len(table.cultures), len(at), len(table.seeds)), np.nan)
    for way, seed in enumerate(table.seeds):
        for i, item in zip(at, items, strict=True):
            share_CK = seed.share_CIK[:, i, : len(item.codes)]
            value_CIL[:, at.index(i), way] = _place(share_CK)
    return (Repeats("seed", items, value_CIL),)


def _place(share_K: Floats) -> Floats:
    """Return the mean place on the scale, from 0 to 1; shape (..., K) -> (...)."""
    return np.asarray(share_K @ np.linspace(0.0, 1.0, share_K.shape[-1]))


def reliability(sources: Sequence[Repeats], resampling: Resampling) -> list[Reliability]:
    """Return the correlations of each source that can be had, those of the answers first.

    Intervals are those of other items, drawn by battery; none where items are fixed.
    """
    return [row for repeats in sources for row in _rows(repeats, resampling)]


def _rows(repeats: Repeats, resampling: Resampling) -> Iterator[Reliability]:
    value_CIL = repeats.value_CIL
    batteries = [item.battery for item in repeats.items]
    weight_BI = item_weights(batteries, resampling.draws, resampling.seed).astype(np.float64)
    weight_BI = np.concatenate([np.ones((1, len(batteries))), weight_BI])
    scored_I = (np.isfinite(value_CIL).sum(-1) > 1).any(0)
    correlations: dict[str, Intraclass] = {
        "answers": one_way(value_CIL, weight_BI),
        "cultures": consistency(value_CIL, weight_BI),
    }
    for of, correlation in correlations.items():
        value, mean = float(correlation.single_B[0]), float(correlation.mean_B[0])
        if not np.isfinite(value):
            continue
        fixed = resampling.items == "fixed"
        draw_B = correlation.single_B[1:]
        bounds = (
            NO_INTERVAL if fixed else battery_interval(draw_B, batteries, scored_I, resampling.seed)
        )
        known = bounds.of(value)
        ways = value_CIL.shape[-1]
        yield Reliability(repeats.source, of, ways, *known, int(scored_I.sum()), finite(mean))
