r"""A user's file of answers, from anywhere: CSV, JSON lines or Parquet.

Columns `culture`, `item` and `answer` (a text, or a code) or `probabilities` (a JSON list by
ascending code, or an object from code to probability); optional `framing`, `arm` and
`respondent` (an id of the survey's own respondents, where it has any). An empty culture is held
against every culture's people; an empty answer is a refusal.
A cell that is nothing but an integer must be a code of its item; any other text is read strictly
here, and once more by the published rule for the scores that are named so. Several answers to one
item are samples.

    >>> import tempfile, pathlib
    >>> from acculturate.survey import load_survey
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "answers.csv"
    >>> _ = path.write_text("culture,item,answer\nDEU,Q1,I would choose 2.\n")
    >>> read_answers(path, load_survey())[0].answers[0].code
    2
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn

from acculturate.asking.parser import parse
from acculturate.errors import SurveyError, nearest
from acculturate.evaluation.answer_rows import Row, read_rows
from acculturate.evaluation.published_reading import plain_options
from acculturate.records import Answer, Item
from acculturate.survey import Survey
from acculturate.survey.respondents import Respondents

REQUIRED = ("culture", "item")
CONTENT = ("answer", "probabilities")
OPTIONAL = ("framing", "respondent", "arm")
# tables with gaps are often written with codes as "3.0"
BARE = re.compile(r"\s*([+-]?[0-9]{1,9})(?:\.0+)?\s*")
SUM_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True)
class ArmAnswers:
    """The answers of one arm under one framing; `arm` falls back on the framing, then the file."""

    arm: str
    framing: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """An answer with the row and the arm it came from."""

    row: Row
    arm: str
    answer: Answer

    @property
    def group(self) -> tuple[str, str]:
        return self.arm, self.answer.framing

    @property
    def cell(self) -> tuple[str, str, str, str]:
        """What one answer is given to."""
        return self.arm, self.answer.framing, self.answer.culture, self.answer.item


def read_answers(path: Path, survey: Survey) -> tuple[ArmAnswers, ...]:
    """Read a file of answers, arm by arm in the order of the file.

    Raises `SurveyError`, one sentence naming file, row and column, for a file that cannot be read,
    a missing column, an unknown item or culture, a code off its scale, probabilities that are
    none, or a row given twice.
    """
    rows = read_rows(path)
    _check_columns(rows)
    read = [_read_row(row, survey) for row in rows]
    if survey.respondents is not None:
        _check_persons(read, survey.respondents)
    read = _as_samples(read)
    groups: dict[tuple[str, str], list[_Read]] = {}
    for each in read:
        groups.setdefault(each.group, []).append(each)
    for group in groups.values():
        _check_group(group)
    return tuple(
        ArmAnswers(arm, framing, tuple(each.answer for each in group))
        for (arm, framing), group in groups.items()
    )


def _check_columns(rows: Sequence[Row]) -> None:
    """Every column that is needed is there, and none looks like a misspelt one."""
    path, columns = rows[0].path, list(dict.fromkeys(name for row in rows for name in row.cells))
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


def _missing(path: Path, which: str, name: str, columns: Sequence[str]) -> NoReturn:
    close = get_close_matches(name, columns, n=1, cutoff=0.5)
    hint = f" Is it '{close[0]}'?" if close else ""
    raise SurveyError(
        f"{path} has no column {which}.{hint} It has {', '.join(columns)}; expected are culture, "
        "item, and answer or probabilities."
    )


def _read_row(row: Row, survey: Survey) -> _Read:
    item = _item(row, survey)
    culture = row.text("culture")
    if culture and culture not in survey.counts:
        row.fail(
            "culture",
            f"the survey '{survey.name}' holds no people's answers for '{culture}'."
            f"{nearest(culture, survey.counts)} It has {', '.join(survey.counts)}.",
        )
    framing = row.text("framing")
    answer = Answer(
        item.id, "point", framing=framing, culture=culture, respondent=row.text("respondent")
    )
    if row.filled("probabilities"):
        if row.filled("answer"):
            row.fail("probabilities", "the row has an answer as well: give one of the two.")
        answer = replace(answer, kind="expected", probabilities=_probabilities(row, item))
    else:
        text = row.raw("answer")
        answer = replace(answer, text=text, code=_code(row, text, item))
    return _Read(row, row.text("arm") or framing or row.path.stem, answer)


def _check_persons(read: Iterable[_Read], people: Respondents) -> None:
    """Every respondent named is one of the survey's, in the culture of the row."""
    seen: set[tuple[str, str]] = set()
    for each in read:
        name, culture = each.answer.respondent, each.answer.culture
        if not name or (name, culture) in seen:
            continue
        if not culture:
            each.row.fail("culture", f"empty; expected the culture of the respondent '{name}'.")
        try:
            people.find([name], culture)
        except SurveyError as error:
            each.row.fail("respondent", str(error))
        seen.add((name, culture))


