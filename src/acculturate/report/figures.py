"""The pictures of a report: SVG text that stands in the page and follows its colours.

Charts are Altair's, drawn to SVG by vl-convert when the report is written. A page then needs no
script at all, so that it opens offline, in a mail or a locked-down viewer, and no text of a model
can ever run in it. Colours are CSS variables (`var(--arm-1)`), which the page sets for its light
and its dark scheme. Every chart is drawn twice, wide and for a phone; every row carries its name,
so that no meaning rests on colour alone. Without Altair and vl-convert (the extra `report`) every
picture is empty, and the page has its tables alone.

    >>> from acculturate.records import Score
    >>> from acculturate.records.results.run_results import RunResults
    >>> from acculturate.report.tables import score_tables
    >>> row = Score("aware", None, None, None, "wvs7", "CHN", "alignment", 0.7)
    >>> score_figure(score_tables(RunResults((row,)))[0]).wide[:4]
    '<svg'
"""

import io
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from acculturate.extras import lacking
from acculturate.records.results.made import StepLoss
from acculturate.records.score import Estimate
from acculturate.report.tables import Column, Row, Table
from acculturate.report.typesetting import decimal, signed

if TYPE_CHECKING:
    import altair as alt

ARM_COLOURS = 6
# beyond this many cultures the reference levels stand beside the mean only
CROWDED = 6
ROW_HEIGHT = 19
_INK, _MUTED, _LINE = "var(--ink)", "var(--muted)", "var(--line)"

_Mark = dict[str, Any]
_Printed = Callable[[Any], str]


class Figure(NamedTuple):
    """One chart as two SVG texts, and what it shows in words for those who do not see it.

    The SVG texts are "" where charts cannot be drawn.
    """

    wide: str
    narrow: str
    alt: str


class _Size(NamedTuple):
    """In pixels: the plot, at most for the names beside it; whether values stand at the right."""

    plot: int
    names: int
    values: bool


class _Panel(NamedTuple):
    name: str
    marks: list[_Mark]


class _Frame(NamedTuple):
    """What all panels of a chart share."""

    title: str
    domain: tuple[float, float]
    size: _Size
    printed: _Printed
    zero: bool


_WIDE, _NARROW = _Size(620, 260, True), _Size(205, 140, False)
_LETTER = 7  # pixels, about the widest mean of the fonts that a reader may have
_CONFIG: dict[str, Any] = {
    "background": "transparent",
    # a reader's font may be wider than the one that measured the text here
    "padding": {"left": 14, "top": 4, "right": 22, "bottom": 6},
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "facet": {"spacing": 18},
    "header": {"labelColor": _INK, "labelFontSize": 13, "labelFontWeight": 600},
    "text": {"fontSize": 12},
    "axis": {
        "labelColor": _INK,
        "titleColor": _INK,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": _LINE,
        "domainColor": _LINE,
        "ticks": False,
        "labelPadding": 6,
    },
    "axisY": {"grid": False, "domain": False},
}


def score_figure(table: Table) -> Figure:
    """Return every arm's value and interval by culture, with the reference levels beside them."""
    crowded = len(table.rows) > CROWDED
    panels = [
        _Panel(row.label, _marks(table, row, references=index == 0 or not crowded))
        for index, row in enumerate(table.rows)
    ]
    title = table.measure.label + _direction(table)
    alt_text = f"Chart of {title}. " + _said(table, decimal)
    return _draw(panels, short(title), alt_text, decimal, zero=False)


def difference_figure(table: Table) -> Figure:
    """Draw paired differences by culture, a panel for each pair of arms, around a line at zero."""
    panels = []
    for index, column in enumerate(table.columns):
        marks = [
            _mark(row.label, estimate, "var(--arm-1)", solid=bool(estimate.side))
            for row in table.rows
            if (estimate := row.estimates[index]) is not None
        ]
        panels.append(_Panel(column.label, marks))
    title = f"difference in {table.measure.label}"
    alt_text = f"Chart: {title}. " + _said(table, signed)
    return _draw(panels, short(title), alt_text, signed, zero=True)


