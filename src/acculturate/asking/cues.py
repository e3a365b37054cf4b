"""Cues: the words by which a text declines, states, turns or negates, in each language read.

A file `cues/LANGUAGE.toml` holds them, and `words` by which a text shows that it is written in that
language; a file with words alone is of a language that is known and not read. A text is read by the
cues of the language it was asked in, unless it shows another one; a text of which nothing is known,
by those of all languages together.

    >>> bool(load_cues("de").refusal.search("Das kann ich nicht beantworten."))
    True
    >>> languages_of("No puedo responder a esa pregunta.")
    ('es',)
"""

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import Any, NamedTuple

from acculturate.asking.characters import in_one_form, simplified
from acculturate.records.language import chain

WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
SPACELESS = "\u2e80"
"""Where the characters of East Asia begin."""


class Cues(NamedTuple):
    """Patterns, each of any of its languages' words.

    `refusal` declines, `statement` stands before the option chosen, `turn` parts a text in clauses,
    `negation` before an option and `denial` right after it turn it into its opposite, `several`
    joins two numbers, `unit` counts people. `after` is what may follow a label that is stated,
    `partial` takes back a part of an option's text in another clause; `noun` is a statement that
    counts only at the beginning of a clause, in a text that does not decline. `lead` and `tail` are
    what may stand in a clause before and after the text of an option without changing it: "I would
    say that" and "to me". `others` stands before a statement of what other people would choose;
    `within` may stand inside the text of an option that is not negated. `topic` follows a label
    that is spoken of and not chosen; `retract` begins a clause that takes back those before it,
    `instead` one that names another label in their place ("no, 4").
    """

    refusal: re.Pattern[str]
    statement: re.Pattern[str]
    turn: re.Pattern[str]
    negation: re.Pattern[str]
    denial: re.Pattern[str]
    several: re.Pattern[str]
    unit: re.Pattern[str]
    after: re.Pattern[str]
    partial: re.Pattern[str]
    noun: re.Pattern[str]
    lead: re.Pattern[str]
    tail: re.Pattern[str]
    others: re.Pattern[str]
    within: re.Pattern[str]
    topic: re.Pattern[str]
    retract: re.Pattern[str]
    instead: re.Pattern[str]


def cues_for(text: str, language: str = "") -> Cues:
    """Return the cues to read `text` by; `language` is the one it was asked in, ``""`` if not
    known.
    """
    own = _stand_in(language)
    shown = languages_of(text, own)
    return _cues((own,) if own in shown else shown)


def load_cues(language: str) -> Cues:
    """Return the cues of a language or of one that stands in for it; without a file there
    are none.
    """
    own = _stand_in(language)
    return _cues((own,) if own else ())


def languages_of(text: str, asked: str = "") -> tuple[str, ...]:
    """Return the languages that most words of a text show; all that are read where it shows none.

    The one that it was `asked` in counts for a word more where the text shows it at all: short
    texts share words with other languages.
    """
    counts = _counts(text)
    most = max(counts.values())
    if counts.get(asked) and counts[asked] + 1 >= most:
        return (asked,)
    return tuple(
        language for language, n in counts.items() if n == most and (n or language in _read())
    )


def is_read(text: str, language: str = "") -> bool:
    """Return whether a text, asked in a language, shows one that is read here, or has no words that
    could.

    >>> is_read("I see."), is_read("2."), is_read("Я не могу ответить. 2")
    (True, True, False)
    """
    shown = any(_counts(text).values())
    shown_languages = languages_of(text, _stand_in(language))
    return any(spoken in _read() for spoken in shown_languages) if shown else not _said(text)


def _counts(text: str) -> Mapping[str, int]:
    """Return how many words of each language a text holds."""
    return {language: len(_said(text) & words) for language, words in _words().items()}


def _said(text: str) -> frozenset[str]:
    text = in_one_form(text).casefold()
    # a script without spaces shows its language by its characters
    words = (word for word in WORD.findall(text) if len(word) > 1 or word == "i")
    return frozenset({*words, *filter(SPACELESS.__le__, text)})


@functools.cache
def _read() -> frozenset[str]:
    """Return the languages whose answers can be read; of the others, words alone are known."""
    return frozenset(language for language, held in _files().items() if "statement" in held)


@functools.cache
def _files() -> Mapping[str, Mapping[str, Any]]:
    """Return what the file of each language holds."""
    folder = resources.files(__package__) / "cues"
    files = sorted(folder.iterdir(), key=lambda path: path.name)
    return {
        file.name.removesuffix(".toml"): tomllib.loads(simplified(file.read_text(encoding="utf-8")))
        for file in files
        if file.name.endswith(".toml")
    }


@functools.cache
def _words() -> Mapping[str, frozenset[str]]:
    return {language: frozenset(held["words"].split()) for language, held in _files().items()}


@functools.cache
def _stand_in(language: str) -> str:
    return next((tag for tag in chain(language) if tag in _read()), "")


@functools.cache
def _cues(languages: Sequence[str]) -> Cues:
    held = [_files()[language] for language in languages]

    def words(key: str) -> list[str]:
        return [pattern for table in held for pattern in table.get(key, ())]

    return Cues(
        _any(words("refusal")),
        _any(words("statement")),
        _any(words("break") or [r"\n"]),
        _any(words("negation")),
        _any(words("denial")),
        _several(words("join")),
        _any(words("unit")),
        _any(words("after") or [""]),
        _any(words("partial")),
        _any(words("noun")),
        _any(words("lead")),
        re.compile(rf"(?:{_any(words('tail')).pattern})\Z", re.IGNORECASE),
        _any(words("others")),
        _any(words("within")),
        _any(words("topic")),
        _any(words("retract")),
        _any(words("instead")),
    )


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    """Return any of the patterns; nothing where there are none."""
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    return re.compile(joined or r"(?!)", re.IGNORECASE)


def _several(joins: Sequence[str]) -> re.Pattern[str]:
    """Return the pattern of numbers in a row ("3 or 4", "2-3"): a range or a list, never one
    answer.
    """
    words = "|".join(["[-~–—,/]", *joins])
    return re.compile(rf"(?<![\w.])\d+(?:\s*(?:{words})\s*(?:option\s+)?\d+)+", re.IGNORECASE)
