"""Tables of CultureSPA in exports: its questions, and how far each culture moved their answers."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from acculturate.methods.export_table import MadeIn
from acculturate.methods.kept_texts import QUESTIONS, SHIFTS, files_with, kept_records
from acculturate.records.results.made import MovedAnswer, WrittenQuestion
from acculturate.records.results.plain import row_of

Row = Mapping[str, JsonValue]


def question_rows(run: MadeIn) -> Iterator[Row]:
    """Yield the questions of each adaptation; runs of earlier versions kept none."""
    files = files_with(run.folder, QUESTIONS)
    for name in filter(files.get, run.adaptations):
        for question in kept_records(WrittenQuestion, files[name]):
            row = row_of(question)
            yield {**row, "adapt": name, "question": row["id"], "stem": row["question"]}


def shift_rows(run: MadeIn) -> Iterator[Row]:
    """Yield how far each culture moved each answer; runs of earlier versions kept none."""
    files = files_with(run.folder, SHIFTS)
    for name in filter(files.get, run.adaptations):
        for shift in kept_records(MovedAnswer, files[name]):
            yield {**row_of(shift), "adapt": name, "question": shift.item}
