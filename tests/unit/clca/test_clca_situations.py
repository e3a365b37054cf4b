from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from acculturate.clca.scenarios.flaws import flaw_in
from acculturate.clca.scenarios.scenario import Character, Scenario, Situation, fill
from acculturate.clca.scenarios.situations import (
    choose_situations,
    dump_scenarios,
    load_situations,
    read_folder,
    scenario_files,
)
from acculturate.culture import cultures, find_culture
from acculturate.errors import ConfigError
from acculturate.similarity import Index

WHOLE = """
domain = "test"

[[scenario]]
id = "test-one"
setting = "{first} meets {second}."
tension = "Whether to greet."
[scenario.first]
occupation = "baker"
background = "Tall."
goal = "To be greeted by {second}."
secret = "Is shy."
[scenario.second]
occupation = "pilot"
background = "Short."
goal = "To get home."
secret = "Is late."
"""

ELSEWHERE = WHOLE.replace("setting", 'culture = "DEUX"\nsetting')
for slot, name in (("first", "Ana"), ("second", "Eva")):
    ELSEWHERE = ELSEWHERE.replace(f"[scenario.{slot}]", f'[scenario.{slot}]\nname = "{name}"')


def write(tmp_path: Path, text: str, name: str = "own.toml") -> Path:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_there_are_sixty_situations_in_everyday_domains() -> None:
    situations = load_situations()
    assert len(situations) >= 60
    domains = Counter(situation.domain for situation in situations.values())
    assert len(domains) >= 12
    assert min(domains.values()) >= 4


def test_no_two_situations_are_nearly_the_same() -> None:
    index = Index(threshold=0.5)
    for situation in load_situations().values():
        assert index.find(situation.setting) is None, situation.id
        index.add(situation.setting)


