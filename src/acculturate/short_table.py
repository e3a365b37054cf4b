"""Short tables of results: lines of text on a screen, HTML in a notebook.

>>> print(ShortTable("Result of 1 arm", ("arm", "n"), [("aware", "2")], ["Kept in runs/a"]).text())
Result of 1 arm
arm    n
aware  2
Kept in runs/a
"""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

MOST = 12
"""Rows that are shown."""


class ShortTable(NamedTuple):
    """A table's rows as texts, with a line above, and lines below."""

    head: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    below: Sequence[str] = ()

    def text(self) -> str:
        """Return the first rows as lines in columns."""
        shown = (self.columns, *self.rows[:MOST])
        widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in shown
        ]
        return "\n".join([self.head, *lines, *self._more(), *self.below])

    def html(self, notes: Sequence[str] = ()) -> str:
        """Return the first rows as HTML, with notes at the end; every text is escaped."""
        head = "".join(f"<th>{escape(column)}</th>" for column in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
            for row in self.rows[:MOST]
        )
        rest = "".join(f"<p>{escape(line)}</p>" for line in (*self._more(), *self.below, *notes))
        return (
            f"<p>{escape(self.head)}</p><table><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table>{rest}"
        )

    def _more(self) -> list[str]:
        left = len(self.rows) - MOST
        return [f"... and {left} rows more: see .frame()"] if left > 0 else []


def interval(value: float, low: float | None, high: float | None, sign: str = "") -> str:
    """Return a value with its interval, where it has one, to three places; `sign` "+" also shows
    that it is positive.
    """
    if low is None or high is None:
        return f"{value:{sign}.3f}"
    return f"{value:{sign}.3f} [{low:{sign}.3f}, {high:{sign}.3f}]"
