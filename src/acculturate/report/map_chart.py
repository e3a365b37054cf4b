"""The culture map as a picture: where peoples stand, and where each arm puts them.

One small map per arm, all with the same axes: a culture's people are its code in grey, the arm's
answers for it a circle, a thin line joins the two. Ellipses hold 95% of the bootstrap. An arm that
answers for no culture has one circle of its own.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from acculturate.report.figures import ARM_COLOURS, Figure, draw_twice, short
from acculturate.report.tables import number

if TYPE_CHECKING:
    import altair as alt

X, Y = "self_expression", "secular"
TITLES = {X: "survival to self-expression", Y: "traditional to secular"}
POINTS = 24  # of an ellipse's outline
LEAST = 0.1  # half an ellipse's length, below which it lies within the mark that it is of
_MUTED, _INK = "var(--muted)", "var(--ink)"

_Place = Mapping[str, Any]
_Mark = dict[str, Any]


def map_figure(found: Mapping[str, Any], arms: Sequence[str]) -> Figure | None:
    """A map per arm of `arms` that stands on it; None where none does."""
    people = [each for each in found.get("people") or () if _stands(each)]
    places = [each for each in found.get("arms") or () if _stands(each)]
    shown = [arm for arm in arms if any(each.get("arm") == arm for each in places)]
    if not shown:
        return None
    marks = [mark for arm in shown for mark in _marks(arm, arms.index(arm), people, places)]
    names = ", ".join(str(each.get("culture")) for each in people)
    return draw_twice(
        lambda size, columns: _chart(marks, [short(arm) for arm in shown], size, columns),
        ((290, 2), (230, 1)),
        f"Culture map with the people of {names} and the answers of {', '.join(shown)}; the "
        "table below holds every position.",
    )


def _stands(place: _Place) -> bool:
    return number(place.get(X)) is not None and number(place.get(Y)) is not None


def _marks(
    arm: str, index: int, people: Sequence[_Place], places: Sequence[_Place]
) -> Iterator[_Mark]:
    colour = f"var(--arm-{index % ARM_COLOURS + 1})"
    at = {each.get("culture"): each for each in people}
    shared = {"panel": short(arm)}
    for each in people:
        yield from _outline(each, shared | {"colour": _MUTED})
        yield shared | {"kind": "people", "x": each[X], "y": each[Y], "label": each["culture"]}
    for each in (each for each in places if each.get("arm") == arm):
        yield from _outline(each, shared | {"colour": colour})
        mark = shared | {"x": each[X], "y": each[Y], "colour": colour}
        yield mark | {"kind": "arm"}
        home = at.get(each.get("culture"))
        if home is not None:
            yield mark | {"kind": "way", "x2": home[X], "y2": home[Y]}


def _outline(place: _Place, shared: _Mark) -> Iterator[_Mark]:
    ellipse = place.get("ellipse")
    if not ellipse or ellipse["major"] < LEAST:
        return
    turn = math.radians(ellipse["angle"])
    name = f"{place.get('arm', '')}|{place.get('culture', '')}"
    for step in range(POINTS + 1):
        at = 2 * math.pi * step / POINTS
        along, across = ellipse["major"] * math.cos(at), ellipse["minor"] * math.sin(at)
        yield shared | {
            "kind": "ellipse",
            "x": round(place[X] + along * math.cos(turn) - across * math.sin(turn), 3),
            "y": round(place[Y] + along * math.sin(turn) + across * math.cos(turn), 3),
            "outline": name,
            "step": step,
        }


def _chart(marks: Sequence[_Mark], panels: Sequence[str], size: int, columns: int) -> Any:
    import altair as alt

    header = alt.Header(title=None, labelOrient="top", labelAnchor="start", labelPadding=4)
    chart = alt.layer(*_layers(), data=alt.InlineData(values=list(marks)), width=size, height=size)
    facet = alt.Facet("panel:N", sort=list(panels), header=header)
    return chart.facet(facet=facet, columns=columns).resolve_axis(x="shared", y="shared")


def _layers() -> list["alt.Chart"]:
    import altair as alt

    base = alt.Chart()
    colour = alt.Stroke("colour:N", scale=None)
    scale, axis = alt.Scale(zero=False, padding=12), alt.Axis(tickCount=5, grid=True)
    x = alt.X("x:Q", scale=scale, axis=axis, title=TITLES[X])
    y = alt.Y("y:Q", scale=scale, axis=axis, title=TITLES[Y])

    def of(kind: str) -> "alt.Chart":
        return base.transform_filter(f"datum.kind == '{kind}'")

    return [
        of("ellipse")
        .mark_line(strokeWidth=1, opacity=0.45)
        .encode(x, y, colour, detail="outline:N", order="step:Q"),
        of("way").mark_rule(strokeWidth=1, opacity=0.6).encode(x, y, colour, x2="x2:Q", y2="y2:Q"),
        of("people").mark_text(color=_INK, fontSize=11).encode(x, y, text="label:N"),
        of("arm")
        .mark_point(filled=True, size=45, opacity=1)
        .encode(x, y, fill=alt.Fill("colour:N", scale=None)),
    ]