def loss_figure(losses: Sequence[float], held_out: Sequence[StepLoss] = ()) -> str:
    """Return the training loss over the steps as one small SVG, with points for rows held out; ""
    where none can be drawn.
    """
    if no_charts():
        return ""
    import altair as alt

    values = [{"step": step, "loss": loss} for step, loss in enumerate(losses, 1)]
    x = alt.X("step:Q", title="step", axis=alt.Axis(tickMinStep=1, format="d"))
    y = alt.Y("loss:Q", title="loss", scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=4))
    chart = (
        alt.Chart(alt.InlineData(values=values), width=250, height=110)
        .mark_line(color="var(--arm-1)", strokeWidth=1.5, point=len(values) < 2)
        .encode(x=x, y=y)
    )
    if not held_out:
        return _svg(chart)
    read = [{"step": row.step, "loss": row.loss} for row in held_out]
    points = alt.Chart(alt.InlineData(values=read)).mark_point(color="var(--arm-2)", filled=True)
    return _svg(chart + points.encode(x=x, y=y))


def _direction(table: Table) -> str:
    if table.measure.higher_is_better is None:
        return ""
    return " (higher is better)" if table.measure.higher_is_better else " (lower is better)"


def _said(table: Table, printed: _Printed) -> str:
    """Return a chart's first row in words; all the rest is in the table that follows it."""
    row = table.rows[0]
    parts = [
        f"{column.label} {printed(estimate.value)}"
        for column, estimate in zip(table.columns, row.estimates, strict=True)
        if estimate is not None
    ]
    return f"{row.label}: {'; '.join(parts)}. The table below holds every number."


def _marks(table: Table, row: Row, references: bool) -> list[_Mark]:
    marks = []
    for index, (column, estimate) in enumerate(zip(table.columns, row.estimates, strict=True)):
        if estimate is not None and (references or not column.reference):
            marks.append(_arm_mark(index, column, estimate))
    return marks


def _arm_mark(index: int, column: Column, estimate: Estimate) -> _Mark:
    if column.reference:
        return _mark(column.label, estimate, _MUTED, solid=True, shape="diamond")
    colour = f"var(--arm-{index % ARM_COLOURS + 1})"
    return _mark(column.label, estimate, colour, solid=column.adapted)


def _mark(label: str, estimate: Estimate, colour: str, solid: bool, shape: str = "circle") -> _Mark:
    # the page's ground fills a hollow mark, so that its own interval does not run through it
    return {
        "label": short(label),
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "colour": colour,
        "fill": colour if solid else "var(--ground)",
        "shape": shape,
        "size": 34 if shape == "diamond" else 72,
    }


def short(name: str) -> str:
    """Return a name that a chart can hold, with its end, where long names differ most."""
    return name if len(name) <= 60 else f"{name[:35]}…{name[-24:]}"


def _draw(panels: Sequence[_Panel], title: str, said: str, printed: _Printed, zero: bool) -> Figure:
    filled = [_Panel(short(panel.name), panel.marks) for panel in panels if panel.marks]
    domain = _domain([mark for panel in filled for mark in panel.marks], zero)
    return draw_twice(
        lambda *size: _stack(filled, _Frame(title, domain, _Size(*size), printed, zero)),
        (_WIDE, _NARROW),
        said,
    )


def _domain(marks: Sequence[_Mark], zero: bool) -> tuple[float, float]:
    ends = [
        mark[key] for mark in marks for key in ("value", "low", "high") if mark[key] is not None
    ]
    low, high = min(ends), max(ends)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    margin = 0.04 * (high - low) or 0.01
    return low - margin, high + margin


