"""What an adaptation did to answers, as pictures and rows: transfer, shifts, gains, directions.

>>> gain_figures([])
[]
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from acculturate.report.figures import Figure, draw_twice
from acculturate.report.matrix import Panel, heat_figure
from acculturate.report.tables import MEAN, Estimate, estimate_of, number

LONGEST_NAME = 8  # of points that bear their names: longer ones would run into each other
_INK, _MUTED = "var(--ink)", "var(--muted)"

_Row = Mapping[str, Any]


class Shown(NamedTuple):
    """A figure with the rows of the results that it shows."""

    found: _Row
    figure: Figure | None


@dataclass(frozen=True, slots=True)
class Direction:
    """Which way an arm's answers moved; `cultures` are the same two by culture."""

    arm: str
    against: str
    towards: Estimate | None
    own: Estimate | None
    chance: float | None
    p: float | None
    cultures: Mapping[str, tuple[Estimate | None, Estimate | None]]


def mechanisms(meta: _Row) -> dict[str, Any]:
    """Everything of the section on mechanisms; empty where the run has none of it."""
    found = {
        "directions": direction_rows(meta.get("directions") or ()),
        "transfers": transfer_figures(meta.get("transfers") or ()),
        "gains": gain_figures(meta.get("gains") or ()),
        "overlaps": overlap_figures(_of_last_arm(meta)),
    }
    return {name: part for name, part in found.items() if part}


def transfer_figures(transfers: Sequence[_Row]) -> list[Shown]:
    """Adapters by cultures: gains where there are any, and what is left when levels are gone."""
    return [Shown(each, _transfer_figure(each)) for each in transfers]


def _transfer_figure(found: _Row) -> Figure | None:
    adapters, cultures = found.get("adapters") or (), found.get("cultures") or ()
    panels = []
    if found.get("gain"):
        panels.append(Panel("gain", adapters, cultures, found["gain"]))
    if found.get("centred"):
        # its rows are the cultures', in their order
        panels.append(Panel("centred", cultures, cultures, found["centred"]))
    return heat_figure(
        panels, f"Adapters by cultures of {found.get('arm')}.", "asked about", "adapter", apart=True
    )


def _of_last_arm(meta: _Row) -> list[_Row]:
    """The overlaps of the adaptation that the study's last adapted arm is of, or of the last."""
    overlaps = meta.get("overlaps") or ()
    there = {row.get("adapt") for row in overlaps}
    used = [arm.get("adapter") for arm in meta.get("arms") or () if arm.get("adapter") in there]
    last = (used or [row.get("adapt") for row in overlaps] or [None])[-1]
    return [row for row in overlaps if row.get("adapt") == last]


def overlap_figures(rows: Sequence[_Row]) -> list[Shown]:
    """Cultures by cultures, of one adaptation: shared shifts beyond chance, and direction."""
    if not rows:
        return []
    adapt = rows[0].get("adapt")
    names = list(dict.fromkeys(row[key] for row in rows for key in ("culture", "other")))
    panels = [
        Panel("same questions, beyond chance", names, names, _square(rows, names, _beyond)),
        Panel("same direction", names, names, _square(rows, names, _direction)),
    ]
    figure = heat_figure(panels, f"Overlap of the shifts of {adapt} between cultures.")
    return [Shown({"adapt": adapt, "rows": rows}, figure)]


def _beyond(row: _Row) -> float | None:
    likeness, chance = number(row.get("likeness")), number(row.get("chance"))
    return likeness - chance if likeness is not None and chance is not None else None


def _direction(row: _Row) -> float | None:
    return number(row.get("direction"))


def _square(rows: Sequence[_Row], names: Sequence[str], value_of: Any) -> list[list[Any]]:
    cells = {frozenset((row["culture"], row["other"])): value_of(row) for row in rows}
    return [[cells.get(frozenset((one, other))) for other in names] for one in names]


def gain_figures(gains: Sequence[_Row]) -> list[Shown]:
    """Shift rate against gain, a point for each culture or topic; figures of the last arm alone."""
    found = [each for each in gains if each.get("points")]
    last = found[-1].get("arm") if found else None
    return [Shown(each, _gain_figure(each) if each.get("arm") == last else None) for each in found]


def _gain_figure(found: _Row) -> Figure:
    points = [
        {key: each.get(key) for key in ("name", "rate", "gain", "low", "high")}
        for each in found["points"]
    ]
    said = (
        f"Shift rate against gain of {found.get('arm')} over {found.get('against')} by "
        f"{found.get('by')}, {len(points)} points; the table holds every number."
    )
    return draw_twice(lambda width: _scatter(points, width), ((300,), (230,)), said)


def _scatter(points: Sequence[_Row], width: int) -> Any:
    import altair as alt

    x = alt.X(
        "rate:Q",
        title="gain, by the share of questions that shifted",
        scale=alt.Scale(zero=False, padding=24),
    )
    y = alt.Y("gain:Q", title=None, scale=alt.Scale(zero=False, padding=12))
    base = alt.Chart(alt.InlineData(values=list(points)), width=width, height=220)
    layers = [
        base.mark_rule(color=_INK, strokeDash=[3, 3]).encode(y=alt.datum(0)),
        base.mark_rule(color=_MUTED, opacity=0.6)
        .transform_filter("isValid(datum.low) && isValid(datum.high)")
        .encode(x, alt.Y("low:Q", title=None), y2="high:Q"),
        base.mark_point(filled=True, size=55, opacity=1, color="var(--arm-1)").encode(x, y),
    ]
    if all(len(each["name"]) <= LONGEST_NAME for each in points):
        words = base.mark_text(align="left", dx=7, dy=-6, color=_INK, fontSize=10)
        layers.append(words.encode(x, y, text="name:N"))
    return alt.layer(*layers)


def direction_rows(directions: Sequence[_Row]) -> list[Direction]:
    """A row per pair of arms, in the order of the study."""
    pairs = dict.fromkeys((row.get("arm"), row.get("against")) for row in directions)
    return [
        _direction_row([row for row in directions if (row.get("arm"), row.get("against")) == pair])
        for pair in pairs
    ]


def _direction_row(rows: Sequence[_Row]) -> Direction:
    cells = {(row.get("metric"), row.get("culture")): row for row in rows}

    def found(metric: str, culture: str) -> Estimate | None:
        return estimate_of(cells[metric, culture]) if (metric, culture) in cells else None

    def value(metric: str) -> float | None:
        return number(cells.get((metric, MEAN), {}).get("value"))

    cultures = dict.fromkeys(str(row.get("culture")) for row in rows if row.get("culture") != MEAN)
    return Direction(
        str(rows[0].get("arm")),
        str(rows[0].get("against")),
        found("towards", MEAN),
        found("own", MEAN),
        value("own_chance"),
        value("own_p"),
        {name: (found("towards", name), found("own", name)) for name in cultures},
    )
