"""What an adaptation did to answers: which way they moved, what each adapter and shift brought."""

from dataclasses import dataclass

from acculturate.records.score import Estimate

Square = tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True)
class DirectionRow(Estimate):
    """A cosine in [-1, 1] of the movement of `arm` away from `against`: `towards` the people, or a
    culture's `own`; `own_chance` and `own_p` are what exchanged cultures give.
    """

    arm: str
    against: str
    metric: str
    culture: str | None
    value: float | None
    low: float | None
    high: float | None
    n: int | None


@dataclass(frozen=True)
class MetricFigure(Estimate):
    """A figure by the name of its metric."""

    metric: str
    value: float | None
    low: float | None
    high: float | None
    n: int | None


@dataclass(frozen=True)
class Transfer:
    """Adapters (rows) asked about cultures (columns): each one's `value` and its `gain` over the
    arm `against` (None without one).

    Where each culture has its adapter, `centred` is cultures by cultures without the means of rows
    and columns, and `figures` say what its diagonal is worth; else None and none.
    """

    arm: str
    against: str | None
    metric: str
    adapters: tuple[str, ...]
    cultures: tuple[str, ...]
    value: Square
    gain: Square | None
    centred: Square | None
    figures: tuple[MetricFigure, ...]


@dataclass(frozen=True)
class GainPoint:
    """A culture or a topic: `shifts` of `questions` (`rate` is their share), and its `gain` with
    the ends of its 95% interval.
    """

    name: str
    questions: int
    shifts: int
    rate: float
    gain: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class GainRow:
    """Shift rate against gain of `arm` over `against`, a point for each culture or topic (`by`).

    `r` is Spearman's, in [-1, 1], and `p` from shuffling the points; None for too few of `n`.
    """

    arm: str
    against: str
    adapt: str
    by: str
    n: int
    r: float | None
    p: float | None
    points: tuple[GainPoint, ...]
