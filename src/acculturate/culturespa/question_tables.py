"""Tables of CultureSPA in exports: its questions, and how far each culture moved their answers."""

from collections.abc import Iterator, Mapping
from typing import Any

from acculturate.methods.export_table import MadeIn
from acculturate.methods.kept_texts import QUESTIONS, SHIFTS, kept_lines

Row = Mapping[str, Any]


def question_rows(run: MadeIn) -> Iterator[Row]:
    """Yield the questions of each adaptation; runs of earlier versions kept none."""
    for line in _lines(run, QUESTIONS):
        yield {"question": line["id"], "stem": line["question"]} | {
            key: line[key] for key in ("adapt", "topic", "options", "scale")
        }


def shift_rows(run: MadeIn) -> Iterator[Row]:
    """Yield how far each culture moved each answer; runs of earlier versions kept none."""
    for line in _lines(run, SHIFTS):
        yield {("question" if key == "item" else key): value for key, value in line.items()}


def _lines(run: MadeIn, ending: str) -> Iterator[dict[str, Any]]:
    for adaptation in run.adaptations:
        yield from kept_lines(run.folder, adaptation, ending)