def _stack(panels: Sequence[_Panel], frame: _Frame) -> Any:
    import altair as alt

    # one faceted chart and not one chart per panel: Altair copies and checks a specification whole
    # for each chart that it holds
    values = [
        {**mark, "panel": panel.name, "printed": frame.printed(mark["value"])}
        for panel in panels
        for mark in panel.marks
    ]
    header = alt.Header(title=None, labelOrient="top", labelAnchor="start", labelPadding=4)
    names = alt.Row("panel:N", sort=[panel.name for panel in panels], header=header)
    chart = alt.layer(
        *_layers(frame, list(dict.fromkeys(value["label"] for value in values))),
        data=alt.InlineData(values=values),
        width=frame.size.plot,
        height=alt.Step(ROW_HEIGHT),
    )
    return chart.facet(row=names).resolve_scale(y="independent")


def _layers(frame: _Frame, names: list[str]) -> list["alt.Chart"]:
    import altair as alt

    base, size = alt.Chart(), frame.size
    axis = alt.Axis(tickCount=4 if size is _NARROW else 7, titlePadding=8)
    scale = alt.Scale(domain=list(frame.domain), nice=False, zero=False)
    # every panel keeps the same room for its names, so that all the scales stand in one column
    room = min(size.names, 12 + _LETTER * max(map(len, names)))
    beside = alt.Axis(minExtent=room, maxExtent=room, labelLimit=room - 8)
    y = alt.Y("label:N", title=None, sort=names, axis=beside)
    stroke = alt.Stroke("colour:N", scale=None)
    intervals = (
        base.mark_rule(strokeWidth=2)
        .transform_filter("isValid(datum.low) && isValid(datum.high)")
        .encode(alt.X("low:Q", scale=scale, axis=axis, title=frame.title), y, stroke, x2="high:Q")
    )
    points = base.mark_point(opacity=1, strokeWidth=2).encode(
        alt.X("value:Q", scale=scale, axis=axis, title=frame.title),
        y,
        stroke,
        fill=alt.Fill("fill:N", scale=None),
        shape=alt.Shape("shape:N", scale=None),
        size=alt.Size("size:Q", scale=None),
    )
    layers = [intervals, points]
    if frame.zero:
        layers.insert(0, base.mark_rule(color=_INK, strokeDash=[3, 3]).encode(x=alt.datum(0)))
    if size.values:
        right = alt.value(size.plot + 8)
        words = base.mark_text(align="left", color=_INK)
        layers.append(words.encode(x=right, y=y, text="printed:N"))
    return layers


# the figure's own text says what it shows; a label on each mark would say it a thousand times
_TAG = re.compile(r"<[^>]+>")
_SAID_TWICE = re.compile(r' (?:aria-label|aria-roledescription|role)="[^"]*"')


def no_charts() -> str:
    """Return what to type before charts can be drawn, without its full stop; "" where they can."""
    return lacking("Charts in a report need", "report", "altair", "vl_convert")


def draw_twice(
    chart: Callable[..., Any], sizes: tuple[tuple[Any, ...], tuple[Any, ...]], said: str
) -> Figure:
    """Return the Altair charts that `chart` makes of the two sizes, wide and for a phone.

    `said` is what they show in words. Where charts cannot be drawn, both are empty.
    """
    if no_charts():
        return Figure("", "", said)
    wide, narrow = (_svg(chart(*size)) for size in sizes)
    return Figure(wide, narrow, said)


def _svg(chart: Any) -> str:
    """Return an Altair chart as SVG text that can stand in a page."""
    drawn = io.StringIO()
    chart.configure(**_CONFIG).save(drawn, format="svg")
    # inside HTML the name spaces are known, and without them the page names no address at all
    named = re.sub(r' xmlns(:\w+)?="[^"]*"', "", drawn.getvalue())
    return _TAG.sub(_slim, named)


def _slim(tag: re.Match[str]) -> str:
    """Return a tag without labels, and with hundredths of a pixel: a third of the page,
    and unseen.
    """
    return re.sub(r"(\.\d\d)\d+", r"\1", _SAID_TWICE.sub("", tag[0]))
