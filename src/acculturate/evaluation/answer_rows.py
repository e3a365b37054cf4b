"""Rows of a table file, whatever its format, each with the number that an editor shows for it.

A row that cannot be read does not hide the others: all are tried, and the error lists up to twenty.
Formats are told by the name's end: `.csv` (commas, UTF-8), `.jsonl` (an object a line), `.parquet`.
"""

import csv
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn, TextIO, TypeVar

from acculturate.errors import SurveyError
from acculturate.sheets.quoting import Record, flaw_of

Each = TypeVar("Each")
Read = TypeVar("Read")
LISTED = 20
"""How many bad rows an error lists."""

LONGEST_CELL = 10_000_000  # characters; Python's own limit of 131,072 is below a long reasoning


class BadRowError(SurveyError):
    """One row that cannot be read; `where` and `what` are its sentence without the file."""

    def __init__(self, path: Path, where: str, what: str) -> None:
        super().__init__(path, where, what)
        self.path, self.where, self.what = path, where, what

    def __str__(self) -> str:
        return f"{self.path}, {self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Row:
    """Cells by column; `number` counts lines from 1 (rows of the table in Parquet)."""

    path: Path
    number: int
    cells: Mapping[str, object]

    def raw(self, column: str) -> str:
        """The cell as it stands, ``""`` where there is none."""
        value = self.cells.get(column)
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return ""
        return str(value)

    def text(self, column: str) -> str:
        """The cell without space around it."""
        return self.raw(column).strip()

    def filled(self, column: str) -> bool:
        return bool(self.text(column))

    def fail(self, column: str, what: str) -> NoReturn:
        """Raise the sentence that names this row and column."""
        raise BadRowError(self.path, f"row {self.number}, column '{column}'", what)


def read_each(rows: Iterable[Each], read: Callable[[Each], Read]) -> list[Read]:
    """What `read` makes of every row.

    Raises `SurveyError` for the rows that it raises `BadRowError` for: the one sentence of a single
    row, or a list of up to twenty and how many there are.
    """
    found: list[Read] = []
    bad: list[BadRowError] = []
    for row in rows:
        try:
            found.append(read(row))
        except BadRowError as problem:
            bad.append(problem)
    if len(bad) > 1:
        raise SurveyError(_listing(bad))
    if bad:
        raise bad[0]
    return found


def _listing(bad: Sequence[BadRowError]) -> str:
    lines = [f"  {each.where}: {each.what}" for each in bad[:LISTED]]
    which = f", of which the first {LISTED} are" if len(bad) > LISTED else ""
    return "\n".join([f"{bad[0].path}: {len(bad)} rows cannot be read{which}:", *lines])


def read_rows(path: Path) -> list[Row]:
    """All rows of a file; raises `SurveyError` for one that is not a table of a known format."""
    if not path.exists():
        raise SurveyError(f"There is no file {path}: give a CSV, JSONL or Parquet file of answers.")
    if path.is_dir():
        raise SurveyError(f"{path} is a folder: give a CSV, JSONL or Parquet file of answers.")
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise SurveyError(
            f"{path} ends in '{path.suffix}': expected {', '.join(READERS)} as the name's end."
        )
    try:
        if path.stat().st_size == 0:
            raise SurveyError(f"{path} is empty: expected columns culture, item and answer.")
        rows = read_each(reader(path), _good)
    except UnicodeDecodeError as error:
        raise SurveyError(
            f"{path} is not UTF-8 text (byte {error.start + 1}): save it again as UTF-8."
        ) from error
    except OSError as error:
        raise SurveyError(f"{path} cannot be read: {error.strerror or error}.") from error
    if not rows:
        raise SurveyError(f"{path} holds no answers: expected at least one row.")
    return rows


def _good(row: Row | BadRowError) -> Row:
    if isinstance(row, BadRowError):
        raise row
    return row


def _read_csv(path: Path) -> Iterator[Row | BadRowError]:
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = _csv_lines(path, file)
        _, header, _ = next(lines, (1, [], []))
        header = [name.strip() for name in header]
        _check_header(path, header)
        for number, cells, parts in lines:
            if flaw := flaw_of(Record(number, parts, closed=True), ",", len(header)):
                what = f"a quotation mark opens here and {flaw}: close it, or take it out."
                yield BadRowError(path, f"row {number}", what)
            elif cells == header:
                what = "the header again, as where a file is joined to another: take it out."
                yield BadRowError(path, f"row {number}", what)
            elif len(cells) == len(header):
                yield Row(path, number, dict(zip(header, cells, strict=True)))
            else:
                what = f"{len(cells)} cells, where the header has {len(header)}"
                yield BadRowError(
                    path, f"row {number}", f"{what}; put a text with commas in double quotes."
                )


def _csv_lines(path: Path, file: TextIO) -> Iterator[tuple[int, list[str], list[str]]]:
    """Records with the line on which each begins, and their lines: a quoted text may have many."""
    parts: list[str] = []
    reader = csv.reader(map(partial(_noted, parts), file), strict=True)
    start = 1
    while True:
        parts.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise SurveyError(f"{path}, row {start}: not a line of CSV ({error}).") from error
        if cells:
            yield start, cells, [*parts]
        start = reader.line_num + 1


def _noted(parts: list[str], line: str) -> str:
    parts.append(line)
    return line


def _check_header(path: Path, header: list[str]) -> None:
    for sign, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(header) == 1 and sign in header[0]:
            raise SurveyError(f"{path} has {name} between its columns: expected commas.")
    for column in header:
        if header.count(column) > 1:
            raise SurveyError(f"{path} has the column '{column}' twice: expected each once.")


def _read_jsonl(path: Path) -> Iterator[Row | BadRowError]:
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                cells = json.loads(line, object_pairs_hook=_object)
            except _TwiceError as error:
                yield BadRowError(path, f"row {number}", f"the column '{error}' twice.")
                continue
            except (ValueError, RecursionError):
                yield BadRowError(path, f"row {number}", "not JSON; expected one object a line.")
                continue
            if isinstance(cells, dict):
                yield Row(path, number, cells)
            else:
                yield BadRowError(path, f"row {number}", "expected an object with named columns.")


class _TwiceError(ValueError):
    """A key that an object has twice; of JSON's readers most take the last without a word."""


def _object(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise _TwiceError(key)
        found[key] = value
    return found


def _read_parquet(path: Path) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except pa.ArrowException as error:
        raise SurveyError(f"{path} is not a Parquet file.") from error
    for number, cells in enumerate(table.to_pylist(), 1):
        yield Row(path, number, cells)


READERS: dict[str, Callable[[Path], Iterator[Row | BadRowError]]] = {
    ".csv": _read_csv,
    ".jsonl": _read_jsonl,
    ".parquet": _read_parquet,
}
