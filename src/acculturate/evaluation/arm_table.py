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

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

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
    `mass_CI`: mean option mass; NaN where unknown. `asked_CI`, `refused_CI`: answers, but for those
    that say "don't know" or the like where it was offered, and of them those that state nothing.
    `common`: one set of answers is held against every culture. `published`: codes under the
    published rule, where every item has at most one answer. `seeds`: the tables of an arm that was
    made with several training seeds, of which this one is the first.
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
    seeds: tuple["ArmTable", ...] = ()

    @property
    def cultures(self) -> tuple[str, ...]:
        return self.people.cultures

    @property
    def items(self) -> tuple[Item, ...]:
        return self.people.items

    @property
    def batteries(self) -> tuple[str, ...]:
        return tuple(item.battery for item in self.items)

    def only(self, kept_CI: NDArray[np.bool_]) -> "ArmTable":
        """Return the table as if nothing but the cells `kept_CI` had been asked."""
        read = self.published
        return replace(
            self,
            share_CIK=np.where(kept_CI[..., None], self.share_CIK, np.nan),
            read_CI=np.where(kept_CI, self.read_CI, np.nan),
            mass_CI=np.where(kept_CI, self.mass_CI, np.nan),
            asked_CI=np.where(kept_CI, self.asked_CI, 0.0),
            refused_CI=np.where(kept_CI, self.refused_CI, 0.0),
            published=type(read)(*(np.where(kept_CI, code_CI, np.nan) for code_CI in read))
            if read
            else None,
            seeds=tuple(seed.only(kept_CI) for seed in self.seeds),
        )

    def of(self, cultures: Sequence[str]) -> "ArmTable":
        """Return the table of some of its cultures, in their order."""
        rows = np.array([self.cultures.index(culture) for culture in cultures], dtype=np.intp)
        return self.part(rows, np.arange(len(self.items)))

    def part(self, rows: NDArray[np.intp], at: NDArray[np.intp]) -> "ArmTable":
        """Return the table of some cultures and some items; the padding of options stays."""
        cell = np.ix_(rows, at)
        people = self.people
        kept = replace(
            people,
            cultures=tuple(people.cultures[c] for c in rows),
            items=tuple(people.items[i] for i in at),
            count_CIK=people.count_CIK[cell],
            size_I=people.size_I[at],
            ordinal_I=people.ordinal_I[at],
            kish_CI=None if people.kish_CI is None else people.kish_CI[cell],
            wholes=tuple(people.wholes[c] for c in rows) if people.wholes else (),
        )
        read = self.published
        return replace(
            self,
            people=kept,
            blind_CIK=self.blind_CIK[cell],
            share_CIK=self.share_CIK[cell],
            read_CI=self.read_CI[cell],
            mass_CI=self.mass_CI[cell],
            asked_CI=self.asked_CI[cell],
            refused_CI=self.refused_CI[cell],
            published=type(read)(*(code_CI[cell] for code_CI in read)) if read else None,
            seeds=tuple(seed.part(rows, at) for seed in self.seeds),
        )

    @property
    def filled_CIK(self) -> Floats:
        """Shares with every refused answer, and mass off the options, spread uniformly."""
        people = self.people
        even_IK = uniform(people.size_I, people.count_CIK.shape[-1])
        part_CIK = np.broadcast_to(self.read_CI[..., None], self.share_CIK.shape)
        known_CIK = np.where(np.isnan(self.share_CIK), 0.0, self.share_CIK)
        return np.asarray(part_CIK * known_CIK + (1 - part_CIK) * even_IK)


