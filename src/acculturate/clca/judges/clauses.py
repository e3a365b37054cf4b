"""Clauses: what a sentence of a judge states, where every word of it is known.

A judge's prose is full of words for good and bad that judge nothing ("It is bad if it repeats
itself", "Good morning, Lena"). A clause therefore states a verdict or how sure the judge is only
where each of its words stands in `judgement.toml`: what says so, what turns it into its opposite,
and what says nothing about it. Behind a label, where a verdict is due, the beginning is enough.

    >>> said = statements("I would rate this good, and I am very confident.", "en").statements
    >>> [statement.value for statement in said]
    ['good', 'very confident']
    >>> statements("Good morning, Lena. Is it good? It is bad if it stops.", "en").statements
    []
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from acculturate.clca.judges.lexicon import CONFIDENCES, Token, lexicon_of, tokens

Value = Literal["good", "bad", "neither", "both", "very confident", "confident", "not sure"]
VERDICTS = ("good", "bad", "neither", "both")
OPPOSITE: Mapping[Value, Value] = {
    "good": "bad",  # "not good" is among the words for bad
    "bad": "neither",  # "not bad" says that it is neither
    "neither": "neither",
    "both": "both",
    "very confident": "not sure",
    "confident": "not sure",
}
END = re.compile(r"(?<!\d)[.](?!\d)|(?<=\d)[.](?=\s|$)|[!?。…\n]")
BREAK = re.compile(r"[,;:、(){}/|]|[–—]|(?<=\s)-(?=\s)")
NOES = (["not"], ["no"])


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


def statements(text: str, language: str, *, loose: bool = False) -> Findings:
    """Return what a text in a language states; its own words count and the English ones.

    `loose` is for what follows a label: of its first sentence the beginning of a clause is enough.
    """
    findings = Findings([], [], [])
    begun = False
    for start, end, asked in _parts(text, END):
        first, begun = not begun, begun or bool(re.search(r"\w", text[start:end]))
        sentence = text[start:end]
        if _somebody_says(sentence, language) or lexicon_of(language).broken.search(sentence):
            continue
        clauses = [
            clause
            for clause in _clauses(text, start, end, language)
            if clause and (loose or not _stutters(text, clause))
        ]
        for clause in clauses:
            findings.sums.extend(_sums(clause))
            findings.turns.extend(token.at for token in clause if token.kind == "turn")
            if _kinds(clause) in NOES:
                findings.turns.append(clause[0].at)  # "good; no, bad"
        opener = text[start : clauses[0][-1].end].strip().casefold() if clauses else ""
        if not loose and opener in lexicon_of(language).openers and _goes_on(clauses):
            clauses = clauses[1:]
        if not asked:
            findings.statements.extend(_sentence(clauses, loose=loose and first))
    return findings


def _stutters(text: str, clause: Sequence[Token]) -> bool:
    """Return whether a clause has one word for a verdict twice, as a string of words does: "good
    good".
    """
    verdicts = [
        text[token.at : token.end].casefold() for token in clause if token.kind in ("good", "bad")
    ]
    return len(set(verdicts)) < len(verdicts)


def _goes_on(clauses: Sequence[list[Token]]) -> bool:
    """Return whether something that states nothing follows a first clause: "Bueno, no sé qué
    decir".
    """
    return len(clauses) > 1 and "" in _kinds(clauses[1]) and not _stated(clauses[1], loose=False)


def _sentence(clauses: Sequence[list[Token]], *, loose: bool) -> list[Statement]:
    """Return what the clauses of one sentence state together."""
    statements: list[Statement] = []
    hanging = False
    for clause in clauses:
        if not hanging and _kinds(clause) not in NOES:
            statements.extend(Statement(*mention) for mention in _stated(clause, loose=loose))
            hanging = _hangs(clause)
        if {"after"} <= {*_kinds(clause)} <= {"after", "fill", "subject"}:
            statements = []  # what stands before the comma is denied behind it
    if not loose and _contradicted(statements, clauses):
        statements.append(Statement("both", statements[0].at))
    return statements


def _contradicted(statements: Sequence[Statement], clauses: Sequence[list[Token]]) -> bool:
    """Return whether another clause begins with the opposite: "good in some ways and bad in
    others".
    """
    begun = {value for clause in clauses for value, _ in _stated(clause, loose=True)}
    verdicts = {statement.value for statement in statements} & {"good", "bad"}
    return len(verdicts) == 1 and {"good", "bad"} <= begun | verdicts


def _parts(text: str, mark: re.Pattern[str]) -> Iterator[tuple[int, int, bool]]:
    """Yield where each sentence begins and ends, and whether a question mark ends it."""
    start = 0
    for match in mark.finditer(text):
        yield start, match.start(), match[0] == "?"
        start = match.end()
    yield start, len(text), False


def _somebody_says(sentence: str, language: str) -> bool:
    """Return whether a sentence begins with a name and a colon, as a line of a dialogue does."""
    before, colon, _ = sentence.partition(":")
    return bool(colon) and any(not token.kind for token in tokens(before, 0, language))


def _clauses(text: str, start: int, end: int, language: str) -> Iterator[list[Token]]:
    """Yield the tokens of each clause; a subordinate one stays with its main clause."""
    subordinate = lexicon_of(language).subordinate
    cuts = [
        match.start()
        for match in BREAK.finditer(text, start, end)
        if not subordinate.match(text, match.end())
    ]
    clause: list[Token] = []
    for token in tokens(text[:end], start, language):
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


def _kinds(clause: Sequence[Token]) -> list[str]:
    return [token.kind for token in clause]


def _sums(clause: Sequence[Token]) -> list[int]:
    """Return where a clause begins by summing up; "good overall" does not."""
    kinds = _kinds(clause)
    first = next((at for at, kind in enumerate(kinds) if kind in VERDICTS), len(kinds))
    return [token.at for token in clause[:first] if token.kind == "sum"]


def _hangs(clause: Sequence[Token]) -> bool:
    """Return whether a clause denies what only the next one says: "I do not think, honestly, that
    ...".
    """
    kinds = _kinds(clause)
    stated = {*VERDICTS, *CONFIDENCES, "sure", "unsure", ""}
    return bool({*kinds} & {"not", "no"}) and not {*kinds} & stated


@dataclass(slots=True)
class _Reading:
    """A clause on its way: what it stated so far, and what the next word has before it."""

    values: list[tuple[Value, int]]
    negated: bool = False
    degree: str = ""
    subject: bool = False
    last: Token | None = None

    def take(self, token: Token) -> None:
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

    def _state(self, value: Value, token: Token) -> None:
        if self.negated and value != "not sure":
            value = OPPOSITE[value]
        self.values.append((value, token.at))
        self.negated, self.degree, self.last = False, "", token

    def _turn_last(self) -> None:
        if self.values and self.values[-1][0] in OPPOSITE:
            value, at = self.values[-1]
            self.values[-1] = OPPOSITE[value], at

    def close(self) -> None:
        """Turn what stands before a "not" with nothing behind it (gut ist das nicht)."""
        if self.negated:
            self._turn_last()


def _value(kind: str, degree: str) -> Value:
    if kind == "unsure":
        return "not sure"
    if kind in ("sure", "confident"):
        return "very confident" if degree == "very" else "confident"
    return kind  # type: ignore[return-value]  # the other kinds are values themselves


def _stated(clause: Sequence[Token], *, loose: bool) -> list[tuple[Value, int]]:
    if any(token.kind == "doubt" for token in clause):
        places = [token.at for token in clause if token.kind in ("good", "bad")]
        return [("both", places[0])] if loose and places else []  # "good in parts"
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
    return _agreed(reading.values)


def _enough(reading: _Reading) -> bool:
    """Return whether a clause has said what it judges before the first word that is not known."""
    verdict = any(value in VERDICTS for value, _ in reading.values)
    sure = any(value in CONFIDENCES for value, _ in reading.values)
    return verdict and (reading.subject or sure)


def _denied(reading: _Reading, rest: Sequence[Token]) -> bool:
    """Return whether a "not" behind a mention may be about it: "a good example of how not
    to talk".
    """
    kinds = [token.kind for token in rest if token.kind not in ("fill", "subject")]
    return reading.negated or "not" in kinds or kinds[-1] in ("no", "after")


def _inside_a_word(mention: Token | None, unknown: Token) -> bool:
    """Return whether a mention of one sign is only the beginning of a longer word."""
    return mention is not None and mention.end - mention.at == 1 and mention.end == unknown.at


def _agreed(mentions: Sequence[tuple[Value, int]]) -> list[tuple[Value, int]]:
    """Return what one clause states; two verdicts in it are both, and after "not sure"
    none counts.
    """
    verdicts = [mention for mention in mentions if mention[0] in VERDICTS]
    levels = [mention for mention in mentions if mention[0] not in VERDICTS]
    if verdicts and len({value for value, _ in verdicts}) > 1:
        verdicts = [("both", verdicts[0][1])]
    if any(value == "not sure" and at < verdicts[0][1] for value, at in levels if verdicts):
        verdicts = []
    return sorted(verdicts + levels, key=lambda mention: mention[1])
