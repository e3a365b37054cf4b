"""A sheet: the columns of a data file, each as numbers into the few different texts it holds.

Every format is read into this one shape, whatever its cells are, because survey data repeat: the
meaning of "-4" or "Very important" is looked up once per column, not once per person.
"""

import json
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from acculturate.sheets.findings import Findings


class Column(NamedTuple):
    """Cells as numbers into `texts` (stripped); -1 is an empty cell."""

    index_N: NDArray[np.int32]
    texts: tuple[str, ...]

    def first(self, at: int) -> int:
        """Return the first row (from 0) that holds the text number `at`."""
        return int(np.argmax(self.index_N == at))

    def cells(self) -> list[str]:
        """Return every row's text, "" where it is empty."""
        texts = (*self.texts, "")  # -1 is the last one
        return [texts[at] for at in self.index_N.tolist()]

    def cell(self, row: int) -> str:
        at = int(self.index_N[row])
        return "" if at < 0 else self.texts[at]


@dataclass(frozen=True)
class Sheet:
    """The columns that were asked for. `first_row` is the spreadsheet's number of row 0.

    `labels[column][cell]` are texts that the file itself gives for its numbers; `titles[column]`
    what it says a column is about. `skipped` are rows that are in the file and not here, rising.
    """

    columns: Mapping[str, Column]
    rows: int
    first_row: int = 2
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    skipped: Sequence[int] = ()

    def row(self, at: int) -> int:
        """Return the spreadsheet's number of a row, counting rows that could not be read."""
        return row_number(at + self.first_row, self.skipped)


def row_number(number: int, skipped: Sequence[int]) -> int:
    """Return the row that would be `number` without the skipped ones (rising) before it."""
    before = bisect_right(range(len(skipped)), number, key=lambda n: skipped[n] - n)
    return number + before


class Source(Protocol):
    """A file whose head has been read: `names` as they stand, and `titles` where it gives any."""

    names: Sequence[str]
    titles: Mapping[str, str]

    def read(self, columns: Sequence[str], findings: Findings) -> Sheet:
        """Read some of the columns."""
        ...


def as_column(cells: Sequence[object]) -> Column:
    """Return a column out of cells of any kind; None, NaN and blank texts are empty."""
    known: dict[str, int] = {}
    index = np.full(len(cells), -1, dtype=np.int32)
    for row, cell in enumerate(cells):
        text = as_text(cell)
        if text:
            index[row] = known.setdefault(text, len(known))
    return Column(index, tuple(known))


def as_text(value: object) -> str:
    """Return a value as the text of a cell, without space around it.

    >>> as_text([0.25, 0.75]), as_text(3.0), as_text(None), as_text(math.nan)
    ('[0.25, 0.75]', '3', '', '')
    """
    if value is None or value != value:
        return ""
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def number(cell: str) -> float:
    """Return the number that a cell states; NaN where it states none, which fits no condition."""
    try:
        return float(cell)
    except ValueError:
        return math.nan
