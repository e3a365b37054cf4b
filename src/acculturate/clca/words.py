"""The small words of each language: what moves, verdicts and confidence are called.

words.toml lists them; the first of a list is the one that prompts use, all are read. A reply is
read by the words of its own language and by the English ones, because models fall back on English.
"""

import functools
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from acculturate.culture import Culture
from acculturate.culture.spoken import OWN, own_language
from acculturate.records.language import look_up

QUOTATION = re.compile(r"[\"“”„«»「『][^\"“”„«»「」『』]*[\"“”«»」』]|(?<!\w)['‘][^'‘’]*['’](?!\w)")


@dataclass(frozen=True, slots=True)
class Words:
    """One language's words; lists begin with the one that is shown. Where it is `personless`, "I"
    and "you" are often left out. `doing` is how a text begins that says what its speaker does.
    """

    script: str
    move: list[str]
    text: list[str]
    speak: list[str]
    act: list[str]
    silence: list[str]
    leave: list[str]
    silence_mark: str
    leave_mark: str
    silent: str
    leaving: str
    farewell: str
    joins: list[str]
    comma: str
    verdict: list[str]
    confidence: list[str]
    critique: list[str]
    good: list[str]
    bad: list[str]
    yes: str
    no: str
    levels: list[list[str]]
    intent: list[str]
    function: list[str]
    small: list[str]
    persons: list[str]
    same: list[list[str]]
    aloud: str
    address: str
    personless: bool
    says: str
    told: str
    scene: str
    doing: str
    named: str


def words_in(language: str) -> Words:
    """Return the words of a language, or of the one that stands in for it; English where there is
    none.
    """
    return look_up(_all(), language) or _all()["en"]


def languages() -> tuple[str, ...]:
    """Return the tags of all languages that there are words of."""
    return tuple(_all())


def has_prompts(language: str) -> bool:
    """Return whether there are prompts in a language, or in one that stands in for it."""
    return look_up(_all(), language) is not None


def check_language(language: str) -> str:
    """Return the tag of a language that there are prompts in; raises `ValueError` for another."""
    if not has_prompts(language):
        raise ValueError(f"there are no prompts in '{language}': use {', '.join(_all())}")
    return language


def read_in(language: str) -> tuple[Words, ...]:
    """Return the words by which a text in a language is read: its own, then the English ones."""
    own, english = words_in(language), _all()["en"]
    return (own,) if own is english else (own, english)


def addresses(text: str, language: str) -> bool:
    """Return whether a text has words for who speaks or who is spoken to ("I", "your"), beside what
    it quotes.
    """
    told = QUOTATION.sub(" ", text)
    return any(re.search(words.address, told) for words in read_in(language))


def spoken(culture: Culture, wanted: str) -> str:
    """Return the language to work in: `wanted`, or for `OWN` the culture's that has prompts."""
    return own_language(culture, has_prompts) if wanted == OWN else wanted


def labelled(line: str, labels: Sequence[str]) -> str | None:
    """Return what follows a label in a line (`**Verdict**: good`, `判断：好`); None without
    the label.
    """
    match = _label(tuple(labels)).match(line)
    return match[1].strip(" \t*_") if match else None


def begins(text: str, words: Sequence[str]) -> str | None:
    """Return the longest of `words` that a text begins with, whatever marks stand before it."""
    bare = text.casefold().lstrip(" \t\"'*_#-[(（［【「『“„«>")
    for word in sorted(words, key=len, reverse=True):
        after = bare[len(word) : len(word) + 1]
        inside = word[-1].isascii() and after.isalpha() and after.isascii()
        if bare.startswith(word) and not inside:
            return word
    return None


@functools.lru_cache(maxsize=256)
def _label(labels: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(re.escape(label) for label in sorted(labels, key=len, reverse=True))
    return re.compile(rf"\W{{0,4}}(?:{names})[\s*_\]】)）]{{0,4}}[:：=](.*)", re.I | re.S)


@functools.cache
def _all() -> dict[str, Words]:
    source = resources.files(__package__) / "words.toml"
    tree = tomllib.loads(source.read_text(encoding="utf-8"))
    return {key: Words(**table) for key, table in tree.items()}
