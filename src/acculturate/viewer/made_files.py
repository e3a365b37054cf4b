"""What methods made and left in files: dialogues, written questions and other texts, each file read
once.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from acculturate.methods.kept_texts import (
    DIALOGUES,
    QUESTIONS,
    SHIFTS,
    kept_lines,
    kept_record,
    kept_records,
)
from acculturate.records.results.made import MovedAnswer, QuestionRow, WrittenQuestion
from acculturate.records.results.plain import widened
from acculturate.records.results.talks import DialogueRecord, DialogueRow
from acculturate.viewer.run_shelf import ViewedRun

Line = Mapping[str, Any]
Row = TypeVar("Row", DialogueRow, QuestionRow)


def dialogues_of(run: ViewedRun) -> list[DialogueRow]:
    """Return every dialogue; raises `StoreError` for a file that cannot be read."""
    return _rows_of(run, DIALOGUES, DialogueRecord, DialogueRow)


def questions_of(run: ViewedRun) -> list[QuestionRow]:
    """Return every written question; raises `StoreError` for a file that cannot be read."""
    return _rows_of(run, QUESTIONS, WrittenQuestion, QuestionRow)


def _rows_of(run: ViewedRun, ending: str, record: type[Any], row: type[Row]) -> list[Row]:
    """Return every record of a kind as a row with the adaptation that made it."""
    files: Mapping[str, Path] = run.files(ending)

    def read() -> list[Row]:
        return [
            widened(row, made, adapt=name)
            for name, file in files.items()
            for made in kept_records(record, file)
        ]

    return run.remembered.get(ending, [*files.values()], read)


def texts_of(run: ViewedRun, ending: str) -> list[Line]:
    """Return every text of a kind, with the adaptation that it was made for as `adapt`."""
    files = run.files(ending)

    def read() -> list[Line]:
        return [line for name in files for line in kept_lines(run.folder, name, ending)]

    return run.remembered.get(ending, [*files.values()], read)


def shifts_of(
    run: ViewedRun, adaptation: str, questions: Iterable[str]
) -> dict[str, list[MovedAnswer]]:
    """Return how far cultures moved the answers to a few questions, by question.

    Shifts are many: where each stands in its file is kept, and only what is shown is read.
    """
    path = run.folder / f"{adaptation}{SHIFTS}"
    if not path.is_file():
        return {}
    places = run.remembered.get(path.name, [path], lambda: _places(path))
    by_item: dict[str, list[MovedAnswer]] = {}
    with path.open("rb") as file:
        for question in questions:
            for place in places.get(question, ()):
                file.seek(place)
                by_item.setdefault(question, []).append(
                    kept_record(MovedAnswer, file.readline(), str(path))
                )
    return by_item


def _places(path: Path) -> dict[str, list[int]]:
    """Return where the lines of each question begin, in bytes."""
    places: dict[str, list[int]] = {}
    at = 0
    with path.open("rb") as file:
        for line in file:
            item = kept_record(MovedAnswer, line, str(path)).item
            places.setdefault(item, []).append(at)
            at += len(line)
    return places