def build_table(
    answers: Iterable[Answer],
    survey: Survey,
    *,
    arm: str,
    model: str | None = None,
    cultures: Sequence[str] | None = None,
    items: Sequence[Item] | None = None,
) -> ArmTable:
    """Lay out one arm's answers.

    `answers` are read once and none is kept beyond what the arrays need, so they may be a generator
    of any length. Answers without a culture are held against every one of `cultures` (all of the
    survey's without it). `items` fixes the item axis; without it, those answered, in the survey's
    order. Arms that are compared need the same `items`. Raises `SurveyError` for an unknown culture
    or item, a code off its scale, or answers with and without a culture in one arm.
    """
    tally = TableTally(survey, arm, model, cultures, items)
    for answer in answers:
        tally.add(answer)
    return tally.table()


class TableTally:
    """An arm's table in the making: answers come one by one. See `build_table`."""

    def __init__(
        self,
        survey: Survey,
        arm: str,
        model: str | None = None,
        cultures: Sequence[str] | None = None,
        items: Sequence[Item] | None = None,
    ) -> None:
        self._survey, self._arm, self._model = survey, arm, model
        self._wanted = survey.check_cultures(cultures) if cultures is not None else None
        self._tally = _Tally(survey, items, self._wanted)

    def add(self, answer: Answer) -> None:
        """Count an answer."""
        self._tally.add(answer)

    def table(self) -> ArmTable:
        """Return the table of all answers so far."""
        survey, arm, tally = self._survey, self._arm, self._tally
        items = tally.items
        common, cultures = _cultures(tuple(tally.cultures), survey, arm, self._wanted)
        people = survey.people(cultures, items)
        rows = ("",) if common else tuple(cultures)
        sums = tally.sums(rows, people)
        wide = (len(cultures), len(items))
        return ArmTable(
            arm=arm,
            model=self._model,
            framing=in_common(tally.framings),
            language=in_common(tally.languages),
            survey=survey.name,
            kind=tally.kind,
            people=people,
            blind_CIK=culture_blind_of(survey, people),
            share_CIK=np.broadcast_to(sums.share_RIK, (*wide, people.count_CIK.shape[-1])),
            read_CI=np.broadcast_to(sums.read_RI, wide),
            mass_CI=np.broadcast_to(sums.mass_RI, wide),
            asked_CI=np.broadcast_to(sums.asked_RI, wide),
            refused_CI=np.broadcast_to(sums.asked_RI - sums.parsed_RI, wide),
            common=common,
            published=tally.published(rows, people, survey.published_modes),
        )


def culture_blind_of(survey: Survey, people: People) -> Floats:
    """Return for each culture of `people` the mean of all other cultures of the survey; for groups
    that people were parted into, of all other groups.
    """
    peers = survey.peers(people.cultures)
    everyone = survey.people(peers, people.items)
    rows = [peers.index(culture) for culture in people.cultures]
    return culture_blind(everyone.share_CIK)[rows]


def _cultures(
    named: tuple[str, ...], survey: Survey, arm: str, wanted: tuple[str, ...] | None
) -> tuple[bool, tuple[str, ...]]:
    """Return whether the answers are common to all cultures, and whose people they are held
    against.
    """
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


class _Row:
    """Sums over the answers for one culture, item by item.

    `singles` are the only answers there are to their items, while the published reading can use
    them.
    """

    def __init__(self, items: int, options: int) -> None:
        self.singles: dict[int, Answer] = {}
        self.total_IK = np.zeros((items, options))
        self.parsed_I, self.asked_I, self.mass_sum_I, self.weighed_I = np.zeros((4, items))

    def add(self, i: int, answer: Answer, item: Item) -> None:
        if self.asked_I[i]:
            self.singles.pop(i, None)
        elif answer.probabilities is None and answer.labels == "numbers" and not answer.no_answer:
            self.singles[i] = answer
        self.asked_I[i] += 1
        if answer.refused:
            return
        self.parsed_I[i] += 1
        self.total_IK[i, : len(item.codes)] += answer.shares(item)
        if answer.mass is not None:
            self.mass_sum_I[i] += answer.mass
            self.weighed_I[i] += 1


