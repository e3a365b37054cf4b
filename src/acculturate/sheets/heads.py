"""Heads: the names of a file's columns, as they stand and as a layout spells them.

A label export writes more than a name over a column (`Q1: Family`); some programs write names in
small letters; and a table that was saved with its row numbers has columns that nobody reads.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from acculturate.errors import SurveyError, nearest
from acculturate.sheets.findings import Findings
from acculturate.sheets.sheet import Sheet, Source

T = TypeVar("T")
# `Q1: Important in life`: what a label export writes over its columns
_HEAD = re.compile(r"([A-Za-z][A-Za-z0-9_]*)\s*:\s*(\S.*)")
# what pandas calls row numbers that were saved with a table, once or again
_ROW_NUMBERS = re.compile(r"Unnamed: \d+[\w.]*")


def split_head(name: str) -> tuple[str, str]:
    """Return a head as (column, title): ``Q1: Family`` is (Q1, Family), ``Q1`` is (Q1, "")."""
    match = None if _ROW_NUMBERS.fullmatch(name) else _HEAD.fullmatch(name)
    return (match[1], match[2].strip()) if match else (name, "")


def check_heads(path: Path, names: Sequence[str]) -> None:
    """Raise `SurveyError` for a file without columns, and for a column that stands twice."""
    if not any(names):
        raise SurveyError(f"{path.name} is empty: its first row has to name the columns.")
    seen: dict[str, int] = {}
    for at, name in enumerate(names, start=1):
        if name in seen and name and not _ROW_NUMBERS.fullmatch(name):
            raise SurveyError(
                f"{path.name} has the column '{name}' twice, as columns {seen[name]} and {at}: "
                "rename or remove one of them."
            )
        seen[name] = at


def need_columns(path: Path, source: Source, wanted: Sequence[str]) -> None:
    """Raise `SurveyError` for a wanted column that the file does not have."""
    for name in wanted:
        if name not in source.names:
            raise SurveyError(
                f"{path.name} has no column '{name}'.{nearest(name, source.names)} Its head has "
                f"{len(source.names)} columns: {', '.join(source.names[:8])} ..."
            )


def spelled_as(source: Source, wanted: Sequence[str], findings: Findings) -> Source:
    """Return the source with its heads spelled as wanted, where they differ in case only; that is
    told.
    """
    alike: dict[str, list[str]] = {}
    for name in source.names:
        alike.setdefault(name.casefold(), []).append(name)
    columns_by_name = {
        name: alike.get(name.casefold(), []) for name in wanted if name not in source.names
    }
    renamed = {heads[0]: name for name, heads in columns_by_name.items() if len(heads) == 1}
    if not renamed:
        return source
    head, name = next(iter(renamed.items()))
    findings.note(
        f"{len(renamed)} heads are in other case than expected ('{head}' for '{name}'): read as "
        "those"
    )
    return _Respelled(source, renamed)


class _Respelled:
    """A source whose heads have other names; `renamed` maps the file's to those."""

    def __init__(self, source: Source, renamed: Mapping[str, str]) -> None:
        self._source, self._renamed = source, renamed
        self._heads = {name: head for head, name in renamed.items()}
        self.names: Sequence[str] = tuple(renamed.get(head, head) for head in source.names)
        self.titles: Mapping[str, str] = self._named(source.titles)

    def read(self, columns: Sequence[str], findings: Findings) -> Sheet:
        """Read some of the columns, by their new names."""
        sheet = self._source.read([self._heads.get(name, name) for name in columns], findings)
        return replace(
            sheet,
            columns=self._named(sheet.columns),
            labels=self._named(sheet.labels),
            titles=self._named(sheet.titles),
        )

    def _named(self, by_head: Mapping[str, T]) -> dict[str, T]:
        return {self._renamed.get(head, head): value for head, value in by_head.items()}
