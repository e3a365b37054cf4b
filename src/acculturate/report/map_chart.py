"""The culture map as a picture: where peoples stand, and where each arm puts them.

One small map per arm, all with the same axes: a culture's people are its code in grey, the arm's
answers for it a circle, a thin line joins the two. Ellipses hold 95% of the bootstrap. An arm that
answers for no culture has one circle of its own.
"""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from acculturate.records.results.placed import ArmPlace, CultureMap, Place
from acculturate.report.figures import ARM_COLOURS, Figure, draw_twice, short

if TYPE_CHECKING:
    import altair as alt

X, Y = "self_expression", "secular"
TITLES = {X: "survival to self-expression", Y: "traditional to secular"}
POINTS = 24  # of an ellipse's outline
LEAST = 0.1  # half an ellipse's length, below which it lies within the mark that it is of
_MUTED, _INK = "var(--muted)", "var(--ink)"

_Mark = dict[str, Any]


def map_figure(culture_map: CultureMap, arms: Sequence[str]) -> Figure | None:
    """Return a map per arm of `arms` that stands on it; None where none does."""
    people, places = culture_map.people, culture_map.arms
    shown = [arm for arm in arms if any(place.arm == arm for place in places)]
    if not shown:
        return None
    marks = [mark for arm in shown for mark in _marks(arm, arms.index(arm), people, places)]
    names = ", ".join(place.culture for place in people)
    return draw_twice(
        lambda size, columns: _chart(marks, [short(arm) for arm in shown], size, columns),
        ((290, 2), (230, 1)),
        f"Culture map with the people of {names} and the answers of {', '.join(shown)}; the "
        "table below holds every position.",
    )


def _marks(
    arm: str, index: int, people: Sequence[Place], places: Sequence[ArmPlace]
) -> Iterator[_Mark]:
    colour = f"var(--arm-{index % ARM_COLOURS + 1})"
    homes = {place.culture: place for place in people}
    shared = {"panel": short(arm)}
    for place in people:
        yield from _outline(place, "", shared | {"colour": _MUTED})
        yield shared | {"kind": "people", **_at(place), "label": place.culture}
    for place in (place for place in places if place.arm == arm):
        yield from _outline(place, arm, shared | {"colour": colour})
        mark = shared | {**_at(place), "colour": colour}
        yield mark | {"kind": "arm"}
        home = homes.get(place.culture)
        if home is not None:
            yield mark | {"kind": "way", "x2": home.self_expression, "y2": home.secular}


def _at(place: Place) -> _Mark:
    return {"x": place.self_expression, "y": place.secular}


def _outline(place: Place, arm: str, shared: _Mark) -> Iterator[_Mark]:
    ellipse = place.ellipse
    if not ellipse or ellipse.major < LEAST:
        return
    turn = math.radians(ellipse.angle)
    for step in range(POINTS + 1):
        at = 2 * math.pi * step / POINTS
        along, across = ellipse.major * math.cos(at), ellipse.minor * math.sin(at)
        x = place.self_expression + along * math.cos(turn) - across * math.sin(turn)
        y = place.secular + along * math.sin(turn) + across * math.cos(turn)
        yield shared | {
            "kind": "ellipse",
            "x": round(x, 3),
            "y": round(y, 3),
            "outline": f"{arm}|{place.culture}",
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
