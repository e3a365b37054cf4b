"""Examples: items like the one asked, with the answer that most people of a culture give.

Self-alignment (Choenni & Shutova, arXiv 2408.16482; CultureSPA's P3) shows the model five of them.
Which ones is decided by chrF++ of the item asked against every item of the survey, so it is the
same for every culture; items that a culture was not asked are skipped for the next. An item is
never an example of itself, nor is one that asks the same in nearly the same words, whatever its
name: a generated question may be a copy of a survey's.

It discloses by design: a culture's modal answer to one item stands in the prompts of the items like
it, and those are measured too.

    >>> from acculturate.survey import load_survey
    >>> survey = load_survey()
    >>> picked = ExampleChoice(survey, survey.select("Q1,Q2,Q3,Q45,Q171"))
    >>> [example.item.id for example in picked.examples(survey.item("Q1"), "DEU", "en", 2)]
    ['Q3', 'Q2']
"""

import functools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from acculturate.records import Item
from acculturate.similarity import Index, References
from acculturate.survey import Survey
from acculturate.survey.modes import modal_codes

COPY = 0.9
"""From this similarity of 4-grams on a stem is a copy: no two of the built-in survey reach .89."""

Ranks = NDArray[np.int16]


class Example(NamedTuple):
    """An item and its answer: `place` on the scale of the culture's modal option."""

    item: Item
    place: int


class _Held(NamedTuple):
    """A candidate by its number, with its stems in one language."""

    number: int
    item: str
    stems: tuple[str, ...]


class ExampleChoice:
    """Chooses examples out of `candidates`, each language's and each item's choice made once."""

    def __init__(self, survey: Survey, candidates: Sequence[Item]) -> None:
        self._survey, self._candidates = survey, tuple(candidates)
        self._shelves: dict[str, _Shelf] = {}
        self._places: dict[str, tuple[int | None, ...]] = {}

    def examples(self, item: Item, culture: str, language: str, n: int) -> tuple[Example, ...]:
        """Return the `n` likest items that the culture was asked, the likest first; fewer where
        there are.

        Likeness is that of the first wordings' stems, ties go by the survey's order. Raises
        `SurveyError` for a culture without people's answers, or an item without the language.
        """
        places = self._modal_places(culture)
        examples = []
        for number in self._shelf(language).ranked(item):
            place = places[number]
            if place is not None:
                examples.append(Example(self._candidates[number], place))
            if len(examples) == n:
                break
        return tuple(examples)

    def _shelf(self, language: str) -> "_Shelf":
        if language not in self._shelves:
            held = tuple(
                _Held(k, item.id, tuple(wording.stem for wording in item.wordings_in(language)))
                for k, item in enumerate(self._candidates)
                if item.wordings_in(language)
            )
            self._shelves[language] = _shelf(language, held)
        return self._shelves[language]

    def _modal_places(self, culture: str) -> tuple[int | None, ...]:
        if culture not in self._places:
            people = self._survey.people([culture], self._candidates)
            code_I = modal_codes(people, self._survey.published_modes)[0].tolist()
            self._places[culture] = tuple(
                None if code != code else item.codes.index(int(code))
                for item, code in zip(self._candidates, code_I, strict=True)
            )
        return self._places[culture]


class _Shelf:
    """The candidates that have a wording in one language, in the order of likeness to any item."""

    def __init__(self, language: str, held: Sequence[_Held]) -> None:
        self._language = language
        self._numbers = np.array([candidate.number for candidate in held], dtype=np.int16)
        self._ids = np.array([candidate.item for candidate in held])
        self._references = References([candidate.stems[0] for candidate in held])
        # every wording of a candidate counts when a copy of it is looked for
        self._stems = Index(COPY)
        self._row_of: list[int] = []
        for row, candidate in enumerate(held):
            for stem in candidate.stems:
                self._stems.add(stem)
                self._row_of.append(row)
        self._ranked: dict[tuple[str, str], Ranks] = {}

    def ranked(self, item: Item) -> Ranks:
        """Return numbers of candidates, the likest first, without the item and its copies."""
        stem = item.wording(self._language).stem
        key = item.id, stem
        if key not in self._ranked:
            order_R = np.argsort(-self._references.chrf(stem), kind="stable")
            self._ranked[key] = self._numbers[order_R[~self._same(item)[order_R]]]
        return self._ranked[key]

    def _same(self, item: Item) -> NDArray[np.bool_]:
        """Return which candidates are the item itself, or ask it in nearly the same words."""
        same_R = np.asarray(self._ids == item.id)
        for wording in item.wordings_in(self._language):
            same_R[[self._row_of[number] for number in self._stems.find_all(wording.stem)]] = True
        return same_R


@functools.lru_cache(maxsize=8)  # the arms of a study choose among the same items
def _shelf(language: str, held: tuple[_Held, ...]) -> _Shelf:
    return _Shelf(language, held)
