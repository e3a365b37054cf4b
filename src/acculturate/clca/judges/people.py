"""People: a sample of dialogues that they judge, blind to the judge, and their verdicts read back.

A sheet is a table with a row per dialogue (written as CSV, read in any format), or a page that
saves one (`people_page`), with empty columns for `quality`, `fit` and `review`; the judge's
verdicts, and whether a dialogue was kept, are not in it, so that nobody is led by them. People
write good or bad (in any of the languages), leave out what they cannot tell, and the file is read
back as the verdicts of a rater of its name.

    cases = cases_of("clca", dialogue_rows(learned))
    path.write_text(dump_sheet(draw_sample(cases, 50, seed=1)))
    agreements([judge(cases), read_sheet(path, cases)])
"""

import csv
import io
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from acculturate.clca.judges.dialogue_subject import DIALOGUE, QUESTIONS
from acculturate.clca.judges.raters import Rater
from acculturate.clca.judges.verdicts import Question
from acculturate.clca.play.dialogue import one_line
from acculturate.clca.scenarios.dealing import deal, in_turn
from acculturate.errors import ConfigError, SurveyError, nearest
from acculturate.records.results.talks import DialogueRecord
from acculturate.sheets.findings import Findings
from acculturate.sheets.formulas import no_formula
from acculturate.sheets.row import Row, Table, read_table

NEEDED = ("dialogue", *QUESTIONS)


@dataclass(frozen=True, slots=True)
class Case:
    """A dialogue of an adaptation (`dialogue_rows`)."""

    adaptation: str
    row: DialogueRecord

    @property
    def id(self) -> str:
        return self.row.id

    @property
    def key(self) -> str:
        """Its name among the dialogues of all adaptations."""
        return f"{self.adaptation}:{self.id}"

    def verdicts(self, second: bool = False) -> dict[Question, bool]:
        """Return what the judge (or the `second` one) found, by question."""
        decisions = self.row.second if second else self.row.verdicts
        return {decision.question: decision.good for decision in decisions}


def cases_of(adaptation: str, rows: Iterable[DialogueRecord]) -> list[Case]:
    """Return the dialogues of one adaptation."""
    return [Case(adaptation, row) for row in rows]


def judge(cases: Sequence[Case], name: str = "judge", *, second: bool = False) -> Rater:
    """Return the judge, or the `second` one, as a rater."""
    verdicts = {
        (case.key, question): good
        for case in cases
        for question, good in case.verdicts(second).items()
    }
    return Rater(name, verdicts, whole=True)


def draw_sample(cases: Sequence[Case], count: int, seed: int) -> list[Case]:
    """Return at most `count` of the dialogues that the judge judged: in turn from each culture, and
    there in turn from each set of verdicts, so that the rare ones are met too.

    The same for the same seed, in an order that says nothing; a smaller sample is a part of a
    larger one.
    """
    decks: dict[str, dict[tuple[bool | None, ...], list[Case]]] = {}
    for case in sorted(cases, key=lambda one: one.key):
        verdicts = case.verdicts()
        if verdicts:
            pattern = tuple(verdicts.get(question) for question in QUESTIONS)
            decks.setdefault(case.row.culture, {}).setdefault(pattern, []).append(case)
    draw = random.Random(f"{seed}/sample")
    sample = in_turn([deal(by_pattern.values(), draw) for by_pattern in decks.values()])[:count]
    draw.shuffle(sample)
    return sample


def dump_sheet(sample: Sequence[Case]) -> str:
    """Return the sample as a CSV to be filled in."""
    text = io.StringIO()
    writer = csv.DictWriter(text, DIALOGUE.columns, restval="", lineterminator="\n")
    writer.writeheader()
    for case in sample:
        people = " / ".join(
            f"{who.name} ({who.occupation}; goal: {who.goal}; secret: {who.secret})"
            for who in case.row.people
        )
        moves = [f"{move.speaker}: {one_line(move.text)}" for move in case.row.moves]
        writer.writerow(
            {
                "adaptation": case.adaptation,
                "dialogue": case.id,
                "culture": case.row.culture,
                "setting": no_formula(case.row.setting),
                "people": no_formula(people),
                "transcript": "\n".join(f"{n}. {move}" for n, move in enumerate(moves, 1)),
            }
        )
    return text.getvalue()


def read_sheet(path: Path, cases: Sequence[Case], encoding: str = "") -> Rater:
    """Read a person's verdicts out of a filled-in sheet; empty cells are no verdicts.

    The encoding is told from the file unless given. The rater is called as the file is. Raises
    `ConfigError` in one sentence, with the row as a spreadsheet counts it, for a file, column,
    dialogue or cell that is not right.
    """
    verdicts: dict[tuple[str, Question], bool] = {}
    seen: dict[str, int] = {}
    for row in _table(path, encoding).rows:
        where = f"{path}, row {row.number}"
        case = _case(row, cases, where)
        if case.key in seen:
            raise ConfigError(
                f"{where}: the dialogue '{case.id}' stands in row {seen[case.key]} already: "
                "one row for each."
            )
        seen[case.key] = row.number
        for question in QUESTIONS:
            if cell := row.words(question):
                at = f"{where}, column '{question}'"
                verdicts[case.key, question] = DIALOGUE.read_word(cell, at)
    if not verdicts:
        raise ConfigError(
            f"{path} holds no verdicts: write good or bad under {', '.join(QUESTIONS)}."
        )
    return Rater(path.stem, verdicts)


def _case(row: Row, cases: Sequence[Case], where: str) -> Case:
    key, adaptation = row.words("dialogue"), row.words("adaptation")
    matching = [case for case in cases if case.id == key and adaptation in ("", case.adaptation)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        names = ", ".join(case.adaptation for case in matching)
        raise ConfigError(
            f"{where}: the adaptations {names} all have a dialogue '{key}': name one in a column "
            "'adaptation'."
        )
    of = f" of the adaptation '{adaptation}'" if adaptation else ""
    raise ConfigError(
        f"{where}: there is no dialogue '{key}'{of} in this run."
        f"{nearest(key, [case.id for case in cases])}"
    )


def plain_csv(path: Path, encoding: str = "") -> str:
    """Return a filled-in sheet of any format as the text of a CSV; raises as `read_sheet` does."""
    table = _table(path, encoding)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.names)
    writer.writerows([row.text(name) for name in table.names] for row in table.rows)
    return text.getvalue()


def _table(path: Path, encoding: str) -> Table:
    """Return the rows of a sheet that have anything in them."""
    try:
        table = read_table(
            path, Findings(path.name), heads=DIALOGUE.columns, encoding=encoding, by_hand=True
        )
    except SurveyError as error:
        raise ConfigError(str(error)) from error
    lacking = [column for column in NEEDED if column not in table.names]
    if lacking:
        raise ConfigError(
            f"{path} has no column '{lacking[0]}': expected {', '.join(NEEDED)}, as the sheet was "
            "written."
        )
    return table
