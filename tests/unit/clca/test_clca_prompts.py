"""Every prompt is there in every language, and wants the same names filled."""

import re

import pytest

from acculturate.clca.words import begins, has_prompts, labelled, read_in, spoken, words_in
from acculturate.culture import cultures, find_culture
from acculturate.culture.spoken import without_own
from acculturate.prompts import find_prompt, prompt_names

LANGUAGES = ("en", "zh", "de", "ja", "es")


@pytest.mark.parametrize("name", prompt_names("clca"))
def test_a_prompt_is_the_same_in_every_language(name: str) -> None:
    prompts = [find_prompt("clca", name, language) for language in LANGUAGES]
    assert {prompt.language for prompt in prompts} == set(LANGUAGES)
    assert len({prompt.digest for prompt in prompts}) == len(LANGUAGES)
    assert len({prompt.variables for prompt in prompts}) == 1, name


def test_the_marks_that_prompts_teach_are_the_ones_that_are_read() -> None:
    for language in LANGUAGES:
        text = find_prompt("clca", "character", language).source
        words = words_in(language)
        assert f"[{words.silence_mark}]" in text
        assert f"[{words.leave_mark}]" in text


def test_the_words_of_written_verdicts_are_the_ones_that_are_read() -> None:
    for language in LANGUAGES:
        text = find_prompt("clca", "form_text", language).source
        words = words_in(language)
        lines = text.splitlines()[1:]
        assert labelled(lines[0], words.verdict)
        assert labelled(lines[1], words.confidence)
        assert labelled(lines[2], words.critique)
        assert all(level[0] in lines[1] for level in words.levels)
        assert words.good[0] in lines[0]
        assert words.bad[0] in lines[0]


def test_no_word_for_good_is_one_for_bad() -> None:
    for language in LANGUAGES:
        good = [word for words in read_in(language) for word in words.good]
        bad = [word for words in read_in(language) for word in words.bad]
        for word in bad:
            assert len(begins(word, good) or "") < len(word)


def test_cultures_that_english_stands_in_for_are_known() -> None:
    result = [find_culture(code) for code in ("BRA", "DEU", "IND", "CHE", "THA", "GBR")]
    assert [culture.code for culture in without_own(result, has_prompts)] == ["BRA", "THA"]


def test_the_language_of_a_culture_is_one_that_has_prompts() -> None:
    assert spoken(find_culture("CHN"), "culture") == "zh-Hans"
    assert spoken(find_culture("AND"), "culture") == "es"
    assert spoken(find_culture("THA"), "culture") == "en"
    assert spoken(find_culture("THA"), "de") == "de"


BOARD_GAMES = {
    "de": r"\b(?:Spiel)?Z(?:ug|üge)\b",
    "es": r"\bjugadas?\b",
    "zh": r"走.{0,3}步|下一步棋|这一步",
    "ja": r"[一二]手|手番|次の手",
}


@pytest.mark.parametrize("language", BOARD_GAMES)
@pytest.mark.parametrize("name", prompt_names("clca"))
def test_no_native_prompt_speaks_of_a_board_game(name: str, language: str) -> None:
    assert not re.search(BOARD_GAMES[language], find_prompt("clca", name, language).source)


@pytest.mark.parametrize("language", ["de", "es"])
def test_every_culture_stands_in_prompts_with_its_prepositions(language: str) -> None:
    """Whole sentences for all territories, as `in die USA` and `auf den Philippinen`."""
    wrong = {
        "de": r"\b(?:in|aus|nach) (?:in|aus|auf|im|nach|von)\b|\bin dem [A-Z]|\bnach de[rnm] [A-Z]",
        "es": r"\b(?:en|de|a) (?:en|de|a) [A-Z]|\bde el [A-Z]|\ba el [A-Z]",
    }[language]
    who = {"name": "Ana", "occupation": "x", "background": "x", "goal": "x", "secret": "x"}
    values = {"me": who, "other": who, "people": [who], "quality": "x", "fit": "x"}
    for culture in cultures().values():
        named = culture.named(language)
        for name in prompt_names("clca"):
            prompt = find_prompt("clca", name, language)
            if "culture" not in prompt.variables:
                continue
            own = {variable: values.get(variable, "") for variable in prompt.variables}
            text = prompt.fill(**{**own, "culture": named, "variant": 0})
            assert not re.search(wrong, text), (culture.code, name)
            assert named.at in text or named.to in text or named.origin in text, (name, text)
