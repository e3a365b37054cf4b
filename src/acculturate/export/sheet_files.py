"""Sheets: rows written as CSV, JSON lines or Parquet, one after the other.

Texts of models and people are hostile: in a CSV, a text that a spreadsheet would take for a formula
gets an apostrophe in front. Lists are JSON inside a CSV, and lists in the other two formats. A
character that no file can hold (half of a pair) is written as a question mark.
"""

import csv
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Literal, get_args

from acculturate.methods.export_table import ExportColumn, ExportTable
from acculturate.sheets.formulas import no_formula

Row = Mapping[str, Any]
Format = Literal["csv", "parquet", "jsonl"]
FORMATS: tuple[str, ...] = get_args(Format)
BATCH = 5_000
"""Rows that are held at once on the way to a Parquet file."""


def write_sheet(path: Path, table: ExportTable, rows: Iterable[Row], how: Format) -> int:
    """Write rows to a file in a format and return how many; raises `OSError`."""
    return _WRITERS[how](path, table, ({**row} for row in rows))


def _write_csv(path: Path, table: ExportTable, rows: Iterable[Row]) -> int:
    with path.open("w", encoding="utf-8", newline="") as file:
        # lines end in \r\n (RFC 4180), so that a lone \r is quoted too
        writer = csv.writer(file)
        writer.writerow(column.name for column in table.columns)
        lines = ([_cell(row[column.name], column) for column in table.columns] for row in rows)
        return sum(1 for line in lines if writer.writerow(line))


def _cell(value: Any, column: ExportColumn) -> str:
    known = _known(value)
    if known is None:
        return ""
    if column.kind == "text":
        return no_formula(known.replace("\0", "\N{SYMBOL FOR NULL}"))
    if isinstance(known, list):
        return json.dumps(known, ensure_ascii=False)
    return str(known).lower() if isinstance(known, bool) else str(known)


def _write_json_lines(path: Path, table: ExportTable, rows: Iterable[Row]) -> int:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        known = (
            {column.name: _known(row[column.name]) for column in table.columns} for row in rows
        )
        lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in known)
        return sum(1 for line in lines if file.write(f"{line}\n"))


def _write_parquet(path: Path, table: ExportTable, rows: Iterable[Row]) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    one = {
        "text": pa.string(), "number": pa.float64(), "integer": pa.int64(), "truth": pa.bool_(),
        "texts": pa.list_(pa.string()), "numbers": pa.list_(pa.float64()),
        "integers": pa.list_(pa.int64()),
    }  # fmt: skip
    schema = pa.schema([(column.name, one[column.kind]) for column in table.columns])
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in _batches(rows):
            count += len(batch)
            columns = {
                column.name: [_known(row[column.name]) for row in batch] for column in table.columns
            }
            writer.write_table(pa.table(columns, schema=schema))
    return count


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _known(value: Any) -> Any:
    """Return a value that every format holds: None for NaN and infinity, lists for tuples."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [_known(part) for part in value]
    return value


_WRITERS: Mapping[str, Callable[[Path, ExportTable, Iterable[Row]], int]] = {
    "csv": _write_csv,
    "jsonl": _write_json_lines,
    "parquet": _write_parquet,
}
