"""Clauses: what a sentence of a judge states, where every word of it is known.

A judge's prose is full of words for good and bad that judge nothing ("It is bad if it repeats
itself", "Good morning, Lena"). A clause therefore states a verdict or how sure the judge is only
where each of its words stands in `judgement.toml`: what says so, what turns it into its opposite,
and what says nothing about it. Behind a label, where a verdict is due, the beginning is enough.

    >>> said = statements("I would rate this good, and I am very confident.", "en").statements
    >>> [each.value for each in said]
    ['good', 'very confident']
    >>> statements("Good morning, Lena. Is it good? It is bad if it stops.", "en").statements
    []
"""

import functools
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal, NamedTuple

from acculturate.clca.words import Words, read_in
from acculturate.records.language import look_up

Confidence = Literal["very confident", "confident", "not sure"]
CONFIDENCES: tuple[Confidence, ...] = ("very confident", "confident", "not sure")
Value = Literal["good", "bad", "neither", "both", "very confident", "confident", "not sure"]
VERDICTS = ("good", "bad", "neither", "both")
OPPOSITE: Mapping[Value, Value] = {
    "good": "bad",  # "not good" is among the words for bad
    "bad": "neither",  # "not bad" says that it is neither
    "neither": "neither",
    "very confident": "not sure",
    "confident": "not sure",
}
END = re.compile(r"(?<!\d)[.](?!\d)|(?<=\d)[.](?=\s|$)|[!?。…\n]")
BREAK = re.compile(r"[,;:、(){}/|]|[–—]|(?<=\s)-(?=\s)")
SUBORDINATE = re.compile(
    r"\s*(?:(?:if|unless|whether|that|wenn|falls|sofern|ob|dass|si|que)\b|如果|要是)", re.I
)
"""What begins so belongs to what stands before the comma: "Gut, wenn ja"."""
UNKNOWN = r"[A-Za-zÀ-ɏ]+(?:'[A-Za-z]+)*|\d[\d.]*%?|[^\W\d_]"
NOES = (["not"], ["no"])
HAN_OR_KANA = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


class Statement(NamedTuple):
    """What is stated at a place of a text."""

    value: Value
    at: int

    @property
    def is_verdict(self) -> bool:
        """Whether it is about the dialogue, not about how sure the judge is."""
        return self.value in VERDICTS


class Findings(NamedTuple):
    """What a text states in order, and where it sums up and where it takes something back."""

    statements: list[Statement]
    sums: list[int]
    turns: list[int]


class _Token(NamedTuple):
    kind: str
    """A list of judgement.toml, or "" for a word that is not known."""
    at: int
    end: int


def statements(text: str, language: str, *, loose: bool = False) -> Findings:
    """What a text in a language states; its own words count and the English ones.

    `loose` is for what follows a label: of its first sentence the beginning of a clause is enough.
    """
    found = Findings([], [], [])
    begun = False
    for start, end, asked in _parts(text, END):
        first, begun = not begun, begun or bool(re.search(r"\w", text[start:end]))
        if _somebody_says(text[start:end], language):
            continue
        clauses = [clause for clause in _clauses(text, start, end, language) if clause]
        for clause in clauses:
            found.sums.extend(_sums(clause))
            found.turns.extend(token.at for token in clause if token.kind == "turn")
            if _kinds(clause) in NOES:
                found.turns.append(clause[0].at)  # "good; no, bad"
        opener = text[start : clauses[0][-1].end].strip().casefold() if clauses else ""
        if not loose and opener in _lexicon(language).openers and _goes_on(clauses):
            clauses = clauses[1:]
        if not asked:
            found.statements.extend(_sentence(clauses, loose=loose and first))
    return found


def _goes_on(clauses: Sequence[list[_Token]]) -> bool:
    """Whether something that states nothing follows a first clause: "Bueno, no sé qué decir"."""
    return len(clauses) > 1 and "" in _kinds(clauses[1]) and not _stated(clauses[1], loose=False)


def _sentence(clauses: Sequence[list[_Token]], *, loose: bool) -> list[Statement]:
    """What the clauses of one sentence state together."""
    said: list[Statement] = []
    hanging = False
    for clause in clauses:
        if not hanging and _kinds(clause) not in NOES:
            said.extend(Statement(*each) for each in _stated(clause, loose=loose))
            hanging = _hangs(clause)
        if {"after"} <= {*_kinds(clause)} <= {"after", "fill", "subject"}:
            said = []  # what stands before the comma is denied behind it
    return said


