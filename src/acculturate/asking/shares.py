r"""Stated shares: what part of the people a text gives to each option.

Read as strictly as a single answer: every option stands once, by its label, alone or with its own
text, and beside it one number; the numbers make up 100 people (or 1), but for a rounding error.
Anything else is a refusal, so that no number of a hotline or of a half-finished list becomes a
share.

    >>> from acculturate.records import Option
    >>> scale = [Option(1, "1", "Yes"), Option(2, "2", "No")]
    >>> read_shares("1: 70%\n2. No: 30%", scale)
    (0.7, 0.3)
    >>> read_shares("1: 70%\n2: 70%", scale) is None
    True
"""

import math
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence

from acculturate.asking.cues import load_cues
from acculturate.asking.option_texts import bare
from acculturate.records import Option

SLACK = 0.02
"""How far from 1 the shares' sum may lie: rounded numbers miss 100 by a point or two."""

# what parts several entries on one line: a list, or a JSON object
BREAK = re.compile(r"""[;{}]|、|,(?=\s|["'])""")
NUMBER = r"(?<![\w.,+/-])(?P<number>\d{1,3}(?:[.,]\d+)?)"


def read_shares(
    text: str, options: Sequence[Option], language: str = "en"
) -> tuple[float, ...] | None:
    """Return shares in the order of `options` (as shown), summing to 1; None where the text has no
    such.

    A piece of text without a number of its own, or that speaks of all 100, is passed over.
    """
    by_label = {option.label: option for option in options}
    shape = _shape(by_label, language)
    share_by_label: dict[str, float] = {}
    for piece in _pieces(unicodedata.normalize("NFKC", text), shape, by_label):
        entry = _entry(piece, shape, by_label)
        if entry is None:
            if set(re.findall(r"\d+", piece)) - {"100"}:
                return None
        elif entry[0] in share_by_label:
            return None
        else:
            share_by_label[entry[0]] = entry[1]
    return _shares([share_by_label.get(option.label) for option in options])


def _pieces(text: str, shape: re.Pattern[str], by_label: Mapping[str, Option]) -> Iterator[str]:
    """Yield lines that are an entry, and the parts of those that are none: an option may hold
    commas.
    """
    for line in text.splitlines():
        if _entry(line, shape, by_label):
            yield line
        else:
            yield from BREAK.split(line)


def _entry(
    piece: str, shape: re.Pattern[str], by_label: Mapping[str, Option]
) -> tuple[str, float] | None:
    """Return a label and its number, where between them stands nothing, or the text of
    that option.
    """
    match = shape.fullmatch(piece.strip())
    if match is None or bare(match["middle"]) not in ("", bare(by_label[match["label"]].text)):
        return None
    return match["label"], float(match["number"].replace(",", "."))


def _shape(labels: Collection[str], language: str) -> re.Pattern[str]:
    """Return the pattern of an entry: an option's label, perhaps its text, a number, perhaps with
    "%" or a word such as people.
    """
    longest_first = sorted(labels, key=len, reverse=True)
    label = "|".join(re.escape(text) for text in longest_first)
    unit = load_cues(language).unit.pattern
    return re.compile(
        rf"(?:[-+*]\s+)?[^\w+-]*(?P<label>{label})(?!\w)(?P<middle>\W.*?){NUMBER}\s*(?:%|{unit})?[^\w%]*",
        re.DOTALL,
    )


def _shares(numbers: Sequence[float | None]) -> tuple[float, ...] | None:
    known = [number for number in numbers if number is not None]
    total = math.fsum(known)
    whole = next((unit for unit in (100.0, 1.0) if abs(total - unit) <= SLACK * unit), None)
    if len(known) < len(numbers) or whole is None:
        return None
    return tuple(number / total for number in known)
