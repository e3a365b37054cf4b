"""Which language a question is in, as far as the filter needs to know: the one wanted, or another.

The commonest little words of a language give a sentence away, and its script does: `languages.toml`
holds both. A sentence of a few words may hold none of them; it passes unless its script is another.

    >>> is_in("How often do you pray?", "en"), is_in("Wie oft beten Sie in der Woche?", "en")
    (True, False)
"""

import functools
import tomllib
import unicodedata
from collections.abc import Mapping
from importlib import resources
from typing import NamedTuple

from acculturate.similarity import normalise


class Traits(NamedTuple):
    """The names of a language's script in Unicode, and its commonest words."""

    scripts: tuple[str, ...]
    words: frozenset[str]


def is_in(text: str, language: str) -> bool:
    """Return whether a text may be in `language` (a key of `languages.toml`)."""
    known = load_traits()
    if _foreign_letters(text, known[language].scripts) > 0.2:
        return False
    words = normalise(text).split()
    hits = {name: sum(word in traits.words for word in words) for name, traits in known.items()}
    return hits[language] >= max(hits.values())


def _foreign_letters(text: str, scripts: tuple[str, ...]) -> float:
    """Share of the letters that belong to another script."""
    if text.isascii() and "LATIN" in scripts:
        return 0.0
    names = [unicodedata.name(char, "") for char in text if char.isalpha()]
    return sum(not name.startswith(scripts) for name in names) / len(names) if names else 0.0


@functools.cache
def load_traits() -> Mapping[str, Traits]:
    """Return the languages of `languages.toml`."""
    source = resources.files(__package__) / "languages.toml"
    tree = tomllib.loads(source.read_text(encoding="utf-8"))
    return {
        name: Traits(tuple(table["scripts"]), frozenset(table["words"].split()))
        for name, table in tree.items()
    }
