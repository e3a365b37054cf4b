"""The table of territories, those of WVS-7 and all states, and what a culture is."""

import csv
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from acculturate.records.language import chain


@dataclass(frozen=True, slots=True)
class Culture:
    """A named group of people.

    `code` is the slug (ISO 3166 alpha-3 for territories), `name` reads after "from", `demonym`
    carries its article (a territory of a user's own may lack it, and `adjective`), `languages` are
    BCP 47 tags with the most used first, `zone` is the Inglehart-Welzel map zone ("" for a
    territory that the map does not hold).
    """

    code: str
    name: str
    demonym: str
    adjective: str
    languages: tuple[str, ...]
    zone: str
    continent: str

    def named(self, language: str) -> str:
        """The territory's name in a language; the English one where there is no table of names."""
        tables = (_names(tag) for tag in chain(language))
        return next((table[self.code] for table in tables if self.code in table), self.name)


@functools.cache
def _names(language: str) -> Mapping[str, str]:
    source = resources.files(__package__) / "names" / f"{language}.csv"
    if not source.is_file():
        return {}
    rows = csv.DictReader(source.read_text(encoding="utf-8").splitlines())
    return {row["culture"]: row["name"] for row in rows}


@functools.cache
def cultures() -> Mapping[str, Culture]:
    """Every territory of the table by its code."""
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