class _Tally:
    """Gathers answers as they come: sums by culture and item, and what they have in common.

    Only `items` (all of the survey's without them) and the cultures of `wanted` are summed.
    """

    def __init__(
        self, survey: Survey, items: Sequence[Item] | None, wanted: tuple[str, ...] | None
    ) -> None:
        self._survey = survey
        self._fixed = None if items is None else {item.id: item for item in items}
        self._wanted = wanted
        self._axis = {key: i for i, key in enumerate(self._fixed or survey.items)}
        self._options = max((len(item.codes) for item in items or survey.items.values()), default=0)
        self._rows: dict[str, _Row] = {}
        self._kinds: dict[AnswerKind, None] = {}
        self._first: AnswerKind = "point"
        self._asked: dict[str, Item] = {}
        self.cultures: dict[str, None] = {}
        self.framings: set[str] = set()
        self.languages: set[str] = set()

    def add(self, answer: Answer) -> None:
        if not self.cultures:
            self._first = answer.kind
        self.cultures[answer.culture] = None
        self.framings.add(answer.framing)
        self.languages.add(answer.language)
        if answer.answered:
            self._kinds[answer.kind] = None
        item = self._item(answer.item)
        if not answer.answered and not answer.refused:
            return  # "don't know", which is counted apart (no_answers.py)
        if item is None or (self._wanted and answer.culture not in ("", *self._wanted)):
            return
        if answer.culture not in self._rows:
            self._rows[answer.culture] = _Row(len(self._axis), self._options)
        self._rows[answer.culture].add(self._axis[item.id], answer, item)

    def _item(self, name: str) -> Item | None:
        if self._fixed is not None:
            return self._fixed.get(name)
        if name not in self._asked:
            item = self._survey.item(name)
            self._asked[name] = self._asked[item.id] = item
        return self._asked[name]

    @property
    def items(self) -> tuple[Item, ...]:
        """The item axis."""
        if self._fixed is not None:
            return tuple(self._fixed.values())
        return tuple(item for item in self._survey.items.values() if item.id in self._asked)

    @property
    def kind(self) -> AnswerKind:
        """The kind of the answers that were read: a failed request does not know its own."""
        if len(self._kinds) > 1:
            raise SurveyError(
                f"One arm holds answers of the kinds {' and '.join(sorted(self._kinds))}, which "
                "cannot be averaged: give them different arms."
            )
        return next(iter(self._kinds), self._first)

    def sums(self, rows: Sequence[str], people: People) -> "_Sums":
        """Return the sums of `rows` over the items of `people`."""
        at = [self._axis[item.id] for item in people.items]
        empty = _Row(len(self._axis), self._options)
        sums = [self._rows.get(culture, empty) for culture in rows]
        width = people.count_CIK.shape[-1]
        return _Sums(
            np.stack([row.total_IK[at, :width] for row in sums]),
            np.stack([row.parsed_I[at] for row in sums]),
            np.stack([row.asked_I[at] for row in sums]),
            np.stack([row.mass_sum_I[at] for row in sums]),
            np.stack([row.weighed_I[at] for row in sums]),
        )

    def published(
        self, rows: Sequence[str], people: People, modes: Mapping[tuple[str, str], int]
    ) -> PublishedReading | None:
        """Return the published reading, where each item has at most one answer, which it
        can read.
        """
        at = [self._axis[item.id] for item in people.items]
        codes = [self._rows[culture] for culture in rows if culture in self._rows]
        singles = [row.singles[i] for row in codes for i in at if i in row.singles]
        if len(singles) < sum(np.count_nonzero(row.asked_I[at]) for row in codes):
            return None
        return read_as_published(singles, rows, people, modes)


@dataclass(frozen=True)
class _Sums:
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


def in_common(values: Collection[str]) -> str | None:
    """Return the one value of all answers; None where they differ, or where it is empty."""
    return (next(iter(values)) or None) if len(values) == 1 else None
