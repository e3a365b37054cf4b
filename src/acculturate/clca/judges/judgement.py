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
    """What a judge's reply in a language states, by that language's words and the English ones."""
    text = _lines_of(THOUGHT.sub("", text), language)
    plain = _plain(text, language)
    fields = list(_fields(plain, language))
    form = sum(_heads_line(plain, each) for each in fields) > 1
    page = _Page([(each.name, _stated_in(plain, each, language, form=form)) for each in fields])
    good, since = page.verdict()
    return Judgement(good, page.confidence(since), _critique(text, fields))


def read_good(text: str, language: str) -> bool | None:
    """Whether a text that is a verdict and nothing else, such as a cell, says good; None where
    it says neither.
    """
    found = statements(_plain(text, language), language, loose=True)
    verdicts = [each for each in found.statements if each.is_verdict]
    return _settled(verdicts, [*found.sums, *found.turns])[0]


# -- what counts ----------------------------------------------------------------------------------


class _Page(NamedTuple):
    """What each field of a reply states, in order."""

    fields: Sequence[tuple[str, Findings]]

    def verdict(self) -> tuple[bool | None, int]:
        """The verdict, and from where on it holds: the place where an earlier one was taken back.

        One behind its label goes before others; what is taken back by name goes before all.
        """
        labelled = self._said(("verdict",), verdicts=True)
        names = ("verdict",) if labelled else ("", "confidence")
        said = labelled or self._said(names, verdicts=True)
        good, since = _settled(said, self._marks(names))
        every = self._said(("", *LABELS), verdicts=True)
        later = max((turn for turn in self._turns() if any(e.at < turn for e in said)), default=-1)
        after = [each for each in every if each.at > later]
        if later >= 0 and after:
            return _settled(after, ())[0], later
        return good, since

    def confidence(self, since: int) -> Confidence | None:
        """The one level that is stated from a place on; None where there is none, or several."""
        for names in (("verdict", "confidence"), ("",)):
            said = [each for each in self._said(names, verdicts=False) if each.at >= since]
            values, _ = _standing(said, self._marks(names))
            if said:
                return next((level for level in CONFIDENCES if values == {level}), None)
        return None

    def _said(self, names: Sequence[str], *, verdicts: bool) -> list[Statement]:
        return [
            each
            for name, stated in self.fields
            if name in names
            for each in stated.statements
            if each.is_verdict == verdicts
        ]

    def _marks(self, names: Sequence[str]) -> list[int]:
        sums = [at for name, stated in self.fields if name in names for at in stated.sums]
        return sums + self._turns()

    def _turns(self) -> list[int]:
        return [at for _, stated in self.fields for at in stated.turns]


def _settled(verdicts: Sequence[Statement], marks: Iterable[int]) -> tuple[bool | None, int]:
    """What verdicts come to, and from where on: behind the last mark that has some before it."""
    values, since = _standing(verdicts, marks)
    values.discard("neither")
    taken_back = {each.value for each in verdicts if each.at < since} - {*values, "neither"}
    good = values == {"good"} if values in ({"good"}, {"bad"}) else None
    return good, since if taken_back else 0


def _standing(said: Sequence[Statement], marks: Iterable[int]) -> tuple[set[Value], int]:
    """What is said behind the last mark that has some of it before and some behind, and where."""
    since = max((mark for mark in marks if _between(mark, said)), default=0)
    return {each.value for each in said if each.at >= since}, since


def _between(mark: int, verdicts: Sequence[Statement]) -> bool:
    places = [each.at for each in verdicts]
    return bool(places) and min(places) < mark < max(places)


# -- labels ---------------------------------------------------------------------------------------


