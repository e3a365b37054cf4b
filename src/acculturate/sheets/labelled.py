"""Files that carry labels beside their numbers: SPSS (.sav, .zsav) and Stata (.dta).

Needs pyreadstat and pandas (`pip install 'acculturate[survey]'`). A code that the file itself
declares missing comes as an empty cell, or as its label where that says that a person gave no
answer ("Don't know", of SPSS files). Texts of codes and columns are kept, for demographics and for
wordings.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from acculturate.errors import SurveyError
from acculturate.extras import lacking
from acculturate.scales import no_answer, not_asked
from acculturate.sheets.findings import Findings
from acculturate.sheets.heads import check_heads
from acculturate.sheets.missing import is_missing
from acculturate.sheets.sheet import Column, Sheet, as_column, as_text, number


class LabelledFile:
    """An SPSS or Stata file whose head has been read."""

    def __init__(self, path: Path, encoding: str = "") -> None:
        self._path, self._encoding = path, encoding
        _, meta = self._load(metadataonly=True)
        self.names: Sequence[str] = tuple(meta.column_names)
        check_heads(path, self.names)
        about = meta.column_names_to_labels
        self.titles: Mapping[str, str] = {
            name: _title(name, text) for name, text in about.items() if text
        }

    def read(self, columns: Sequence[str], findings: Findings) -> Sheet:
        """Read some of the columns."""
        # pyreadstat would read Stata's own missing cells as a number where it is to keep codes
        keep = {} if self._path.suffix.lower() == ".dta" else {"user_missing": True}
        frame, meta = self._load(usecols=list(columns), apply_value_formats=False, **keep)
        given: Mapping[str, Mapping[Any, str]] = meta.variable_value_labels
        labels = {
            name: {as_text(value): str(label).strip() for value, label in given[name].items()}
            for name in columns
            if name in given
        }
        missing: Mapping[str, Sequence[Mapping[str, Any]]] = meta.missing_ranges
        return Sheet(
            columns={
                name: _column(
                    name,
                    frame[name].to_numpy(),
                    missing.get(name, ()),
                    labels.get(name, {}),
                    findings,
                )
                for name in columns
            },
            rows=len(frame),
            first_row=1,  # such a file has no row for its head
            labels=labels,
            titles={name: self.titles[name] for name in columns if name in self.titles},
        )

    def _load(self, **options: Any) -> tuple[Any, Any]:
        if missing := lacking(f"Reading {self._path.name} needs", "survey", "pyreadstat", "pandas"):
            raise SurveyError(f"{missing}, or save the file as CSV.")
        import pyreadstat  # type: ignore[import-not-found, unused-ignore]

        read = pyreadstat.read_dta if self._path.suffix.lower() == ".dta" else pyreadstat.read_sav
        try:
            frame, meta = read(str(self._path), encoding=self._encoding or None, **options)
            return frame, meta
        except (pyreadstat.ReadstatError, UnicodeDecodeError) as error:
            if re.search("encod|character set|codec", str(error)):
                raise SurveyError(
                    f"{self._path.name} holds texts that are not in "
                    f"{self._encoding or 'the encoding that it names'}: give the right one, such "
                    "as --encoding latin1, cp1251, shift_jis or gb18030."
                ) from error
            raise SurveyError(
                f"{self._path.name} cannot be read as an SPSS or Stata file: {error}. Open it "
                "where it was made and save it again, or save it as CSV."
            ) from error


def _title(name: str, text: str) -> str:
    """Return a column's label without its name, which some releases put before it."""
    return text.removeprefix(f"{name}:").removeprefix(f"{name} ").strip()


def _column(
    name: str,
    values: Any,
    missing: Sequence[Mapping[str, Any]],
    labels: Mapping[str, str],
    findings: Findings,
) -> Column:
    """Return a column; codes in a range that is declared `missing` by their label, or as empty
    cells.

    A code that is declared missing although its label is an answer is told.
    """
    column = _as_read(values)
    texts = [_without_missing(text, missing, labels) for text in column.texts]
    for at, text in enumerate(column.texts):
        label = labels.get(text, "")
        if not texts[at] and label and not is_missing(label):
            times = int((column.index_N == at).sum())
            what = f"the file declares the code {text} '{label[:60]}' missing: it is left out"
            findings.note(what, column=name, times=times)
    place = [at if text else -1 for at, text in enumerate(texts)]
    return Column(np.array([*place, -1], dtype=np.int32)[column.index_N], tuple(texts))


def _without_missing(
    text: str, missing: Sequence[Mapping[str, Any]], labels: Mapping[str, str]
) -> str:
    if not any(_within(text, range_["lo"], range_["hi"]) for range_ in missing):
        return text
    label = labels.get(text, "")
    return label if no_answer(label) and not not_asked(label) else ""


def _within(text: str, low: Any, high: Any) -> bool:
    return text == low if isinstance(low, str) else bool(low <= number(text) <= high)


def _as_read(values: Any) -> Column:
    if values.dtype.kind not in "fiu":
        return as_column(values.tolist())
    known = ~np.isnan(values) if values.dtype.kind == "f" else np.ones(len(values), bool)
    unique, inverse = np.unique(values[known], return_inverse=True)
    index = np.full(len(values), -1, dtype=np.int32)
    index[known] = inverse
    return Column(index, tuple(as_text(value) for value in unique.tolist()))
