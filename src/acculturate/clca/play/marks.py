"""Marks: what stands between asterisks or brackets in a move, and what it means.

A silence, a leaving, an act, or a word that is only stressed. Prompts ask for one mark at the end;
models put it in front, before the full stop, on a line of its own, several in a row, or leave the
brackets away. Brackets are always a mark; asterisks around one word inside a sentence stress it.

    >>> [mark.kind for mark in marks_in("*nods* Goodbye [leaves].", "en")]
    ['act', 'leave']
    >>> [mark.kind for mark in marks_in("But *leaves* fall in autumn.", "en")]
    ['words']
"""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from acculturate.clca.words import Words, read_in

What = Literal["silence", "leave", "act", "words"]

OPEN, CLOSE = r"[*＊\[［(（【〔]", r"[*＊\]］)）】〕]"
CHUNK = re.compile(rf"{OPEN}{{1,3}}([^*＊\[\]［］()（）【】〔〕]+){CLOSE}{{1,3}}")
OPENED = re.compile(r"([*＊\[［(（【〔])(?=\S)[^*＊\[\]［］()（）【】〔〕.!?。！？\n]{1,80}$")
CLOSING = dict(zip("*＊[［(（【〔", "*＊]］)）】〕", strict=True))
ENDED = re.compile(r"(?:^|[.!?。！？…~～,，、;；:：\"”’»」』)）\]］*＊–—-]\s*|\n\s*)$")
BEGINS = re.compile(
    r"\s*(?:$|\n|[\"“„«「『*＊(（\[［【¡¿])|[.。!！,，]\s*(?:$|\n)|\s*[.。!！]\s+\S|\s"
)
UNCLOSED = re.compile(r"[\[(（【*＊][^\])）】*＊]*$")
"""A bracket in front that is never closed."""
OPENING = tuple("*＊(（[［【")
BRACKETED = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|（[^（）]*）|【[^【】]*】|［[^［］]*］")
QUOTED = re.compile(r"[\"“”„«»「『]([^\"“”„«»「」『』]*)[\"“”«»」』]")
SMALL = re.compile(r"\s*[a-zà-öø-ÿ]")


class Mark(NamedTuple):
    """A mark and where it stands; `inside` is what is between its brackets."""

    kind: What
    inside: str
    start: int
    end: int


def closed(text: str) -> str:
    """Return a text with the last bracket or asterisk closed that a reply leaves open."""
    match = OPENED.search(text)
    if match is None or (match[1] in "*＊" and text.count(match[1]) % 2 == 0):
        return text
    return text + CLOSING[match[1]]


def stays_open(text: str) -> bool:
    """Return whether a text is all in brackets that are never closed, whatever marks
    stand in them.
    """
    if UNCLOSED.match(text):
        return True
    parts = [part for piece in BRACKETED.sub(" ", text).split("\n\n") if (part := piece.strip())]
    return bool(parts) and all(part[:1] in OPENING and UNCLOSED.match(part) for part in parts)


def is_silence(line: str, language: str) -> bool:
    """Return whether a line is the mark by which a prompt asks for silence, and nothing else."""
    bare = line.strip().strip("".join(OPENING) + "*＊)）]］】_.。").casefold()
    return bare in {own.silence_mark.casefold() for own in read_in(language)}


def marks_in(text: str, language: str) -> list[Mark]:
    """Return all marks of a text in order."""
    words = read_in(language)
    bare = _bare_lines(text, words)
    return bare or [_mark(text, match, words) for match in CHUNK.finditer(text)]


def _bare_lines(text: str, words: Sequence[Words]) -> list[Mark]:
    """Return lines that are the mark of silence or of leaving without its brackets."""
    marks: list[Mark] = []
    for line in re.finditer(r"[^\n]+", text):
        head = line[0].strip().rstrip(".。")
        for own in words:
            named: tuple[tuple[What, str], ...] = (
                ("silence", own.silence_mark),
                ("leave", own.leave_mark),
            )
            for kind, mark in named:
                if head == mark or line[0].strip() == mark.capitalize():
                    marks.append(Mark(kind, head, *line.span()))
    return marks


def _mark(text: str, match: re.Match[str], words: Sequence[Words]) -> Mark:
    inside = match[1].strip()
    kind = _kind(inside, words)
    if match[0][0] in "*＊" and _stressed(text, match, inside, words):
        kind = "words"
    return Mark(kind, inside, *match.span())


def _kind(inside: str, words: Sequence[Words]) -> What:
    bare = inside.casefold().rstrip(".。!！ ")
    silences = {mark for own in words for mark in (own.silence_mark, *own.silence)}
    if bare in silences or _is_one(bare, [own.silent for own in words]):
        return "silence"
    leavings = {mark for own in words for mark in (own.leave_mark, *own.leave)}
    if bare in leavings or _is_one(bare, [own.leaving for own in words]):
        return "leave"
    return "act"


def _is_one(text: str, patterns: Sequence[str]) -> bool:
    return any(re.fullmatch(pattern, text, re.I) for pattern in patterns)


def _stressed(text: str, match: re.Match[str], inside: str, words: Sequence[Words]) -> bool:
    """Return whether asterisks stand around a word of a sentence, not beside one."""
    before, after = text[: match.start()], text[match.end() :]
    if not before.strip() and not after.strip():
        return _said(inside, match[0])
    goes_on = bool(SMALL.match(after)) or not BEGINS.match(after)
    if ENDED.search(before):
        return goes_on and after[:1] not in ".。!！,，" and len(inside.split()) < 3
    if re.match(r"[.。!！]?\s*(?:$|\n)", after):
        last = re.split(r"[.!?。！？]\s*", before.rstrip())[-1]
        farewell = any(re.search(own.farewell, last, re.I) for own in words)
        return not farewell and len(inside.split()) < 2
    return len(inside.split()) < 2


def _said(inside: str, whole: str) -> bool:
    """Return whether a reply that is all between asterisks is something said in bold type."""
    return inside[-1] in "?!？！" or (whole.startswith("**") and inside[-1] in ".。")
