"""Descriptors: a culture's figures on eight dimensions, in words.

Two are its place on the Inglehart-Welzel map, six are Hofstede's. A figure falls into one of five
levels by fixed cuts (dimensions/words.toml: quintiles of the map's territories, fifths of
Hofstede's scale), and a level has words in each language. What a culture has no figure for is left
out and named in `missing`; Hofstede's figure of a region stands in where he gives one for a region
only (East and West Africa, the Arab countries), and the text says so. A group inside a territory
has the territory's figures.

The map is made from the survey itself, and five of its items are among those that CLCA's evaluation
asks. So `settings.descriptors` can be "none", or another culture's code, as controls.

    >>> from acculturate.culture import find_culture
    >>> kenya = describe(find_culture("KEN"), "en")
    >>> kenya.text.splitlines()[2]
    '- Power distance: high. Rank is accepted, and one defers to elders and superiors.'
    >>> kenya.region, kenya.missing
    ('East Africa', ())
"""

import csv
import functools
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from acculturate.culture import Culture, find_culture
from acculturate.errors import ConfigError
from acculturate.records.language import look_up

MAP = ("self_expression", "secular")
HOFSTEDE = ("power", "individualism", "motivation", "uncertainty", "long_term", "indulgence")
DIMENSIONS = (*MAP, *HOFSTEDE)
MIDDLE = 2
"""The third of five levels, from 0."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A culture's figures by dimension; `regional` are those of `region` as a whole."""

    culture: str
    values: Mapping[str, float]
    regional: tuple[str, ...] = ()
    region: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(name for name in DIMENSIONS if name not in self.values)


@dataclass(frozen=True, slots=True)
class Descriptors:
    """A culture in words, one line a dimension ("" where there is no figure at all).

    `culture` is whose figures they are, which an ablation may choose to be another's.
    """

    culture: str
    language: str
    text: str
    missing: tuple[str, ...] = ()
    region: str = ""


def describe(culture: Culture, language: str, whose: str = "own") -> Descriptors:
    """Return the descriptors under which `culture` is put to a model.

    `whose` is `own`, `none`, or the code of another culture. Raises `SurveyError` for a code that
    is not known and `ConfigError` for a language without words.
    """
    if whose == "none":
        return Descriptors("", language, "")
    return _in_words(
        figures(culture.code if whose == "own" else find_culture(whose).code), language
    )


def figures(code: str) -> Figures:
    """Return what is known of a culture; nothing (all missing) where neither source has it."""
    table = _table()
    row = table.get(code) or table.get(code.partition("-")[0], {})
    region = table.get(row.get("region", ""), {})
    values, regional = {}, []
    for name in DIMENSIONS:
        if row.get(name):
            values[name] = float(row[name])
        elif region.get(name):
            values[name] = float(region[name])
            regional.append(name)
    return Figures(code, values, tuple(regional), row["region"] if regional else "")


def level(dimension: str, value: float) -> int:
    """Return which of the five levels, from 0, a figure falls into; a figure on a cut is
    above it.
    """
    return bisect_right(_words()["cuts"][dimension], value)


def _in_words(known: Figures, language: str) -> Descriptors:
    words = look_up({key: word for key, word in _words().items() if "levels" in word}, language)
    if words is None:
        raise ConfigError(
            f"Descriptors have no words in '{language}': use en, zh, de, ja or es, or "
            'descriptors = "none".'
        )
    lines = [_line(words, name, known.values[name]) for name in DIMENSIONS if name in known.values]
    region = look_up(_words()["regions"][known.region], language) or "" if known.region else ""
    if region:
        names = words["join"].join(words["poles"][name]["name"] for name in known.regional)
        lines.append(words["region"].format(names=names, region=region))
    return Descriptors(known.culture, language, "\n".join(lines), known.missing, region)


def _line(words: Mapping[str, Any], dimension: str, value: float) -> str:
    poles, at = words["poles"][dimension], level(dimension, value)
    pole = poles["low"] if at < MIDDLE else poles["high"]
    if at == MIDDLE:
        pole = words["between"].format(low=poles["low"], high=poles["high"])
    text: str = words["line"].format(
        name=poles["name"], level=words["levels"][at], pole=pole[0].upper() + pole[1:]
    )
    return text


@functools.cache
def _table() -> Mapping[str, Mapping[str, str]]:
    source = resources.files(__package__) / "dimensions" / "dimensions.csv"
    rows = csv.DictReader(source.read_text(encoding="utf-8").splitlines())
    return {row["culture"]: row for row in rows}


@functools.cache
def _words() -> Mapping[str, Any]:
    source = resources.files(__package__) / "dimensions" / "words.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
