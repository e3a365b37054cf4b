"""Pages of a list: which part of it is shown, and where the others are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")
FARTHEST = 10**6
"""Pages that can be asked for."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a list of `total`; pages count from 1."""

    rows: Sequence[T]
    number: int
    size: int
    total: int

    @property
    def first(self) -> int:
        """The place of its first row, from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        """The place of its last row."""
        return self.first + len(self.rows) - 1

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // self.size))


def page_of(rows: Sequence[T], number: int, size: int) -> Page[T]:
    """Return a page of rows; one behind the last is the last."""
    number = min(number, max(1, -(-len(rows) // size)))
    start = (number - 1) * size
    return Page(rows[start : start + size], number, size, len(rows))


def whole(values: Mapping[str, Any], name: str, least: int = 1) -> int:
    """Return a number out of the query; the least where it holds no number."""
    text = str(values.get(name, ""))
    return min(max(int(text), least), FARTHEST) if text.isascii() and text.isdigit() else least
