"""Answers from anywhere, over groups of a survey's people: each group a culture of its own.

Whose an answer is, from what its row names:

    a respondent    the group that this person is in
    a group         that group, by its slug, such as DEU-female-30-39
    a country       every group of it: these answers know the country and not the group
    nothing         every group of all

Answers of groups with too few people, and of respondents who are in none, are left out and counted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from acculturate.errors import SurveyError
from acculturate.evaluation.answers_file import ArmAnswers
from acculturate.records import Answer
from acculturate.survey import Survey
from acculturate.survey.crossing import (
    crossed,
    every_cell,
    left_out,
    measured_cells,
    parted_culture,
)


class GroupedAnswers(NamedTuple):
    """Arms whose answers are those of groups, the survey with these, and what was left out.

    `measured` are the groups that answers are held against.
    """

    arms: tuple[ArmAnswers, ...]
    survey: Survey
    measured: list[str]
    remarks: list[str]


def group_codes(survey: Survey, columns: Sequence[str]) -> dict[str, str]:
    """Return the slug of every group of the survey's people, with the culture that it is of.

    Raises `SurveyError` for a survey without respondents, and a column that they do not have.
    """
    return {cell.code: cell.of for cell in every_cell(survey, columns)}


def by_group(
    arms: Sequence[ArmAnswers],
    survey: Survey,
    columns: Sequence[str],
    cultures: Sequence[str] | None = None,
) -> GroupedAnswers:
    """Return answers over the groups by `columns` of `cultures` (those that the answers name,
    without them).

    Raises `SurveyError` for a culture none of whose groups has enough people, a group that is not
    there, an arm that answers both for a country and for a group of it, and one without any answer
    of a group that is measured.
    """
    codes = list(dict.fromkeys(cultures or _named(arms, survey, columns)))
    parted = crossed(survey, columns, [parted_culture(survey, code) for code in codes])
    note = parted.groups
    assert note is not None, "the survey has been parted"
    measured = tuple(dict.fromkeys(cell for code in codes for cell in measured_cells(parted, code)))
    people = _People(parted, measured, {cell.code: cell.of for cell in note.cells})
    kept, remarks = [], [remark for remark in (left_out(note, measured),) if remark]
    for arm in arms:
        people.check(arm)
        answers = tuple(people.shared_out(arm.answers))
        lost = sum(not people.groups_of(answer) for answer in arm.answers)
        if not answers:
            raise SurveyError(
                f"The arm '{arm.arm}' has no answer of a group that is measured: these are "
                f"{', '.join(measured)}."
            )
        if lost:
            remarks.append(
                f"The arm '{arm.arm}': {lost} of {len(arm.answers)} answers are of nobody in a "
                "group that is measured, and are not scored."
            )
        kept.append(replace(arm, answers=answers))
    return GroupedAnswers(tuple(kept), parted, list(measured), remarks)


def _named(arms: Sequence[ArmAnswers], survey: Survey, columns: Sequence[str]) -> Iterator[str]:
    """Yield the cultures that answers are of; where some name no culture, all that have a group of
    enough people.
    """
    for culture in dict.fromkeys(answer.culture for arm in arms for answer in arm.answers):
        if culture:
            yield parted_culture(survey, culture)
        else:
            yield from (cell.of for cell in every_cell(survey, columns) if cell.kept)


class _People:
    """Who is measured: the parted survey, its groups, and the country of every cell."""

    def __init__(
        self, survey: Survey, measured: Sequence[str], countries: Mapping[str, str]
    ) -> None:
        self._measured, self._countries = frozenset(measured), countries
        self._of_country: dict[str, list[str]] = {}
        self._persons: dict[tuple[str, str], str] = {}
        people = survey.respondents
        assert people is not None, "the survey has been parted"
        for code in measured:
            self._of_country.setdefault(countries[code], []).append(code)
            for row in people.rows(code).tolist():
                self._persons[countries[code], str(people.ids[row])] = code

    def groups_of(self, answer: Answer) -> Sequence[str]:
        """Return the groups that an answer is of; none where it is of nobody who is measured."""
        if not answer.culture:
            return [""]
        country = self._countries.get(answer.culture, answer.culture)
        if answer.respondent:
            cell = self._persons.get((country, answer.respondent))
            return [cell] if cell else []
        if answer.culture == country:
            return self._of_country.get(country, [])
        return [answer.culture] if answer.culture in self._measured else []

    def shared_out(self, answers: Sequence[Answer]) -> Iterator[Answer]:
        """Yield each answer once for every group that it is of."""
        for answer in answers:
            for code in self.groups_of(answer):
                yield replace(answer, culture=code)

    def check(self, arm: ArmAnswers) -> None:
        """Raise `SurveyError` for an arm that answers for a country and for a group of it: the two
        would be averaged.
        """
        named = {answer.culture for answer in arm.answers if not answer.respondent}
        both = [code for code in named if self._countries.get(code) in named]
        if both:
            code = min(both)
            raise SurveyError(
                f"The arm '{arm.arm}' has answers for {self._countries[code]} and for its group "
                f"{code}: tell them apart by a column 'framing' or 'arm'."
            )
