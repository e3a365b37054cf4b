"""Repeats: several answers to one item are samples, and a row given twice is a mistake.

A file tells them apart by how many answers its items have. Where most have one, a second is a
mistake; where they have several, those are samples, unless the file is nothing but one block of
rows again and again: copies of one draw are no further draws. `kind` says what cannot be seen.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from acculturate.errors import SurveyError
from acculturate.records import Answer
from acculturate.records.answer import AnswerKind
from acculturate.sheets.row import Row, read_each

Cell = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """An answer with the row and the arm it came from; `unclear` where its text states none."""

    row: Row
    arm: str
    answer: Answer
    unclear: bool = False

    @property
    def group(self) -> tuple[str, str]:
        return self.arm, self.answer.framing

    @property
    def cell(self) -> Cell:
        """What one answer is given to."""
        answer = self.answer
        return self.arm, answer.framing, answer.culture, answer.item, answer.language

    @property
    def content(self) -> tuple[object, ...]:
        """All that the row says."""
        answer = self.answer
        return (*self.cell, answer.respondent, answer.code, answer.probabilities, answer.text)


def as_samples(read: Sequence[RowAnswer], kind: AnswerKind | None) -> list[RowAnswer]:
    """Give each answer its kind, and number several answers to one item as samples.

    Raises `SurveyError` for rows given twice and for a file that repeats itself.
    """
    n_answers = Counter(given.cell for given in read)
    usual: dict[tuple[str, str], Counter[int]] = {}
    for cell, n in n_answers.items():
        usual.setdefault(cell[:2], Counter())[n] += 1
    single = {group for group, counts in usual.items() if counts.most_common(1)[0][0] == 1}
    several = {group for group, counts in usual.items() if max(counts) > 1}
    if kind == "point":
        single = {*usual}
    elif kind == "sampled":
        single = set()
    if kind is None:
        _check_copies(read, several - single)
    _check_twice(read, single)
    sample: Counter[Cell] = Counter()
    samples = []
    for given in read:
        own = _kind(given.answer, kind, several=given.group in several)
        answer = replace(given.answer, kind=own, sample=sample[given.cell])
        samples.append(replace(given, answer=answer))
        sample[given.cell] += 1
    return samples


def _kind(answer: Answer, kind: AnswerKind | None, *, several: bool) -> AnswerKind:
    shares = answer.kind == "expected"
    if kind in (("expected", "stated") if shares else ("sampled", "point")):
        return kind
    if shares:
        return "expected"
    return "sampled" if several else "point"


def _check_copies(read: Sequence[RowAnswer], groups: set[tuple[str, str]]) -> None:
    """Raise `SurveyError` where an arm is one block of rows several times over."""
    for group in groups:
        rows = [answer for answer in read if answer.group == group]
        contents = [row.content for row in rows]
        times = _times(contents)
        if times > 1:
            kind = _kind(rows[0].answer, None, several=True)
            again = next(k for k, content in enumerate(contents) if content in contents[:k])
            raise SurveyError(
                f"{rows[0].row.path}: the arm '{group[0]}' holds the same {len(rows) // times} "
                f"answers {times} times over (the first again in row {rows[again].row.number}): "
                "copies are no samples. Take them out, or say "
                f"--kind {kind} if each was asked for anew."
            )


def _times(rows: Sequence[tuple[object, ...]]) -> int:
    """Return how often the shortest block that makes up `rows` stands in them, also row by row."""
    counts = Counter(rows)
    least = min(counts.values())
    if len(counts) == len(rows) // least and len(rows) == least * len(counts) and least > 1:
        return least
    for times in range(least, 1, -1):
        size, rest = divmod(len(rows), times)
        if not rest and all(rows[k] == rows[k % size] for k in range(size, len(rows))):
            return times
    return 1


def _check_twice(read: Sequence[RowAnswer], single: set[tuple[str, str]]) -> None:
    """Raise `SurveyError` where a respondent answers an item twice, or anyone where items have one
    answer.
    """
    seen: dict[tuple[Cell, str], RowAnswer] = {}

    def check(answer: RowAnswer) -> None:
        key = answer.cell, answer.answer.respondent
        first = seen.setdefault(key, answer)
        if first is not answer and (answer.answer.respondent or answer.group in single):
            _twice(answer, first)

    read_each(read, check)


def _twice(again: RowAnswer, first: RowAnswer) -> NoReturn:
    answer = again.answer
    whose = f" of respondent '{answer.respondent}'" if answer.respondent else ""
    where = f" for {answer.culture}" if answer.culture else ""
    again.row.fail(
        "item",
        f"{answer.item}{where}{whose} was answered in row {first.row.number} already; take one "
        "out, or tell them apart by arm, framing or respondent.",
    )
