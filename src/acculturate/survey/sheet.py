"""A sheet: the columns of a data file, each as numbers into the few different texts it holds.

Every format is read into this one shape, whatever its cells are, because survey data repeat: the
meaning of "-4" or "Very important" is looked up once per column, not once per person. `open_sheet`
tells formats apart by their ending; a ZIP archive with one data file in it is read as that file.
"""

import zipfile
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from acculturate.errors import SurveyError
from acculturate.survey.findings import Findings

DELIMITED = (".csv", ".tsv", ".txt", ".tab")
LABELLED = (".sav", ".zsav", ".dta")
WORKBOOKS = (".xlsx", ".xlsm")


class Column(NamedTuple):
    """Cells as numbers into `texts` (stripped); -1 is an empty cell."""

    index_N: NDArray[np.int32]
    texts: tuple[str, ...]

    def first(self, at: int) -> int:
        """The first row (from 0) that holds the text number `at`."""
        return int(np.argmax(self.index_N == at))

    def cell(self, row: int) -> str:
        at = int(self.index_N[row])
        return "" if at < 0 else self.texts[at]


@dataclass(frozen=True)
class Sheet:
    """The columns that were asked for. `first_row` is the spreadsheet's number of row 0.

    `labels[column][cell]` are texts that the file itself gives for its numbers; `titles[column]`
    what it says a column is about. `skipped` are rows that are in the file and not here, rising.
    """

    columns: Mapping[str, Column]
    rows: int
    first_row: int = 2
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    skipped: Sequence[int] = ()

    def row(self, at: int) -> int:
        """The spreadsheet's number of a row, counting rows that could not be read."""
        return row_number(at + self.first_row, self.skipped)


def row_number(number: int, skipped: Sequence[int]) -> int:
    """The row that would be `number` without the skipped ones (rising) before it."""
    before = bisect_right(range(len(skipped)), number, key=lambda n: skipped[n] - n)
    return number + before


class Source(Protocol):
    """A file whose head has been read: `names` as they stand, and `titles` where it gives any."""

    names: Sequence[str]
    titles: Mapping[str, str]

    def read(self, columns: Sequence[str], findings: Findings) -> Sheet:
        """Read some of the columns."""
        ...


def open_sheet(path: Path, folder: Path, *, delimiter: str = "", encoding: str = "") -> Source:
    """Look at a file's head; raises `SurveyError` where it is no table. Nothing else is read yet.

    An archive's data file is unpacked into `folder`. A delimiter or an encoding is given for files
    that have one; for others it is an error.
    """
    if not path.is_file():
        raise SurveyError(f"There is no file {path}: give the path of the data file.")
    ending = path.suffix.lower()
    if ending == ".zip":
        return open_sheet(_unpacked(path, folder), folder, delimiter=delimiter, encoding=encoding)
    if delimiter and ending not in DELIMITED:
        raise SurveyError(f"{path.name} is no text file: leave out --delimiter.")
    if encoding and ending not in (*DELIMITED, *LABELLED):
        raise SurveyError(f"{path.name} says itself how it is encoded: leave out --encoding.")
    if ending in DELIMITED:
        from acculturate.survey.delimited import DelimitedFile

        return DelimitedFile(path, delimiter, encoding)
    if ending in LABELLED:
        from acculturate.survey.labelled import LabelledFile

        return LabelledFile(path, encoding)
    if ending in WORKBOOKS:
        from acculturate.survey.workbook import Workbook

        return Workbook(path)
    if ending in (".parquet", ".pq"):
        from acculturate.survey.delimited import ParquetFile

        return ParquetFile(path)
    raise SurveyError(
        f"{path.name} is none of the formats that can be read: CSV, TSV, Parquet, SPSS (.sav), "
        "Stata (.dta), Excel (.xlsx), or one of them in a .zip. Save it again as CSV."
    )


def as_column(cells: Sequence[object]) -> Column:
    """A column out of cells of any kind; None and blank texts are empty."""
    known: dict[str, int] = {}
    index = np.full(len(cells), -1, dtype=np.int32)
    for row, cell in enumerate(cells):
        text = "" if cell is None else str(cell).strip()
        if text:
            index[row] = known.setdefault(text, len(known))
    return Column(index, tuple(known))


def _unpacked(path: Path, folder: Path) -> Path:
    kinds = (*DELIMITED, *LABELLED, *WORKBOOKS, ".parquet")
    if not zipfile.is_zipfile(path):
        raise SurveyError(
            f"{path.name} is no archive, or a damaged one: download or pack it again."
        )
    with zipfile.ZipFile(path) as archive:
        inside = [
            name
            for name in archive.namelist()
            if name.lower().endswith(kinds) and not name.startswith("__MACOSX")
        ]
        if len(inside) != 1:
            raise SurveyError(
                f"{path.name} holds {len(inside)} data files: unpack it and give the one you mean."
            )
        return Path(archive.extract(inside[0], folder))
