"""What methods made and left in files: dialogues, written questions and other texts, each file read
once.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from acculturate.methods.kept_texts import DIALOGUES, SHIFTS, kept_dialogues, kept_lines
from acculturate.records.results.plain import widened
from acculturate.records.results.talks import DialogueRow
from acculturate.viewer.run_shelf import ViewedRun

Line = Mapping[str, Any]


def dialogues_of(run: ViewedRun) -> list[DialogueRow]:
    """Return every dialogue; raises `StoreError` for a file that cannot be read."""
    files = run.files(DIALOGUES)

    def read() -> list[DialogueRow]:
        return [
            widened(DialogueRow, dialogue, adapt=name)
            for name, file in files.items()
            for dialogue in kept_dialogues(file)
        ]

    return run.remembered.get(DIALOGUES, [*files.values()], read)


def texts_of(run: ViewedRun, ending: str) -> list[Line]:
    """Return every text of a kind, with the adaptation that it was made for as `adapt`."""
    files = run.files(ending)

    def read() -> list[Line]:
        return [line for name in files for line in kept_lines(run.folder, name, ending)]

    return run.remembered.get(ending, [*files.values()], read)


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
