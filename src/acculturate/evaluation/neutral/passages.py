"""The passages: our own, a line each, in a file for each language.

>>> passages("en")[0]
'Water begins to boil when bubbles rise from the bottom of the pot. With a lid on, it gets there \
sooner.'
>>> languages()
('de', 'en', 'es', 'ja', 'zh')
"""

import functools
from importlib import resources

from acculturate.records.language import look_up


@functools.cache
def languages() -> tuple[str, ...]:
    """Return the tags of all languages that there are passages in."""
    files = resources.files(__package__).iterdir()
    return tuple(sorted(file.name[:-4] for file in files if file.name.endswith(".txt")))


def passages(language: str) -> tuple[str, ...]:
    """Return the passages in a language, or in one that stands in for it; empty without any."""
    tag = look_up({language: language for language in languages()}, language)
    return _lines(tag) if tag else ()


@functools.cache
def _lines(tag: str) -> tuple[str, ...]:
    source = resources.files(__package__) / f"{tag}.txt"
    return tuple(source.read_text(encoding="utf-8").splitlines())
