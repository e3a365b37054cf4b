"""Rows of what methods made: questions, shifts, dialogues, moves, verdicts, yields, losses."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from acculturate.clca.judges.people import cases_of, read_sheet
from acculturate.clca.judges.verdict_sheets import FOLDER, JUDGE, SECOND
from acculturate.culturespa.shift_files import QUESTIONS, SHIFTS
from acculturate.errors import StoreError
from acculturate.export.opened_run import OpenedRun
from acculturate.records.results.talks import DialogueRow
from acculturate.study.people_verdicts import every_verdict

Row = Mapping[str, Any]


def question_rows(run: OpenedRun) -> Iterator[Row]:
    """Yield the questions of each adaptation; runs of earlier versions kept none."""
    for line in _kept_lines(run, QUESTIONS):
        yield {"question": line["id"], "stem": line["question"]} | {
            key: line[key] for key in ("adapt", "topic", "options", "scale")
        }


def shift_rows(run: OpenedRun) -> Iterator[Row]:
    """Yield how far each culture moved each answer; runs of earlier versions kept none."""
    for line in _kept_lines(run, SHIFTS):
        yield {("question" if key == "item" else key): value for key, value in line.items()}


def _kept_lines(run: OpenedRun, ending: str) -> Iterator[dict[str, Any]]:
    for adaptation in run.plan.study.adapt:
        yield from kept_lines(run.folder, adaptation.id, ending)


def kept_lines(folder: Path, adaptation: str, ending: str) -> Iterator[dict[str, Any]]:
    """Yield the lines of a file that an adaptation left in a run's folder, if there is one.

    Raises `StoreError` for a line that is not JSON.
    """
    path = folder / f"{adaptation}{ending}"
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield {"adapt": adaptation, **json.loads(line)}
            except ValueError:
                raise StoreError(
                    f"{path}, line {number}, is not JSON: run the study again, which writes the "
                    "file anew."
                ) from None


def dialogue_rows(run: OpenedRun) -> Iterator[Row]:
    """Yield each dialogue."""
    for dialogue in run.results.meta.dialogues:
        row = {
            key: getattr(dialogue, key)
            for key in (
                "adapt", "culture", "language", "domain", "adapted", "setting", "end", "dropped",
                "taught",
            )
        }  # fmt: skip
        for which, person in zip(("first", "second"), dialogue.people, strict=False):
            row[f"{which}_person"] = f"{person.name}, {person.occupation}"
            row[f"{which}_goal"] = person.goal
        yield {**row, "dialogue": dialogue.id, "moves": len(dialogue.moves)}


def move_rows(run: OpenedRun) -> Iterator[Row]:
    """Yield each move of each dialogue, with what the audit found in it."""
    for dialogue in run.results.meta.dialogues:
        for place, move in enumerate(dialogue.moves):
            yield {
                "adapt": dialogue.adapt,
                "dialogue": dialogue.id,
                "place": place,
                "speaker": move.speaker,
                "kind": move.kind,
                "text": move.text,
                "intent": move.intent,
                "found": [
                    f"{finding.kind}: {finding.words}"
                    for finding in dialogue.findings
                    if finding.place == place
                ],
            }


def verdict_rows(run: OpenedRun) -> Iterator[Row]:
    """Yield each verdict of the judges, then those of people whose sheets the run keeps.

    Raises `ConfigError` for a sheet that is not right.
    """
    dialogues = run.results.meta.dialogues
    for dialogue in dialogues:
        for rater, decisions in ((JUDGE, dialogue.verdicts), (SECOND, dialogue.second)):
            for decision in decisions:
                yield {
                    "adapt": dialogue.adapt,
                    "dialogue": dialogue.id,
                    "rater": rater,
                    "question": decision.question,
                    "good": decision.good,
                    "confidence": decision.confidence,
                    "probability": decision.probability,
                    "critique": decision.critique,
                }
    yield from _of_people(run, dialogues)


def _of_people(run: OpenedRun, dialogues: tuple[DialogueRow, ...]) -> Iterator[Row]:
    cases = [case for dialogue in dialogues for case in cases_of(dialogue.adapt, [dialogue])]
    by_key = {case.key: case for case in cases}
    for file in sorted((run.folder / FOLDER).glob("*.csv")):
        rater = read_sheet(file, cases)
        for (key, question), good in rater.said.items():
            case = by_key[key]
            yield {
                "adapt": case.adaptation,
                "dialogue": case.id,
                "rater": rater.name,
                "question": question,
                "good": good,
            }


def human_verdict_rows(run: OpenedRun) -> Iterator[Row]:
    """Yield each verdict of each person on dialogues and on questions.

    Raises `ConfigError` for a sheet that is not right.
    """
    adaptations = [section.id for section in run.plan.study.adapt]
    alone = adaptations[0] if len(adaptations) == 1 else ""
    for subject, person, verdict in every_verdict(run.folder, alone):
        for aspect, good in verdict.said.items():
            yield {
                "adapt": verdict.adaptation,
                "subject": subject.name,
                "id": verdict.id,
                "person": person,
                "aspect": aspect,
                "good": good,
                "comment": verdict.comment or None,
            }


def yield_rows(run: OpenedRun) -> Iterator[Row]:
    """Yield each step of each adaptation."""
    for step in run.results.meta.yields:
        yield {
            "adapt": step.adapt,
            "step": step.step,
            "count": step.count,
            "of": step.of,
            "note": step.note,
            "lost": json.dumps(step.lost, ensure_ascii=False) if step.lost else None,
        }


def loss_rows(run: OpenedRun) -> Iterator[Row]:
    """Yield the loss of each step of each training."""
    for training in run.results.meta.tuning:
        for step, loss in enumerate(training.losses, 1):
            yield {
                "adapt": training.adapt,
                "adapter": training.adapter,
                "step": step,
                "loss": loss,
            }
