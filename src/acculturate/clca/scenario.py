"""A scenario: a social situation with two people in it, each with a goal and a secret.

A `Seed` is a situation of anywhere, in English, with slots for the names (`{first}`, `{second}`); a
`Scenario` is a situation of one culture with names in it. Seeds become scenarios by a model that
adapts them (`adapting`), or by `fill`, which only puts names of the culture in and says so
(`adapted` is False): that serves models too small to adapt.

    >>> from acculturate.clca.seeds import load_seeds
    >>> from acculturate.culture import find_culture
    >>> seed = load_seeds()["family-wedding-guests"]
    >>> scenario = fill(seed, find_culture("DEU"), "en", variant=0, draw_seed=42)
    >>> scenario.first.name in scenario.setting, scenario.adapted
    (True, False)
"""

import functools
import random
import string
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from importlib import resources
from typing import Any

from acculturate.culture import Culture
from acculturate.errors import ConfigError
from acculturate.records.language import look_up

SLOTS = ("first", "second")
PARTS = ("occupation", "background", "goal", "secret")


@dataclass(frozen=True, slots=True)
class Character:
    """One of the two people. `goal` and `secret` are known to nobody but them."""

    name: str
    occupation: str
    background: str
    goal: str
    secret: str


@dataclass(frozen=True, slots=True)
class Seed:
    """A situation to be set in a culture; with a `culture` it is set in one already and is used
    for that one as it stands.
    """

    id: str
    domain: str
    setting: str
    tension: str
    first: Character
    second: Character
    culture: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A situation of a culture. `adapted` says whether a model (or a person) set it there;
    `language` is that of its text, `seed` and `variant` say what it was made from.
    """

    id: str
    seed: str
    variant: int
    domain: str
    culture: str
    language: str
    setting: str
    tension: str
    first: Character
    second: Character
    adapted: bool

    @property
    def pair(self) -> tuple[Character, Character]:
        return self.first, self.second

    @property
    def text(self) -> str:
        """Everything in it, to look names up in."""
        said = [getattr(each, part.name) for each in self.pair for part in fields(Character)]
        return "\n".join([self.setting, self.tension, *said])


def fill(seed: Seed, culture: Culture, language: str, variant: int, draw_seed: int) -> Scenario:
    """The seed with two names of the culture in its slots and nothing else changed."""
    draw = random.Random(f"{draw_seed}/{seed.id}/{culture.code}/{variant}")
    first, second = draw.sample(names_of(culture, language), 2)
    names = {
        "first": seed.first.name or first,
        "second": seed.second.name or second,
    }
    people = [
        Character(
            name=names[slot],
            **{part: _put(getattr(who, part), names) for part in PARTS},
        )
        for slot, who in zip(SLOTS, (seed.first, seed.second), strict=True)
    ]
    return Scenario(
        id=scenario_id(seed.id, culture.code, language, variant),
        seed=seed.id,
        variant=variant,
        domain=seed.domain,
        culture=culture.code,
        language=seed.language,
        setting=_put(seed.setting, names),
        tension=_put(seed.tension, names),
        first=people[0],
        second=people[1],
        adapted=bool(seed.culture),
    )


def scenario_id(seed: str, culture: str, language: str, variant: int) -> str:
    """`family-wedding-guests/DEU/de/1`: the name of a scenario among all of a run."""
    return f"{seed}/{culture}/{language}/{variant + 1}"


def flaw_of(first: str, second: str) -> str:
    """What is wrong with a pair of names, or ``""``."""
    if not first.strip() or not second.strip():
        return "a character has no name"
    if first.strip().casefold() == second.strip().casefold():
        return f"both characters are called '{first.strip()}'"
    return ""


def names_of(culture: Culture, language: str) -> Sequence[str]:
    """Given names for a culture, in letters that a text in `language` is written in."""
    table = _names()
    by_language = table["languages"]
    own = table["cultures"].get(culture.code)
    spoken = culture.languages[0] if culture.languages else "en"
    found: Sequence[str] = own or look_up(by_language, spoken) or table["neutral"]
    if language.partition("-")[0] == spoken.partition("-")[0]:
        return found
    latin: Mapping[str, Sequence[str]] = table["latin"]
    return latin.get(culture.code) or (None if own else look_up(latin, spoken)) or found


def check_slots(text: str, where: str) -> None:
    """Raise `ConfigError` for a slot that is neither `{first}` nor `{second}`."""
    try:
        parsed = list(string.Formatter().parse(text))
    except ValueError:
        raise ConfigError(f"{where} has a brace that is never closed: {text!r}.") from None
    slots = [
        f"{slot}{f'!{way}' if way else ''}{f':{form}' if form else ''}"
        for _, slot, form, way in parsed
        if slot is not None
    ]
    wrong = [slot for slot in slots if slot not in SLOTS]
    if wrong:
        raise ConfigError(
            f"{where} has the slot {{{wrong[0]}}}: names are put in for {{first}} and {{second}}."
        )


def _put(text: str, names: Mapping[str, str]) -> str:
    return text.format(**names)


@functools.cache
def _names() -> Mapping[str, Any]:
    source = resources.files(__package__) / "names.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
