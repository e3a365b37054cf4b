"""Personas beside the persons they speak for: one culture's answers and persons as arrays.

Answers come one by one, in several orders or samples; here they are summed by respondent and item
as they come, so that only the table grows: with the persons, not with how often they are asked.
Axes: R respondents, I items, K options, F features.

    >>> from acculturate.records import Answer
    >>> from acculturate.survey import load_survey
    >>> answers = [Answer("Q1", "point", culture="DEU", code=1, respondent="p1")]
    >>> table = individual_tables(answers, {"p1": {"Q1": 1}}, load_survey(), arm="persona")[0]
    >>> table.share_RIK[0, 0].tolist()
    [1.0, 0.0, 0.0, 0.0]
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acculturate.errors import SurveyError
from acculturate.evaluation.arm_table import in_common
from acculturate.metrics.individual import given_shares, marginal
from acculturate.metrics.ratio import divide
from acculturate.records import Answer, Item
from acculturate.survey import Survey

Floats = NDArray[np.float64]
Given = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class IndividualTable:
    """One culture's personas beside the persons.

    `share_RIK` are the arm's answers (NaN: none read), `given_RIK` the persons' (one-hot, NaN:
    missing), `marginal_IK` the country's shares. `feature_RF` are dummies of the demographics, or
    None. `asked` and `refused` count answers; a reference's were never refused, and it has None.
    """

    arm: str
    model: str | None
    framing: str | None
    language: str | None
    survey: str
    culture: str
    respondents: tuple[str, ...]
    items: tuple[Item, ...]
    share_RIK: Floats
    given_RIK: Floats
    marginal_IK: Floats
    feature_RF: Floats | None
    asked: int
    refused: int | None

    @property
    def asked_of(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The respondents that were spoken for, and the ids of the items."""
        return self.respondents, tuple(item.id for item in self.items)

    @property
    def size_I(self) -> NDArray[np.int64]:
        return np.array([len(item.codes) for item in self.items], dtype=np.int64)

    @property
    def ordinal_I(self) -> NDArray[np.bool_]:
        return np.array([item.ordinal for item in self.items], dtype=np.bool_)


def individual_tables(
    answers: Iterable[Answer],
    given: Given,
    survey: Survey,
    *,
    arm: str,
    model: str | None = None,
    demographics: Mapping[str, Mapping[str, str]] | None = None,
) -> list[IndividualTable]:
    """Lay out one arm's answers by culture.

    `given` maps a respondent to their answers by item; a code that is not on the item's scale is
    missing (negative ones are, in WVS). Several answers to one cell (samples, orders) are averaged.
    `demographics` maps a respondent to values by column. Marginals are the survey's where it has
    them, else those of the respondents. Raises `SurveyError` for an answer without a respondent or
    a culture, and for a respondent that `given` lacks.
    """
    gathered = PersonaAnswers(survey, arm, model)
    for answer in answers:
        gathered.add(answer)
    if not gathered.cultures:
        raise SurveyError(f"The arm '{arm}' has no answers: give at least one with a respondent.")
    return [gathered.table(culture, given, demographics) for culture in gathered.cultures]


class PersonaAnswers:
    """Gathers an arm's answers by culture and respondent as they come; only their sums are kept."""

    def __init__(self, survey: Survey, arm: str, model: str | None = None) -> None:
        self._survey, self._arm, self._model = survey, arm, model
        self._cultures: dict[str, _Sums] = {}
        self._nameless = ""

    @property
    def cultures(self) -> tuple[str, ...]:
        """In the order in which they came."""
        return tuple(self._cultures)

    @property
    def speak_for_persons(self) -> bool:
        """Whether any answer named a respondent."""
        return any(any(sums.rows) for sums in self._cultures.values())

    def respondents(self, culture: str) -> tuple[str, ...]:
        """Return the respondents that answers named, in the order in which they came."""
        return tuple(self._cultures[culture].rows)

    def add(self, answer: Answer) -> None:
        """Count an answer. Raises `SurveyError` for a code off its scale."""
        if not answer.respondent or not answer.culture:
            self._nameless = self._nameless or answer.item
        self._cultures.setdefault(answer.culture, _Sums()).add(
            answer, self._survey.item(answer.item)
        )

    def table(
        self,
        culture: str,
        given: Given,
        demographics: Mapping[str, Mapping[str, str]] | None = None,
    ) -> IndividualTable:
        """Return one culture's table; see `individual_tables`."""
        sums = self._cultures[culture]
        self._check(sums, given)
        ids = tuple(sums.rows)
        items = tuple(item for item in self._survey.items.values() if item.id in sums.columns)
        share_RIK = sums.shares(items)
        given_RIK = given_shares(_places(given, ids, items), share_RIK.shape[-1])
        return IndividualTable(
            arm=self._arm,
            model=self._model,
            framing=in_common(sums.framings),
            language=in_common(sums.languages),
            survey=self._survey.name,
            culture=culture,
            respondents=ids,
            items=items,
            share_RIK=share_RIK,
            given_RIK=given_RIK,
            marginal_IK=_marginals(self._survey, culture, items, given_RIK),
            feature_RF=_features(demographics, ids) if demographics else None,
            asked=sums.asked,
            refused=sums.refused,
        )

    def _check(self, sums: "_Sums", given: Given) -> None:
        if self._nameless:
            raise SurveyError(
                f"The arm '{self._arm}' has an answer to {self._nameless} without a respondent or "
                "a culture: the individual level needs both columns."
            )
        for respondent in sums.rows:
            if respondent not in given:
                raise SurveyError(
                    f"There is no respondent '{respondent}' in the survey's file: take the ids "
                    "of the file that was imported."
                )


