"""Tables of CLCA in exports: dialogues, moves, verdicts, and how far raters agree."""

from collections.abc import Iterator, Mapping
from typing import Any

from acculturate.clca.judges.dialogue_subject import DIALOGUE, JUDGE, SECOND
from acculturate.clca.judges.people import cases_of, read_sheet
from acculturate.methods.export_table import MadeIn
from acculturate.records.results.plain import row_of

Row = Mapping[str, Any]


def talk_rows(run: MadeIn) -> Iterator[Row]:
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


def move_rows(run: MadeIn) -> Iterator[Row]:
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


def verdict_rows(run: MadeIn) -> Iterator[Row]:
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
    yield from _of_people(run)


def _of_people(run: MadeIn) -> Iterator[Row]:
    dialogues = run.results.meta.dialogues
    cases = [case for dialogue in dialogues for case in cases_of(dialogue.adapt, [dialogue])]
    by_key = {case.key: case for case in cases}
    for file in sorted((run.folder / DIALOGUE.sheets).glob("*.csv")):
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


def rater_rows(run: MadeIn) -> Iterator[Row]:
    """Yield how far each two raters agree."""
    yield from map(row_of, run.results.meta.raters)
