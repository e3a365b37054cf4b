"""The culture map as a picture: where peoples stand, and where the answers for them do.

One large map. Codes are the peoples that were measured, grey dots other territories where they were
published, faint shapes the map's zones. A hollow circle is where the answers for a culture stood
before, an arrow leads to where they stand after, a dotted line from there to the people; ellipses
hold 95% of the bootstrap of the answers after. A run that compares nothing has a mark for each arm.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from acculturate.records.results.placed import CultureMap, Place
from acculturate.report.figures import ARM_COLOURS, Figure, draw_twice, short

if TYPE_CHECKING:
    import altair as alt

X, Y = "self_expression", "secular"
TITLES = {X: "survival to self-expression", Y: "traditional to secular"}
MOST_ARMS = ARM_COLOURS
CORNERS = 3
"""Territories of a zone, from which on it has a shape."""
MARGIN = 0.06
WIDE = 400
"""Pixels, up to which names of zones are small."""
POINTS = 24  # of an ellipse's outline
LEAST = 0.1  # half an axis of an ellipse: a smaller one would be hidden by its mark
_MUTED, _INK, _GROUND = "var(--muted)", "var(--ink)", "var(--ground)"

_Mark = dict[str, Any]
_Point = tuple[float, float]


class _Side(NamedTuple):
    """An arm's places by culture ("" where its answers name none), and its colours."""

    name: str
    colour: str
    fill: str
    places: Mapping[str, Place]


class _Box(NamedTuple):
    """What the map shows of both axes, and its size in pixels."""

    x: tuple[float, float]
    y: tuple[float, float]
    width: int
    height: int

    def turn(self, start: Place, end: Place) -> float:
        """Return which way a line leads on the picture, in degrees clockwise from up."""
        across = (end.self_expression - start.self_expression) / (self.x[1] - self.x[0])
        up = (end.secular - start.secular) / (self.y[1] - self.y[0])
        return math.degrees(math.atan2(across * self.width, up * self.height))


def map_figure(
    culture_map: CultureMap, arms: Sequence[str], pair: Sequence[str] = ()
) -> Figure | None:
    """Return the map with the arms of `pair` (before, after); without them, with each of `arms`.

    None where none of them stands on it.
    """
    sides = _sides(culture_map, arms, pair)
    if not sides:
        return None
    names = ", ".join(place.culture for place in culture_map.people)
    listed = ", ".join(side.name for side in sides)
    return draw_twice(
        lambda width, height: _chart(culture_map, sides, _box(culture_map, sides, width, height)),
        ((700, 520), (270, 300)),
        f"Culture map with the people of {names} and the answers of {listed}; the table below "
        "holds every position.",
    )


def _sides(culture_map: CultureMap, arms: Sequence[str], pair: Sequence[str]) -> list[_Side]:
    by_arm = {
        arm: {place.culture: place for place in culture_map.arms if place.arm == arm}
        for arm in arms
    }
    there = [arm for arm in arms if by_arm[arm]]
    if pair and all(arm in there for arm in pair):
        before, after = pair
        return [
            _Side(f"before: {short(before)}", "var(--arm-2)", _GROUND, by_arm[before]),
            _Side(f"after: {short(after)}", "var(--arm-1)", "var(--arm-1)", by_arm[after]),
        ]
    colours = [f"var(--arm-{place + 1})" for place in range(MOST_ARMS)]
    return [
        _Side(short(arm), colour, colour, by_arm[arm])
        for arm, colour in zip(there, colours, strict=False)
    ]


def _box(culture_map: CultureMap, sides: Sequence[_Side], width: int, height: int) -> _Box:
    places = [
        *culture_map.people,
        *culture_map.others,
        *(place for side in sides for place in side.places.values()),
    ]
    x = [place.self_expression for place in places]
    y = [place.secular for place in places]
    return _Box(_widened(x), _widened(y), width, height)


def _widened(values: Sequence[float]) -> tuple[float, float]:
    margin = MARGIN * (max(values) - min(values)) or 1.0
    return min(values) - margin, max(values) + margin


def _marks(culture_map: CultureMap, sides: Sequence[_Side], box: _Box) -> Iterator[_Mark]:
    yield from _zones([*culture_map.people, *culture_map.others])
    for place in culture_map.others:
        yield {"kind": "other", **_at(place)}
    for place in culture_map.people:
        yield {"kind": "people", **_at(place), "label": place.culture}
    homes = {place.culture: place for place in culture_map.people}
    arrows = list(_arrows(sides, box))
    pointed = {(mark["x"], mark["y"]) for mark in arrows if mark["kind"] == "tip"}
    yield from arrows
    for number, side in enumerate(sides):
        for culture, place in side.places.items():
            mark = {"side": number, "arm": side.name, **_at(place)}
            if number == 0 or (mark["x"], mark["y"]) not in pointed:
                yield mark | {"kind": "answers"}
            if culture in homes and number == len(sides) - 1:
                yield mark | {"kind": "left", **_to(homes[culture])}
    for culture, place in sides[-1].places.items():
        yield from _ellipse(place, culture)


def _arrows(sides: Sequence[_Side], box: _Box) -> Iterator[_Mark]:
    """Yield arrows from before to after; answers that name no culture begin each of them."""
    if not sides[0].name.startswith("before: "):
        return
    before = sides[0].places
    for culture, end in sides[-1].places.items():
        start = before.get(culture, before.get(""))
        if start is not None and _at(start) != _at(end):
            yield {"kind": "arrow", **_at(start), **_to(end)}
            yield {"kind": "tip", **_at(end), "turn": round(box.turn(start, end), 1)}


