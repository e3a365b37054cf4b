"""Texts that methods made, as a run keeps them: a file for each adaptation, a JSON object a line.

    <id>.dialogues.jsonl    dialogues (`DialogueRecord`)
    <id>.questions.jsonl    written questions (`WrittenQuestion`)
    <id>.shifts.jsonl       how far a culture moved the answer to one (`MovedAnswer`)

Any method may keep these, and any others under an ending of its own (`Taught.files`).
"""

import functools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from acculturate.bounded import json_tree
from acculturate.errors import StoreError
from acculturate.records.results.plain import plain
from acculturate.records.results.talks import DialogueRecord

Kept = TypeVar("Kept")
DIALOGUES, QUESTIONS, SHIFTS = ".dialogues.jsonl", ".questions.jsonl", ".shifts.jsonl"
"""How the names of such files end, behind the adaptation's id."""


def files_with(folder: Path, ending: str) -> dict[str, Path]:
    """Return the files of a run with an ending, by the adaptations that they are of."""
    files = sorted(folder.glob(f"*{ending}"))
    return {file.name.removesuffix(ending): file for file in files}


def kept_lines(folder: Path, adaptation: str, ending: str) -> Iterator[dict[str, Any]]:
    """Yield the lines of a file that an adaptation left in a run's folder, if there is one, each
    with the adaptation as `adapt`.

    Raises `StoreError` for a line that is no JSON object.
    """
    path = folder / f"{adaptation}{ending}"
    if not path.is_file():
        return
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield {"adapt": adaptation, **json_tree(line)}
            except (TypeError, ValueError):
                raise StoreError(
                    f"{path}, line {number}, is no JSON object: run the study again, which writes "
                    "the file anew."
                ) from None


def dump_records(rows: Iterable[object]) -> str:
    """Return records as the text of a file that `kept_records` reads."""
    return "".join(f"{json.dumps(plain(row), ensure_ascii=False)}\n" for row in rows)


def kept_records(kind: type[Kept], file: Path) -> Iterator[Kept]:
    """Yield the records of a file, one a line; raises `StoreError` for a line that holds none."""
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield kept_record(kind, line, f"{file}, line {number}")


def kept_record(kind: type[Kept], line: bytes, where: str) -> Kept:
    """Return the record of a line; raises `StoreError` where it holds none."""
    known: Any = kind  # a type variable is not known to be hashable
    try:
        record: Kept = _reader(known).validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        what = ": ".join(filter(None, (".".join(map(str, first["loc"])), first["msg"])))
        raise StoreError(
            f"{where}: {what}. Run the study again: it writes the file anew."
        ) from None
    return record


def read_dialogue(row: object) -> DialogueRecord:
    """Return a dialogue from a row of JSON values; raises pydantic's `ValidationError`."""
    dialogue: DialogueRecord = _reader(DialogueRecord).validate_python(row)
    return dialogue


@functools.cache
def _reader(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
