"""A written judgement: verdict, confidence and critique, in whatever form a judge writes them.

Prompts ask for three labelled lines; models also write one line with commas or dashes, bold labels,
tables, lists, JSON and what is nearly JSON, tags, or plain sentences, and repeat the choice that
they were offered. The labels are looked for anywhere, what stands behind them is read by its
clauses (clauses.py), and a reply without labels by its sentences. What is not stated is not
guessed: "not bad", a score, two verdicts or a bare choice are no verdict, and a percentage is no
confidence. Of two verdicts the later one counts where the reply itself takes back the first or
sums up.

    >>> read_judgement("Verdict: bad, Confidence: very confident, Critique: dull", "en")
    Judgement(good=False, confidence='very confident', critique='dull')
    >>> read_judgement("Verdict: not bad", "en").good is None
    True
"""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any, NamedTuple

from acculturate.clca.json_replies import find_object
from acculturate.clca.judges.clauses import END, Findings, Statement, Value, statements
from acculturate.clca.judges.lexicon import (
    CONFIDENCES,
    Confidence,
    any_of,
    choices,
    lexicon_of,
    tokens,
)
from acculturate.clca.words import read_in

LABELS = ("verdict", "confidence", "critique")
PLAIN = str.maketrans("：，；。！？（）＝｜’‘＊［］｛｝／", ":,;.!?()=|''*[]{}/")
"""Full-width signs as the usual ones, sign by sign, so that places stay the same."""
MARKS = re.compile(r"[*_#`>\"“”„«»「」『』【】\[\]~]")
THOUGHT = re.compile(
    r"\A(?:(?!<think).)*</think(?:ing)?>|<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.S
)
TAG = re.compile(r"<(/?)([^<>\n/]{1,24})>")
RULE = re.compile(r"[\s|:+=-]+")
SEVERAL = re.compile(r"\}[^{}]*\{")
HELD = "\u2236"
"""A colon inside a value of an object: what stands before it is no label."""
BLANK = "\x00"
"""Stands where a choice was: nothing is stated there."""


class Judgement(NamedTuple):
    """What a reply states; None for what it does not."""

    good: bool | None
    confidence: Confidence | None
    critique: str


class _Field(NamedTuple):
    """What stands behind a label: verdict, confidence, critique, or "" before the first."""

    name: str
    label: int
    """Where its label begins."""
    at: int
    end: int


def read_judgement(text: str, language: str) -> Judgement:
    """Return what a judge's reply in a language states, by that language's words and the English
    ones.
    """
    text = _lines_of(THOUGHT.sub("", text), language)
    plain = _plain(text, language)
    fields = list(_fields(plain, language))
    form = sum(_heads_line(plain, field) for field in fields) > 1
    page = _Page([(field.name, _stated_in(plain, field, language, form=form)) for field in fields])
    good, since = page.verdict()
    return Judgement(good, page.confidence(since), _critique(text, fields))


def read_good(text: str, language: str) -> bool | None:
    """Return whether a text that is a verdict and nothing else, such as a cell, says good; None
    where it says neither.
    """
    findings = statements(_plain(text, language), language, loose=True)
    verdicts = [statement for statement in findings.statements if statement.is_verdict]
    return _settled(verdicts, [*findings.sums, *findings.turns])[0]


# -- what counts ----------------------------------------------------------------------------------


