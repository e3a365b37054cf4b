"""What methods made and left in files: dialogues and written questions, each file read once."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from acculturate.clca.judges.people import Case
from acculturate.clca.judges.verdict_sheets import kept_cases
from acculturate.culturespa.shift_files import QUESTIONS, SHIFTS
from acculturate.export.method_rows import kept_lines
from acculturate.viewer.run_shelf import ViewedRun

Line = Mapping[str, Any]


def dialogues_of(run: ViewedRun) -> list[Case]:
    """Return every dialogue; raises `StoreError` for a file that cannot be read."""
    files = run.dialogue_files
    if not files:
        return []
    read = run.remembered.get("dialogues", files, lambda: kept_cases(run.folder))
    return [case for cases in read.values() for case in cases]


def questions_of(run: ViewedRun) -> list[Line]:
    """Return every written question, with the adaptation that it was written for."""
    files = run.question_files

    def read() -> list[Line]:
        names = [file.name.removesuffix(QUESTIONS) for file in files]
        return [line for name in names for line in kept_lines(run.folder, name, QUESTIONS)]

    return run.remembered.get("questions", files, read)


def shifts_of(run: ViewedRun, adaptation: str, questions: Iterable[str]) -> dict[str, list[Line]]:
    """Return how far cultures moved the answers to a few questions, by question.

    Shifts are many: where each stands in its file is kept, and only what is shown is read.
    """
    path = run.folder / f"{adaptation}{SHIFTS}"
    if not path.is_file():
        return {}
    places = run.remembered.get(path.name, [path], lambda: _places(path))
    by_item: dict[str, list[Line]] = {}
    with path.open("rb") as file:
        for question in questions:
            for place in places.get(question, ()):
                file.seek(place)
                by_item.setdefault(question, []).append(json.loads(file.readline()))
    return by_item


def _places(path: Path) -> dict[str, list[int]]:
    """Return where the lines of each question begin, in bytes."""
    places: dict[str, list[int]] = {}
    at = 0
    with path.open("rb") as file:
        for line in file:
            places.setdefault(str(json.loads(line)["item"]), []).append(at)
            at += len(line)
    return places
