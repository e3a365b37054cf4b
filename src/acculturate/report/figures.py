"""The pictures of a report: SVG text that stands in the page and follows its colours.

Charts are Altair's, drawn to SVG by vl-convert when the report is written. A page then needs no
script at all, so that it opens offline, in a mail or a locked-down viewer, and no text of a model
can ever run in it. Colours are CSS variables (`var(--arm-1)`), which the page sets for its light
and its dark scheme. Every chart is drawn twice, wide and for a phone; every row carries its name,
so that no meaning rests on colour alone. Without Altair and vl-convert (the extra `report`) every
picture is empty, and the page has its tables alone.

    >>> short("a name")
    'a name'
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from acculturate.extras import lacking
from acculturate.records.results.made import StepLoss
from acculturate.report.tables import Table

ARM_COLOURS = 6
_INK, _LINE = "var(--ink)", "var(--line)"


class Figure(NamedTuple):
    """One chart as two SVG texts, and what it shows in words for those who do not see it.

    The SVG texts are "" where charts cannot be drawn.
    """

    wide: str
    narrow: str
    alt: str


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


def direction(table: Table) -> str:
    """Return in words which way a metric is better, "" where neither is."""
    if table.measure.higher_is_better is None:
        return ""
    return " (higher is better)" if table.measure.higher_is_better else " (lower is better)"


def short(name: str) -> str:
    """Return a name that a chart can hold, with its end, where long names differ most."""
    return name if len(name) <= 60 else f"{name[:35]}…{name[-24:]}"


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
    import altair as alt
    import vl_convert

    # `chart.save` would hold the whole chart against Vega-Lite's schema, a third of its time
    spec = chart.configure(**_CONFIG).to_dict(validate=False, context={"pre_transform": False})
    drawn = vl_convert.vegalite_to_svg(spec, vl_version=alt.SCHEMA_VERSION.rpartition(".")[0])
    # inside HTML the name spaces are known, and without them the page names no address at all
    named = re.sub(r' xmlns(:\w+)?="[^"]*"', "", drawn)
    return _TAG.sub(_slim, named)


def _slim(tag: re.Match[str]) -> str:
    """Return a tag without labels, and with hundredths of a pixel: a third of the page,
    and unseen.
    """
    return re.sub(r"(\.\d\d)\d+", r"\1", _SAID_TWICE.sub("", tag[0]))
