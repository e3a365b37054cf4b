"""What an adaptation did to answers, as pictures and rows: transfer, shifts, gains, directions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from acculturate.records.results.made import OverlapRow
from acculturate.records.results.moved import DirectionRow, GainRow, Transfer
from acculturate.records.results.run_results import RunMeta
from acculturate.report.figures import Figure, draw_twice
from acculturate.report.matrix import Panel, heat_figure
from acculturate.report.tables import MEAN

LONGEST_NAME = 8  # of points that bear their names: longer ones would run into each other
_INK, _MUTED = "var(--ink)", "var(--muted)"

Rows = TypeVar("Rows")


@dataclass(frozen=True, slots=True)
class Overlaps:
    """The overlaps of one adaptation's shifts, of every two cultures."""

    adapt: str
    rows: tuple[OverlapRow, ...]


class Shown(NamedTuple, Generic[Rows]):
    """A figure with what of the results it shows."""

    found: Rows
    figure: Figure | None


@dataclass(frozen=True, slots=True)
class Direction:
    """Which way an arm's answers moved; `cultures` are the same two by culture."""

    arm: str
    against: str
    towards: DirectionRow | None
    own: DirectionRow | None
    chance: float | None
    p: float | None
    cultures: Mapping[str, tuple[DirectionRow | None, DirectionRow | None]]


@dataclass(frozen=True, slots=True)
class Mechanisms:
    """All that the section on mechanisms shows."""

    directions: tuple[Direction, ...]
    transfers: tuple[Shown[Transfer], ...]
    gains: tuple[Shown[GainRow], ...]
    overlaps: tuple[Shown[Overlaps], ...]

    @property
    def any(self) -> bool:
        """Whether there is any of it."""
        return any((self.directions, self.transfers, self.gains, self.overlaps))


def mechanisms(meta: RunMeta) -> Mechanisms:
    """Return everything of the section on mechanisms; empty where the run has none of it."""
    return Mechanisms(
        direction_rows(meta.directions),
        tuple(Shown(transfer, _transfer_figure(transfer)) for transfer in meta.transfers),
        gain_figures(meta.gains),
        overlap_figures(_of_last_arm(meta)),
    )


def _transfer_figure(transfer: Transfer) -> Figure | None:
    """Return adapters by cultures: gains where there are any, and what is left when levels are
    gone.
    """
    adapters, cultures = transfer.adapters, transfer.cultures
    panels = []
    if transfer.gain:
        panels.append(Panel("gain", adapters, cultures, transfer.gain))
    if transfer.centred:
        # its rows are the cultures', in their order
        panels.append(Panel("centred", cultures, cultures, transfer.centred))
    described = f"Adapters by cultures of {transfer.arm}."
    return heat_figure(panels, described, "asked about", "adapter", apart=True)


def _of_last_arm(meta: RunMeta) -> list[OverlapRow]:
    """Return the overlaps of the adaptation that the study's last adapted arm is of, or of the
    last.
    """
    there = {row.adapt for row in meta.overlaps}
    used = [arm.adapter for arm in meta.arms if arm.adapter in there]
    last = [*(row.adapt for row in meta.overlaps), *used][-1:]
    return [row for row in meta.overlaps if row.adapt in last]


def overlap_figures(rows: Sequence[OverlapRow]) -> tuple[Shown[Overlaps], ...]:
    """Draw cultures by cultures, of one adaptation: shared shifts beyond chance, and direction."""
    if not rows:
        return ()
    adapt = rows[0].adapt
    names = list(dict.fromkeys(name for row in rows for name in (row.culture, row.other)))
    panels = [
        Panel("same questions, beyond chance", names, names, _square(rows, names, _beyond)),
        Panel("same direction", names, names, _square(rows, names, lambda row: row.direction)),
    ]
    figure = heat_figure(panels, f"Overlap of the shifts of {adapt} between cultures.")
    return (Shown(Overlaps(adapt, tuple(rows)), figure),)


def _beyond(row: OverlapRow) -> float | None:
    if row.likeness is None or row.chance is None:
        return None
    return row.likeness - row.chance


def _square(
    rows: Sequence[OverlapRow], names: Sequence[str], value_of: Callable[[OverlapRow], float | None]
) -> list[list[float | None]]:
    cells = {frozenset((row.culture, row.other)): value_of(row) for row in rows}
    return [[cells.get(frozenset((one, other))) for other in names] for one in names]


def gain_figures(gains: Sequence[GainRow]) -> tuple[Shown[GainRow], ...]:
    """Return figures of shift rate against gain, a point for each culture or topic, of the last
    arm alone.

    >>> gain_figures([])
    ()
    """
    pointed = [gain for gain in gains if gain.points]
    last = pointed[-1].arm if pointed else None
    return tuple(Shown(gain, _gain_figure(gain) if gain.arm == last else None) for gain in pointed)


def _gain_figure(gain: GainRow) -> Figure:
    points = [
        {key: getattr(point, key) for key in ("name", "rate", "gain", "low", "high")}
        for point in gain.points
    ]
    described = (
        f"Shift rate against gain of {gain.arm} over {gain.against} by {gain.by}, {len(points)} "
        "points; the table holds every number."
    )
    return draw_twice(lambda width: _scatter(points, width), ((300,), (230,)), described)


def _scatter(points: Sequence[Mapping[str, Any]], width: int) -> Any:
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
    if all(len(point["name"]) <= LONGEST_NAME for point in points):
        words = base.mark_text(align="left", dx=7, dy=-6, color=_INK, fontSize=10)
        layers.append(words.encode(x, y, text="name:N"))
    return alt.layer(*layers)


def direction_rows(directions: Sequence[DirectionRow]) -> tuple[Direction, ...]:
    """Return a row per pair of arms, in the order of the study."""
    pairs = dict.fromkeys((row.arm, row.against) for row in directions)
    return tuple(
        _direction([row for row in directions if (row.arm, row.against) == pair]) for pair in pairs
    )


def _direction(rows: Sequence[DirectionRow]) -> Direction:
    cells = {(row.metric, row.culture): row for row in rows}

    def mean_of(metric: str) -> float | None:
        row = cells.get((metric, MEAN))
        return row.value if row else None

    cultures = dict.fromkeys(str(row.culture) for row in rows if row.culture != MEAN)
    return Direction(
        rows[0].arm,
        rows[0].against,
        cells.get(("towards", MEAN)),
        cells.get(("own", MEAN)),
        mean_of("own_chance"),
        mean_of("own_p"),
        {name: (cells.get(("towards", name)), cells.get(("own", name))) for name in cultures},
    )
