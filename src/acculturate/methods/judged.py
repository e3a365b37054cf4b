"""Kinds of texts that a method makes and people judge, in `acculturate view` or in sheets.

    STORIES = Subject("story", ".stories.jsonl", {"likely": "Could this happen there?"})

A method names its kinds in `Adaptation.subjects`, and keeps the texts of each adaptation in a file
(`Taught.files`) whose lines have `id` and `text` at least. A person's verdicts are a sheet in the
run's folder `verdicts`, with a column for each aspect.
"""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import NamedTuple

from acculturate.culture import Culture
from acculturate.errors import ConfigError

ADAPTATION, COMMENT = "adaptation", "comment"
"""Columns of every sheet beside the text's id and the aspects."""
VERDICTS = "verdicts"
"""The folder of sheets in a run's folder."""
SIGNS = {"1": True, "+": True, "0": False, "-": False}
STOPS = " .!。！"
"""Signs around a word that say nothing."""


class Asked(NamedTuple):
    """What people are asked about a text, by aspect, and what they can answer."""

    questions: Mapping[str, str]
    good: str = "yes"
    bad: str = "no"
    unsure: str = "cannot tell"


@dataclass(frozen=True)
class Subject:
    """A kind of texts that people judge.

    `name` is what one is called, and the column of its id in sheets; `ending` how the names of the
    run's files end that hold them, behind the adaptation's id. `aspects` are what people are asked,
    by a column's name. `folder` is where sheets lie in `verdicts`, "" for that folder itself;
    `told` are columns of a sheet that show the text. `raters` are names that no person can have.
    """

    name: str
    ending: str
    aspects: Mapping[str, str]
    folder: str = ""
    told: tuple[str, ...] = ()
    raters: tuple[str, ...] = ()

    @property
    def sheets(self) -> str:
        """The folder of sheets, from the run's."""
        return f"{VERDICTS}/{self.folder}".rstrip("/")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a sheet."""
        return (ADAPTATION, self.name, *self.told, *self.aspects, COMMENT)

    def asked(self, language: str, culture: Culture | None) -> Asked:
        """Return what people are asked about a text in a language that was made for a culture."""
        return Asked(self.aspects)

    def reads(self, cell: str) -> bool | None:
        """Return whether a cell says good, in any language that has words for it; None where it
        says neither good nor bad.
        """
        return _words().get(cell.casefold().strip(STOPS))

    def read_word(self, cell: str, where: str) -> bool:
        """Return whether a cell says good; raises `ConfigError` for what says neither."""
        good = self.reads(cell)
        if good is None:
            raise ConfigError(
                f"{where}: '{cell}' is no verdict; write good or bad, or leave it empty."
            )
        return good


@functools.cache
def _words() -> Mapping[str, bool]:
    """Return whether a word says good, by the word in lower case."""
    source = resources.files(__package__) / "verdict_words.toml"
    languages = tomllib.loads(source.read_text(encoding="utf-8"))
    good = {"good": True, "bad": False}
    words = {
        word.casefold(): good[verdict]
        for lists in languages.values()
        for verdict, phrases in lists.items()
        for word in phrases
    }
    return {**words, **SIGNS}
