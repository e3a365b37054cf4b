"""The table of items: every question with the people's answers beside each arm's, as small bars.

Lines are sorted by what adapting changed, or by how far the last arm lies from the people. A bar is
a strip of colours, one for each option in its order; its text says the shares, so that no meaning
rests on colour alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from acculturate.records.results.answered import AskedItem, ItemShares
from acculturate.records.results.run_results import RunMeta
from acculturate.report.bars import stacked_bar
from acculturate.report.tables import MEAN

PEOPLE = "people"


class ItemBar(NamedTuple):
    """A distribution: whose it is, its colours as a CSS gradient, and its shares in words."""

    who: str
    gradient: str
    said: str


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item of a culture; `distances` follow the table's `arms`, None where nothing was read.

    `nearer` is how much closer the answers came to the people's, None without a pair.
    """

    item: AskedItem
    culture: str
    bars: tuple[ItemBar, ...]
    distances: tuple[float | None, ...]
    nearer: float | None


@dataclass(frozen=True, slots=True)
class ItemTable:
    """Every item's answers; `by_culture` is False where lines are means over cultures.

    `arms` are those whose distances are told: before and after where two are compared, else all.
    """

    arms: tuple[str, ...]
    lines: tuple[ItemLine, ...]
    paired: bool
    by_culture: bool


def item_table(meta: RunMeta, pair: Sequence[str]) -> ItemTable | None:
    """Return the table, the arms of `pair` (before, after) first; None without any answers."""
    items = {item.item: item for item in meta.asked}
    rows = [row for row in meta.shares if row.item in items]
    there = dict.fromkeys(arm for row in rows for arm in row.arms)
    if not rows or not there:
        return None
    arms = tuple(dict.fromkeys([*(arm for arm in pair if arm in there), *there]))
    paired = bool(pair) and all(arm in there for arm in pair)
    lines = [_line(items[row.item], row, arms, pair if paired else ()) for row in rows]
    lines.sort(key=_first)
    by_culture = any(row.culture != MEAN for row in rows)
    return ItemTable(tuple(pair) if paired else arms, tuple(lines), paired, by_culture)


def _first(line: ItemLine) -> float:
    if line.nearer is not None:
        return -abs(line.nearer)
    return -max((gap for gap in line.distances if gap is not None), default=-1.0)


def _line(item: AskedItem, row: ItemShares, arms: Sequence[str], pair: Sequence[str]) -> ItemLine:
    gaps = [row.distances.get(arm) for arm in pair]
    before, after = gaps if len(gaps) == 2 else (None, None)
    shares = {PEOPLE: row.people, **{arm: row.arms.get(arm, ()) for arm in arms}}
    return ItemLine(
        item,
        row.culture,
        tuple(_bar(who, shares[who]) for who in shares if shares[who]),
        tuple(row.distances.get(arm) for arm in pair or arms),
        before - after if before is not None and after is not None else None,
    )


def _bar(who: str, shares: Sequence[float]) -> ItemBar:
    parts, stops, end = stacked_bar(shares), list[str](), 0.0
    for part in parts:
        end += part.width
        stops.append(f"{part.colour} 0 {end:.1f}%")
    label = ", ".join(f"{part.option}: {part.share:.0%}" for part in parts)
    return ItemBar(who, f"linear-gradient(90deg,{','.join(stops)})", label)
