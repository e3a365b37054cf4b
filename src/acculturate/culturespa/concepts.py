"""What a question is about, told by its words: "jobless", "laid off" and "out of work" are one.

Topics are told by it (topics.py). `concepts.toml` joins the words that stand for one another in
questions on values. A word that is in none of its lines stands for itself, cut to its stem; words
that say nothing are passed over.

    >>> sorted(concepts_of("Do you fear being laid off?"))
    ['jobless', 'safe', 'worry']
    >>> sorted(concepts_of("Is your boat seaworthy?"))
    ['=boat', '=seawor']
"""

import functools
import tomllib
from collections.abc import Iterator, Sequence
from importlib import resources
from typing import NamedTuple

from acculturate.similarity import normalise

OWN = "="
"""What the concept of a word that stands for itself begins with."""
STEM = 6
"""Letters that are kept of such a word."""
LOOSE = frozenset(["a", "an", "the", "his", "her", "its", "their", "your", "my", "our", "s"])
"""Words that are passed over inside a phrase too: "ends his own life", "end your own life"."""
DOUBLED = frozenset(["bb", "dd", "gg", "mm", "nn", "pp", "rr", "tt"])
"""What the last letters of a word are doubled to before an ending: "hitting"."""
NAMES = {"WHO": "World Health Organization"}
"""Names that in small letters are another word."""


class Phrase(NamedTuple):
    """Words in a row (the last one only a beginning where it is `open`) and what they are about."""

    words: tuple[str, ...]
    open: bool
    concept: str

    def begins(self, words: Sequence[str]) -> bool:
        """Return whether the words begin with it; in a phrase of several, whatever their
        endings.
        """
        count = len(self.words)
        if len(words) < count or not all(map(_alike, self.words[:-1], words)):
            return False
        own, last = self.words[-1], words[count - 1]
        if self.open:
            return last.startswith(own)
        return last == own or (count > 1 and _alike(last, own))


class Lexicon(NamedTuple):
    """Phrases by their first two letters, longest first, and the words that say nothing."""

    phrases: dict[str, list[Phrase]]
    passed_over: frozenset[str]


@functools.cache
def lexicon() -> Lexicon:
    """Return what `concepts.toml` holds."""
    held = resources.files(__package__).joinpath("concepts.toml").read_text(encoding="utf-8")
    table = tomllib.loads(held)
    phrases: dict[str, list[Phrase]] = {}
    for concept, entries in table["concepts"].items():
        for entry in entries.split():
            words = tuple(words_of(entry.rstrip("*")))
            phrase = Phrase(words, entry.endswith("*"), concept)
            phrases.setdefault(words[0][:2], []).append(phrase)
    for known in phrases.values():
        known.sort(key=lambda phrase: -len(phrase.words))
    return Lexicon(phrases, frozenset(table["passed_over"]["words"].split()))


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters, without articles and possessives."""
    for name, meant in NAMES.items():
        text = text.replace(name, meant)
    level = f" {normalise(text)} ".replace(" one s ", " ")
    return [word for word in level.split() if word not in LOOSE]


def concepts_of(text: str) -> frozenset[str]:
    """Return what an English text is about; empty for one that says nothing."""
    return frozenset(_found(words_of(text)))


def _found(words: Sequence[str]) -> Iterator[str]:
    place = 0
    while place < len(words):
        about, taken = _next(words[place : place + 6])
        yield from about
        place += taken


def _next(words: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """Return the concepts of the longest phrase that `words` begin with, and its length."""
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


@functools.lru_cache(maxsize=50_000)
def _starting(word: str) -> tuple[Phrase, ...]:
    """Return the phrases that may begin with a word, longest first."""
    return tuple(
        phrase
        for phrase in lexicon().phrases.get(word[:2], ())
        if (_alike(phrase.words[0], word) if len(phrase.words) > 1 else phrase.begins((word,)))
    )


def _alike(one: str, other: str) -> bool:
    return stem(one) == stem(other)


@functools.lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return a word without its ending, roughly: "hit" of "hits" and "hitting"."""
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            word = word.removesuffix(ending)
            if len(ending) > 1 and word[-2:] in DOUBLED:
                word = word[:-1]
            break
    return word[:-1] + "i" if word.endswith("y") else word
