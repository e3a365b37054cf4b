"""A table on the screen: as many columns beside each other as fit, the others in blocks below.

A number that is cut or broken is a wrong number, so a table never shrinks to the width of a
terminal. Each block begins with the columns that name its rows. Only heads and names are broken,
at spaces where they have some. What is no terminal (a file, a pipe) counts as 160 letters wide.

    >>> arms = [Column(f"arm {n}", ("0.812 [0.790, 0.833]",)) for n in range(8)]
    >>> print_grid("alignment", [Column("culture", ("CHN",))], arms)  # doctest: +SKIP
"""

import re
import textwrap
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from acculturate.visible import visible

NO_TERMINAL = 160
BORDER = 3
"""Letters that each column takes beside its text; the table takes one more."""
LONGEST = 24
"""Letters of a word in a head that are not broken."""


class Column(NamedTuple):
    """A head, whose lines may be broken, and a cell for each row, whose lines may not."""

    head: str
    cells: Sequence[str]
    number: bool = True

    @property
    def width(self) -> int:
        """Letters that the longest line of a cell, or the longest word of the head, takes."""
        lines = (line for cell in self.cells for line in cell.splitlines())
        words = (min(cell_len(word), LONGEST) for word in self.head.split())
        return max((*map(cell_len, lines), *words), default=0)


def screen(least: int = 0) -> Console:
    """Return where tables are printed, at least so many letters wide. Names of arms come from
    users' files: they are text, not markup.
    """
    console = Console(highlight=False, markup=False)
    width = max(console.width if console.is_terminal else NO_TERMINAL, least)
    return Console(highlight=False, markup=False, width=width)


def fits(names: Sequence[Column], columns: Sequence[Column]) -> bool:
    """Return whether all columns stand beside each other on the screen."""
    return 1 + sum(column.width + BORDER for column in (*names, *columns)) <= screen().width


def print_grid(
    title: str, names: Sequence[Column], columns: Sequence[Column], ends: Collection[int] = ()
) -> None:
    """Print a table; `names` say what each row is, a line stands below the rows of `ends`."""
    wide, title = screen().width, visible(title)
    names, columns = [*map(_visible, names)], [*map(_visible, columns)]
    room = _room(names, max(wide // 2, wide - 1 - sum(column.width + BORDER for column in columns)))
    names = [_folded(name, room) for name in names]
    taken = 1 + sum(name.width + BORDER for name in names)
    screen().print(title, style="italic")
    for block in _blocks(columns, wide - taken):
        table = Table()
        for column in (*names, *block):
            side = "right" if column.number else "left"
            head = _broken(column.head, column.width)
            table.add_column(head, justify=side, no_wrap=True)  # type: ignore[arg-type]
        for at, row in enumerate(zip(*(column.cells for column in (*names, *block)), strict=True)):
            table.add_row(*row, end_section=at in ends)
        screen(taken + sum(column.width + BORDER for column in block)).print(table)


def _visible(column: Column) -> Column:
    """Return a column whose texts do nothing to a terminal."""
    cells = [visible(cell, lines=True) for cell in column.cells]
    return column._replace(head=visible(column.head, lines=True), cells=cells)


def _blocks(columns: Sequence[Column], room: int) -> Iterator[list[Column]]:
    """Yield columns in turn, as many as fit; one that is wider than the room stands alone."""
    block: list[Column] = []
    for column in columns:
        if block and sum(one.width + BORDER for one in (*block, column)) > room:
            yield block
            block = []
        block.append(column)
    yield block


def _room(names: Sequence[Column], free: int) -> int:
    """Return what of the free letters each name that needs more than its part gets."""
    part = free // len(names)
    short = [taken for name in names if (taken := name.width + BORDER) <= part]
    return (free - sum(short)) // max(len(names) - len(short), 1)


def _folded(names: Column, width: int) -> Column:
    """Return names that are longer than `width` on several lines, broken between words and after
    hyphens; words of `LONGEST` letters stay whole.
    """
    words = (word for cell in names.cells for word in re.split(r"[\s-]", cell))
    room = max(width - BORDER, min(max(map(len, words), default=0) + 1, LONGEST))
    folded = ["\n".join(textwrap.wrap(cell, room)) for cell in names.cells]
    return names._replace(head=_broken(names.head, width), cells=folded)


def _broken(head: str, width: int) -> str:
    lines = (textwrap.wrap(line, max(width, 1)) or [""] for line in head.splitlines() or [""])
    return "\n".join(line for broken in lines for line in broken)
