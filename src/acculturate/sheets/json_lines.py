"""JSON lines: an object a line, its keys being the columns; it is UTF-8."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from acculturate.bounded import json_tree
from acculturate.errors import SurveyError
from acculturate.sheets.findings import Findings
from acculturate.sheets.heads import need_columns
from acculturate.sheets.sheet import Sheet, as_column


class JsonLines:
    """A file of objects. It is read whole at once, because any line may have a key of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: dict[int, dict[str, Any]] = {}
        self._flaws: dict[int, str] = {}
        try:
            with path.open(encoding="utf-8-sig") as file:
                for number, line in enumerate(file, 1):
                    if line.strip():
                        self._take(number, line)
        except UnicodeDecodeError as error:
            raise SurveyError(
                f"{path.name} is not UTF-8 text (byte {error.start + 1}): save it again as UTF-8."
            ) from error
        if not self._rows and not self._flaws:
            raise SurveyError(f"{path.name} is empty: expected one object a line.")
        self.names: Sequence[str] = (*dict.fromkeys(k for row in self._rows.values() for k in row),)
        self.titles: Mapping[str, str] = {}

    def read(self, columns: Sequence[str], findings: Findings) -> Sheet:
        """Read some of the columns; lines that are no objects are found and left out."""
        need_columns(self._path, self, columns)
        for number, flaw in self._flaws.items():
            findings.error(flaw, row=number)
        rows = self._rows.values()
        return Sheet(
            columns={name: as_column([row.get(name) for row in rows]) for name in columns},
            rows=len(rows),
            first_row=1,
            skipped=[n for n in range(1, max(self._rows, default=0)) if n not in self._rows],
        )

    def _take(self, number: int, line: str) -> None:
        try:
            cells = json_tree(line, pairs=_object)
        except _TwiceError as error:
            self._flaws[number] = f"the column '{error}' twice"
        except ValueError:
            self._flaws[number] = "not JSON; expected one object a line"
        else:
            if isinstance(cells, dict):
                self._rows[number] = cells
            else:
                self._flaws[number] = "expected an object with named columns"


class _TwiceError(ValueError):
    """A key that an object has twice; of JSON's readers most take the last and do not say so."""


def _object(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    value_by_key: dict[str, object] = {}
    for key, value in pairs:
        if key in value_by_key:
            raise _TwiceError(key)
        value_by_key[key] = value
    return value_by_key
