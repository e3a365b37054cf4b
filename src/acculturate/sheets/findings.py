"""What reading a file found: sentences that name the row and the column.

A finding is an `error` (the file says something it cannot mean: an unknown code, a respondent
twice, a summary row among the people) or a `note` (true but worth knowing: an item not asked, a
file that is not UTF-8). Errors stop an import, unless it is told to leave such rows and cells out;
then they are kept beside the data. Rows are counted as a spreadsheet does: the head is row 1.

    >>> findings = Findings("people.csv")
    >>> findings.error("code 17 is none of 1, 2, 3", row=12, column="Q1", times=33)
    >>> print(findings.all[0])
    row 12, column Q1: code 17 is none of 1, 2, 3 (33 rows)
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from acculturate.errors import SurveyError
from acculturate.visible import brief

SHOWN = 3  # findings in an error's sentence; the rest are counted
ROOM = 260  # characters for them


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found; `times` is the number of rows it concerns, `row` the first of them."""

    what: str
    kind: Literal["error", "note"] = "error"
    row: int | None = None
    column: str = ""
    times: int = 1

    def __str__(self) -> str:
        row = f"row {self.row}" if self.row is not None else ""
        column = f"column {self.column}" if self.column else ""
        place = ", ".join(part for part in (row, column) if part)
        times = f" ({self.times:,} rows)" if self.times > 1 else ""
        return f"{place}: {self.what}{times}" if place else f"{self.what}{times}"


@dataclass
class Findings:
    """All that was found in one file."""

    file: str
    all: list[Finding] = field(default_factory=list)

    def error(self, what: str, *, row: int | None = None, column: str = "", times: int = 1) -> None:
        self.all.append(Finding(what, "error", row, column, times))

    def note(self, what: str, *, row: int | None = None, column: str = "", times: int = 1) -> None:
        self.all.append(Finding(what, "note", row, column, times))

    @property
    def errors(self) -> Sequence[Finding]:
        return [finding for finding in self.all if finding.kind == "error"]

    def stop_at_errors(self) -> None:
        """Raise `SurveyError` with the first errors, where there are any."""
        errors = self.errors
        if not errors:
            return
        more = len(errors) - SHOWN
        room = ROOM // min(len(errors), SHOWN)
        told = [brief(str(error), room) for error in errors[:SHOWN]]
        listed = "; ".join([*told, *([f"and {more} more"] if more > 0 else [])])
        end = "" if listed.endswith("?") else "."
        raise SurveyError(
            f"{self.file} cannot be read as it is: {listed}{end} Mend the file, or import it with "
            "--drop to leave such rows and cells out."
        )