def _at(place: Place) -> _Mark:
    return {"x": round(place.self_expression, 3), "y": round(place.secular, 3)}


def _to(place: Place) -> _Mark:
    return {"x2": round(place.self_expression, 3), "y2": round(place.secular, 3)}


def _ellipse(place: Place, culture: str) -> Iterator[_Mark]:
    """Yield the outline of a place's 95% ellipse in steps."""
    ellipse = place.ellipse
    if not ellipse or ellipse.major < LEAST:
        return
    turn = math.radians(ellipse.angle)
    for step in range(POINTS + 1):
        at = 2 * math.pi * step / POINTS
        along, across = ellipse.major * math.cos(at), ellipse.minor * math.sin(at)
        x = place.self_expression + along * math.cos(turn) - across * math.sin(turn)
        y = place.secular + along * math.sin(turn) + across * math.cos(turn)
        point = {"x": round(x, 3), "y": round(y, 3)}
        yield {"kind": "ellipse", **point, "zone": culture, "step": step}


def _zones(places: Sequence[Place]) -> Iterator[_Mark]:
    """Yield each zone's outline in steps, and its name in its middle."""
    for zone in dict.fromkeys(place.zone for place in places if place.zone):
        points = [(p.self_expression, p.secular) for p in places if p.zone == zone]
        if len(points) < CORNERS:
            continue
        for step, (x, y) in enumerate(outline(points)):
            yield {"kind": "zone", "zone": zone, "x": x, "y": y, "step": step}
        middle = [sum(values) / len(points) for values in zip(*points, strict=True)]
        yield {"kind": "name", "x": middle[0], "y": middle[1], "label": zone}


def outline(points: Sequence[_Point]) -> list[_Point]:
    """Return the convex hull of points, in order around it (Andrew's monotone chain).

    >>> outline([(0, 0), (1, 0), (0, 1), (1, 1), (0.5, 0.5)])
    [(0, 0), (1, 0), (1, 1), (0, 1)]
    """
    ordered = sorted(set(points))
    halves = []
    for way in (ordered, ordered[::-1]):
        half: list[_Point] = []
        for point in way:
            while len(half) > 1 and _bend(half[-2], half[-1], point) <= 0:
                half.pop()
            half.append(point)
        halves += half[:-1]
    return halves


def _bend(a: _Point, b: _Point, c: _Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _chart(culture_map: CultureMap, sides: Sequence[_Side], box: _Box) -> Any:
    import altair as alt

    return alt.layer(
        *_layers(sides, box),
        data=alt.InlineData(values=list(_marks(culture_map, sides, box))),
        width=box.width,
        height=box.height,
    )


def _layers(sides: Sequence[_Side], box: _Box) -> Iterator["alt.Chart"]:
    import altair as alt

    axis = alt.Axis(tickCount=5, grid=True)
    x = alt.X("x:Q", scale=alt.Scale(domain=list(box.x), nice=False), axis=axis, title=TITLES[X])
    y = alt.Y("y:Q", scale=alt.Scale(domain=list(box.y), nice=False), axis=axis, title=TITLES[Y])

    def of(kind: str) -> "alt.Chart":
        return alt.Chart().transform_filter(f"datum.kind == '{kind}'")

    shape = of("zone").mark_line(
        interpolate="linear-closed", fill=_MUTED, fillOpacity=0.07, color=_MUTED,
        strokeWidth=1, strokeOpacity=0.35,
    )  # fmt: skip
    yield shape.encode(x, y, detail="zone:N", order="step:Q")
    yield of("other").mark_circle(color=_MUTED, size=14, opacity=0.5).encode(x, y)
    name = of("name").mark_text(
        color=_MUTED, fontSize=11 if box.width > WIDE else 9, fontStyle="italic"
    )
    yield name.encode(x, y, text="label:N")
    left = of("left").mark_rule(color=_INK, strokeWidth=1, strokeDash=[2, 3], opacity=0.55)
    yield left.encode(x, y, x2="x2:Q", y2="y2:Q")
    ellipse = of("ellipse").mark_line(color="var(--arm-1)", strokeWidth=1, opacity=0.22, clip=True)
    yield ellipse.encode(x, y, detail="zone:N", order="step:Q")
    arrow = of("arrow").mark_rule(color="var(--arm-1)", strokeWidth=1.5, opacity=0.7)
    yield arrow.encode(x, y, x2="x2:Q", y2="y2:Q")
    people = of("people").mark_text(color=_INK, fontSize=11, fontWeight=600)
    yield people.encode(x, y, text="label:N")
    yield from _answers(sides, of, x, y)
    tip = of("tip").mark_point(
        shape="triangle", filled=True, size=90, opacity=1, color="var(--arm-1)"
    )
    yield tip.encode(x, y, angle=alt.Angle("turn:Q", scale=None))


def _answers(sides: Sequence[_Side], of: Any, x: Any, y: Any) -> Iterator["alt.Chart"]:
    import altair as alt

    names = [side.name for side in sides]
    legend = alt.Legend(
        title=None, orient="top", labelColor=_INK, labelLimit=320, labelFontSize=12,
        columns=3, columnPadding=24, symbolSize=60, symbolStrokeWidth=2,
    )  # fmt: skip
    stroke = alt.Scale(domain=names, range=[side.colour for side in sides])
    fill = alt.Scale(domain=names, range=[side.fill for side in sides])
    for number, _ in enumerate(sides):
        dots = of("answers").transform_filter(f"datum.side == {number}")
        yield dots.mark_point(size=45, opacity=1, strokeWidth=2).encode(
            x,
            y,
            alt.Stroke("arm:N", scale=stroke, legend=legend),
            alt.Fill("arm:N", scale=fill, legend=legend),
        )
