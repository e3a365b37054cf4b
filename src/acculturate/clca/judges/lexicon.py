"""The lexicon of judgements: which words of a language say what, and where they stand in a text.

`judgement.toml` lists them by kind, beside what words.toml has of verdicts and confidence. A text
is taken apart into its known words, the longest first, and words that are not known.

    >>> [token.kind for token in tokens("This isn't good music.", 0, "en")]
    ['fill', 'not', 'good', '']
"""

import functools
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from typing import Any, Literal, NamedTuple

from acculturate.clca.words import Words, read_in
from acculturate.records.language import look_up

Confidence = Literal["very confident", "confident", "not sure"]
CONFIDENCES: tuple[Confidence, ...] = ("very confident", "confident", "not sure")
UNKNOWN = r"[A-Za-zÀ-ɏ]+(?:'[A-Za-z]+)*|\d[\d.]*%?|[^\W\d_]"
HAN_OR_KANA = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
PATTERNS = ("or", "opener", "subordinate", "copula")
BROKEN = "broken"
"""Lists that are no kinds of words: what they hold stands between others or before them."""


class Token(NamedTuple):
    """A word of a text, and what it says."""

    kind: str
    """A list of judgement.toml, or "" for a word that is not known."""
    at: int
    end: int


def tokens(text: str, start: int, language: str) -> Iterator[Token]:
    """Yield the words of a text in a language from a place on; marks between them are none."""
    lexicon = lexicon_of(language)
    for match in lexicon.token.finditer(text, start):
        kind = lexicon.kinds.get(" ".join(match[0].casefold().split()), "")
        yield Token(kind, *match.span())


class Lexicon(NamedTuple):
    """The words by which a language's judgements are read, its own and the English ones.

    `kinds` maps a word to its list, `token` finds known and unknown words, `choice` what is only
    offered; `openers`, `subordinate`, `copula` and `broken` are as judgement.toml says.
    """

    kinds: Mapping[str, str]
    openers: frozenset[str]
    token: re.Pattern[str]
    choice: re.Pattern[str]
    subordinate: re.Pattern[str]
    copula: str
    broken: re.Pattern[str]


SLASHED = re.compile(r"[^\W\d][^\n/|:.]{0,24}(?:/[^\n/|:.]{1,24}){2,}")
"""Three texts or more with strokes between them, which nobody states together."""


@functools.cache
def lexicon_of(language: str) -> Lexicon:
    """Return the lexicon of a language; the English one where there is none."""
    tables = (look_up(_table(), language) or _table()["en"], _table()["en"])
    seen = [_lists(*pair) for pair in zip(read_in(language), tables, strict=False)]
    kinds: dict[str, str] = {}
    for lists in seen:
        for kind in [key for key in lists if key not in PATTERNS]:
            for phrase in lists[kind]:
                kinds.setdefault(phrase.casefold(), kind)
    own = {name: [pattern for lists in seen for pattern in lists[name]] for name in PATTERNS}
    return Lexicon(
        kinds,
        frozenset(own["opener"]),
        re.compile(f"{any_of(kinds)}|{UNKNOWN}", re.I),
        re.compile("|".join(_choice(lists, at) for at, lists in enumerate(seen)), re.I),
        re.compile(rf"\s*{any_of(own['subordinate'])}", re.I),
        any_of(own["copula"]),
        re.compile("|".join(table[BROKEN] for table in tables)),
    )


def choices(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Yield where a text only offers a choice: "good or bad", "very confident, confident or not
    sure", "good / weak / very safe".
    """
    for pattern in (lexicon_of(language).choice, SLASHED):
        for match in pattern.finditer(text):
            yield match.span()


def _lists(words: Words, own: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    """Return all lists of a language by kind, those of words.toml among them."""
    levels: dict[str, Sequence[str]] = dict(zip(CONFIDENCES, words.levels, strict=True))
    stated = {kind: [*own[kind], *getattr(words, kind)] for kind in ("good", "bad")}
    rest = {kind: own[kind] for kind in own if kind not in (*stated, BROKEN)}
    return {**stated, **levels, **rest}


def _choice(lists: Mapping[str, Sequence[str]], at: int) -> str:
    """Return the pattern of both verdicts, one of them twice, or several levels, with no more than
    "or" between them; `at` tells its groups from those of another language.
    """
    good, bad = any_of(lists["good"]), any_of(lists["bad"])
    level = any_of([phrase for name in CONFIDENCES for phrase in lists[name]])
    between = rf"\s*(?:[/|、]|[,、]?\s*{any_of(lists['or'])}|-)\s*"
    several = rf"\s*(?:[/|,、]|[,、]?\s*{any_of(lists['or'])})\s*"
    twice = rf"(?P<said{at}>{good}|{bad}){between}(?P=said{at})(?!\w)"
    both = rf"{good}{between}{bad}|{bad}{between}{good}"
    return rf"{both}|{twice}|{level}(?:{several}{level})+"


def any_of(phrases: Iterable[str]) -> str:
    """Return the pattern of one of some phrases, the longest first; Latin ones are whole words."""
    ordered = sorted({*phrases}, key=lambda phrase: (-len(phrase), phrase))
    return f"(?:{'|'.join(map(_whole, ordered))})"


def _whole(phrase: str) -> str:
    body = r"\s+".join(map(re.escape, phrase.split()))
    if HAN_OR_KANA.search(phrase):
        return body
    return rf"(?<![A-Za-zÀ-ɏ']){body}(?![A-Za-zÀ-ɏ])(?!'[a-z])"


@functools.cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    source = resources.files(__package__) / "judgement.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
