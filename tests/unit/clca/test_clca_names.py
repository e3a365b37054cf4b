"""Names of rule-filled scenarios: every territory has them, and families are named as families."""

import random
import re
from collections.abc import Iterator
from typing import get_args

import pytest

from acculturate.clca.scenarios.names import (
    Community,
    Kinship,
    Name,
    communities_of,
    draw_names,
    kinship_in,
)
from acculturate.clca.scenarios.scenario import fill
from acculturate.clca.scenarios.situations import load_situations
from acculturate.culture import Culture, cultures, find_culture

every_culture = pytest.mark.parametrize("culture", list(cultures().values()), ids=lambda c: c.code)
RELATIVES = [arg for arg in get_args(Kinship) if arg]


STATED = r"siblings|(?<!pupil's )parent,|cousin|(?<!young )relative|grandparent"
FAMILY_FIRST = {
    code
    for code, culture in cultures().items()
    if any(community.order == "family given" for community in communities_of(culture))
}


def pairs(culture: Culture, kinship: Kinship, language: str = "en") -> Iterator[tuple[Name, Name]]:
    for seed in range(40):
        yield draw_names(culture, language, kinship, random.Random(seed))


def shared(first: Name, second: Name) -> bool:
    """Whether two names have a part in common, a man's and a woman's form counting as one."""
    parts = [person.text.split() for person in (first, second)]
    return parts[0][-1][:3] == parts[1][-1][:3] or parts[0][0] == parts[1][0]


@every_culture
def test_every_territory_has_names_of_its_own(culture: Culture) -> None:
    for own in communities_of(culture):
        assert own != communities_of(Culture("XXX", "X", "", "", ("x",), "", ""))[0]
        assert min(len(own.men), len(own.women)) >= 3
        assert not set(own.men) & set(own.women)
        assert (own.kin == "none") == (not own.family)
        assert own.kin in ("family", "father", "none")
        assert own.spouses in ("share", "keep")
        assert own.order in ("given family", "family given")
    for kinship in get_args(Kinship):
        for first, second in pairs(culture, kinship):
            assert first.text != second.text


@every_culture
def test_brothers_and_sisters_share_a_name_where_there_is_one(culture: Culture) -> None:
    (has_family,) = {bool(community.family) for community in communities_of(culture)}
    for first, second in pairs(culture, "siblings"):
        assert shared(first, second) or not has_family
        assert first.text.split()[0] != second.text.split()[0] or culture.code in FAMILY_FIRST


@every_culture
def test_no_family_mixes_communities(culture: Culture) -> None:
    def of(name: Name, community: Community) -> bool:
        given = {*community.men, *community.women, *(e.partition("=")[0] for e in community.family)}
        return any(re.search(rf"\b{re.escape(word)}\b", name.text) for word in given)

    for kinship in RELATIVES:
        for pair in pairs(culture, kinship):
            assert any(all(of(name, own) for name in pair) for own in communities_of(culture))


def test_a_wife_has_her_husbands_name_by_custom_only() -> None:
    for code, one_name in (("DEU", True), ("JPN", True), ("CHN", False), ("MEX", False)):
        for first, second in pairs(find_culture(code), "spouses"):
            assert {first.sex, second.sex} == {"man", "woman"}
            assert shared(first, second) == one_name, (first, second)


def test_a_mother_shares_the_name_where_she_has_her_husbands() -> None:
    for first, second in pairs(find_culture("KOR"), "parent"):
        assert shared(first, second) == (second.sex == "man")
    assert all(shared(*pair) for pair in pairs(find_culture("DEU"), "parent"))


def test_a_fathers_name_is_the_fathers() -> None:
    for child, parent in pairs(find_culture("ISL"), "parent"):
        if parent.sex == "man":
            assert child.text.split()[1].startswith(parent.text.split()[0][:-2])
    for first, second in pairs(find_culture("IDN"), "siblings"):
        assert len(first.text.split()) == len(second.text.split()) == 1


def test_names_are_in_the_letters_of_the_text() -> None:
    china, japan = find_culture("CHN"), find_culture("JPN")
    for language, letters in (("zh-Hans", r"[\u4e00-\u9fff]{2,3}"), ("en", r"[A-Z]\w+ [A-Z]\w+")):
        for pair in pairs(china, "", language):
            assert all(re.fullmatch(letters, name.text) for name in pair)
    first, second = next(pairs(japan, "siblings", "ja"))
    assert first.text[:2] == second.text[:2]
    assert all(name.text.isascii() for pair in pairs(japan, "", "de") for name in pair)


def test_a_territory_of_a_users_own_is_met_by_its_language() -> None:
    own = Culture("QQQ", "Elsewhere", "", "", ("de",), "", "")
    assert communities_of(own) == communities_of(find_culture("LUX"), "en")[1:]
    part = Culture("KOR-S", "the South", "", "", ("ko",), "", "")
    assert communities_of(part) == communities_of(find_culture("KOR"))


@pytest.mark.parametrize(
    ("setting", "kinship"),
    [
        ("{first} and {second}, siblings, sort their late mother's things.", "siblings"),
        ("{first} and {second} are brother and sister.", "siblings"),
        ("{first} and {second}, a married couple, look at a flat.", "spouses"),
        ("{first} calls {second}, a cousin, for help.", "cousins"),
        ("{first} visits {second}, her old mother, in the village.", "parent"),
        ("{first} visits {second}, her mother-in-law, in the village.", "parent-in-law"),
        ("{first} walks with {second}, a grandparent.", "grandparent"),
        ("{first} meets {second}, an elderly relative.", "relative"),
        ("{first} has asked {second}, a pupil's parent, to come.", ""),
        ("{first} asks {second}, a colleague.", ""),
    ],
)
def test_kinship_is_read_from_plain_words(setting: str, kinship: str) -> None:
    assert kinship_in(setting) == kinship


def test_shipped_relatives_are_named_as_relatives() -> None:
    situations = load_situations()
    for situation in situations.values():
        assert kinship_in(situation.setting) in ("", situation.kinship), situation.id
        stated = re.search(STATED, situation.setting)
        assert bool(stated) == bool(situation.kinship) or situation.kinship == "parent-in-law", (
            situation.id
        )
    wedding = fill(situations["family-wedding-guests"], find_culture("GBR"), "en", 0, 42)
    assert wedding.first.name.split()[-1] == wedding.second.name.split()[-1]
