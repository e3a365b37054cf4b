"""Texts that methods made, as a run keeps them: a file for each adaptation, a JSON object a line.

    <id>.dialogues.jsonl    dialogues (`DialogueRecord`)
    <id>.questions.jsonl    written questions: id, topic, question, options, scale
    <id>.shifts.jsonl       how far a culture moved the answer to one

Any method may keep these, and any others under an ending of its own (`Taught.files`).
"""

import functools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from acculturate.errors import StoreError
from acculturate.records.results.plain import plain
from acculturate.records.results.talks import DialogueRecord

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
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield {"adapt": adaptation, **json.loads(line)}
            except (TypeError, ValueError):
                raise StoreError(
                    f"{path}, line {number}, is no JSON object: run the study again, which writes "
                    "the file anew."
                ) from None


def dump_dialogues(rows: Iterable[DialogueRecord]) -> str:
    """Return dialogues as the text of a file that `kept_dialogues` reads."""
    return "".join(f"{json.dumps(plain(row), ensure_ascii=False)}\n" for row in rows)


def read_dialogue(row: object) -> DialogueRecord:
    """Return a dialogue from a row of JSON values; raises pydantic's `ValidationError`."""
    return _dialogues().validate_python(row)


def kept_dialogues(file: Path) -> Iterator[DialogueRecord]:
    """Yield the dialogues of a file; raises `StoreError` for a line that holds none."""
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise StoreError(
            f"{file} is not UTF-8 text (byte {error.start + 1}): run the study again, it writes "
            "the file anew."
        ) from None
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            yield _dialogues().validate_json(line)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise StoreError(
                f"{file}, line {number}: {'.'.join(map(str, first['loc']))}: {first['msg']}. Run "
                "the study again: it writes the file anew."
            ) from None


@functools.cache
def _dialogues() -> TypeAdapter[DialogueRecord]:
    return TypeAdapter(DialogueRecord)