def _item(row: Row, survey: Survey) -> Item:
    key = row.text("item")
    if not key:
        row.fail("item", f"empty; expected the id of an item of '{survey.name}', such as Q1.")
    if key not in survey.items:
        row.fail(
            "item", f"the survey '{survey.name}' has no item '{key}'.{nearest(key, survey.items)}"
        )
    return survey.items[key]


def _code(row: Row, text: str, item: Item) -> int | None:
    bare = BARE.fullmatch(text)
    if bare is None:
        return parse(text, plain_options(item)).code if text.strip() else None
    code = int(bare[1])
    if code not in item.codes:
        row.fail(
            "answer",
            f"{code} is not a code of item {item.id}, which has {_codes(item)}; leave the cell "
            "empty for a refusal.",
        )
    return code


def _codes(item: Item) -> str:
    return ", ".join(str(code) for code in sorted(item.codes))


def _probabilities(row: Row, item: Item) -> tuple[float, ...]:
    """The shares of one cell in scale order, made to sum to 1 exactly."""
    expected = f"expected {len(item.codes)} probabilities for {item.id}, in the order of its codes"
    expected += f" ({_codes(item)})"
    value = row.cells["probabilities"]
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            row.fail("probabilities", f"'{_short(value)}' is not a JSON list; {expected}.")
    if isinstance(value, dict):
        value = _by_code(row, value, item)
    if not isinstance(value, Sequence) or isinstance(value, str):
        row.fail("probabilities", f"'{_short(str(value))}' is not a list; {expected}.")
    if len(value) != len(item.codes):
        row.fail("probabilities", f"there are {len(value)}; {expected}.")
    for each in value:
        number = isinstance(each, (int, float)) and not isinstance(each, bool)
        if not number or not 0 <= each <= 1 + SUM_TOLERANCE:  # also false of NaN
            row.fail("probabilities", f"'{_short(str(each))}' is not a probability; {expected}.")
    total = math.fsum(value)
    if abs(total - 1) > SUM_TOLERANCE:
        row.fail("probabilities", f"they sum to {total:.4g}, not to 1; {expected}.")
    by_code = dict(zip(sorted(item.codes), value, strict=True))
    return tuple(by_code[code] / total for code in item.codes)


def _by_code(row: Row, value: dict[str, object], item: Item) -> list[object]:
    """The values of an object from code to probability, by ascending code; 0 where left out."""
    for key in value:
        if key not in {str(code) for code in item.codes}:
            row.fail(
                "probabilities",
                f"'{_short(key)}' is not a code of item {item.id}, which has {_codes(item)}.",
            )
    return [value.get(str(code), 0.0) for code in sorted(item.codes)]


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


def _as_samples(read: Sequence[_Read]) -> list[_Read]:
    """Number several answers to one item as samples; a row given twice by mistake is an error.

    A mistake is the same respondent twice, or a second answer where most items have one.
    """
    _check_respondents(read)
    n_answers = Counter(each.cell for each in read)
    usual: dict[tuple[str, str], Counter[int]] = {}
    for cell, n in n_answers.items():
        usual.setdefault(cell[:2], Counter())[n] += 1
    seen: dict[tuple[str, str, str, str], _Read] = {}
    sample: Counter[tuple[str, str, str, str]] = Counter()
    samples = []
    for each in read:
        single = usual[each.group].most_common(1)[0][0] == 1
        if single and each.cell in seen and not each.answer.respondent:
            _twice(each, seen[each.cell])
        seen.setdefault(each.cell, each)
        several = max(usual[each.group]) > 1
        kind = "sampled" if several and each.answer.kind == "point" else each.answer.kind
        samples.append(
            replace(each, answer=replace(each.answer, kind=kind, sample=sample[each.cell]))
        )
        sample[each.cell] += 1
    return samples


def _check_respondents(read: Iterable[_Read]) -> None:
    seen: dict[tuple[str, ...], _Read] = {}
    for each in read:
        key = (*each.cell, each.answer.respondent)
        if each.answer.respondent and key in seen:
            _twice(each, seen[key])
        seen[key] = each


def _twice(each: _Read, first: _Read) -> NoReturn:
    answer = each.answer
    whose = f" of respondent '{answer.respondent}'" if answer.respondent else ""
    where = f" for {answer.culture}" if answer.culture else ""
    each.row.fail(
        "item",
        f"{answer.item}{where}{whose} was answered in row {first.row.number} already; take one "
        "out, or tell them apart by arm, framing or respondent.",
    )


def _check_group(group: Sequence[_Read]) -> None:
    """One arm is either held against every culture or answers for named ones, in one kind."""
    first = group[0]
    for each in group:
        if bool(each.answer.culture) != bool(first.answer.culture):
            each.row.fail(
                "culture",
                f"the arm '{each.arm}' has rows with a culture and rows without one (row "
                f"{first.row.number}); tell them apart by a column 'framing' or 'arm'.",
            )
    told = [each for each in group if not each.answer.refused]
    for each in told:
        if each.answer.kind != told[0].answer.kind:
            each.row.fail(
                "probabilities" if each.answer.probabilities else "answer",
                f"the arm '{each.arm}' has answers and probabilities (row {told[0].row.number}); "
                "tell them apart by a column 'arm'.",
            )
