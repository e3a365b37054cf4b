"""Dumbbells: each culture's people on one line, the answers before and after joined by a bar.

The lines are sorted by what was reached, the cultures that were adapted to apart from the others.
Thin lines are 95% intervals. A grey band holds what needs no model, from options that are all as
likely (`uniform`) to what the other cultures' people answered (`culture blind`): answers at the
left of it are worse than a guess. A run that compares nothing has a point for each of its arms.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from acculturate.records.score import Estimate
from acculturate.report.figures import ARM_COLOURS, Figure, direction, draw_twice, short
from acculturate.report.tables import MEAN, Column, Row, Table
from acculturate.report.typesetting import decimal, signed

if TYPE_CHECKING:
    import altair as alt

MOST_ARMS = ARM_COLOURS
LINE_HEIGHT = 20
GUESS, BLIND = "uniform", "culture blind"
_INK, _MUTED, _GROUND = "var(--ink)", "var(--muted)", "var(--ground)"

_Mark = dict[str, Any]


class _Size(NamedTuple):
    """In pixels: the plot, the most for names; whether figures stand at the right."""

    plot: int
    names: int
    figures: bool


class _Side(NamedTuple):
    """An arm as it is drawn: its column in the table, its name and its colours."""

    column: int
    name: str
    colour: str
    fill: str


class _Level(NamedTuple):
    """A reference level: its column in the table and its name."""

    column: int
    name: str


class Dumbbells(NamedTuple):
    """A metric by culture: the arms shown, the reference levels, and the lines by panel."""

    table: Table
    sides: Sequence[_Side]
    levels: Sequence[_Level]
    panels: Sequence[tuple[str, Sequence[Row]]]
    changes: dict[str | None, Estimate]


def dumbbell_figure(
    table: Table, changes: Table | None, pair: Sequence[str], targets: Sequence[str]
) -> Figure | None:
    """Return the arms of `pair` (before, after) by culture; without a pair, every arm.

    `targets` are the codes of the cultures that were adapted to; they stand apart from the others.
    None where no arm has a value.
    """
    sides = _sides(table, pair)
    if not sides:
        return None
    gaps = _gaps(changes, pair)
    shown = Dumbbells(table, sides, _levels(table), _panels(table, sides[-1], targets), gaps)
    return draw_twice(
        lambda *size: _chart(shown, _Size(*size)),
        ((520, 170, True), (200, 136, False)),
        _said(shown),
    )


def _sides(table: Table, pair: Sequence[str]) -> list[_Side]:
    """Return before and after, the first hollow; without a pair, each arm in its own colour."""
    measured = [(i, column) for i, column in enumerate(table.columns) if not column.reference]
    by_arm = {column.arm: (i, column) for i, column in measured}
    if pair and all(arm in by_arm for arm in pair):
        (before, old), (after, new) = (by_arm[arm] for arm in pair)
        return [
            _Side(before, f"before: {short(old.label)}", "var(--arm-2)", _GROUND),
            _Side(after, f"after: {short(new.label)}", "var(--arm-1)", "var(--arm-1)"),
        ]
    return [
        _Side(i, short(column.label), colour, colour)
        for place, (i, column) in enumerate(measured[:MOST_ARMS])
        for colour in (f"var(--arm-{place % ARM_COLOURS + 1})",)
    ]


def _levels(table: Table) -> list[_Level]:
    """Return the ends of the band, as far as the table has them."""
    return [
        _Level(places[0], name)
        for name in (GUESS, BLIND)
        if (places := [i for i, column in enumerate(table.columns) if _is_level(column, name)])
    ]


def _is_level(column: Column, name: str) -> bool:
    # where arms answered other questions, each set of them has levels of its own behind a colon
    return column.reference and column.label.partition(":")[0] == name


def _panels(table: Table, last: _Side, targets: Sequence[str]) -> list[tuple[str, Sequence[Row]]]:
    """Return the lines under their headings: the mean, then cultures sorted by the last arm."""
    mean = [row for row in table.rows if row.culture == MEAN]
    lines = sorted((row for row in table.rows if row.culture != MEAN), key=_by_value(last.column))
    own = [row for row in lines if row.culture in targets]
    others = [row for row in lines if row.culture not in targets]
    if not own or not others:
        return [("", [*mean, *lines])]
    parts = [("All", mean), ("Adapted to", own), ("Others", others)]
    return [(name, rows) for name, rows in parts if rows]


def _by_value(index: int) -> Any:
    def key(row: Row) -> float:
        estimate = row.estimates[index]
        return -estimate.value if estimate is not None and estimate.value is not None else 9.0

    return key


def _gaps(changes: Table | None, pair: Sequence[str]) -> dict[str | None, Estimate]:
    """Return the paired differences of the pair, by culture."""
    if changes is None or not pair:
        return {}
    before, after = pair
    columns = [(column.arm, column.against) for column in changes.columns]
    if (after, before) not in columns:
        return {}
    at = columns.index((after, before))
    return {
        row.culture: estimate for row in changes.rows if (estimate := row.estimates[at]) is not None
    }


def _said(shown: Dumbbells) -> str:
    """Return the first line in words; all the rest is in the table that follows."""
    _, rows = shown.panels[0]
    parts = [
        f"{side.name} {decimal(estimate.value)}"
        for side in shown.sides
        if (estimate := rows[0].estimates[side.column]) is not None
    ]
    title = shown.table.measure.label + direction(shown.table)
    return (
        f"Chart of {title} by culture. {rows[0].label}: {'; '.join(parts)}. "
        "The table below holds every number."
    )


def _marks(shown: Dumbbells) -> Iterator[_Mark]:
    for panel, rows in shown.panels:
        for row in rows:
            line = {"panel": panel, "culture": short(row.label)}
            yield from (line | mark for mark in _line_marks(shown, row))


def _line_marks(shown: Dumbbells, row: Row) -> Iterator[_Mark]:
    levels = [
        level.value
        for place in shown.levels
        if (level := row.estimates[place.column]) is not None and level.value is not None
    ]
    if levels:
        yield {"kind": "level", "x": levels[0]}
        yield {"kind": "band", "x": min(levels), "x2": max(levels)}
    values = []
    for place, side in enumerate(shown.sides):
        estimate = row.estimates[side.column]
        if estimate is not None and estimate.value is not None:
            values.append(estimate.value)
            own = {"side": place, "arm": side.name}
            yield own | {"kind": "point", "x": estimate.value}
            if estimate.low is not None and estimate.high is not None:
                yield own | {"kind": "interval", "x": estimate.low, "x2": estimate.high}
    if _is_pair(shown) and len(values) > 1:
        yield {"kind": "bar", "x": values[0], "x2": values[1]}
    if values:
        yield {"kind": "figures", "x": values[-1], "text": _figures(shown, row, values)}


def _is_pair(shown: Dumbbells) -> bool:
    """Return whether the arms are one before and one after, and not several side by side."""
    return shown.sides[0].name.startswith("before: ")


def _figures(shown: Dumbbells, row: Row, values: Sequence[float]) -> str:
    """Return what stands at the right of a line: the values, and the difference with its side."""
    if len(values) > 2:
        return ""
    text = (" → " if _is_pair(shown) else " · ").join(map(decimal, values))
    gap = shown.changes.get(row.culture)
    if gap is None:
        return text
    mark = {1: " ▲", -1: " ▼", 0: " ◊"}.get(gap.side if gap.side is not None else 2, "")
    between = "" if gap.low is None else f" [{signed(gap.low)}, {signed(gap.high)}]"
    return f"{text}   {signed(gap.value)}{between}{mark}"


def _chart(shown: Dumbbells, size: _Size) -> Any:
    import altair as alt

    values = list(_marks(shown))
    header = alt.Header(title=None, labelOrient="top", labelAnchor="start", labelPadding=4)
    names = alt.Row("panel:N", sort=[name for name, _ in shown.panels], header=header)
    chart = alt.layer(
        *_layers(shown, size, values),
        data=alt.InlineData(values=values),
        width=size.plot,
        height=alt.Step(LINE_HEIGHT),
    )
    if len(shown.panels) == 1:
        return chart
    return chart.facet(row=names).resolve_scale(y="independent")


def _layers(shown: Dumbbells, size: _Size, values: Sequence[_Mark]) -> list["alt.Chart"]:
    import altair as alt

    lines = [short(row.label) for _, rows in shown.panels for row in rows]
    room = min(size.names, 12 + 7 * max(map(len, lines)))
    title = _titles(shown)
    axis = alt.Axis(tickCount=7 if size.figures else 4, titlePadding=8)
    ends = [mark[key] for mark in values for key in ("x", "x2") if key in mark]
    margin = 0.04 * (max(ends) - min(ends)) or 0.01
    scale = alt.Scale(domain=[min(ends) - margin, max(ends) + margin], nice=False, zero=False)
    x = alt.X("x:Q", scale=scale, axis=axis, title=title)
    y = alt.Y(
        "culture:N",
        title=None,
        sort=lines,
        axis=alt.Axis(minExtent=room, maxExtent=room, labelLimit=room - 8),
    )

    def of(kind: str) -> "alt.Chart":
        return alt.Chart().transform_filter(f"datum.kind == '{kind}'")

    layers = [
        of("band").mark_bar(color=_MUTED, opacity=0.17, height=LINE_HEIGHT).encode(x, y, x2="x2:Q"),
        of("level").mark_tick(color=_MUTED, thickness=2, size=LINE_HEIGHT - 6).encode(x, y),
        of("bar").mark_rule(color=_INK, strokeWidth=2.5, opacity=0.5).encode(x, y, x2="x2:Q"),
        *_arms(shown, of, x, y),
    ]
    if size.figures:
        right = alt.value(size.plot + 10)
        words = of("figures").mark_text(align="left", color=_INK, fontSize=11)
        layers.append(words.encode(x=right, y=y, text="text:N"))
    return layers


def _titles(shown: Dumbbells) -> list[str]:
    """Return the lines below the axis: the metric, and what the grey band is."""
    title = shown.table.measure.label + direction(shown.table)
    band = " to ".join(level.name for level in shown.levels)
    return [title, f"grey: {band}, no model asked"] if band else [title]


def _arms(shown: Dumbbells, of: Any, x: Any, y: Any) -> Iterator["alt.Chart"]:
    """Yield intervals and points: those of a pair on one line, those of several arms apart."""
    import altair as alt

    names = [side.name for side in shown.sides]
    legend = alt.Legend(
        title=None, orient="top", labelColor=_INK, labelLimit=320, labelFontSize=12,
        columns=3, columnPadding=24, symbolSize=70, symbolStrokeWidth=2,
    )  # fmt: skip
    stroke = alt.Stroke(
        "arm:N", scale=alt.Scale(domain=names, range=[s.colour for s in shown.sides]), legend=legend
    )
    fill = alt.Fill(
        "arm:N", scale=alt.Scale(domain=names, range=[s.fill for s in shown.sides]), legend=legend
    )
    step = min(9, (LINE_HEIGHT - 4) / max(len(names), 1))
    paired = _is_pair(shown)
    for place, _ in enumerate(names):
        off = (place - (len(names) - 1) / 2) * step
        rule = of("interval").transform_filter(f"datum.side == {place}")
        yield rule.mark_rule(strokeWidth=1.5, yOffset=off).encode(x, y, stroke, x2="x2:Q")
    for place, _ in enumerate(names):
        off = 0 if paired else (place - (len(names) - 1) / 2) * step
        dot = of("point").transform_filter(f"datum.side == {place}")
        size = 70 if paired or len(names) < 3 else 30
        marked = dot.mark_point(opacity=1, strokeWidth=2, size=size, yOffset=off)
        yield marked.encode(x, y, stroke, fill)
