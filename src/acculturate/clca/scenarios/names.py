"""Names: what the two people of a scenario are called where no model has set it in a culture.

names.toml has the names of every territory by communities, and how families of each community bear
theirs. Both people are of one community. Relatives have a name in common where the custom is so:
brothers and sisters nearly everywhere, mother and child only where she has her husband's name.

    >>> from acculturate.culture import find_culture
    >>> pair = draw_names(find_culture("CHN"), "zh", "siblings", random.Random(1))
    >>> [name.text for name in pair]
    ['刘伟', '刘晓丽']
"""

import functools
import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal, NamedTuple, get_args

from acculturate.culture import Culture
from acculturate.records.language import chain, look_up

Sex = Literal["man", "woman"]
Kinship = Literal[
    "", "siblings", "spouses", "cousins", "relative", "parent", "grandparent", "parent-in-law"
]
"""What the second person is of the first; "" for no relative."""
SEXES: tuple[Sex, ...] = get_args(Sex)
HAN = ("zh", "ja")
"""Languages that are written with the signs of `han`."""


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name as texts use it; in a template `{first:he|she}` takes the form by `sex`."""

    text: str
    sex: Sex = "man"

    def __format__(self, forms: str) -> str:
        man, bar, woman = forms.partition("|")
        if not bar:
            return self.text
        return man if self.sex == "man" else woman


class _Family(NamedTuple):
    """A name that relatives have in common: the forms of men and women, and for a father's name
    his own.
    """

    man: str
    woman: str
    father: str


@dataclass(frozen=True, slots=True)
class Community:
    """People whose names go together, as names.toml says it, with the names of one way of writing.

    `joint` stands between the parts of a name.
    """

    men: Sequence[str]
    women: Sequence[str]
    family: Sequence[str]
    kin: str
    spouses: str
    order: str
    joint: str = " "

    def pair(self, kinship: Kinship, draw: random.Random) -> tuple[Name, Name]:
        """Return two people of different given names, `kinship` of each other."""
        first, second = draw.choice(SEXES), draw.choice(SEXES)
        if kinship == "spouses":
            second = SEXES[first == "man"]
        given = self._given(first, second, draw)
        if not self.family:
            return Name(given[0], first), Name(given[1], second)
        own, other = (_family(family) for family in draw.sample(self.family, 2))
        if kinship == "parent" and self.kin == "father" and second == "man":
            given = given[0], own.father  # the child bears the father's own name
        shared = self._in_common(kinship, first, second)
        return (
            self._whole(given[0], own, first),
            self._whole(given[1], own if shared else other, second),
        )

    def _given(self, first: Sex, second: Sex, draw: random.Random) -> tuple[str, str]:
        have = {"man": self.men, "woman": self.women}
        name = draw.choice(have[first])
        return name, draw.choice([given for given in have[second] if given != name])

    def _in_common(self, kinship: Kinship, first: Sex, second: Sex) -> bool:
        one_name = self.spouses == "share"
        if kinship == "siblings":
            return True
        if kinship == "spouses":
            return one_name
        if not kinship or self.kin == "father":
            return False
        if kinship in ("parent", "grandparent"):
            return one_name or second == "man"
        # a wife who has her husband's name has that of his parents
        return first == "woman" and one_name if kinship == "parent-in-law" else True

    def _whole(self, given: str, family: _Family, sex: Sex) -> Name:
        parts = (given, family.man if sex == "man" else family.woman)
        return Name(self.joint.join(parts if self.order == "given family" else parts[::-1]), sex)


def draw_names(
    culture: Culture, language: str, kinship: Kinship, draw: random.Random
) -> tuple[Name, Name]:
    """Return names of two people of a culture, in letters that a text in `language` is
    written in.
    """
    shares = _shares(culture)
    name = draw.choices(list(shares), list(shares.values()))[0]
    return _community(name, chain(language)[-1] in HAN).pair(kinship, draw)


def kinship_in(setting: str) -> Kinship:
    """Return what the second person of a situation is of the first, as its English
    setting says it.
    """
    stated: Mapping[Kinship, str] = _names()["stated"]
    return next((name for name, words in stated.items() if re.search(words, setting)), "")


def communities_of(culture: Culture, language: str = "en") -> tuple[Community, ...]:
    """Return the communities that a culture's people are of, the commonest first."""
    shares = _shares(culture)
    names = sorted(shares, key=lambda name: -shares[name])
    return tuple(_community(name, chain(language)[-1] in HAN) for name in names)


def _shares(culture: Culture) -> Mapping[str, int]:
    """Return how often each community is drawn."""
    table = _names()
    territory = culture.code.partition("-")[0]
    spoken = culture.languages[0] if culture.languages else ""
    shares: Mapping[str, int] | None = table["cultures"].get(territory)
    return shares or look_up(table["languages"], spoken) or {"neutral": 1}


@functools.cache
def _community(name: str, han: bool) -> Community:
    known: Mapping[str, Any] = _names()["communities"][name]
    signs = known.get("han") if han else None
    held = signs or known
    return Community(
        men=held["men"],
        women=held["women"],
        family=held.get("family", ()),
        kin=known.get("kin", "family"),
        spouses=known.get("spouses", "share"),
        order="family given" if signs else known.get("order", "given family"),
        joint="" if signs else " ",
    )


def _family(entry: str) -> _Family:
    """Read `Ivanov/Ivanova`, `Ismail=bin Ismail/binti Ismail`, or one form for all."""
    father, _, borne = entry.rpartition("=")
    man, _, woman = borne.partition("/")
    return _Family(man, woman or man, father or man)


@functools.cache
def _names() -> Mapping[str, Any]:
    source = resources.files(__package__) / "names.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
