"""People's verdicts on what a run made: a sheet for each person, kept in the run's folder.

    verdicts/ana.csv               on dialogues: quality, fit, review
    verdicts/questions/ana.csv     on written questions: clear, opinion, fair

What people judge, methods say (`methods.judged.Subject`). A sheet that a person filled in elsewhere
keeps all of its columns. What is kept stays when the run goes on.

    question = find_subjects()["question"]
    keep_verdict(run, question, "ana", PersonVerdict("spa", "q17", {"clear": True}, ""))
    verdicts_of(run, question, "ana")["spa", "q17"].said
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock

from acculturate.errors import ConfigError, StoreError, SurveyError
from acculturate.files import write_whole
from acculturate.methods.adaptation import find_subjects
from acculturate.methods.judged import ADAPTATION, COMMENT, Subject
from acculturate.sheets.findings import Findings
from acculturate.sheets.formulas import no_formula
from acculturate.sheets.row import Table, read_table
from acculturate.visible import brief

NAME = re.compile(r"\w(?:[\w .-]{0,38}\w)?")
LONGEST_COMMENT = 2000
"""Characters of a comment that are kept."""


class PersonVerdict(NamedTuple):
    """What a person says of one dialogue or question: whether good, by aspect. An aspect that is
    left out has no verdict.
    """

    adaptation: str
    id: str
    said: Mapping[str, bool]
    comment: str = ""


Verdicts = dict[tuple[str, str], PersonVerdict]
"""By adaptation and id."""


def people_of(run: Path, subject: Subject) -> list[str]:
    """Return the names of the people whose sheets on a subject are kept in a run."""
    return sorted(file.stem for file in (run / subject.sheets).glob("*.csv"))


def verdicts_of(run: Path, subject: Subject, person: str, alone: str = "") -> Verdicts:
    """Return a person's verdicts; `alone` is the adaptation of rows that name none.

    Raises `ConfigError` for a name that is none, and for a sheet that is not right.
    """
    path = _sheet(run, subject, person)
    if not path.is_file():
        return {}
    verdicts: Verdicts = {}
    for row in _table(path, subject).rows:
        where = f"{path}, row {row.number}, column"
        verdicts_of_row = {
            aspect: subject.read_word(cell, f"{where} '{aspect}'")
            for aspect in subject.aspects
            if (cell := row.words(aspect))
        }
        comment = row.text(COMMENT)
        if verdicts_of_row or comment:
            key = row.text(ADAPTATION) or alone, row.text(subject.name)
            verdicts[key] = PersonVerdict(*key, verdicts_of_row, comment)
    return verdicts


def every_verdict(run: Path, alone: str = "") -> Iterator[tuple[Subject, str, PersonVerdict]]:
    """Yield each verdict of each person on each subject; raises as `verdicts_of` does."""
    for subject in find_subjects().values():
        for person in people_of(run, subject):
            for verdict in verdicts_of(run, subject, person, alone).values():
                yield subject, person, verdict


def keep_verdict(run: Path, subject: Subject, person: str, verdict: PersonVerdict) -> None:
    """Keep a person's verdict in the place of the one before.

    Raises `ConfigError` for a name that is none, for a verdict that says nothing and for a sheet
    that is not right, and `StoreError` where the folder cannot be written to.
    """
    path = _sheet(run, subject, person)
    if not verdict.said:
        raise ConfigError(f"Say good or bad to at least one of {', '.join(subject.aspects)}.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.parent / "verdicts.lock"):
            write_whole(path, _with_verdict(path, subject, verdict))
    except OSError as error:
        raise StoreError(
            f"The sheet {path} cannot be written ({error.strerror or error}): make room, or make "
            "the run's folder writable."
        ) from error


def _sheet(run: Path, subject: Subject, person: str) -> Path:
    """Return the file of a person; raises `ConfigError` for what is no name."""
    taken = [name for known in find_subjects().values() for name in known.raters]
    if not NAME.fullmatch(person) or person.casefold() in taken:
        raise ConfigError(
            f"'{brief(person)}' cannot be a name: give letters and digits, at most 40, and none of "
            f"{', '.join(taken)}."
        )
    return run / subject.sheets / f"{person}.csv"


def _table(path: Path, subject: Subject) -> Table:
    try:
        table = read_table(path, Findings(path.name), heads=subject.columns, by_hand=True)
    except SurveyError as error:
        raise ConfigError(str(error)) from error
    if subject.name not in table.names:
        raise ConfigError(f"{path} has no column '{subject.name}': it is no sheet of verdicts.")
    return table


def _with_verdict(path: Path, subject: Subject, verdict: PersonVerdict) -> str:
    """Return a sheet with a verdict in its row, or in a new one, as the text of a CSV."""
    table = _table(path, subject) if path.is_file() else Table(subject.columns, ())
    own = {
        ADAPTATION: verdict.adaptation,
        subject.name: verdict.id,
        **{aspect: _word(verdict.said.get(aspect)) for aspect in subject.aspects},
        COMMENT: no_formula(verdict.comment[:LONGEST_COMMENT]),
    }
    rows = [dict(row.cells) for row in table.rows]
    row = next((row for row in rows if _same(row, subject, verdict)), None)
    if row is None:
        rows.append(own)
    else:
        row.update(own)
    text = io.StringIO()
    columns = dict.fromkeys([*table.names, *own])
    writer = csv.DictWriter(
        text, [*columns], restval="", lineterminator="\n", quoting=csv.QUOTE_ALL
    )
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _same(row: Mapping[str, str], subject: Subject, verdict: PersonVerdict) -> bool:
    adaptation = row.get(ADAPTATION, "")
    return row.get(subject.name) == verdict.id and adaptation in ("", verdict.adaptation)


def _word(good: bool | None) -> str:
    return "" if good is None else "good" if good else "bad"