def _fields(plain: str, language: str) -> Iterator[_Field]:
    inside = {
        at
        for each in tokens(plain, 0, language)
        if each.kind
        for at in range(each.at + 1, each.end)
    }
    # the last word of "很有把握" is no label
    found = [each for each in _label(language).finditer(plain) if each.start() not in inside]
    ends = [match.start() for match in found] + [len(plain)]
    yield _Field("", 0, 0, ends[0])
    for match, end in zip(found, ends[1:], strict=True):
        yield _Field(match.lastgroup or "", match.start(), match.end(), end)


def _heads_line(plain: str, part: _Field) -> bool:
    """Whether a field's label is the first on its line, behind a number at most."""
    before = plain[: part.label].rpartition("\n")[2]
    return bool(part.name) and not re.search(r"[^\W\d]", before)


def _stated_in(plain: str, part: _Field, language: str, *, form: bool) -> Findings:
    """What a field states; in a `form` of labelled lines the words behind the label of confidence
    are no verdict.
    """
    loose = part.name in ("verdict", "confidence")
    found = statements(plain[part.at : part.end], language, loose=loose)
    said = found.statements
    if form and part.name == "confidence" and _heads_line(plain, part):
        line = END.search(plain, part.at)
        end = (line.start() if line else part.end) - part.at
        said = [each for each in said if not (each.is_verdict and each.at < end)]
    return Findings(
        [each._replace(at=each.at + part.at) for each in said],
        [at + part.at for at in found.sums],
        [at + part.at for at in found.turns],
    )


def _critique(text: str, fields: Sequence[_Field]) -> str:
    """What stands behind the first label of a critique, up to the next verdict or confidence."""
    names = [each.name for each in fields]
    if "critique" not in names:
        return ""
    first = names.index("critique")
    last = next((k for k in range(first, len(names)) if names[k] != "critique"), len(names))
    said = text[fields[first].at : fields[last - 1].end]
    return " ".join(said.replace(HELD, ":").split()).strip(' *_`"{}|<>')


@functools.cache
def _label(language: str) -> re.Pattern[str]:
    """A label anywhere in a text, with a colon or what stands for one."""
    words = read_in(language)
    named = "|".join(
        rf"(?P<{name}>{any_of([each for w in words for each in getattr(w, name)])})"
        for name in LABELS
    )
    note, copula = r"(?:\s*\([^()\n]{0,80}\))?", lexicon_of(language).copula
    return re.compile(
        rf"(?:{named}){note}[ \t]*(?:{copula}[ \t]*)?(?:[:=|]|->|=>|→|[–—]|-[ \t])", re.I
    )


# -- one form for all -----------------------------------------------------------------------------


def _plain(text: str, language: str) -> str:
    """The text without marks of form and without mere choices, each sign in its place."""
    plain = MARKS.sub(" ", text.translate(PLAIN))
    plain = re.sub(r"(?<![A-Za-z])'|'(?![A-Za-z])", " ", plain)
    for start, end in [*choices(plain, language), *_begun_choice(plain, language)]:
        plain = plain[:start] + BLANK * (end - start) + plain[end:]
    return plain


def _begun_choice(plain: str, language: str) -> Iterator[tuple[int, int]]:
    """Where a text that repeats its choices ends within one: it stands before, in full, behind the
    same two labels or more with the same words between them.
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
    """What two texts end in alike."""
    pairs = zip(reversed(text), reversed(other), strict=False)
    size = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return text[len(text) - size :]


def _lines_of(text: str, language: str) -> str:
    """Tags, an object and a table as lines of a label each."""
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
    """A table whose head is labels, with bars or other separators, a line a cell; a label alone
    on its line with its colon.
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
    """The labels that a line consists of, and what stands between them."""
    for mark in "|\t;,":
        cells = _cells(line, mark)
        if len(cells) > 1 and all(_is_label(each, language) for each in cells):
            return cells, mark
    return [], ""


def _is_label(text: str, language: str) -> bool:
    bare = MARKS.sub(" ", text).strip(" \t0123456789.)-").casefold()
    return any(bare in getattr(w, name) for w in read_in(language) for name in LABELS)


def _cells(line: str, mark: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip(mark).split(mark)]
