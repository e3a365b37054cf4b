"""A scenario: a social situation with two people in it, each with a goal and a secret.

A `Situation` may be anywhere, with slots for the names (`{first}`, `{second}`; where a language has
a man's and a woman's form, `{first:Lehrer|Lehrerin}`); a `Scenario` is a situation of one culture
with names in it. A model makes scenarios of situations (`adapting`). Where no model is large
enough, `fill` puts names of the culture in and changes nothing else (`adapted` is False).

    >>> from acculturate.clca.scenarios.situations import load_situations
    >>> from acculturate.culture import find_culture
    >>> situation = load_situations()["family-wedding-guests"]
    >>> scenario = fill(situation, find_culture("DEU"), "en", variant=0, seed=42)
    >>> scenario.first.name in scenario.setting, scenario.adapted
    (True, False)
"""

import random
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from acculturate.clca.scenarios.names import Kinship, Name, draw_names
from acculturate.culture import Culture
from acculturate.errors import ConfigError
from acculturate.records.language import look_up

SLOTS = ("first", "second")
FORMS = re.compile(r"([^{}|]*\|[^{}|]*)?")
"""What may stand behind a slot's name: nothing, or a man's and a woman's form."""
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
class Situation:
    """A situation to be set in a culture; with a `culture` it is set in one already and is used
    for that one as it stands.

    `kinship` is what the second person is of the first, `wordings` are the same situation in other
    languages.
    """

    id: str
    domain: str
    setting: str
    tension: str
    first: Character
    second: Character
    culture: str = ""
    language: str = "en"
    kinship: Kinship = ""
    wordings: Mapping[str, "Situation"] = field(default_factory=dict, repr=False)

    def worded(self, language: str) -> "Situation":
        """Return the same situation in a language; itself where it has no wording in it."""
        return look_up(self.wordings, language) or self


@dataclass(frozen=True, slots=True)
class Scenario:
    """A situation of a culture. `adapted` says whether a model (or a person) set it there;
    `language` is that of its text, `situation` (its id) and `variant` say what it was made of.
    """

    id: str
    situation: str
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
        values = [
            getattr(character, part.name) for character in self.pair for part in fields(Character)
        ]
        return "\n".join([self.setting, self.tension, *values])


def fill(
    situation: Situation, culture: Culture, language: str, variant: int, seed: int
) -> Scenario:
    """Return a situation in a language, two names of the culture in its slots and no more changed.

    It stays in English where it has no wording in `language`; the scenario's `language` says so.
    """
    draw = random.Random(f"{seed}/{situation.id}/{culture.code}/{variant}")
    situation = situation.worded(language)
    drawn = draw_names(culture, situation.language, situation.kinship, draw)
    names = {
        slot: Name(who.name) if who.name else name
        for slot, who, name in zip(SLOTS, (situation.first, situation.second), drawn, strict=True)
    }
    people = [
        Character(
            name=names[slot].text, **{part: _put(getattr(who, part), names) for part in PARTS}
        )
        for slot, who in zip(SLOTS, (situation.first, situation.second), strict=True)
    ]
    return Scenario(
        id=scenario_id(situation.id, culture.code, language, variant),
        situation=situation.id,
        variant=variant,
        domain=situation.domain,
        culture=culture.code,
        language=situation.language,
        setting=_put(situation.setting, names),
        tension=_put(situation.tension, names),
        first=people[0],
        second=people[1],
        adapted=bool(situation.culture),
    )


def scenario_id(situation: str, culture: str, language: str, variant: int) -> str:
    """Return the name of a scenario among all of a run, such as
    `family-wedding-guests/DEU/de/1`.
    """
    return f"{situation}/{culture}/{language}/{variant + 1}"


def flaw_of(first: str, second: str) -> str:
    """Return what is wrong with a pair of names, or ``""``."""
    if not first.strip() or not second.strip():
        return "a character has no name"
    if first.strip().casefold() == second.strip().casefold():
        return f"both characters are called '{first.strip()}'"
    return ""


def check_slots(text: str, where: str) -> None:
    """Raise `ConfigError` for a slot that is neither `{first}` nor `{second}`, nor two forms such
    as `{first:he|she}`.
    """
    try:
        parsed = list(string.Formatter().parse(text))
    except ValueError:
        raise ConfigError(f"{where} has a brace that is never closed: {text!r}.") from None
    for _, slot, forms, way in parsed:
        if slot is None or (slot in SLOTS and not way and FORMS.fullmatch(forms or "")):
            continue
        slot_text = f"{slot}{f'!{way}' if way else ''}{f':{forms}' if forms else ''}"
        raise ConfigError(
            f"{where} has the slot {{{slot_text}}}: names are put in for {{first}} and {{second}}, "
            "and {first:he|she} takes the form for a man or a woman."
        )


def _put(text: str, names: Mapping[str, Name]) -> str:
    return text.format(**names)
