"""Training rows as a file, and what makes a row sound.

One JSON object a line, so that rows from anywhere can be tuned on (`acculturate tune ROWS.jsonl`):

    {"prompt": [{"role": "system", "content": "..."}, {"role": "user", "content": "..."}],
     "completion": "3", "culture": "CHN", "source": "Q1", "weight": 1.0}
    {"prompt": [...], "labels": ["1", "2"], "target": [0.25, 0.75], "culture": "DEU"}

A row either has a `completion`, of which every token is trained, or `labels` with a `target`, a
distribution over the labels at the reply's first position. `weight` 2 counts as the same row twice.
`mass` below 1 is what all labels together are to have: the rest of the vocabulary keeps its own.
In a conversation, `trained` lists the places in the prompt of the assistant's earlier messages that
are trained as well: `"trained": [2, 4]`. Rows with the same `group` are trained in one step.
"""

import functools
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, overload

from pydantic import BaseModel, ConfigDict, ValidationError

from acculturate.bounded import flaw_in, json_tree
from acculturate.errors import NoRowsError, TrainingError, first_line, nearest
from acculturate.files import text_digest
from acculturate.records import Message, Role, TrainingRow

# The largest distance of a target's sum from 1: shares rounded to four places still pass.
TARGET_TOLERANCE = 1e-3


