r"""Rows of a data file, whatever its format, each with the number that names it in a message.

A row that cannot be read does not hide the others: all are tried, and the error lists up to twenty.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "answers.csv"
    >>> _ = path.write_text("Item;answer\nQ1;2\n")
    >>> table = read_table(path, Findings(path.name), heads=("item", "answer"))
    >>> [(row.number, row.text("item"), row.text("answer")) for row in table.rows]
    [(2, 'Q1', '2')]
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, NoReturn, TypeVar

from acculturate.errors import SurveyError
from acculturate.sheets.delimited import DelimitedFile
from acculturate.sheets.findings import Findings
from acculturate.sheets.heads import spelled_as
from acculturate.sheets.opening import open_sheet
from acculturate.sheets.prose import ProseFile, long_cells
from acculturate.sheets.sheet import Sheet, Source
from acculturate.visible import sentence

Given = TypeVar("Given")
Read = TypeVar("Read")
LISTED = 20
"""How many bad rows an error lists."""


class BadRowError(SurveyError):
    """One row that cannot be read; `where` and `what` are its sentence without the file."""

    def __init__(self, path: Path, where: str, what: str) -> None:
        super().__init__(path, where, what)
        self.path, self.where, self.what = path, where, what

    def __str__(self) -> str:
        return sentence(f"{self.path}, {self.where}: {self.what}")


@dataclass(frozen=True, slots=True)
class Row:
    """Texts by column; `labels` are by column what the file itself calls the codes in its cells."""

    path: Path
    number: int
    cells: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]

    def text(self, column: str) -> str:
        """Return the cell without space around it, ``""`` where there is none."""
        return self.cells.get(column, "")

    def label(self, column: str) -> str:
        """Return what the file itself calls the code in the cell, ``""`` where it says nothing."""
        return self.labels.get(column, {}).get(self.text(column), "")

    def words(self, column: str) -> str:
        """Return the cell's label, or the cell where it has none."""
        return self.label(column) or self.text(column)

    def fail(self, column: str, what: str) -> NoReturn:
        """Raise the sentence that names this row and column."""
        raise BadRowError(self.path, f"row {self.number}, column '{column}'", what)


class Table(NamedTuple):
    """A data file: the names of its columns, and its rows without those that are blank."""

    names: Sequence[str]
    rows: Sequence[Row]


def read_each(rows: Iterable[Given], read: Callable[[Given], Read]) -> list[Read]:
    """Return what `read` makes of every row.

    Raises `SurveyError` for the rows that it raises `BadRowError` for: the one sentence of a single
    row, or a list of up to twenty and how many there are.
    """
    values: list[Read] = []
    bad: list[BadRowError] = []
    for row in rows:
        try:
            values.append(read(row))
        except BadRowError as problem:
            bad.append(problem)
    _refuse(bad)
    return values


def read_table(
    path: Path,
    findings: Findings,
    *,
    heads: Sequence[str] = (),
    delimiter: str = "",
    encoding: str = "",
    by_hand: bool = False,
) -> Table:
    """Read all rows and columns of a data file; notes on how it was read go into `findings`.

    Columns whose names differ from `heads` in case only are called as those. Rows of a text file
    are numbered as an editor numbers lines, and one that is too short is an error; of a table that
    was filled in `by_hand` they are numbered as a spreadsheet does, and cells that a short row
    lacks are empty.

    Raises `SurveyError` for a file that cannot be read, and for bad rows as `read_each` does.
    """
    bad_rows = Findings(findings.file)
    try:
        with TemporaryDirectory() as folder, long_cells():
            source = open_sheet(path, Path(folder), delimiter=delimiter, encoding=encoding)
            if isinstance(source, DelimitedFile):
                source = ProseFile(source, by_hand=by_hand)
            sheet = _read_all(spelled_as(source, heads, bad_rows), bad_rows)
    except OSError as error:
        raise SurveyError(f"{path} cannot be read: {error.strerror or error}.") from error
    _refuse(
        [BadRowError(path, f"row {finding.row}", f"{finding.what}.") for finding in bad_rows.errors]
    )
    findings.all += bad_rows.all
    return Table([*sheet.columns], _rows(path, sheet))


def _read_all(source: Source, findings: Findings) -> Sheet:
    return source.read([*dict.fromkeys(name for name in source.names if name)], findings)


def _rows(path: Path, sheet: Sheet) -> list[Row]:
    rows = zip(*(column.cells() for column in sheet.columns.values()), strict=True)
    return [
        Row(path, sheet.row(at), dict(zip(sheet.columns, cells, strict=True)), sheet.labels)
        for at, cells in enumerate(rows)
        if any(cells)  # spreadsheets leave blank rows at the end
    ]


def _refuse(bad: Sequence[BadRowError]) -> None:
    if len(bad) > 1:
        raise SurveyError(*_listing(bad))
    if bad:
        raise bad[0]


def _listing(bad: Sequence[BadRowError]) -> list[str]:
    """Return what is wrong as a sentence, and a line for each of the first rows."""
    lines = [f"{row.where}: {row.what}" for row in bad[:LISTED]]
    which = f", of which the first {LISTED} are" if len(bad) > LISTED else ""
    return [f"{bad[0].path}: {len(bad)} rows cannot be read{which}:", *lines]
