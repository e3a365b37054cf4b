"""Character: whether a text is still a character's, or the language model's own.

>>> breaks_character("As an AI language model I do not eat.", "en")
True
"""

import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from acculturate.records.language import look_up

OF_TEXTS = ("of_the_scene", "of_a_text", "of_the_wording")
"""Tables of what somebody says of something written."""


def breaks_character(text: str, language: str) -> bool:
    """Return whether a text speaks as a language model or leaves a slot open."""
    patterns = (*_patterns("out_of_character", language), *_table()["open_slots"]["all"])
    return any(re.search(pattern, text, re.I) for pattern in patterns)


def tells_of_the_scene(text: str, language: str) -> bool:
    """Return whether a text is about the scene as a piece of writing ("In this scene, Ana ..."),
    about a text ("Source: ...") or how it is worded ("Rephrase the sentence").
    """
    patterns = (pattern for kind in OF_TEXTS for pattern in _patterns(kind, language))
    return any(re.search(pattern, text.strip(), re.I) for pattern in patterns)


def sets_the_scene(text: str, language: str) -> bool:
    """Return whether a sentence only says where the talk is: "This conversation is set in ..."."""
    return any(re.search(pattern, text, re.I) for pattern in _patterns("set_in", language))


def speaks_to(name: str, text: str, language: str) -> bool:
    """Return whether a text greets or thanks somebody of this name, as nobody does themselves."""
    parts = {re.escape(part) for part in (name, *name.split()) if len(part) > 1}
    called = f"(?:{'|'.join(sorted(parts, key=len, reverse=True))})"
    patterns = (pattern.replace("{name}", called) for pattern in _patterns("addressed", language))
    return any(re.search(pattern, text.strip(), re.I) for pattern in patterns)


def leads_in(line: str, language: str) -> bool:
    """Return whether a line only leads to the words below it: "Here is a possible answer:"."""
    return any(re.search(pattern, line, re.I) for pattern in _patterns("leads_in", language))


def quotes_a_mark(before: str, language: str) -> bool:
    """Return whether what stands before a mark only speaks of it: "Your last word is [leaves]"."""
    return any(
        re.search(rf"{pattern}[^\w.!?。！？]*$", before, re.I)
        for pattern in _patterns("of_a_mark", language)
    )


def gives_an_example(before: str, language: str) -> bool:
    """Return whether what stands before an act calls it an example: "an act such as *nods*"."""
    return any(
        re.search(rf"{pattern}[\s,:，：（(]*$", before, re.I)
        for pattern in _patterns("of_an_example", language)
    )


def of_the_task(line: str, names: Sequence[str], language: str) -> bool:
    """Return whether a line is of the prompt ("You are Ana", "The situation: ..."), where `names`
    play.
    """
    if line.rstrip(' *_"”').endswith(("?", "？")):
        return False
    called = {part for name in names for part in (name, *name.split()) if len(part) > 1}
    name = f"(?:{'|'.join(map(re.escape, sorted(called, key=len, reverse=True)))})"
    bare = line.lstrip(" \t*_#>([（【-")
    patterns = (pattern.replace("{name}", name) for pattern in _patterns("of_the_task", language))
    return any(re.search(pattern, bare, re.I) for pattern in patterns)


def _patterns(section: str, language: str) -> tuple[str, ...]:
    table: Mapping[str, list[str]] = _table()[section]
    own = look_up(table, language) or ()
    return (*own, *table["en"]) if own is not table["en"] else tuple(own)


@functools.cache
def _table() -> Mapping[str, Any]:
    source = resources.files(__package__) / "character.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
