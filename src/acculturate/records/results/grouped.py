"""Groups: a survey's people crossed by demographics, and which cells had too few of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from acculturate.records.score import Estimate


@dataclass(frozen=True)
class GroupCell:
    """A group of people: those of the culture `of` who share every value of `traits`.

    `code` is its slug, `n` the number of respondents, `share` its weight among the culture's people
    of whom all traits are known. One that is not `kept` has too few people and was not measured.
    """

    code: str
    of: str
    traits: Mapping[str, str]
    n: int
    share: float
    kept: bool = True

    @property
    def shared(self) -> tuple[str, ...]:
        """What its people share, as `sex: female`."""
        return tuple(f"{name}: {text}" for name, text in self.traits.items())


@dataclass(frozen=True)
class GroupEnd(Estimate):
    """The study's primary `metric` of an arm in the `smallest` or the `largest` group of all, by
    respondents (`people`); `n` counts the items.
    """

    arm: str
    size: str
    culture: str
    people: int
    metric: str
    value: float | None
    low: float | None
    high: float | None
    n: int | None


@dataclass(frozen=True)
class GroupNote:
    """What people were crossed by, every cell of it, and the two ends of its sizes.

    Cells below `least` respondents are left out; `unknown` respondents lack a value and are in no
    cell.
    """

    by: tuple[str, ...] = ()
    least: int = 0
    unknown: int = 0
    cells: tuple[GroupCell, ...] = ()
    ends: tuple[GroupEnd, ...] = field(default=())

    @property
    def left_out(self) -> tuple[GroupCell, ...]:
        """The cells that had too few people."""
        return tuple(cell for cell in self.cells if not cell.kept)
