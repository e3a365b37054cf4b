"""The matrix of answers by peoples as a picture: a specific arm shows a dark diagonal.

Row a are the answers given for culture a, column b the people of b. Cells are double-centred: what
is left when the level of the answers and the likeness of the peoples are taken away.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from acculturate.report.figures import Figure, short, svg
from acculturate.report.tables import number
from acculturate.report.typesetting import signed

SPELT_OUT = 5  # cultures, up to which the cells hold their numbers
SHOWN, SHOWN_LARGE = 4, 2  # arms, the last of the study
_ABOVE, _BELOW, _INK = "var(--arm-1)", "var(--arm-2)", "var(--ink)"

_Cell = dict[str, Any]


def matrix_figure(matrices: Sequence[Mapping[str, Any]]) -> Figure | None:
    """A matrix per arm, side by side on one scale of colours; None where there is none."""
    large = any(len(each.get("cultures") or ()) > SPELT_OUT for each in matrices)
    shown = list(matrices)[-(SHOWN_LARGE if large else SHOWN) :]
    cells = [cell for each in shown for cell in _cells(each)]
    if not cells:
        return None
    most = max(abs(cell["value"]) for cell in cells) or 1.0
    for cell in cells:
        cell["strength"] = abs(cell["value"]) / most
    n = max(len(each["cultures"]) for each in shown)
    arms = [short(str(each["arm"])) for each in shown]
    wide, narrow = (
        svg(_chart(cells, arms, max(size // n, 13), columns, most))
        for size, columns in ((300, 2), (230, 1))
    )
    said = f"Matrix of answers by peoples of {', '.join(arms)}, double-centred."
    return Figure(wide, narrow, said)


def _cells(matrix: Mapping[str, Any]) -> list[_Cell]:
    cultures = matrix.get("cultures") or ()
    return [
        {
            "panel": short(str(matrix.get("arm"))),
            "given": given,
            "people": people,
            "value": value,
            "printed": signed(value) if len(cultures) <= SPELT_OUT else "",
            "colour": _ABOVE if value >= 0 else _BELOW,
        }
        for given, row in zip(cultures, matrix.get("centred") or (), strict=False)
        for people, value in zip(cultures, row, strict=False)
        if number(value) is not None
    ]


def _chart(
    cells: Sequence[_Cell], arms: Sequence[str], step: int, columns: int, most: float
) -> Any:
    import altair as alt

    order = list(dict.fromkeys(cell["given"] for cell in cells))
    n = len(order)
    x = alt.X(
        "people:N", sort=order, title="people of", axis=alt.Axis(labelAngle=-90 if n > 6 else 0)
    )
    y = alt.Y("given:N", sort=order, title="answers for")
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
        width=step * n,
        height=step * n,
    )
    scale = alt.TitleParams(
        f"deepest colour: {most:.3f}", anchor="start", color=_INK, fontSize=12, fontWeight="normal"
    )
    facet = alt.Facet("panel:N", sort=list(arms), header=header)
    return chart.facet(facet=facet, columns=columns, title=scale)
