"""The table of territories, those of WVS-7 and all states, and what a culture is."""

import csv
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from acculturate.records.language import chain, look_up


class Place(str):
    """A territory's name in a language, and how a sentence puts it there.

    `at` says where (`in der Türkei`), `to` whereto (`in die USA`), `origin` where from (`von den
    Philippinen`), each with its preposition; the name alone is the form behind another one
    (`den USA`).
    """

    at: str
    to: str
    origin: str

    def __new__(cls, name: str, at: str = "", to: str = "", origin: str = "") -> "Place":
        made = super().__new__(cls, name)
        made.at, made.to = at or f"in {name}", to or f"to {name}"
        made.origin = origin or f"from {name}"
        return made

    @property
    def ways(self) -> tuple[str, str, str]:
        return self.at, self.to, self.origin


ANY = "*"
"""The row of a table of names that holds for territories without one."""


@dataclass(frozen=True, slots=True)
class Culture:
    """A named group of people.

    `code` is the slug (ISO 3166 alpha-3 for territories), `name` reads after "from", `demonym`
    carries its article (a territory of a user's own may lack it, and `adjective`), `languages` are
    BCP 47 tags with the most used first, `zone` is the Inglehart-Welzel map zone ("" for a
    territory that the map does not hold). A group that a survey's people were parted into has the
    words of the culture that it is a part `of`, and the `traits` that its people share.
    """

    code: str
    name: str
    demonym: str
    adjective: str
    languages: tuple[str, ...]
    zone: str
    continent: str
    of: str = ""
    traits: tuple[tuple[str, str], ...] = ()

    @property
    def label(self) -> str:
        """Its name, and what its people share: `Germany: female, 30-39`."""
        shared = ", ".join(text for _, text in self.traits)
        return f"{self.name}: {shared}" if shared else self.name

    def named(self, language: str) -> Place:
        """Return the territory's name in a language; the English one where there is no table of
        names.
        """
        return place(self.of or self.code, self.name, language)


def place(code: str, name: str, language: str) -> Place:
    """Return the territory `code` as a sentence in a language names it.

    One that is not in the language's table keeps `name`, with the prepositions of most names.
    """
    for table in (_names(tag) for tag in chain(language)):
        if code in table:
            return table[code]
        if ANY in table:
            return Place(name, *(way.format(name) for way in table[ANY].ways))
    return Place(name)


@functools.cache
def _names(language: str) -> Mapping[str, Place]:
    source = resources.files(__package__) / "names" / f"{language}.csv"
    if not source.is_file():
        return {}
    rows = csv.DictReader(source.read_text(encoding="utf-8").splitlines())
    return {
        row["culture"]: Place(row["name"], *(row.get(way, "") for way in ("at", "to", "origin")))
        for row in rows
    }


def language_name(tag: str) -> str:
    """Return a language's English name (`Portuguese` for `pt-BR`); the tag where it is
    not known.
    """
    return look_up(_languages(), tag) or tag


@functools.cache
def _languages() -> Mapping[str, str]:
    source = resources.files(__package__) / "languages.csv"
    rows = csv.DictReader(source.read_text(encoding="utf-8").splitlines())
    return {row["tag"]: row["name"] for row in rows}


@functools.cache
def cultures() -> Mapping[str, Culture]:
    """Return every territory of the table by its code."""
    source = resources.files(__package__) / "territories.csv"
    rows = csv.DictReader(source.read_text(encoding="utf-8").splitlines())
    return {
        row["culture"]: Culture(
            code=row["culture"],
            name=row["name"],
            demonym=row["demonym"],
            adjective=row["adjective"],
            languages=tuple(row["languages"].split()),
            zone=row["zone"],
            continent=row["continent"],
        )
        for row in rows
    }
