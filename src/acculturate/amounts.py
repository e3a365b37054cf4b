"""Amounts in words: a number, a range, or what lies below or above one.

>>> amount("8 to 11 years") == (8 * 8760, 11 * 8760)
True
>>> amount("Under 8")[1], amount("three or more children")[0], amount("never")
(8.0, 3.0, (0.0, 0.0))
>>> amount("Twice a week") > amount("once a month")
True
>>> amount("Article 5 of the constitution") is None
True
"""

import functools
import math
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import NamedTuple

Amount = tuple[float, float]
"""The least and the most; minus or plus infinity where it is open."""

NUMBER = re.compile(r"\d{1,3}(?:[,. ]\d{3})+(?!\d)|\d+(?:[.,]\d+)?")
TOKEN = re.compile(rf"10k|{NUMBER.pattern}|[^\W\d_]+")
MOST_WORDS = 5
"""Fewer words than that may stand behind the number: "children in my family"."""


class Words(NamedTuple):
    """`amounts.toml`, ready for use."""

    numbers: Mapping[str, float]
    times: Mapping[str, float]
    units: Mapping[str, float]
    inside: Mapping[str, str]
    one: frozenset[str]
    rate: frozenset[str]
    below: re.Pattern[str]
    above: re.Pattern[str]
    passed_over: frozenset[str]


@functools.lru_cache(maxsize=4096)
def amount(text: str) -> Amount | None:
    """Return the amount that a text is, units of time in hours, rates in times an hour;
    else None.
    """
    words = load_words()
    text = unicodedata.normalize("NFKC", text).casefold()
    for word, plain in words.inside.items():
        text = text.replace(word, f" {plain} ")
    text, below = words.below.subn(" ", text)
    text, above = words.above.subn(" ", text)
    read = _read([match[0] for match in TOKEN.finditer(text)], words)
    if read is None or (below and above) or len(read) > 2:
        return None
    low, high = read[0], read[-1]
    if below:
        return (-math.inf, high)
    return (low, math.inf) if above or text.rstrip().endswith("+") else (low, high)


def _read(tokens: Sequence[str], words: Words) -> list[float] | None:
    """Return the numbers of an amount with their units; None where other words stand among them."""
    numbers: list[float] = []
    units: list[float | None] = []
    rate, others, before = 1.0, 0, ""
    for token in tokens:
        if (value := _number(token, words)) is not None:
            numbers.append(value)
            units.append(None)
        elif token in words.units and before in words.one and not numbers:
            numbers, units = [1.0], [words.units[token]]
        elif token in words.units and before in words.rate:
            rate = words.units[token]
        elif token in words.times and numbers:
            numbers[-1] *= words.times[token]
        elif token in words.units and numbers:
            units[-1] = words.units[token]
        elif token not in words.passed_over:
            others += 1 if numbers else MOST_WORDS
        before = token
    if not numbers or others >= MOST_WORDS:
        return None
    shared = units[-1] or 1.0  # "8 to 11 years"
    return [n * (unit or shared) / rate for n, unit in zip(numbers, units, strict=True)]


def _number(token: str, words: Words) -> float | None:
    if token in words.numbers:
        return words.numbers[token]
    if not NUMBER.fullmatch(token):
        return None
    if re.fullmatch(r"\d{1,3}(?:[,. ]\d{3})+", token):
        return float(re.sub(r"\D", "", token))
    return float(token.replace(",", "."))


@functools.cache
def load_words() -> Words:
    """Return the words of `amounts.toml`."""
    source = resources.files(__package__) / "amounts.toml"
    tree = tomllib.loads(source.read_text(encoding="utf-8"))
    told = tree["words"]
    inside = {word: key for key, listed in tree["inside"].items() for word in listed.split()}
    numbers, times, units = (
        {word: float(key) for key, listed in tree[table].items() for word in listed.split()}
        for table in ("numbers", "times", "units")
    )
    return Words(
        numbers,
        times,
        units,
        dict(sorted(inside.items(), key=lambda pair: -len(pair[0]))),
        frozenset(told["one"].split()),
        frozenset(told["rate"].split()),
        _any_of(told["below"], told["inside_below"]),
        _any_of(told["above"], told["inside_above"]),
        frozenset(f"{told['range']} {told['loose']} {told['rate']} {told['one']}".split()),
    )


def _any_of(words: str, inside: str) -> re.Pattern[str]:
    longest = sorted(words.split(), key=len, reverse=True)
    spaced = "|".join(re.escape(word).replace("_", r"\s+") for word in longest)
    return re.compile(rf"\b(?:{spaced})\b|{'|'.join(inside.split())}")
