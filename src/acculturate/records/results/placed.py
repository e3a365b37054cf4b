"""The Inglehart-Welzel culture map: where peoples stand, and where each arm puts them."""

from dataclasses import dataclass, field

from acculturate.records.results.plain import LEFT_OUT
from acculturate.records.results.varied import OfArm


@dataclass(frozen=True)
class Ellipse:
    """A 95% ellipse: half axes in the map's units, and the major one's angle in degrees."""

    major: float
    minor: float
    angle: float


@dataclass(frozen=True)
class Place:
    """A place on the map; `ellipse` is None where nothing was left to chance.

    `culture` is "" for answers that name none, `zone` "" where none is published.
    """

    culture: str
    self_expression: float
    secular: float
    zone: str = ""
    ellipse: Ellipse | None = None


@dataclass(frozen=True)
class ArmPlace(Place, OfArm):
    """Where an arm's answers for a culture stand."""


@dataclass(frozen=True)
class Fit:
    """How positions agree with the published ones: correlations, and the mean distance in the
    map's units, over `n` cultures.
    """

    r_self_expression: float
    r_secular: float
    distance: float
    n: int


@dataclass(frozen=True)
class CultureMap:
    """Places of peoples and of arms; `fit` is None for fewer than three published positions.

    `others` are the published places of territories that were not measured, by code or by name.
    """

    people: tuple[Place, ...]
    arms: tuple[ArmPlace, ...]
    fit: Fit | None = None
    others: tuple[Place, ...] = field(default=(), metadata=LEFT_OUT)
