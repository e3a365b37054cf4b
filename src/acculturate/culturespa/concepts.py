"""What a question is about, told by its words: "jobless", "laid off" and "out of work" are one.

Letters find a paraphrase that keeps an item's words, not one that says "skin colour" for race. So
`concepts.toml` joins the words that stand for one another in questions on values. A word that is in
none of its lines stands for itself, cut to its stem; words that say nothing are passed over.

    >>> sorted(concepts_of("Do you fear to be laid off?"))
    ['jobless', 'worry']
    >>> sorted(concepts_of("Is your boat seaworthy?"))
    ['=boat', '=seawor']
"""

import functools
import math
import tomllib
from collections.abc import Iterator, Sequence
from importlib import resources
from typing import NamedTuple

import numpy as np

from acculturate.culturespa.meaning import Floats, unit
from acculturate.similarity import normalise

OWN = "="
"""What the concept of a word that stands for itself begins with."""
STEM = 6
"""Letters that are kept of such a word."""
OWN_WEIGHT = 0.6
"""What it weighs, of what a concept weighs."""
IN_ONE = 0.6
"""What a concept weighs that some wordings of an item hold and others do not."""


class Phrase(NamedTuple):
    """Words in a row (the last one only a beginning where it is `open`) and what they are about."""

    words: tuple[str, ...]
    open: bool
    concept: str

    def begins(self, words: Sequence[str]) -> bool:
        """Whether the words begin with it."""
        count = len(self.words)
        if len(words) < count or tuple(words[: count - 1]) != self.words[:-1]:
            return False
        last = words[count - 1]
        return last.startswith(self.words[-1]) if self.open else last == self.words[-1]


class Lexicon(NamedTuple):
    """Phrases by their first two letters, longest first, and the words that say nothing."""

    phrases: dict[str, list[Phrase]]
    passed_over: frozenset[str]


@functools.cache
def lexicon() -> Lexicon:
    """What `concepts.toml` holds."""
    held = resources.files(__package__).joinpath("concepts.toml").read_text(encoding="utf-8")
    table = tomllib.loads(held)
    phrases: dict[str, list[Phrase]] = {}
    for concept, entries in table["concepts"].items():
        for entry in entries.split():
            words = tuple(entry.rstrip("*").split("_"))
            phrase = Phrase(words, entry.endswith("*"), concept)
            phrases.setdefault(words[0][:2], []).append(phrase)
    for each in phrases.values():
        each.sort(key=lambda phrase: -len(phrase.words))
    return Lexicon(phrases, frozenset(table["passed_over"]["words"].split()))


@functools.lru_cache(maxsize=50_000)
def _starting(word: str) -> tuple[Phrase, ...]:
    """The phrases that may begin with a word, longest first."""
    return tuple(
        phrase
        for phrase in lexicon().phrases.get(word[:2], ())
        if phrase.words[0] == word or (len(phrase.words) == 1 and phrase.begins((word,)))
    )


def concepts_of(text: str) -> frozenset[str]:
    """What an English text is about; empty for one that says nothing."""
    return frozenset(_found(normalise(text).split()))


def _found(words: Sequence[str]) -> Iterator[str]:
    place = 0
    while place < len(words):
        about, taken = _next(words[place : place + 6])
        yield from about
        place += taken


def _next(words: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """The concepts of the longest phrase that `words` begin with, and its length."""
    longest, about = 0, []
    for phrase in _starting(words[0]):
        if len(phrase.words) < longest:
            break
        if phrase.begins(words):
            longest = len(phrase.words)
            about.append(phrase.concept)
    if not about and len(words[0]) > 2 and words[0] not in lexicon().passed_over:
        about = [OWN + words[0][:STEM].rstrip("s")]
    return tuple(about), longest or 1


class Concepts:
    """Items as weighted concepts, to be found by a text that is about the same.

    A concept weighs by how few items hold it, and less where an item's wordings do not all hold it.
    `texts` are the items' wordings, `owners` the number of the item of each (every item has one at
    least), `batteries` one name for each item. I items, D concepts.
    """

    def __init__(
        self, texts: Sequence[str], owners: Sequence[int], batteries: Sequence[str]
    ) -> None:
        found = [concepts_of(text) for text in texts]
        self._place = {each: n for n, each in enumerate(sorted(frozenset().union(*found)))}
        held_ID, wordings_I = np.zeros((len(batteries), len(self._place))), np.zeros(len(batteries))
        for owner, each in zip(owners, found, strict=True):
            held_ID[owner, [self._place[concept] for concept in each]] += 1
            wordings_I[owner] += 1
        self._rarest = math.log((len(batteries) + 1) / 0.5)
        own_D = np.array([_weight(concept) for concept in self._place])
        self._weight_D = own_D * np.log((len(batteries) + 1) / ((held_ID > 0).sum(0) + 0.5))
        all_ID = held_ID >= wordings_I[:, None]
        whole_ID = np.where(all_ID, 1.0, np.where(held_ID > 0, IN_ONE, 0.0)) * self._weight_D
        self._whole_DI = unit(whole_ID).T.copy()
        self._apart_DI = unit(whole_ID * _apart(held_ID > 0, batteries)).T.copy()

    def cosines(self, text: str) -> tuple[Floats, Floats]:
        """With each item, and with what sets it apart from its battery. Shapes (I,), (I,)."""
        wanted = concepts_of(text)
        known = [self._place[concept] for concept in wanted if concept in self._place]
        weight_K = self._weight_D[known]
        unknown = [_weight(concept) for concept in wanted if concept not in self._place]
        norm = math.sqrt((weight_K**2).sum() + sum((self._rarest * each) ** 2 for each in unknown))
        weight_K = weight_K / (norm or 1.0)
        return weight_K @ self._whole_DI[known], weight_K @ self._apart_DI[known]


def _weight(concept: str) -> float:
    return OWN_WEIGHT if concept.startswith(OWN) else 1.0


def _apart(
    held_ID: "np.ndarray[tuple[int, int], np.dtype[np.bool_]]", batteries: Sequence[str]
) -> Floats:
    """What is left of each concept by how few other items of its battery hold it, in [0, 1]."""
    left_ID = np.ones(held_ID.shape)
    named = np.array(batteries)
    for battery in set(batteries):
        of_it = named == battery
        if (count := of_it.sum()) > 1:
            share_D = np.clip(held_ID[of_it].sum(0) - 1, 0, None) / (count - 1)
            left_ID[of_it] = (1 - share_D) ** 2
    return left_ID