def test_every_situation_is_filled_for_every_culture() -> None:
    situations = load_situations()
    for culture in cultures().values():
        for situation in list(situations.values())[:: max(1, len(situations) // 6)]:
            scenario = fill(situation, culture, "en", 0, 42)
            assert "{" not in scenario.text
            assert scenario.first.name != scenario.second.name
            assert not scenario.adapted


def test_every_situation_names_both_in_its_setting() -> None:
    for situation in load_situations().values():
        scenario = fill(situation, find_culture("GBR"), "en", 0, 42)
        for who in scenario.pair:
            assert who.name in scenario.setting, situation.id


def test_variants_have_other_names_and_the_same_seed_the_same() -> None:
    situation, culture = load_situations()["family-wedding-guests"], find_culture("MEX")
    texts = {fill(situation, culture, "en", variant, 42).setting for variant in range(4)}
    assert len(texts) > 1
    assert fill(situation, culture, "en", 1, 42) == fill(situation, culture, "en", 1, 42)


def test_a_smaller_choice_is_part_of_a_larger_one_and_spreads_over_domains() -> None:
    situations = load_situations()
    few, many = (choose_situations(situations, "DEU", count, 42) for count in (8, 30))
    assert many[:8] == few
    assert len({situation.domain for situation in few}) == 8
    assert len(choose_situations(situations, "DEU", 0, 42)) == len(situations)


def test_a_users_folder_comes_first(tmp_path: Path) -> None:
    own = WHOLE.replace("test-one", "family-wedding-guests")
    situations = load_situations([write(tmp_path, own)])
    assert situations["family-wedding-guests"].domain == "test"
    assert list(load_situations([write(tmp_path, WHOLE)], ["test"])) == ["test-one"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ('goal = "To get home."\n', ""),
            "situation 1 ('test-one'): the key 'second.goal' is missing",
        ),
        (("tension =", "tensoin ="), "no key 'tensoin'. Did you mean 'tension'"),
        (('occupation = "pilot"', 'occupation = " "'), "'second.occupation'"),
        (('"Is shy."', '"{third} is shy."'), "the slot {third}"),
        (('"Is shy."', '"Is {shy."'), "brace that is never closed"),
        (('"Is shy."', '"Is {first!r:>9}."'), "the slot {first!r:>9}"),
        (('"test-one"', '"Test one"'), "an id is made of small letters"),
        (('id = "test-one"', 'id = "test-one"\nlanguage = "fr"'), "no prompts in 'fr': use en, zh"),
        (('id = "test-one"', 'id = "test-one"\nlanguage = "de"'), "give its culture too"),
        (('id = "test-one"', 'id = "test-one"\nkinship = "aunt"'), "'kinship'"),
        (('"Is shy."', '"Is {first:shy}."'), "the slot {first:shy}"),
        (("[scenario.second]", '[scenario.second]\nname = "Ana"'), "names one character only"),
        (('id = "test-one"', 'id = "test-one"\nculture = "DEU"'), "both characters need names"),
        ((WHOLE, ELSEWHERE), "situation 1 ('test-one'): There is no culture 'DEUX'. Did you"),
        (("[[scenario]]", "[scenario]"), "'scenario' is a list of entries"),
    ],
)
def test_a_file_at_fault_is_named_in_one_sentence(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    folder = write(tmp_path, WHOLE.replace(*change))
    with pytest.raises(ConfigError) as caught:
        read_folder(folder)
    assert said in str(caught.value)
    assert "own.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_two_characters_of_one_name_are_refused(tmp_path: Path) -> None:
    text = WHOLE.replace("[scenario.first]", '[scenario.first]\nname = "Ana"')
    text = text.replace("[scenario.second]", '[scenario.second]\nname = "ana "')
    with pytest.raises(ConfigError, match="both characters are called 'Ana'"):
        read_folder(write(tmp_path, text))


def test_an_id_twice_an_empty_folder_and_an_unknown_domain(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no scenario files"):
        read_folder(tmp_path)
    write(tmp_path, WHOLE)
    with pytest.raises(ConfigError, match=r"no domain 'familly' .* Did you mean 'family'"):
        load_situations([], ["familly"])
    write(tmp_path, WHOLE, "second.toml")
    with pytest.raises(ConfigError, match="'test-one' stands twice"):
        read_folder(tmp_path)


def test_a_finished_scenario_is_written_and_used_as_it_stands(tmp_path: Path) -> None:
    made = fill(load_situations()["family-wedding-guests"], find_culture("MEX"), "en", 0, 42)
    write(tmp_path, dump_scenarios([made]))
    (situation,) = read_folder(tmp_path).values()
    again = fill(situation, find_culture("MEX"), "en", 0, 1)
    assert (again.setting, again.pair) == (made.setting, made.pair)
    assert again.adapted
    assert choose_situations({situation.id: situation}, "DEU", 0, 1) == []


OWN_LANGUAGE = {"zh": ("CHN", "TWN"), "de": ("DEU", "CHE"), "ja": ("JPN",), "es": ("MEX", "ESP")}


@pytest.mark.parametrize("language", OWN_LANGUAGE)
def test_every_situation_by_rule_is_whole_in_its_language(language: str) -> None:
    """In names of its own cultures and of others, for men and women."""
    for situation in load_situations().values():
        assert set(situation.wordings) == set(OWN_LANGUAGE), situation.id
        for code in (*OWN_LANGUAGE[language], "USA", "KEN"):
            for variant in range(3):
                filled = fill(situation, find_culture(code), language, variant, 42)
                assert filled.language == language
                assert not any(mark in filled.text for mark in "{}|"), filled
                assert _flaw_by_itself(filled, situation) == "", filled


def _flaw_by_itself(filled: Scenario, situation: Situation) -> str:
    """What a filled situation would be refused for, held against one that has nothing of it."""
    nothing = Character("Zzz", "-", "-", "-", "-")
    other = replace(filled, setting="-", tension="-", first=nothing, second=nothing)
    return flaw_in(filled, other, filled.language, kinship=situation.kinship)


def test_the_wordings_say_of_people_what_they_are() -> None:
    situation = load_situations()["family-career-or-shop"]
    said = {fill(situation, find_culture("DEU"), "de", k, 42).setting for k in range(8)}
    assert {"dem Vater" in text for text in said} == {True, False}
    assert all(("dem Vater" in text) != ("der Mutter" in text) for text in said)


def test_wordings_of_ones_own_lie_in_folders_by_language(tmp_path: Path) -> None:
    write(tmp_path, WHOLE)
    (tmp_path / "de").mkdir()
    german = WHOLE.replace("{first} meets {second}.", "{first} trifft {second:ihn|sie}, {second}.")
    write(tmp_path / "de", german)
    (situation,) = read_folder(tmp_path).values()
    assert fill(situation, find_culture("DEU"), "de", 0, 1).language == "de"
    assert " trifft " in fill(situation, find_culture("DEU"), "de", 0, 1).setting
    assert fill(situation, find_culture("DEU"), "es", 0, 1).language == "en"
    assert len(scenario_files(tmp_path)) == 2
    write(tmp_path / "de", WHOLE.replace("test-one", "test-two"))
    with pytest.raises(ConfigError, match=r"no situation 'test-two' in .* Did you mean 'test-one'"):
        read_folder(tmp_path)