class _Sums:
    """One culture's answers: sums of shares by respondent and item, in arrays that grow."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self.columns: dict[str, int] = {}
        self.framings: set[str] = set()
        self.languages: set[str] = set()
        self.asked = self.refused = 0
        self._total_RIK = np.zeros((1, 1, 2))
        self._n_RI = np.zeros((1, 1))

    def add(self, answer: Answer, item: Item) -> None:
        at = (
            self.rows.setdefault(answer.respondent, len(self.rows)),
            self.columns.setdefault(item.id, len(self.columns)),
        )
        self.framings.add(answer.framing)
        self.languages.add(answer.language)
        self.asked += 1
        self.refused += answer.refused
        if not answer.answered:
            return
        self._make_room((*at, len(item.codes) - 1))
        self._total_RIK[at][: len(item.codes)] += answer.shares(item)
        self._n_RI[at] += 1

    def shares(self, items: Sequence[Item]) -> Floats:
        """Return the mean shares (R, I, K) over `items`; NaN where nothing was read."""
        width = max(len(item.codes) for item in items)
        self._make_room((len(self.rows) - 1, len(self.columns) - 1, width - 1))
        column = [self.columns[item.id] for item in items]
        total_RIK = self._total_RIK[: len(self.rows), column, :width]
        return divide(total_RIK, self._n_RI[: len(self.rows), column, None])

    def _make_room(self, at: tuple[int, int, int]) -> None:
        shape = self._total_RIK.shape
        if all(place < size for place, size in zip(at, shape, strict=True)):
            return
        more = [
            0 if place < size else max(2 * size, place + 1) - size
            for place, size in zip(at, shape, strict=True)
        ]
        self._total_RIK = np.pad(self._total_RIK, [(0, width) for width in more])
        self._n_RI = np.pad(self._n_RI, [(0, width) for width in more[:2]])


def _places(given: Given, ids: Sequence[str], items: Sequence[Item]) -> NDArray[np.int64]:
    """Return the place on the scale of each person's answer; -1 where missing."""
    places = [{code: k for k, code in enumerate(item.codes)} for item in items]
    return np.array(
        [
            [
                place.get(given[person].get(item.id, -1), -1)
                for item, place in zip(items, places, strict=True)
            ]
            for person in ids
        ],
        dtype=np.int64,
    )


def _marginals(survey: Survey, culture: str, items: Sequence[Item], given_RIK: Floats) -> Floats:
    own_IK = marginal(given_RIK)
    if culture not in survey.counts:
        return own_IK
    country_IK = survey.people([culture], items).share_CIK[0]
    return np.where(np.isnan(country_IK), own_IK, country_IK)


def _features(demographics: Mapping[str, Mapping[str, str]], ids: Sequence[str]) -> Floats | None:
    """Return a dummy for every value of every column; None where all respondents are alike."""
    rows = [demographics.get(person, {}) for person in ids]
    pairs = dict.fromkeys(pair for row in rows for pair in row.items())
    kept = [pair for pair in pairs if sum(row.get(pair[0]) == pair[1] for row in rows) < len(rows)]
    if not kept:
        return None
    return np.array([[float(row.get(name) == value) for name, value in kept] for row in rows])
