r"""A user's file of answers, from anywhere: any format that `sheets` opens.

Columns `culture`, `item` and `answer` (a text, or a code) or `probabilities` (a JSON list by
ascending code, or an object from code to probability); optional `framing`, `arm`, `language` (the
one that the answer is written in) and `respondent` (an id of the survey's own respondents, where it
has any). An empty culture is held against every culture's people; an empty answer is a refusal.
A cell that is nothing but an integer must be a code of its item; any other text is read strictly
here, and once more by the published rule for the scores that are named so. Several answers to one
item are samples. A code with a label of the file's own (SPSS, Stata) is what both agree on.

    >>> import tempfile, pathlib
    >>> from acculturate.survey import load_survey
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "answers.csv"
    >>> _ = path.write_text("culture,item,answer\nDEU,Q1,I would choose 2.\n")
    >>> read_answers(path, load_survey())[0].answers[0].code
    2
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn, get_args

from acculturate.errors import ConfigError, SurveyError, unknown
from acculturate.evaluation.answer_cells import (
    SUM_TOLERANCE,
    culture_of,
    item_of,
    language_of,
    probabilities,
    said,
)
from acculturate.evaluation.repeated_answers import RowAnswer, as_samples
from acculturate.records import Answer
from acculturate.records.answer import AnswerKind
from acculturate.sheets.findings import Findings
from acculturate.sheets.row import LISTED, Row, Table, read_each, read_table
from acculturate.survey import Survey
from acculturate.survey.respondents import Respondents

REQUIRED = ("culture", "item")
CONTENT = ("answer", "probabilities")
OPTIONAL = ("framing", "respondent", "arm", "language")


@dataclass(frozen=True, slots=True)
class ArmAnswers:
    """The answers of one arm under one framing; `arm` falls back on the framing, then the file.

    `unclear` are the rows whose text neither declines nor states one option.
    """

    arm: str
    framing: str
    answers: tuple[Answer, ...]
    unclear: tuple[int, ...] = ()

    @property
    def remark(self) -> str:
        """What is to be said of the unclear texts; ``""`` without any."""
        if not self.unclear:
            return ""
        rows = ", ".join(map(str, self.unclear[:LISTED]))
        more = ", ..." if len(self.unclear) > LISTED else ""
        return (
            f"The arm '{self.arm}': {len(self.unclear)} of {len(self.answers)} answers name no "
            f"option, several, or a part of one, and count as refused (row {rows}{more})."
        )


def read_answers(
    path: Path,
    survey: Survey,
    *,
    kind: AnswerKind | None = None,
    tolerance: float = SUM_TOLERANCE,
    delimiter: str = "",
    encoding: str = "",
    findings: Findings | None = None,
    groups: Mapping[str, str] = MappingProxyType({}),
) -> tuple[ArmAnswers, ...]:
    """Read a file of answers, arm by arm in the order of the file.

    `kind` says what the answers are where it cannot be seen: probabilities are `expected` unless
    they are said to be `stated`; texts and codes are `point` answers, or `sampled` where items have
    several. `tolerance` is how far from 1 the sum of probabilities may lie. `delimiter` and
    `encoding` are told from the file unless given; notes on how it was read go into `findings`.
    `groups` are groups of people that may stand as cultures, each with the one that it is of.

    Raises `SurveyError` for a file that cannot be read, a missing column, or rows with an unknown
    item or culture, a code off its scale, probabilities that are none, or an answer given twice:
    with file, row and column of up to twenty of them. Raises `ConfigError` for a wrong setting.
    """
    _check_settings(kind, tolerance)
    table = read_table(
        path,
        findings or Findings(path.name),
        heads=(*REQUIRED, *CONTENT, *OPTIONAL),
        delimiter=delimiter,
        encoding=encoding,
    )
    _check_columns(path, table)
    read = read_each(table.rows, lambda row: _read_row(row, survey, tolerance, groups))
    _check_kind(read, kind)
    if survey.respondents is not None:
        _check_persons(read, survey.respondents, groups)
    arms: dict[tuple[str, str], list[RowAnswer]] = {}
    for sample in as_samples(read, kind):
        arms.setdefault(sample.group, []).append(sample)
    for arm in arms.values():
        _check_group(arm)
    return tuple(map(_arm, arms.values()))


def _arm(group: Sequence[RowAnswer]) -> ArmAnswers:
    arm, framing = group[0].group
    unclear = tuple(cell.row.number for cell in group if cell.unclear)
    return ArmAnswers(arm, framing, tuple(cell.answer for cell in group), unclear)


def _check_settings(kind: str | None, tolerance: float) -> None:
    kinds = get_args(AnswerKind)
    if kind is not None and kind not in kinds:
        raise ConfigError(unknown("kind of answers", kind, kinds))
    if not 0 <= tolerance < 1:
        raise ConfigError(f"The tolerance {tolerance:g} is not in [0, 1): expected one like 0.01.")


def _check_columns(path: Path, table: Table) -> None:
    """Raise `SurveyError` where a column that is needed is missing or looks misspelt, or there are
    no rows.
    """
    columns = table.names
    for name in REQUIRED:
        if name not in columns:
            _missing(path, f"'{name}'", name, columns)
    if not set(CONTENT) & set(columns):
        _missing(path, "'answer' (or 'probabilities')", "answer", columns)
    for name in OPTIONAL:
        unknown = [column for column in columns if column not in (*REQUIRED, *CONTENT, *OPTIONAL)]
        close = get_close_matches(name, unknown, n=1, cutoff=0.8)
        if name not in columns and close:
            raise SurveyError(f"{path} has a column '{close[0]}': name it '{name}' to be read.")
    if not table.rows:
        raise SurveyError(f"{path} holds no answers: expected at least one row.")


def _missing(path: Path, which: str, name: str, columns: Sequence[str]) -> NoReturn:
    close = get_close_matches(name, columns, n=1, cutoff=0.5)
    hint = f" Is it '{close[0]}'?" if close else ""
    raise SurveyError(
        f"{path} has no column {which}.{hint} It has {', '.join(columns) or 'none'}; expected are "
        "culture, item, and answer or probabilities."
    )


def _read_row(row: Row, survey: Survey, tolerance: float, groups: Mapping[str, str]) -> RowAnswer:
    item = item_of(row, survey)
    answer = Answer(
        item.id,
        "point",
        row.words("framing"),
        culture_of(row, survey, groups),
        language_of(row),
        respondent=row.words("respondent"),
    )
    arm = row.words("arm") or answer.framing or row.path.stem
    if row.text("probabilities"):
        if row.text("answer"):
            row.fail("probabilities", "the row has an answer as well: give one of the two.")
        shares = probabilities(row, item, tolerance)
        return RowAnswer(row, arm, replace(answer, kind="expected", probabilities=shares))
    text, (code, reason) = said(row, item, answer.language)
    return RowAnswer(row, arm, replace(answer, code=code, text=text), reason == "unclear")


def _check_kind(read: Sequence[RowAnswer], kind: AnswerKind | None) -> None:
    """Raise `SurveyError` where no row has what answers of the kind consist of."""
    if kind is None:
        return
    shares = kind in ("expected", "stated")
    if not any((cell.answer.probabilities is not None) == shares for cell in read):
        has, lacks = ("answers", "probabilities") if shares else ("probabilities", "answers")
        raise SurveyError(
            f"{read[0].row.path} has {has} and no {lacks}, so that its answers cannot be "
            f"'{kind}': leave --kind out."
        )


def _check_persons(
    read: Sequence[RowAnswer], people: Respondents, groups: Mapping[str, str]
) -> None:
    """Raise `SurveyError` for a respondent who is not one of the survey's in the culture of the
    row.
    """
    first: dict[tuple[str, str], Row] = {}
    for answer in read:
        if answer.answer.respondent:
            first.setdefault((answer.answer.respondent, answer.answer.culture), answer.row)

    def check(person: tuple[str, str]) -> None:
        (name, culture), row = person, first[person]
        if not culture:
            row.fail("culture", f"empty; expected the culture of the respondent '{name}'.")
        try:
            people.find([name], groups.get(culture, culture))
        except SurveyError as error:
            row.fail("respondent", str(error))

    read_each(first, check)


def _check_group(group: Sequence[RowAnswer]) -> None:
    """Raise `SurveyError` where an arm is both held against every culture and answers for named
    ones, or has two kinds.
    """
    first = group[0]
    told = next((cell for cell in group if not cell.answer.refused), first)

    def check(answer: RowAnswer) -> None:
        if bool(answer.answer.culture) != bool(first.answer.culture):
            answer.row.fail(
                "culture",
                f"the arm '{answer.arm}' has rows with a culture and rows without one (row "
                f"{first.row.number}); tell them apart by a column 'framing' or 'arm'.",
            )
        if not answer.answer.refused and answer.answer.kind != told.answer.kind:
            answer.row.fail(
                "probabilities" if answer.answer.probabilities else "answer",
                f"the arm '{answer.arm}' has answers and probabilities (row {told.row.number}); "
                "tell them apart by a column 'arm'.",
            )

    read_each(group, check)