class _Page(NamedTuple):
    """What each field of a reply states, in order."""

    fields: Sequence[tuple[str, Findings]]

    def verdict(self) -> tuple[bool | None, int]:
        """Return the verdict, and from where on it holds: the place where an earlier one was taken
        back.

        One behind its label goes before others; what is taken back by name goes before all.
        """
        labelled = self._said(("verdict",), verdicts=True)
        names = ("verdict",) if labelled else ("", "confidence")
        statements_made = labelled or self._said(names, verdicts=True)
        good, since = _settled(statements_made, self._marks(names))
        every = self._said(("", *LABELS), verdicts=True)
        later = max(
            (turn for turn in self._turns() if any(e.at < turn for e in statements_made)),
            default=-1,
        )
        after = [statement for statement in every if statement.at > later]
        if later >= 0 and after:
            return _settled(after, ())[0], later
        return good, since

    def confidence(self, since: int) -> Confidence | None:
        """Return the one level that is stated from a place on; None where there is none, or
        several.
        """
        for names in (("verdict", "confidence"), ("",)):
            levels = [
                statement
                for statement in self._said(names, verdicts=False)
                if statement.at >= since
            ]
            values, _ = _standing(levels, self._marks(names))
            if levels:
                return next((level for level in CONFIDENCES if values == {level}), None)
        return None

    def _said(self, names: Sequence[str], *, verdicts: bool) -> list[Statement]:
        return [
            statement
            for name, stated in self.fields
            if name in names
            for statement in stated.statements
            if statement.is_verdict == verdicts
        ]

    def _marks(self, names: Sequence[str]) -> list[int]:
        sums = [at for name, stated in self.fields if name in names for at in stated.sums]
        return sums + self._turns()

    def _turns(self) -> list[int]:
        return [at for _, stated in self.fields for at in stated.turns]


def _settled(verdicts: Sequence[Statement], marks: Iterable[int]) -> tuple[bool | None, int]:
    """Return what verdicts come to, and from where on: behind the last mark that has some before
    it.
    """
    values, since = _standing(verdicts, marks)
    values.discard("neither")
    taken_back = {verdict.value for verdict in verdicts if verdict.at < since} - {
        *values,
        "neither",
    }
    good = values == {"good"} if values in ({"good"}, {"bad"}) else None
    return good, since if taken_back else 0


def _standing(made: Sequence[Statement], marks: Iterable[int]) -> tuple[set[Value], int]:
    """Return what is said behind the last mark that has some of it before and some behind, and
    where.
    """
    since = max((mark for mark in marks if _between(mark, made)), default=0)
    return {statement.value for statement in made if statement.at >= since}, since


def _between(mark: int, verdicts: Sequence[Statement]) -> bool:
    places = [verdict.at for verdict in verdicts]
    return bool(places) and min(places) < mark < max(places)


# -- labels ---------------------------------------------------------------------------------------


def _fields(plain: str, language: str) -> Iterator[_Field]:
    inside = {
        at
        for token in tokens(plain, 0, language)
        if token.kind
        for at in range(token.at + 1, token.end)
    }
    # the last word of "很有把握" is no label
    labels = [match for match in _label(language).finditer(plain) if match.start() not in inside]
    ends = [match.start() for match in labels] + [len(plain)]
    yield _Field("", 0, 0, ends[0])
    for match, end in zip(labels, ends[1:], strict=True):
        yield _Field(match.lastgroup or "", match.start(), match.end(), end)


def _heads_line(plain: str, part: _Field) -> bool:
    """Return whether a field's label is the first on its line, behind a number at most."""
    before = plain[: part.label].rpartition("\n")[2]
    return bool(part.name) and not re.search(r"[^\W\d]", before)


def _stated_in(plain: str, part: _Field, language: str, *, form: bool) -> Findings:
    """Return what a field states; in a `form` of labelled lines the words behind the label of
    confidence are no verdict.
    """
    loose = part.name in ("verdict", "confidence")
    findings = statements(plain[part.at : part.end], language, loose=loose)
    made = findings.statements
    if form and part.name == "confidence" and _heads_line(plain, part):
        line = END.search(plain, part.at)
        end = (line.start() if line else part.end) - part.at
        made = [
            statement for statement in made if not (statement.is_verdict and statement.at < end)
        ]
    return Findings(
        [statement._replace(at=statement.at + part.at) for statement in made],
        [at + part.at for at in findings.sums],
        [at + part.at for at in findings.turns],
    )


def _critique(text: str, fields: Sequence[_Field]) -> str:
    """Return what stands behind the first label of a critique, up to the next verdict or
    confidence.
    """
    names = [field.name for field in fields]
    if "critique" not in names:
        return ""
    first = names.index("critique")
    last = next((k for k in range(first, len(names)) if names[k] != "critique"), len(names))
    part = text[fields[first].at : fields[last - 1].end]
    return " ".join(part.replace(HELD, ":").split()).strip(' *_`"{}|<>')


