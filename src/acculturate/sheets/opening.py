"""Opening: which reader takes a data file, told by the ending of its name.

A ZIP archive with one data file in it is read as that file.
"""

import zipfile
import zlib
from pathlib import Path

from acculturate.errors import SurveyError
from acculturate.sheets.delimited import DelimitedFile, ParquetFile
from acculturate.sheets.json_lines import JsonLines
from acculturate.sheets.labelled import LabelledFile
from acculturate.sheets.sheet import Source
from acculturate.sheets.workbook import Workbook

DELIMITED = (".csv", ".tsv", ".txt", ".tab")
LABELLED = (".sav", ".zsav", ".dta")
WORKBOOKS = (".xlsx", ".xlsm")
PARQUET = (".parquet", ".pq")
JSON_LINES = (".jsonl", ".ndjson")
ENDINGS = (*DELIMITED, *LABELLED, *WORKBOOKS, *PARQUET, *JSON_LINES)


def open_sheet(path: Path, folder: Path, *, delimiter: str = "", encoding: str = "") -> Source:
    """Look at a file's head; raises `SurveyError` where it is no table. Nothing else is read yet.

    An archive's data file is unpacked into `folder`. A delimiter or an encoding is given for files
    that have one; for others it is an error.
    """
    if path.is_dir():
        raise SurveyError(f"{path} is a folder: give the path of the data file.")
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
        return DelimitedFile(path, delimiter, encoding)
    if ending in LABELLED:
        return LabelledFile(path, encoding)
    if ending in WORKBOOKS:
        return Workbook(path)
    if ending in PARQUET:
        return ParquetFile(path)
    if ending in JSON_LINES:
        return JsonLines(path)
    raise SurveyError(
        f"{path.name} is none of the formats that can be read: CSV, TSV, JSON lines "
        "(.jsonl), Parquet, SPSS (.sav), Stata (.dta), Excel (.xlsx), or one of them in a .zip. "
        "Save it again as CSV."
    )


def _unpacked(path: Path, folder: Path) -> Path:
    if not zipfile.is_zipfile(path):
        raise SurveyError(
            f"{path.name} is no archive, or a damaged one: download or pack it again."
        )
    with zipfile.ZipFile(path) as archive:
        inside = [
            name
            for name in archive.namelist()
            if name.lower().endswith(ENDINGS) and not name.startswith("__MACOSX")
        ]
        if len(inside) != 1:
            raise SurveyError(
                f"{path.name} holds {len(inside)} data files: unpack it and give the one you mean."
            )
        try:
            return Path(archive.extract(inside[0], folder))
        except (
            RuntimeError,
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
        ) as error:
            encrypted = "encrypted" in str(error)
            raise SurveyError(
                f"{path.name}: {inside[0]} in it is {'encrypted' if encrypted else 'damaged'}: "
                "unpack it, and give the file itself."
            ) from None
