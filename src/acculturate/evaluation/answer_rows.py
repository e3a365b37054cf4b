"""Rows of a table file, whatever its format, each with the number that an editor shows for it.

Formats are told by the name's end: `.csv` (commas, UTF-8), `.jsonl` (an object a line), `.parquet`.
"""

import csv
import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TextIO

from acculturate.errors import SurveyError

LONGEST_CELL = 10_000_000  # characters; Python's own limit of 131,072 is below a long reasoning


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
        raise SurveyError(f"{self.path}, row {self.number}, column '{column}': {what}")


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
        rows = list(reader(path))
    except UnicodeDecodeError as error:
        raise SurveyError(
            f"{path} is not UTF-8 text (byte {error.start + 1}): save it again as UTF-8."
        ) from error
    except OSError as error:
        raise SurveyError(f"{path} cannot be read: {error.strerror or error}.") from error
    if not rows:
        raise SurveyError(f"{path} holds no answers: expected at least one row.")
    return rows


def _read_csv(path: Path) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = _csv_lines(path, file)
        _, header = next(lines, (1, []))
        header = [name.strip() for name in header]
        _check_header(path, header)
        for number, cells in lines:
            if len(cells) != len(header):
                raise SurveyError(
                    f"{path}, row {number}: {len(cells)} cells, where the header has "
                    f"{len(header)}; put a text with commas in double quotes."
                )
            yield Row(path, number, dict(zip(header, cells, strict=True)))


def _csv_lines(path: Path, file: TextIO) -> Iterator[tuple[int, list[str]]]:
    """Records with the line on which each begins: a quoted text may run over several."""
    reader = csv.reader(file, strict=True)
    start = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise SurveyError(f"{path}, row {start}: not a line of CSV ({error}).") from error
        if cells:
            yield start, cells
        start = reader.line_num + 1


def _check_header(path: Path, header: list[str]) -> None:
    for sign, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(header) == 1 and sign in header[0]:
            raise SurveyError(f"{path} has {name} between its columns: expected commas.")
    for column in header:
        if header.count(column) > 1:
            raise SurveyError(f"{path} has the column '{column}' twice: expected each once.")


def _read_jsonl(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                cells = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise SurveyError(
                    f"{path}, row {number}: not JSON; expected one object a line."
                ) from error
            if not isinstance(cells, dict):
                raise SurveyError(f"{path}, row {number}: expected an object with named columns.")
            yield Row(path, number, cells)


def _read_parquet(path: Path) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except pa.ArrowException as error:
        raise SurveyError(f"{path} is not a Parquet file.") from error
    for number, cells in enumerate(table.to_pylist(), 1):
        yield Row(path, number, cells)


READERS: dict[str, Callable[[Path], Iterator[Row]]] = {
    ".csv": _read_csv,
    ".jsonl": _read_jsonl,
    ".parquet": _read_parquet,
}
