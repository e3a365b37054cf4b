"""Matrices as pictures: squares of two colours around zero, side by side.

The matrix of answers by peoples is double-centred: what is left when the level of the answers and
the likeness of the peoples are taken away, so that a specific arm shows a dark diagonal. The same
squares show adapters by cultures, cultures by cultures, and what their shifts have in common.

    >>> heat_figure([], "") is None
    True
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from acculturate.records.results.cut import Matrix
from acculturate.report.figures import Figure, draw_twice, short
from acculturate.report.typesetting import number, signed

SPELT_OUT = 5  # columns, up to which the cells hold their numbers
SHOWN, SHOWN_LARGE = 4, 2  # arms, the last of the study
LEAST = 0.0005  # below which every number of a matrix is told as zero
_ABOVE, _BELOW, _INK = "var(--arm-1)", "var(--arm-2)", "var(--ink)"

_Cell = dict[str, Any]


class Panel(NamedTuple):
    """One matrix: `values` are rows of numbers, those that are none are left blank."""

    name: str
    rows: Sequence[str]
    columns: Sequence[str]
    values: Sequence[Sequence[float | None]]


def matrix_figure(matrices: Sequence[Matrix]) -> Figure | None:
    """Return a matrix per arm of answers by peoples; None where there is none."""
    panels = [
        Panel(matrix.arm, matrix.cultures, matrix.cultures, matrix.centred) for matrix in matrices
    ]
    shown = last_of(panels)
    names = ", ".join(panel.name for panel in shown if not too_near(panel.values))
    described = f"Matrix of answers by peoples of {names}."
    return heat_figure(shown, described, "people of", "answers for")


def too_near(values: Sequence[Sequence[float | None]]) -> bool:
    """Return whether a matrix is zero throughout, as far as three decimals tell."""
    known = [number(value) for row in values for value in row]
    return all(abs(value) < LEAST for value in known if value is not None)


def last_of(panels: Sequence[Panel]) -> list[Panel]:
    """Return as many as a page holds side by side, the last of the study."""
    large = any(len(panel.columns) > SPELT_OUT for panel in panels)
    return list(panels)[-(SHOWN_LARGE if large else SHOWN) :]


def heat_figure(
    panels: Sequence[Panel], said: str, across: str = "", down: str = "", *, apart: bool = False
) -> Figure | None:
    """Draw panels side by side on one scale of colours, or with `apart` each on its own.

    Panels that are zero throughout are left out; None where that leaves none. `across` and `down`
    are the titles of columns and rows.
    """
    panels = [panel for panel in panels if not too_near(panel.values)]
    cells = [cell for panel in panels for cell in _cells(panel)]
    if not cells:
        return None
    most = max(abs(cell["value"]) for cell in cells) or 1.0
    for cell in cells:
        own = max(abs(other["value"]) for other in cells if other["panel"] == cell["panel"]) or 1.0
        cell["strength"] = abs(cell["value"]) / (own if apart else most)
    n = max(len(panel.columns) for panel in panels)
    title = "" if apart else f"deepest colour: {most:.3f}"
    titles = (across, down, title)
    return draw_twice(
        lambda size, columns: _chart(cells, panels, max(size // n, 13), columns, titles),
        ((300, 2), (230, 1)),
        said,
    )


def _cells(panel: Panel) -> list[_Cell]:
    return [
        {
            "panel": short(panel.name),
            "row": row,
            "column": column,
            "value": known,
            "printed": signed(known) if len(panel.columns) <= SPELT_OUT else "",
            "colour": _ABOVE if known >= 0 else _BELOW,
        }
        for row, values in zip(panel.rows, panel.values, strict=False)
        for column, value in zip(panel.columns, values, strict=False)
        if (known := number(value)) is not None
    ]


def _chart(
    cells: Sequence[_Cell],
    panels: Sequence[Panel],
    step: int,
    columns: int,
    titles: tuple[str, str, str],
) -> Any:
    import altair as alt

    across, down, title = titles
    rows = list(dict.fromkeys(name for panel in panels for name in panel.rows))
    names = list(dict.fromkeys(name for panel in panels for name in panel.columns))
    turned = alt.Axis(labelAngle=-90 if len(names) > 6 else 0)
    x = alt.X("column:N", sort=names, title=across or None, axis=turned)
    y = alt.Y("row:N", sort=rows, title=down or None)
    base = alt.Chart()
    squares = base.mark_rect().encode(
        x,
        y,
        fill=alt.Fill("colour:N", scale=None),
        opacity=alt.Opacity(
            "strength:Q", scale=alt.Scale(domain=[0, 1], range=[0, 0.75]), legend=None
        ),
    )
    words = (
        base.transform_filter("datum.printed != ''")
        .mark_text(color=_INK, fontSize=10)
        .encode(x, y, text="printed:N")
    )
    header = alt.Header(title=None, labelOrient="top", labelAnchor="start", labelPadding=4)
    chart = alt.layer(
        squares,
        words,
        data=alt.InlineData(values=list(cells)),
        width=step * len(names),
        height=step * len(rows),
    )
    facet = alt.Facet("panel:N", sort=[short(panel.name) for panel in panels], header=header)
    drawn = chart.facet(facet=facet, columns=columns)
    if not title:
        return drawn
    return drawn.properties(
        title=alt.TitleParams(title, anchor="start", color=_INK, fontSize=12, fontWeight="normal")
    )