def choices(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Where a text only offers a choice: "good or bad", "very confident, confident or not sure"."""
    for match in _lexicon(language).choice.finditer(text):
        yield match.span()


def _parts(text: str, mark: re.Pattern[str]) -> Iterator[tuple[int, int, bool]]:
    """From, to, and whether a question mark ends it."""
    start = 0
    for match in mark.finditer(text):
        yield start, match.start(), match[0] == "?"
        start = match.end()
    yield start, len(text), False


def _somebody_says(sentence: str, language: str) -> bool:
    """Whether a sentence begins with a name and a colon, as a line of a dialogue does."""
    before, colon, _ = sentence.partition(":")
    return bool(colon) and any(not token.kind for token in _tokens(before, 0, language))


def _clauses(text: str, start: int, end: int, language: str) -> Iterator[list[_Token]]:
    """The tokens of each clause; a subordinate one stays with its main clause."""
    cuts = [
        match.start()
        for match in BREAK.finditer(text, start, end)
        if not SUBORDINATE.match(text, match.end())
    ]
    clause: list[_Token] = []
    for token in _tokens(text[:end], start, language):
        while cuts and cuts[0] < token.at:
            cuts.pop(0)
            yield clause
            clause = []
        if token.kind == "link":
            yield clause
            clause = []
        else:
            clause.append(token)
    yield clause


def _kinds(clause: Sequence[_Token]) -> list[str]:
    return [token.kind for token in clause]


def _sums(clause: Sequence[_Token]) -> list[int]:
    """Where a clause begins by summing up; "good overall" does not."""
    kinds = _kinds(clause)
    said = next((at for at, kind in enumerate(kinds) if kind in VERDICTS), len(kinds))
    return [token.at for token in clause[:said] if token.kind == "sum"]


def _hangs(clause: Sequence[_Token]) -> bool:
    """Whether a clause denies what only the next one says: "I do not think, honestly, that ..."."""
    kinds = _kinds(clause)
    stated = {*VERDICTS, *CONFIDENCES, "sure", "unsure", ""}
    return bool({*kinds} & {"not", "no"}) and not {*kinds} & stated


@dataclass(slots=True)
class _Reading:
    """A clause on its way: what it stated so far, and what the next word has before it."""

    found: list[tuple[Value, int]]
    negated: bool = False
    degree: str = ""
    subject: bool = False
    last: _Token | None = None

    def take(self, token: _Token) -> None:
        """Count one known word."""
        kind = token.kind
        if kind in ("not", "no"):
            self.negated = True
        elif kind == "after":
            self._turn_last()
        elif kind in ("very", "fairly"):
            self.degree = kind
        elif kind == "subject":
            self.subject = True
        elif kind in ("sure", "unsure", *VERDICTS, *CONFIDENCES):
            self._state(_value(kind, self.degree), token)

    def _state(self, value: Value, token: _Token) -> None:
        if self.negated and value != "not sure":
            value = OPPOSITE[value]
        self.found.append((value, token.at))
        self.negated, self.degree, self.last = False, "", token

    def _turn_last(self) -> None:
        if self.found and self.found[-1][0] in OPPOSITE:
            value, at = self.found[-1]
            self.found[-1] = OPPOSITE[value], at

    def close(self) -> None:
        """A "not" with nothing behind it turns what stands before it (gut ist das nicht)."""
        if self.negated:
            self._turn_last()


def _value(kind: str, degree: str) -> Value:
    if kind == "unsure":
        return "not sure"
    if kind in ("sure", "confident"):
        return "very confident" if degree == "very" else "confident"
    return kind  # type: ignore[return-value]  # the other kinds are values themselves


def _stated(clause: Sequence[_Token], *, loose: bool) -> list[tuple[Value, int]]:
    if any(token.kind == "doubt" for token in clause):
        said = [token.at for token in clause if token.kind in ("good", "bad")]
        return [("both", said[0])] if loose and said else []  # "good in parts"
    known = next((at for at, token in enumerate(clause) if not token.kind), len(clause))
    reading = _Reading([])
    for token in clause[:known]:
        reading.take(token)
    if rest := clause[known:]:
        if not loose and not _enough(reading):
            return []
        if _denied(reading, rest) or _inside_a_word(reading.last, rest[0]):
            return []
    else:
        reading.close()
    return _agreed(reading.found)


def _enough(reading: _Reading) -> bool:
    """Whether a clause has said what it judges before the first word that is not known."""
    verdict = any(value in VERDICTS for value, _ in reading.found)
    sure = any(value in CONFIDENCES for value, _ in reading.found)
    return verdict and (reading.subject or sure)


def _denied(reading: _Reading, rest: Sequence[_Token]) -> bool:
    """Whether a "not" behind a mention may be about it: "a good example of how not to talk"."""
    kinds = [token.kind for token in rest if token.kind not in ("fill", "subject")]
    return reading.negated or "not" in kinds or kinds[-1] in ("no", "after")


def _inside_a_word(mention: _Token | None, unknown: _Token) -> bool:
    """Whether a mention of one sign is only the beginning of a longer word."""
    return mention is not None and mention.end - mention.at == 1 and mention.end == unknown.at


def _agreed(found: Sequence[tuple[Value, int]]) -> list[tuple[Value, int]]:
    """What one clause states; two verdicts in it are both, and after "not sure" none counts."""
    verdicts = [each for each in found if each[0] in VERDICTS]
    levels = [each for each in found if each[0] not in VERDICTS]
    if verdicts and len({value for value, _ in verdicts}) > 1:
        verdicts = [("both", verdicts[0][1])]
    if any(value == "not sure" and at < verdicts[0][1] for value, at in levels if verdicts):
        verdicts = []
    return sorted(verdicts + levels, key=lambda each: each[1])


# -- words ----------------------------------------------------------------------------------------


def _tokens(text: str, start: int, language: str) -> Iterator[_Token]:
    lexicon = _lexicon(language)
    for match in lexicon.token.finditer(text, start):
        kind = lexicon.kinds.get(" ".join(match[0].casefold().split()), "")
        yield _Token(kind, *match.span())


class _Lexicon(NamedTuple):
    kinds: Mapping[str, str]
    openers: frozenset[str]
    token: re.Pattern[str]
    choice: re.Pattern[str]


@functools.cache
def _lexicon(language: str) -> _Lexicon:
    kinds: dict[str, str] = {}
    seen: list[Mapping[str, Sequence[str]]] = []
    tables = (look_up(_table(), language) or _table()["en"], _table()["en"])
    for words, own in zip(read_in(language), tables, strict=False):
        lists = _lists(words, own)
        seen.append(lists)
        for kind in [each for each in lists if each not in ("or", "opener")]:
            for phrase in lists[kind]:
                kinds.setdefault(phrase.casefold(), kind)
    token = re.compile(f"{any_of(kinds)}|{UNKNOWN}", re.I)
    openers = frozenset(each for lists in seen for each in lists["opener"])
    return _Lexicon(kinds, openers, token, re.compile("|".join(map(_choice, seen)), re.I))


def _lists(words: Words, own: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    """All lists of a language by kind, those of words.toml among them."""
    levels: dict[str, Sequence[str]] = dict(zip(CONFIDENCES, words.levels, strict=True))
    stated = {kind: [*own[kind], *getattr(words, kind)] for kind in ("good", "bad")}
    return {**stated, **levels, **{kind: own[kind] for kind in own if kind not in stated}}


def _choice(lists: Mapping[str, Sequence[str]]) -> str:
    """Both verdicts, or several levels, with no more than "or" between them."""
    good, bad = any_of(lists["good"]), any_of(lists["bad"])
    level = any_of([each for name in CONFIDENCES for each in lists[name]])
    between = rf"\s*(?:[/|、]|,?\s*{any_of(lists['or'])}|-)\s*"
    several = rf"\s*(?:[/|,、]|,?\s*{any_of(lists['or'])})\s*"
    return rf"{good}{between}{bad}|{bad}{between}{good}|{level}(?:{several}{level})+"


def any_of(phrases: Iterable[str]) -> str:
    """One of some phrases, the longest first; Latin ones are whole words."""
    ordered = sorted({*phrases}, key=lambda each: (-len(each), each))
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
