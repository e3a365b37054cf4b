"""An arm's answers beside the people's, laid out once for every metric, comparison and picture.

Answers come one by one, in several orders, wordings or samples; metrics want arrays. An `ArmTable`
is the meeting point: the arm's mean distribution per culture and item, how much of it was read
rather than refused, and what the published way of reading would have made of it. Axes: C cultures,
I items, K options in scale order, padded with zeros to the longest scale.

    >>> from acculturate.records import Answer
    >>> from acculturate.survey import load_survey
    >>> answers = [Answer("Q1", "point", culture="DEU", code=1)]
    >>> build_table(answers, load_survey(), arm="guess").share_CIK[0, 0].tolist()
    [1.0, 0.0, 0.0, 0.0]
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acculturate.errors import SurveyError
from acculturate.evaluation.published_reading import PublishedReading, read_as_published
from acculturate.metrics.ratio import divide
from acculturate.metrics.references import culture_blind, uniform
from acculturate.records import Answer, AnswerKind, Item
from acculturate.survey import People, Survey

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ArmTable:
    """An arm held against `people`.

    `share_CIK`: mean over the answers that were read; NaN where none was. `read_CI`: the part of
    the answers that was read, in [0, 1] (option mass counts as read); NaN where not asked.
    `mass_CI`: mean option mass; NaN where unknown. `asked_CI`, `refused_CI`: answers, and those
    that state nothing. `common`: one set of answers is held against every culture. `published`:
    codes under the published rule, where every item has at most one answer.
    """

    arm: str
    model: str | None
    framing: str | None
    language: str | None
    survey: str
    kind: AnswerKind
    people: People
    blind_CIK: Floats
    share_CIK: Floats
    read_CI: Floats
    mass_CI: Floats
    asked_CI: Floats
    refused_CI: Floats
    common: bool = False
    published: PublishedReading | None = None

    @property
    def cultures(self) -> tuple[str, ...]:
        return self.people.cultures

    @property
    def items(self) -> tuple[Item, ...]:
        return self.people.items

    @property
    def batteries(self) -> tuple[str, ...]:
        return tuple(item.battery for item in self.items)

    @property
    def filled_CIK(self) -> Floats:
        """Shares with every refused answer, and mass off the options, spread uniformly."""
        people = self.people
        even_IK = uniform(people.size_I, people.count_CIK.shape[-1])
        part_CIK = np.broadcast_to(self.read_CI[..., None], self.share_CIK.shape)
        known_CIK = np.where(np.isnan(self.share_CIK), 0.0, self.share_CIK)
        return np.asarray(part_CIK * known_CIK + (1 - part_CIK) * even_IK)


def build_table(
    answers: Sequence[Answer],
    survey: Survey,
    *,
    arm: str,
    model: str | None = None,
    cultures: Sequence[str] | None = None,
    items: Sequence[Item] | None = None,
) -> ArmTable:
    """Lay out one arm's answers.

    Answers without a culture are held against every one of `cultures` (all of the survey's without
    it). `items` fixes the item axis; without it, those answered, in the survey's order. Arms that
    are compared need the same `items`. Raises `SurveyError` for an unknown culture or item, a code
    off its scale, or answers with and without a culture in one arm.
    """
    items = _items(answers, survey, items)
    common, cultures = _cultures(answers, survey, arm, cultures)
    people = survey.people(cultures, items)
    rows = ("",) if common else tuple(cultures)
    tally = _tally(answers, rows, people)
    wide = (len(cultures), len(items))
    return ArmTable(
        arm=arm,
        model=model,
        framing=_single(answer.framing for answer in answers),
        language=_single(answer.language for answer in answers),
        survey=survey.name,
        kind=_kind(answers),
        people=people,
        blind_CIK=culture_blind_of(survey, people),
        share_CIK=np.broadcast_to(tally.share_RIK, (*wide, people.count_CIK.shape[-1])),
        read_CI=np.broadcast_to(tally.read_RI, wide),
        mass_CI=np.broadcast_to(tally.mass_RI, wide),
        asked_CI=np.broadcast_to(tally.asked_RI, wide),
        refused_CI=np.broadcast_to(tally.asked_RI - tally.parsed_RI, wide),
        common=common,
        published=read_as_published(answers, rows, people, survey.published_modes),
    )


def culture_blind_of(survey: Survey, people: People) -> Floats:
    """For each culture of `people` the mean of all other cultures of the survey."""
    everyone = survey.people(survey.cultures, people.items)
    rows = [survey.cultures.index(culture) for culture in people.cultures]
    return culture_blind(everyone.share_CIK)[rows]


def _items(
    answers: Sequence[Answer], survey: Survey, items: Sequence[Item] | None
) -> tuple[Item, ...]:
    if items is not None:
        return tuple(items)
    asked = {survey.item(answer.item).id for answer in answers}
    return tuple(item for item in survey.items.values() if item.id in asked)


def _cultures(
    answers: Sequence[Answer], survey: Survey, arm: str, wanted: Sequence[str] | None
) -> tuple[bool, tuple[str, ...]]:
    """Whether the answers are common to all cultures, and whose people they are held against."""
    wanted = survey.check_cultures(wanted) if wanted is not None else None
    named = tuple(dict.fromkeys(answer.culture for answer in answers))
    if "" in named and len(named) > 1:
        raise SurveyError(
            f"The arm '{arm}' has answers with a culture and answers without one: give them "
            "different arms or framings."
        )
    if named in ((), ("",)):
        return True, survey.cultures if wanted is None else wanted
    if wanted is None:
        return False, survey.check_cultures(named)
    held = tuple(culture for culture in wanted if culture in named)
    if not held:
        raise SurveyError(
            f"The arm '{arm}' has no answers for {', '.join(wanted)}: it has {', '.join(named)}."
        )
    return False, held


@dataclass(frozen=True)
class _Tally:
    """Sums over answers; R rows are the cultures answered for, or one common row."""

    total_RIK: Floats
    parsed_RI: Floats
    asked_RI: Floats
    mass_sum_RI: Floats
    weighed_RI: Floats

    @property
    def share_RIK(self) -> Floats:
        return divide(self.total_RIK, self.parsed_RI[..., None])

    @property
    def mass_RI(self) -> Floats:
        return divide(self.mass_sum_RI, self.weighed_RI)

    @property
    def read_RI(self) -> Floats:
        mass_RI = np.where(self.weighed_RI > 0, self.mass_RI, 1.0)
        return divide(self.parsed_RI * np.minimum(mass_RI, 1.0), self.asked_RI)


def _tally(answers: Sequence[Answer], rows: Sequence[str], people: People) -> _Tally:
    row = {culture: r for r, culture in enumerate(rows)}
    column = {item.id: i for i, item in enumerate(people.items)}
    shape = (len(rows), len(column))
    zeros = [np.zeros(shape) for _ in range(4)]
    tally = _Tally(np.zeros((*shape, people.count_CIK.shape[-1])), *zeros)
    for answer in answers:
        if answer.culture not in row or answer.item not in column:
            continue
        at = row[answer.culture], column[answer.item]
        tally.asked_RI[at] += 1
        if not answer.refused:
            tally.parsed_RI[at] += 1
            tally.total_RIK[at] += _shares(answer, people.items[at[1]], tally.total_RIK.shape[-1])
            if answer.mass is not None:
                tally.mass_sum_RI[at] += answer.mass
                tally.weighed_RI[at] += 1
    return tally


def _shares(answer: Answer, item: Item, width: int) -> Floats:
    share_K = np.zeros(width)
    if answer.probabilities is not None:
        share_K[: len(item.codes)] = answer.probabilities
    elif answer.code in item.codes:
        share_K[item.codes.index(answer.code)] = 1.0
    else:
        codes = ", ".join(str(code) for code in sorted(item.codes))
        raise SurveyError(f"{answer.code} is not a code of item {item.id}: it has {codes}.")
    return share_K


def _kind(answers: Sequence[Answer]) -> AnswerKind:
    """The kind of the answers that were read: a failed request does not know what it would be."""
    kinds = {answer.kind for answer in answers if not answer.refused}
    if len(kinds) > 1:
        raise SurveyError(
            f"One arm holds answers of the kinds {' and '.join(sorted(kinds))}, which cannot be "
            "averaged: give them different arms."
        )
    return kinds.pop() if kinds else (answers[0].kind if answers else "point")


def _single(values: Iterable[str]) -> str | None:
    found = set(values)
    return (found.pop() or None) if len(found) == 1 else None
