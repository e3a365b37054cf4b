"""Excel workbooks (.xlsx): the first sheet, its first row being the head.

Needs openpyxl (`pip install 'acculturate[survey]'`). Slow beside CSV: a minute or more for WVS-7.
"""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from acculturate.errors import SurveyError
from acculturate.extras import lacking
from acculturate.sheets.findings import Findings
from acculturate.sheets.heads import check_heads, need_columns, split_head
from acculturate.sheets.sheet import Sheet, as_column, as_text


class Workbook:
    """A workbook whose head has been read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        head = next(self._rows(), ())
        split = [split_head(as_text(cell)) for cell in head]
        self._place = {name: at for at, (name, _) in enumerate(split)}
        self.names: Sequence[str] = tuple(name for name, _ in split)
        self.titles: Mapping[str, str] = {name: title for name, title in split if title}
        check_heads(path, self.names)

    def read(self, columns: Sequence[str], findings: Findings) -> Sheet:
        """Read some of the columns."""
        need_columns(self._path, self, columns)
        rows = self._rows()
        next(rows)
        places = [self._place[name] for name in columns]
        cells = [[as_text(row[at]) if at < len(row) else "" for at in places] for row in rows]
        while cells and not any(cells[-1]):  # rows that once were formatted
            cells.pop()
        return Sheet(
            columns={name: as_column([row[n] for row in cells]) for n, name in enumerate(columns)},
            rows=len(cells),
            titles={name: self.titles[name] for name in columns if name in self.titles},
        )

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        if missing := lacking(f"Reading {self._path.name} needs", "survey", "openpyxl"):
            raise SurveyError(f"{missing}, or save the file as CSV.")
        import openpyxl  # type: ignore[import-untyped, import-not-found, unused-ignore]

        try:
            book = openpyxl.load_workbook(self._path, read_only=True, data_only=True)
        except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise SurveyError(
                f"{self._path.name} cannot be read as a workbook ({error}): save the sheet as CSV."
            ) from error
        yield from book.worksheets[0].iter_rows(values_only=True)
        book.close()
