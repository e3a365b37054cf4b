"""Figures of parts of a study: by topic, by continent, item by item, answers by peoples, and the
tables that a study lays out.
"""

from dataclasses import dataclass, field
from typing import Literal

from acculturate.records.results.plain import LEFT_OUT
from acculturate.records.score import Estimate


@dataclass(frozen=True)
class PartRow(Estimate):
    """A figure of the part `name` (a topic, a continent), mean over cultures.

    It is a difference where `against` names an arm, else the arm's own value.
    """

    by: str
    name: str
    arm: str
    against: str
    metric: str
    value: float | None
    low: float | None
    high: float | None
    n: int | None


@dataclass(frozen=True)
class ItemMove:
    """An item whose answers moved much: shares of its options before, after and of the people.

    `change` is the distance between before and after, `gain` how much nearer to the people the
    answers came, both in lengths of the scale (nominal items: total variation).
    """

    item: str
    stem: str
    options: tuple[str, ...]
    culture: str
    before: tuple[float, ...]
    after: tuple[float, ...]
    people: tuple[float, ...]
    change: float
    gain: float


@dataclass(frozen=True)
class Matrix:
    """An arm's answers for each culture (rows) held against each people (columns).

    `alignment` in [0, 1] over `n` items, and `centred`: what is left without the means of rows and
    columns.
    """

    arm: str
    cultures: tuple[str, ...]
    alignment: tuple[tuple[float, ...], ...]
    centred: tuple[tuple[float, ...], ...]
    n: int


@dataclass(frozen=True)
class Cell(Estimate):
    """A cell of a laid out table; a difference where `against` names an arm."""

    arm: str
    against: str | None = field(default=None, metadata=LEFT_OUT)
    metric: str = ""
    culture: str | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None


@dataclass(frozen=True)
class TableLine:
    """A line of a laid out table; a cell that cannot be had is None."""

    label: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class LaidOut:
    """A table that the study asks for; `metric` is None where columns are metrics."""

    title: str
    metric: str | None
    show: Literal["values", "differences"]
    columns: tuple[str, ...]
    rows: tuple[TableLine, ...]
