"""Delimited text (CSV, TSV) and Parquet, read by pyarrow as dictionaries of texts.

What goes wrong in such files is found: bytes in another encoding (or in two), a head whose
delimiter is not that of the rows, rows with too few or too many cells, a quotation mark that takes
the rows after it (records are counted against lines, quoting.py).
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from acculturate.errors import SurveyError
from acculturate.sheets.dialect import DELIMITERS, find_delimiter, find_encoding, split_row
from acculturate.sheets.findings import Findings
from acculturate.sheets.heads import check_heads, need_columns, split_head
from acculturate.sheets.quoting import (
    MARKS,
    Record,
    blank_rows,
    check_record,
    check_records,
    records,
    stays_open,
)
from acculturate.sheets.sheet import Column, Sheet, as_column, as_text, row_number
from acculturate.sheets.totals import is_total

BLOCK = 1 << 20  # larger ones leave the processor's cache: 8 s in place of 3 for WVS-7
SAMPLE = 20  # rows that tell the delimiter
RAGGED_SHOWN = 5  # rows with a wrong number of cells that are told one by one
_UNSEEN = "\ufeff\u200b"  # letters without width, which programs leave at the edge of a head
_DECIMAL = re.compile(r"^(-?\d+),(\d+)$")


class _Ragged(NamedTuple):
    """A row with another number of cells than the head."""

    row: int
    cells: int
    text: str


class DelimitedFile:
    """A text file whose head and encoding have been looked at."""

    def __init__(self, path: Path, delimiter: str = "", encoding: str = "") -> None:
        self.path = path
        delimiter = delimiter.replace("\\t", "\t")  # as a shell passes it
        if len(delimiter) > 1:
            raise SurveyError(f"--delimiter takes one character, such as ';', not '{delimiter}'.")
        self.encoding, self.guessed = find_encoding(path, encoding)
        self.delimiter = delimiter
        head, *rows = self._sample()
        self.delimiter = delimiter or find_delimiter(path, head.text, [row.text for row in rows])
        self.heads = split_row(head.text, self.delimiter)
        split = [split_head(" ".join(text.strip(_UNSEEN).split())) for text in self.heads]
        self._heads = {
            name: original for (name, _), original in zip(split, self.heads, strict=True)
        }
        self.names: Sequence[str] = tuple(name for name, _ in split)
        self.titles: Mapping[str, str] = {name: title for name, title in split if title}
        check_record(path.name, head, self.delimiter, self.names)
        check_heads(path, self.names)

    def read(self, columns: Sequence[str], findings: Findings) -> Sheet:
        """Read some of the columns; rows of a wrong length are found and left out."""
        need_columns(self.path, self, columns)
        self.tell_encoding(findings)
        ragged: list[_Ragged] = []
        table = self._table(columns, ragged)
        read = table.num_rows + len(ragged) + 1
        blank = blank_rows(self.path, self.encoding, self.delimiter, self.names, read)
        ragged = [line._replace(row=row_number(line.row, blank)) for line in ragged]
        self._tell(ragged, table.num_rows, findings)
        commas = self.delimiter != ","
        return Sheet(
            columns={name: _column(table.column(self._heads[name]), commas) for name in columns},
            rows=table.num_rows,
            titles={name: self.titles[name] for name in columns if name in self.titles},
            skipped=sorted([*blank, *(line.row for line in ragged)]),
        )

    @property
    def delimiter_name(self) -> str:
        """The delimiter in a sentence: "a comma"."""
        return DELIMITERS.get(self.delimiter, repr(self.delimiter))

    def _sample(self) -> Sequence[Record]:
        """Return the head and some rows after it."""
        try:
            with self.path.open(encoding=self.encoding, newline="") as file:
                lines = (record for record in records(file, self.delimiter or MARKS) if record.text)
                sample = [*itertools.islice(lines, SAMPLE)]
        except (UnicodeError, LookupError) as error:
            raise self.undecodable(error) from error
        if not sample or not sample[0].text.strip():
            raise SurveyError(f"{self.path.name} is empty: its first row has to name the columns.")
        if stays_open(sample[0].text, self.delimiter or MARKS):
            raise SurveyError(
                f"{self.path.name}, row 1: a quotation mark opens in the head and never closes: "
                "close it, or take it out."
            )
        return sample

    def _table(self, columns: Sequence[str], ragged: list[_Ragged]) -> Any:
        import pyarrow as pa
        import pyarrow.csv as arrow

        def skip(row: Any) -> str:
            ragged.append(_Ragged(int(row.number), int(row.actual_columns), str(row.text or "")))
            return "skip"

        words = pa.dictionary(pa.int32(), pa.string())
        heads = [self._heads[name] for name in columns]
        options = {
            "read_options": arrow.ReadOptions(
                # threads hide the number of a row that is too short or too long
                use_threads=False,
                encoding="utf8" if self.encoding == "utf-8-sig" else self.encoding,
                block_size=BLOCK,
            ),
            "parse_options": arrow.ParseOptions(
                delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=skip
            ),
            "convert_options": arrow.ConvertOptions(
                include_columns=heads,
                column_types=dict.fromkeys(heads, words),
                strings_can_be_null=False,
            ),
        }
        try:
            return arrow.read_csv(str(self.path), **options)
        except (UnicodeError, LookupError) as error:
            raise self.undecodable(error) from error
        except pa.ArrowInvalid as error:
            check_records(self.path, self.encoding, self.delimiter, self.names)
            raise SurveyError(
                f"{self.path.name} cannot be read as a table: {error}. Save it again as CSV in "
                "UTF-8."
            ) from error

    def tell_encoding(self, findings: Findings) -> None:
        """Note an encoding that was guessed."""
        if self.guessed:
            findings.note(f"the file is not UTF-8 and was read as {self.encoding}")

    def undecodable(self, error: Exception) -> SurveyError:
        """Return the error of a file that is in another encoding."""
        return SurveyError(
            f"{self.path.name} is not in {self.encoding} ({error}): give its encoding, such as "
            "--encoding shift_jis, gb18030 or cp1251, or save it again in UTF-8."
        )

    def _tell(self, ragged: Sequence[_Ragged], rows: int, findings: Findings) -> None:
        if ragged and len(ragged) >= max(rows, 1):
            raise SurveyError(self._mismatch(ragged[0]))
        for line in ragged[:RAGGED_SHOWN]:
            what = f"the row holds {line.cells} cells where the head has {len(self.heads)} columns"
            if any(map(is_total, line.text.split(self.delimiter))):
                what += ": it looks like a summary row"
            findings.error(what, row=line.row)
        if len(ragged) > RAGGED_SHOWN:
            rest = ragged[RAGGED_SHOWN:]
            findings.error("more rows of a wrong length", row=rest[0].row, times=len(rest))

    def _mismatch(self, first: _Ragged) -> str:
        counts = {mark: first.text.count(mark) for mark in DELIMITERS if mark != self.delimiter}
        other = max(counts, key=lambda mark: counts[mark])
        hint = (
            f" The head is separated by {self.delimiter_name}, "
            f"row {first.row} by {DELIMITERS[other]}."
            if counts[other]
            else ""
        )
        return (
            f"{self.path.name}: row {first.row} holds {first.cells} cells where the head has "
            f"{len(self.heads)} columns.{hint} Save it again with one delimiter throughout."
        )


class ParquetFile:
    """A Parquet file whose schema has been read."""

    def __init__(self, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.path = path
        try:
            heads = pq.read_schema(path).names
        except pa.ArrowInvalid as error:
            raise SurveyError(f"{path.name} is not a Parquet file: {error}.") from error
        split = [split_head(head) for head in heads]
        self._heads = {name: head for (name, _), head in zip(split, heads, strict=True)}
        self.names: Sequence[str] = tuple(name for name, _ in split)
        self.titles: Mapping[str, str] = {name: title for name, title in split if title}
        check_heads(path, self.names)

    def read(self, columns: Sequence[str], findings: Findings) -> Sheet:
        """Read some of the columns."""
        import pyarrow.parquet as pq

        need_columns(self.path, self, columns)
        table = pq.read_table(self.path, columns=[self._heads[name] for name in columns])
        return Sheet(
            columns={name: _column(table.column(self._heads[name])) for name in columns},
            rows=table.num_rows,
            titles={name: self.titles[name] for name in columns if name in self.titles},
        )


def _column(chunked: Any, decimal_comma: bool = False) -> Column:
    """Return an arrow column as numbers into texts that are stripped, blank ones as -1.

    With `decimal_comma`, 0,5 is read as 0.5.
    """
    import pyarrow as pa

    if pa.types.is_nested(chunked.type):
        return as_column(chunked.to_pylist())
    if not pa.types.is_dictionary(chunked.type):
        chunked = chunked.dictionary_encode()
    array = chunked.unify_dictionaries().combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else None
    if array is None or not len(array):
        return Column(np.empty(0, np.int32), ())
    raw = [as_text(value) for value in array.dictionary.to_pylist()]
    if decimal_comma:
        raw = [_DECIMAL.sub(r"\1.\2", text) for text in raw]
    texts = tuple(dict.fromkeys(text for text in raw if text))
    number = {text: at for at, text in enumerate(texts)}
    table = np.array([*(number.get(text, -1) for text in raw), -1], dtype=np.int32)
    index = array.indices.fill_null(len(raw)).to_numpy(zero_copy_only=False)
    return Column(table[index], texts)
