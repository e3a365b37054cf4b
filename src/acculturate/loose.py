r"""JSON as small models write it, read as a person reads it.

A comma is missing, a brace closes a list, quotation marks are curly, single, or stand unescaped in
a text, keys and texts have none, comments lie between. What stands where is seen from what follows:
a quotation mark ends a text where a comma, a closing mark, a colon or the next text comes after it.
Nothing is made up: what the end of the text cuts off is left out.

    >>> next(trees("Sure: {question: 'Don\'t you vote?' \"options\": [\"Yes\", \"No\"}}"))
    {'question': "Don't you vote?", 'options': ['Yes', 'No']}
    >>> next(trees('{"question": "Do you vote?", "options": ["Yes", "N'))
    {'question': 'Do you vote?', 'options': None}
"""

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

from acculturate.bounded import whole_letters

COLONS = (":", "：")
DEEPEST = 24
"""Objects and lists within one another that are looked at."""

SPACE = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/|#[^\n]*)*", re.DOTALL)
ENDS = {
    **dict.fromkeys('"“”„', '"“”'),
    **dict.fromkeys("'‘’`", "'’`"),
    **{"＂": "＂", "«": "»", "「": "」", "『": "』"},
}
"""Marks that open a text, each with those that may close it."""
# a bare word before a colon is a key
OPENS = r"[\"'“”„‘’`＂«「『\[({\]})]"
COMMA = re.compile(r"\s*[,;，、]")
AFTER_COMMA = re.compile(rf"\s*(?:{OPENS}|-?\d|[A-Za-z_]\w*\s*:|true|null|false|\.\.|…|//|$)")
AFTER_TEXT = re.compile(r"""\s*(?:[\]}):：]|\n\s*["'“”„‘’\w]|\s["“„]|"\s*\w+"?\s*:|//|/\*|$)""")
OBJECT_END = re.compile(r"\}\s*(?:\n|$)")
BARE_KEY = re.compile(r"[\"'“”]?([^\W\d][\w \-]{0,30}|\d{1,2})[\"'“”]?\s*[:：=](?!/)")
BARE_TEXT = re.compile(r"(?:[^,\[\]{}\n]|,(?!\s*[\"'“]?\w+[\"'”]?\s*:))*?(?=\s*(?:[\]}\n]|,|$))")
LABEL = re.compile(r"[\"'“]?(?:[A-Za-z]|\d{1,2})[\"'”]?\s*[:.)=]\s*(?=[\"'“])")
"""What stands before an entry of a list: `"A": "Yes"`, `1. "Yes"`."""
DOTS = re.compile(r"[.…\s]+")
SWALLOWED_KEY = re.compile(r"[,\n]\s*[\"“']([^\W\d]\w*)$")
SWALLOWED_TEXT = re.compile(r",\s*[\"“]|\"\"")


def trees(text: str, *, ended: bool = False) -> Iterator[Any]:
    """Yield the objects and lists that stand in `text`, one after the other, as Python's.

    A list or a text that the end of `text` cuts off is None; where the model `ended` its text
    itself, a list that was only not closed is whole.
    """
    text, at = whole_letters(text), 0
    while (match := re.compile(r"[{\[]").search(text, at)) is not None:
        start = match.start()
        try:
            tree, at = json.JSONDecoder(strict=False).raw_decode(text, start)
        except (ValueError, RecursionError):
            reader = _Reader(text, start, ended)
            tree, at = reader.value(0), max(reader.at, match.end())
        yield tree