@functools.cache
def _label(language: str) -> re.Pattern[str]:
    """Return the pattern of a label anywhere in a text, with a colon or what stands for one."""
    words = read_in(language)
    named = "|".join(
        rf"(?P<{name}>{any_of([word for w in words for word in getattr(w, name)])})"
        for name in LABELS
    )
    note, copula = r"(?:\s*\([^()\n]{0,80}\))?", lexicon_of(language).copula
    return re.compile(
        rf"(?:{named}){note}[ \t]*(?:{copula}[ \t]*)?(?:[:=|]|->|=>|→|[–—]|-[ \t])", re.I
    )


# -- one form for all -----------------------------------------------------------------------------


def _plain(text: str, language: str) -> str:
    """Return the text without marks of form and without mere choices, each sign in its place."""
    plain = MARKS.sub(" ", text.translate(PLAIN))
    plain = re.sub(r"(?<![A-Za-z])'|'(?![A-Za-z])", " ", plain)
    for start, end in [*choices(plain, language), *_begun_choice(plain, language)]:
        plain = plain[:start] + BLANK * (end - start) + plain[end:]
    return plain


def _begun_choice(plain: str, language: str) -> Iterator[tuple[int, int]]:
    """Yield where a text that repeats its choices ends within one: it stands before, in full,
    behind the same two labels or more with the same words between them.
    """
    bare, lowered = plain.rstrip(), plain.rstrip().casefold()
    for start, end in choices(bare, language):
        for size in range(end - start - 1, 0, -1):
            at = len(bare) - size
            if at >= end and lowered.endswith(lowered[start : start + size]):
                before = _common_end(bare[:start], bare[:at])
                if len(_label(language).findall(before)) > 1:
                    yield at, len(bare)
                    return


def _common_end(text: str, other: str) -> str:
    """Return what two texts end in alike."""
    pairs = zip(reversed(text), reversed(other), strict=False)
    size = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return text[len(text) - size :]


def _lines_of(text: str, language: str) -> str:
    """Return tags, an object and a table as lines of a label each."""
    text = TAG.sub(lambda tag: "\n" if tag[1] else f"\n{tag[2]}: ", text)
    text = _object_as_lines(text)
    return "\n".join(_rows_as_lines(text.splitlines(), language))


def _object_as_lines(text: str) -> str:
    tree = find_object(text) or find_object(f'{text}"')  # where a critique is cut off
    if tree is None or SEVERAL.search(text):
        return text  # several objects are read by their labels
    start, end = text.index("{"), text.rfind("}")
    rest = text[end + 1 :] if end > start else ""
    return "\n".join((text[:start], *_lines(tree), rest))


def _lines(tree: Mapping[str, Any]) -> Iterator[str]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _lines(value)
        elif isinstance(value, list):
            yield f"{key}: {'; '.join(map(str, value))}"
        elif isinstance(value, str):
            yield f"{key}: {' '.join(value.split()).replace(':', HELD)}"


def _rows_as_lines(lines: Sequence[str], language: str) -> Iterator[str]:
    """Yield the cells of a table whose head is labels (with bars or other separators), a line each;
    a label alone on its line gets its colon.
    """
    heads: list[str] = []
    mark = ""
    for line in lines:
        cells = _cells(line, mark) if heads else []
        if heads and RULE.fullmatch(line):
            continue
        if heads and len(cells) > 1:
            yield from (f"{head}: {cell}" for head, cell in zip(heads, cells, strict=False))
            continue
        heads, mark = _heads(line, language)
        if not heads:
            yield f"{line}:" if _is_label(line, language) else line


def _heads(line: str, language: str) -> tuple[list[str], str]:
    """Return the labels that a line consists of, and what stands between them."""
    for mark in "|\t;,":
        cells = _cells(line, mark)
        if len(cells) > 1 and all(_is_label(cell, language) for cell in cells):
            return cells, mark
    return [], ""


def _is_label(text: str, language: str) -> bool:
    bare = MARKS.sub(" ", text).strip(" \t0123456789.)-").casefold()
    return any(bare in getattr(w, name) for w in read_in(language) for name in LABELS)


def _cells(line: str, mark: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip(mark).split(mark)]