class _MessageLine(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    role: Role
    content: str


class _RowLine(BaseModel):
    """A line as it stands in the file."""

    model_config = ConfigDict(extra="forbid")

    prompt: list[_MessageLine]
    culture: str = ""
    source: str = ""
    completion: str = ""
    labels: list[str] = []
    target: list[float] = []
    weight: float = 1.0
    trained: list[int] = []
    mass: float = 1.0
    group: str = ""

    def row(self) -> TrainingRow:
        return TrainingRow(
            prompt=tuple(Message(m.role, m.content) for m in self.prompt),
            culture=self.culture,
            source=self.source,
            completion=self.completion,
            labels=tuple(self.labels),
            target=tuple(self.target),
            weight=self.weight,
            trained=tuple(self.trained),
            mass=self.mass,
            group=self.group,
        )


def read_rows(path: Path) -> tuple[TrainingRow, ...]:
    """Read a JSONL file of rows; blank lines are passed over.

    Raises `TrainingError`, one sentence that names file and line, for a file that cannot be read,
    a line that is no row, an unsound row, and a file without rows.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise NoRowsError(f"The rows in {path} cannot be read: {_reason(error)}.") from error
    rows = tuple(
        _read_line(line, f"{path}, line {number}")
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip()
    )
    if not rows:
        raise NoRowsError(f"{path} holds no training rows: write one JSON object per line.")
    return rows


def dump_rows(rows: Iterable[TrainingRow]) -> str:
    """Return rows as the text of a file that `read_rows` reads."""
    return "".join(f"{_dump(row)}\n" for row in rows)


def rows_digest(rows: Sequence[TrainingRow]) -> str:
    """Return 32 hex digits over everything in the rows, in their order."""
    return rows.digest if isinstance(rows, KeptRows) else text_digest(dump_rows(rows), 32)


class KeptRows(Sequence[TrainingRow]):
    """The rows of some cultures in a file, or all (None), read when one of them is looked at: who
    only wants to know their number and digest reads nothing.
    """

    def __init__(self, file: Path, cultures: Sequence[str] | None, count: int, digest: str) -> None:
        self._file, self._cultures, self._count = file, cultures, count
        self.digest = digest

    @functools.cached_property
    def _rows(self) -> tuple[TrainingRow, ...]:
        rows, cultures = read_rows(self._file), self._cultures
        return rows if cultures is None else tuple(row for row in rows if row.culture in cultures)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> TrainingRow: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[TrainingRow]: ...
    def __getitem__(self, place: int | slice) -> TrainingRow | Sequence[TrainingRow]:
        return self._rows[place]

    def __iter__(self) -> Iterator[TrainingRow]:
        return iter(self._rows)

    def __reduce__(self) -> tuple[type, tuple[tuple[TrainingRow, ...]]]:
        """Go to another process as a tuple: the file is here alone."""
        return tuple, (self._rows,)


def check_rows(rows: Sequence[TrainingRow]) -> None:
    """Raise `TrainingError` where there is no row, or for the first row that is unsound."""
    if not rows:
        raise TrainingError(
            "There are no training rows: an adapter needs at least one. If a method made them, "
            "its yields in the report say where they were lost."
        )
    for number, row in enumerate(rows, 1):
        if flaw := flaw_of(row):
            raise TrainingError(f"Training row {number} (source '{row.source}') {flaw}.")
    labels: dict[str, tuple[str, ...]] = {}
    for number, row in enumerate(rows, 1):
        if row.group and row.labels != labels.setdefault(row.group, row.labels):
            raise TrainingError(
                f"Training row {number} (source '{row.source}') has other labels than the rows "
                f"before it in its group '{row.group}': give it a group of its own, or none."
            )


def flaw_of(row: TrainingRow) -> str:
    """Return what is wrong with a row, as the rest of a sentence, or ``""``."""
    if not row.prompt or row.prompt[-1].role != "user":
        return "has a prompt that does not end with a user's message"
    if not (math.isfinite(row.weight) and row.weight > 0):
        return f"has weight {row.weight}, expected a number above 0"
    if bool(row.completion) == bool(row.labels):
        return "must have either a completion or labels with a target"
    if not 0 < row.mass <= 1 or (row.mass < 1 and not row.labels):
        return f"has mass {row.mass}, expected a number above 0 and up to 1, beside labels"
    if row.trained:
        return _flaw_of_trained(row)
    if row.labels or row.target:
        return _flaw_of_target(row)
    return ""


def _flaw_of_trained(row: TrainingRow) -> str:
    if row.labels:
        return "has trained messages in its prompt, which only a row with a completion may have"
    roles = [message.role for message in row.prompt]
    for before, place in zip((0, *row.trained), row.trained, strict=False):
        if not before < place < len(roles):
            return f"lists the trained message {place}, expected rising places in the prompt"
        if roles[place] != "assistant" or roles[place - 1] != "user":
            return f"lists the trained message {place}, which is no assistant's reply to a user"
        if not row.prompt[place].text.strip():
            return f"lists the trained message {place}, which is empty"
    return ""


def _flaw_of_target(row: TrainingRow) -> str:
    if len(row.labels) != len(row.target):
        return f"has {len(row.labels)} labels and {len(row.target)} target shares, expected as many"
    if len(row.labels) < 2 or len(set(row.labels)) < len(row.labels) or "" in row.labels:
        return "has labels that are not two or more different texts"
    if not all(math.isfinite(share) and share >= 0 for share in row.target):
        return "has a target share that is not a number from 0 to 1"
    if abs(sum(row.target) - 1) > TARGET_TOLERANCE:
        return f"has a target that sums to {sum(row.target):.4g}, expected 1"
    return ""


def _read_line(line: str, where: str) -> TrainingRow:
    try:
        tree = json_tree(line)
        row = _RowLine.model_validate(tree).row()
    except ValidationError as error:
        raise TrainingError(f"{where}: {_sentence(error)}") from error
    except ValueError as error:
        raise TrainingError(f"{where}: not a JSON object ({first_line(error)}).") from error
    if flaw := flaw_of(row):
        raise TrainingError(f"{where}: the row {flaw}.")
    if odd := flaw_in(tree):
        raise TrainingError(f"{where}: '{'.'.join(map(str, odd[0]))}' is {odd[1]}.")
    return row


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    path = ".".join(str(part) for part in first["loc"])
    if not path:
        return "expected a JSON object with 'prompt' and 'completion' or 'labels' and 'target'."
    if first["type"] == "extra_forbidden":
        return f"there is no key '{path}' in a row.{nearest(path, _RowLine.model_fields)}"
    if first["type"] == "missing":
        return f"the key '{path}' is missing."
    return f"'{path}' is not right: {first['msg'][:1].lower()}{first['msg'][1:]}."


def _dump(row: TrainingRow) -> str:
    line: dict[str, Any] = {
        "prompt": [{"role": m.role, "content": m.text} for m in row.prompt],
        "culture": row.culture,
        "source": row.source,
        "weight": row.weight,
    }
    if row.completion:
        line["completion"] = row.completion
    else:
        line |= {"labels": list(row.labels), "target": list(row.target)}
    if row.mass < 1:
        line["mass"] = row.mass
    if row.trained:
        line["trained"] = list(row.trained)
    if row.group:
        line["group"] = row.group
    return json.dumps(line, ensure_ascii=False)


def _reason(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text"
    return (error.strerror or str(error)).lower()