class _Reader:
    """Reads one value from a place of a text on; `at` is where the rest begins."""

    def __init__(self, text: str, at: int, ended: bool) -> None:
        self.text, self.at, self._ended = text, at, ended

    def value(self, depth: int) -> Any:
        """Return the value that begins here."""
        char = self._next()
        if depth > DEEPEST:
            self.at = len(self.text)
            return None
        if char == "{":
            return self._object(depth)
        if char and char in "[(":
            return self._list(depth)
        return self._text() if char and char in ENDS else self._bare()

    def _next(self) -> str:
        """Return the next character that is no space and no comment; "" at the end."""
        match = SPACE.match(self.text, self.at)
        assert match is not None
        self.at = match.end()
        return self.text[self.at : self.at + 1]

    def _object(self, depth: int) -> Any:
        self.at += 1
        pairs: dict[str, Any] = {}
        alone: list[Any] = []
        while (char := self._next()) and char != "}":
            if char in ",;])，；、":
                self.at += 1
                continue
            before = self.at
            key = self._key()
            value = self.value(depth + 1)
            if key is None:
                alone.append(value)
            else:
                pairs.setdefault(key, value)
            self.at = max(self.at, before + 1)
        self.at += 1
        texts = [entry for entry in alone if not isinstance(entry, dict)]
        if texts and not pairs:
            return texts
        return _doubled(_with_texts(pairs, texts), alone)

    def _key(self) -> str | None:
        """Return the key that stands here, its colon passed; None where no key does."""
        char, before = self._next(), self.at
        if match := BARE_KEY.match(self.text, self.at):
            self.at = match.end()
            return match[1].strip()
        if char not in ENDS:
            return None
        key, after = self._text(), self._next()
        if isinstance(key, str) and after and after in ":=[{：":
            self.at += after in ":=："
            return key
        self.at = before
        return None

    def _list(self, depth: int) -> list[Any] | None:
        self.at += 1
        values: list[Any] = []
        while char := self._next():
            if char in "])":
                self.at += 1
                return values
            if char == "}" and depth:  # the object's: the list's own mark was left out
                return values
            before = self.at
            if char in ",;}，；、":
                self.at += 1
                continue
            if label := LABEL.match(self.text, self.at):
                self.at = label.end()
            value = self.value(depth + 1)
            if isinstance(value, str) and DOTS.fullmatch(value):
                continue
            if isinstance(value, str) and depth and self._next() in COLONS:
                self.at = before  # a key: the list ended before it
                return values
            self.at = max(self.at, before + 1)
            if value is None and self.at >= len(self.text):
                return None
            values += _apart(value) if isinstance(value, str) else [value]
        return values if self._ended and values else None

    def _text(self) -> str | None:
        """Return a text in quotation marks; None where the end comes first."""
        start = self.at + 1
        closing = ENDS[self.text[self.at]]
        at = start
        while at < len(self.text):
            char = self.text[at]
            if char == "\\":
                at += 2
                continue
            if char in closing and self._ends_text(at + 1):
                return self._told(start, at)
            if char == "}" and OBJECT_END.match(self.text, at):
                break
            at += 1
        return self._unclosed(start)

    def _ends_text(self, after: int) -> bool:
        if comma := COMMA.match(self.text, after):
            return AFTER_COMMA.match(self.text, comma.end()) is not None
        return AFTER_TEXT.match(self.text, after) is not None

    def _told(self, start: int, end: int) -> str:
        text = self.text[start:end]
        self.at = end + 1
        follows = self._next()
        if follows in COLONS and (key := SWALLOWED_KEY.search(text)):
            # the mark that should end it was left out, and the next key swallowed
            self.at = start + key.start() + 1
            text = text[: key.start()]
        return _unescaped(text)

    def _unclosed(self, start: int) -> str | None:
        """Return a text whose closing mark was left out: it ends before what closes the list or the
        object.
        """
        match = re.compile(r"\s*[\]}\n]").search(self.text, start)
        self.at = match.start() if match else len(self.text)
        return _unescaped(self.text[start : match.start()]) if match else None

    def _bare(self) -> Any:
        match = BARE_TEXT.match(self.text, self.at)
        self.at = match.end() if match else len(self.text)
        told = match[0].strip(" \t\"”'") if match else ""
        try:
            return json.loads(told.lower() if told.lower() in ("true", "false", "null") else told)
        except (ValueError, RecursionError):
            return told or None


def _with_texts(pairs: dict[str, Any], texts: list[Any]) -> dict[str, Any]:
    """Return an object with the texts in it that have no key: more of the text or of the list that
    stands last before them, or of no key where that is the first.
    """
    if not texts or len(pairs) < 2:
        return {**pairs, "": texts} if texts else pairs
    *_, (last, value) = pairs.items()
    if isinstance(value, str):
        return {**pairs, last: [value, *texts]}
    if isinstance(value, list) and all(isinstance(text, list) for text in texts):
        return {**pairs, last: [*value, *itertools.chain(*texts)]}
    return pairs


def _doubled(pairs: dict[str, Any], alone: list[Any]) -> dict[str, Any]:
    """Return an object with those inside it that have no key: it stood in two pairs of braces, or
    was not closed before the next. One that names the same again is another, and is kept apart.
    """
    for entry in alone:
        if isinstance(entry, dict):
            apart = {"": [*pairs.get("", []), entry]} if pairs.keys() & entry.keys() else entry
            pairs = {**apart, **pairs} if apart is entry else {**pairs, **apart}
    return pairs


def _apart(text: str) -> list[str]:
    """Return an entry of a list; several where a mark between them was left out: `"No, "Maybe"`."""
    if (text.count('"') % 2 and SWALLOWED_TEXT.search(text)) or '""' in text:
        return [part for part in SWALLOWED_TEXT.split(text) if part.strip()]
    return [text]


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    try:
        # a mark that stands bare is escaped, one that is escaped stays
        bare = re.sub(r'\\.|"', lambda match: match[0] if len(match[0]) > 1 else '\\"', text)
        return str(json.loads(f'"{bare}"', strict=False))
    except ValueError:
        return re.sub(r"\\(.)", r"\1", text)
