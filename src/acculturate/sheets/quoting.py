"""Quotation marks: whether every record of a text file ends where its line ends.

A quoted cell may run over lines. So does a cell whose quotation mark nobody closes: it takes the
rows after it, and what is left is still a table. Lines are therefore counted beside records, and
each record of several lines is looked at: the mark has to be closed before a delimiter, and no line
inside the record may read as a row of its own.

    >>> lines = ['DEU,"white', 'DEU,black', 'DEU,"white', 'DEU,black']
    >>> [flaw_of(record, ",", 2) for record in records(iter(lines), ",")]
    ['closes inside another cell', '']
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from acculturate.errors import SurveyError

MARKS = ",;\t|"
LONGEST = 200  # lines; no quoted text of a table has as many
_NUMBER = re.compile(r"-?\d+([.,]\d+)?")
NUL = (
    "a NUL byte, which no text holds: the file is damaged, or in an encoding such as utf-16 (give "
    "it with --encoding)"
)
NARROW = 8  # columns; a line of prose may well hold as many commas


@dataclass(frozen=True, slots=True)
class Record:
    """The lines of one record, with their ends; `row` is its row in a spreadsheet."""

    row: int
    lines: Sequence[str]
    closed: bool

    @property
    def text(self) -> str:
        return "".join(self.lines).strip("\r\n")


def blank_rows(
    path: Path, encoding: str, mark: str, names: Sequence[str], read: int
) -> Sequence[int]:
    """Return rows of a spreadsheet that are blank in a file of which `read` records were read.

    Raises `SurveyError` where a quotation mark takes other rows into its cell, where the file has
    more or fewer records than were read, and for a NUL byte.
    """
    filled, blank, last = _lines(path, encoding)
    if filled == read and not stays_open(last, mark):
        return blank
    filled, blank = check_records(path, encoding, mark, names)
    if filled != read:
        raise SurveyError(
            f"{path.name} holds {filled:,} rows, of which {read:,} could be told apart: save it "
            "again as CSV, texts in double quotation marks."
        )
    return blank


def _lines(path: Path, encoding: str) -> tuple[int, Sequence[int], str]:
    """Return how many lines hold anything, the numbers of the others, and the last line."""
    filled, blank, line = 0, [], ""
    with path.open(encoding=encoding) as file:
        for number, line in enumerate(file, 1):
            if line == "\n":
                blank.append(number)
                continue
            filled += 1
            if "\0" in line:
                raise SurveyError(f"{path.name}, line {number}: {NUL}.")
    return filled, blank, line


def check_records(
    path: Path, encoding: str, mark: str, names: Sequence[str]
) -> tuple[int, Sequence[int]]:
    """Return how many records there are, and the rows that are blank.

    Raises `SurveyError` where a quotation mark takes other rows into its cell.
    """
    filled, blank = 0, []
    with path.open(encoding=encoding, newline="") as file:
        for record in records(file, mark):
            if record.text:
                filled += 1
                check_record(path.name, record, mark, names)
            else:
                blank.append(record.row)
    return filled, blank


def records(lines: Iterator[str], marks: str = MARKS) -> Iterator[Record]:
    """Yield lines put together to records; one that does not end within `LONGEST` lines is cut
    there.
    """
    for row, line in enumerate(lines, 1):
        parts = [line]
        while (opened := stays_open("".join(parts), marks)) and len(parts) < LONGEST:
            more = next(lines, None)
            if more is None:
                break
            parts.append(more)
        yield Record(row, parts, not opened)


def stays_open(text: str, marks: str) -> bool:
    """Return whether a quoted cell begins in a text and does not end in it."""
    if '"' not in text or (len(marks) == 1 and _is_sound(text, marks)):
        return False
    return any(end < 0 for _, end in _quoted(text, marks))


def _is_sound(text: str, mark: str) -> bool:
    """Return whether every quoted cell ends before a delimiter; fast where there are hundreds."""
    try:
        return bool(next(csv.reader([text], delimiter=mark, strict=True)))
    except csv.Error:
        return False


def check_record(file: str, record: Record, mark: str, names: Sequence[str]) -> None:
    """Raise `SurveyError` where a quotation mark of the record takes other rows into its cell."""
    head = record.row == 1
    flaw = flaw_of(record, mark, len(names))
    if flaw:
        at = _opened(record.lines[0], mark)
        column = str(at + 1) if head or at >= len(names) else names[at]
        raise SurveyError(
            f"{file}, row {record.row}, column {column}: a quotation mark opens here and {flaw}, "
            "so rows after it would be taken into its cell. Close it, or take it out."
        )


def flaw_of(record: Record, mark: str, width: int) -> str:
    """Return what is wrong with the quotation marks of a record, as the rest of a sentence, or
    ``""``.
    """
    if not record.closed:
        return "never closes"
    first, *others = record.lines
    if not others:
        return ""
    ends = (end + 1 for _, end in _quoted(record.text, mark))
    if any(record.text[end : end + 1] not in ("", mark) for end in ends):
        return "closes inside another cell"
    head = record.row == 1
    if any(_is_row_like(line, first, mark, width, head=head) for line in others):
        return "closes in another row"
    return ""


def _is_row_like(line: str, first: str, mark: str, width: int, *, head: bool) -> bool:
    """Return whether two lines alone read as rows: as many cells, and in a narrow table of like
    kinds.
    """
    cells, others = _outer_cells(line, mark), _outer_cells(first, mark)
    if not len(cells) == len(others) == width:
        return False
    opened = _opened(first, mark)
    shapes = [(_shape(cells[n]), _shape(others[n])) for n in range(width) if n != opened]
    alike = sum(one == other for one, other in shapes)
    return head or width > NARROW or 3 * alike >= 2 * len(shapes)


def _opened(line: str, mark: str) -> int:
    """Return which cell (from 0) a line leaves open."""
    start = next(start for start, end in _quoted(line, mark) if end < 0)
    return len(_outer_cells(line[:start], mark)) - 1


def _outer_cells(line: str, mark: str) -> list[str]:
    """Return the cells of a line; a quotation mark that it does not close counts as a letter."""
    for start, end in reversed([*_quoted(line, mark)]):
        if end >= 0:
            line = line[:start] + line[end + 1 :]
    return line.split(mark)


def _quoted(text: str, marks: str) -> Iterator[tuple[int, int]]:
    """Yield where quoted cells begin and end, -1 for one that does not end."""
    start = text.find('"')
    while start >= 0:
        end = start
        if start == 0 or text[start - 1] in marks:
            end = _closing(text, start)
            yield start, end
        start = text.find('"', end + 1) if end >= 0 else -1


def _closing(text: str, start: int) -> int:
    """Return the quotation mark that closes a cell; two of them are a letter of the cell."""
    end = text.find('"', start + 1)
    while text.startswith('""', end) and end >= 0:
        end = text.find('"', end + 2)
    return end


def _shape(cell: str) -> str:
    """Return what a cell is made of: ``A`` for DEU, ``A9`` for Q57, ``Aa`` for Germany, ``9`` for
    -1.5.
    """
    cell = cell.strip('"\r\n')
    if _NUMBER.fullmatch(cell):
        return "9"
    return "text" if " " in cell else "".join(kind for kind, _ in groupby(map(_kind, cell)))


def _kind(letter: str) -> str:
    if letter.isdigit():
        return "9"
    return "A" if letter.isupper() else "a" if letter.isalpha() else letter
