"""Prose: a text file whose cells hold long texts, such as a model's answers or people's comments.

pyarrow reads no row that is longer than a block, and a survey's cell has few lines (quoting.py).
Here a cell may hold the thought of a model, of any number of lines, so that Python's csv reads it.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple, TextIO

from acculturate.errors import SurveyError
from acculturate.sheets.delimited import DelimitedFile
from acculturate.sheets.dialect import is_western
from acculturate.sheets.findings import Findings
from acculturate.sheets.quoting import NUL, Record, flaw_of
from acculturate.sheets.sheet import Sheet, as_column

LONGEST_CELL = 10_000_000  # characters; Python's own limit of 131,072 is below a long reasoning


class _Line(NamedTuple):
    """A record: its number as an editor and as a spreadsheet count, its cells, and its lines."""

    line: int
    row: int
    cells: list[str]
    parts: list[str]


class ProseFile:
    """A delimited file whose head has been read, and whose rows may be long."""

    def __init__(self, file: DelimitedFile, *, by_hand: bool = False) -> None:
        if file.guessed and file.encoding == "cp1252" and not is_western(file.path):
            raise SurveyError(
                f"{file.path.name} is neither UTF-8 nor Windows-1252: give its encoding, such as "
                "--encoding gb18030, shift_jis or cp1251, or save it again in UTF-8."
            )
        self._file, self._by_hand = file, by_hand
        self.names: Sequence[str] = file.names
        self.titles: Mapping[str, str] = file.titles

    def read(self, columns: Sequence[str], findings: Findings) -> Sheet:
        """Read some of the columns; what is wrong with a row is found, and the row left out."""
        self._file.tell_encoding(findings)
        rows: list[Sequence[str]] = []
        numbers: list[int] = []
        for line in self._lines():
            number = line.row if self._by_hand else line.line
            if flaw := self._flaw(line):
                findings.error(flaw, row=number)
            else:
                short = len(self._file.heads) - len(line.cells)
                rows.append([*line.cells, *[""] * short])
                numbers.append(number)
        place = {name: at for at, name in enumerate(self.names)}
        return Sheet(
            columns={name: as_column([row[place[name]] for row in rows]) for name in columns},
            rows=len(rows),
            titles={name: self.titles[name] for name in columns if name in self.titles},
            skipped=sorted({*range(2, max(numbers, default=0))}.difference(numbers)),
        )

    def _flaw(self, line: _Line) -> str:
        """Return what is wrong with a record, without the full stop, or ``""``."""
        width = len(self._file.heads)
        record = Record(line.row, line.parts, closed=True)
        # a line of what people judge, a dialogue say, may well have as many commas as a row
        if not self._by_hand and (flaw := flaw_of(record, self._file.delimiter, width)):
            return f"a quotation mark opens here and {flaw}: close it, or take it out"
        if any("\0" in part for part in line.parts):
            return NUL
        if line.cells == self._file.heads:
            return "the header again, as where a file is joined to another: take it out"
        if len(line.cells) > width or (len(line.cells) < width and not self._by_hand):
            return (
                f"{len(line.cells)} cells, where the header has {width}; put a text with "
                f"{self._file.delimiter_name} in double quotes"
            )
        return ""

    def _lines(self) -> Iterator[_Line]:
        """Yield records that hold anything, without the head."""
        file = self._file
        try:
            with file.path.open(encoding=file.encoding, newline="") as text:
                lines = self._records(text)
                next(lines)
                yield from lines
        except UnicodeError as error:
            raise file.undecodable(error) from error

    def _records(self, text: TextIO) -> Iterator[_Line]:
        parts: list[str] = []
        lines = map(partial(_noted, parts), text)
        reader = csv.reader(lines, delimiter=self._file.delimiter, strict=True)
        line = row = 1
        while True:
            parts.clear()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise SurveyError(
                    f"{self._file.path.name}, row {row if self._by_hand else line}: not a line of "
                    f"CSV ({error})."
                ) from error
            if cells:
                yield _Line(line, row, cells, [*parts])
            line, row = reader.line_num + 1, row + 1


@contextmanager
def long_cells() -> Iterator[None]:
    """Let Python's csv read cells of up to `LONGEST_CELL` characters for a while."""
    usual = csv.field_size_limit(LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(usual)


def _noted(parts: list[str], line: str) -> str:
    parts.append(line)
    return line
