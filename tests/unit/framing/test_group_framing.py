"""The framing `group`: a group of people in words, in every language."""

from dataclasses import replace
from pathlib import Path

import pytest

from acculturate.culture import Culture, cultures, find_culture
from acculturate.errors import ConfigError, SurveyError
from acculturate.framing import find_framing
from acculturate.framing.group_phrase import find_phrases
from acculturate.survey.crossing import BANDS
from acculturate.survey.layout import shipped_layout

LANGUAGES = ("en", "zh", "de", "ja", "es")


def group(code: str = "DEU", **traits: str) -> Culture:
    return replace(find_culture(code), code=f"{code}-x", of=code, traits=tuple(traits.items()))


@pytest.mark.parametrize(
    ("language", "phrase"),
    [
        ("en", "a German woman in her thirties, living in a rural area"),
        ("de", "eine Frau aus Deutschland, zwischen 30 und 39 Jahre alt, auf dem Land zu Hause"),
        ("es", "una mujer de Alemania, de entre 30 y 39 años, que vive en una zona rural"),
        ("ja", "30代の、農村部に住む、ドイツの女性"),
        ("zh", "一位三十多岁、住在农村地区的德国女性"),
    ],
)
def test_a_group_is_named_in_each_language(language: str, phrase: str) -> None:
    told = group(urban_rural="rural", sex="female", age_band="30-39")
    assert find_phrases(language).of(told) == phrase
    for wording in range(3):
        system = find_framing("group", language, wording).system(told)
        assert phrase in system
        assert "{" not in system


def test_english_has_its_article_and_its_possessive() -> None:
    of = find_phrases("en").of
    assert of(group("USA", sex="male", age_band="50-59")) == "an American man in his fifties"
    assert of(group("UKR", age_band="40-49")) == "a Ukrainian person in their forties"
    assert of(group("GBR", sex="female")) == "a British woman"
    nameless = replace(group("GBR", sex="female"), adjective="", name="Kernow")
    assert of(nameless) == "a woman from Kernow"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_labelled_value_of_the_survey_has_words(language: str) -> None:
    phrases = find_phrases(language)
    labelled = {
        name: [*section.labels.values()] or ["3"]
        for name, section in shipped_layout("wvs7").demographics.items()
        if name in phrases.tables or section.labels
    }
    assert {"education", "income_step", "children", "age"} <= set(labelled)
    told = {
        (name, value): phrases.of(group("CHN", **{name: value}))
        for name, values in {**labelled, "age_band": list(BANDS)}.items()
        for value in values
    }
    without = phrases.texts["other"].partition("{}")[0].replace("{name}", "")
    assert not [phrase for phrase in told.values() if without in phrase and without.strip("({")]
    assert len(set(told.values())) == len(told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_column_without_words_is_told_by_its_name(language: str) -> None:
    phrase = find_phrases(language).of(group(sex="male", home_language="Low {German}"))
    assert "home language" in phrase
    assert "Low {German}" in phrase


def test_articles_of_all_territories_agree_with_their_demonyms() -> None:
    of = find_phrases("en").of
    for culture in cultures().values():
        article, _, demonym = culture.demonym.partition(" ")
        if demonym == culture.adjective:
            assert of(group(culture.code, sex="male")) == f"{article} {culture.adjective} man"


def test_a_whole_culture_is_no_group() -> None:
    with pytest.raises(SurveyError, match="DEU is none: name columns of the respondents"):
        find_framing("group").system(find_culture("DEU"))


def test_the_words_are_a_part_of_what_prompts_are_named_by(tmp_path: Path) -> None:
    shipped = find_framing("group")
    assert shipped.digest.count("+") == 1
    assert shipped.tells_groups
    assert not find_framing("aware").tells_groups
    own = tmp_path / "groups" / "en.toml"
    own.parent.mkdir()
    own.write_text(
        'phrase = "{noun} of {name}{told}"\nfirst = ", "\njoint = ", "\nlast = ""\n'
        'other = "{}"\nnoun = { any = "somebody" }\n'
    )
    framing = find_framing("group", folders=[tmp_path])
    assert "somebody of Germany, female." in framing.system(group(sex="female"))
    assert framing.digest != shipped.digest


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("phrase = 1", "holds no words for groups: expected the texts phrase"),
        ("phrase = ", "is not TOML in UTF-8"),
    ],
)
def test_a_file_of_another_shape_is_told(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "groups").mkdir()
    (tmp_path / "groups" / "en.toml").write_text(text)
    with pytest.raises(ConfigError, match=said):
        find_phrases("en", [tmp_path])


def test_a_phrase_with_an_unknown_word_is_told(tmp_path: Path) -> None:
    (tmp_path / "groups").mkdir()
    (tmp_path / "groups" / "en.toml").write_text(
        'phrase = "{nuon}"\nfirst = ""\njoint = ""\nlast = ""\nother = "{}"\n[noun]\nany = "one"\n'
    )
    with pytest.raises(ConfigError, match="`phrase` cannot be filled"):
        find_phrases("en", [tmp_path]).of(group(sex="female"))


def test_a_language_without_words_is_told() -> None:
    with pytest.raises(ConfigError, match="no words for groups of people in 'sw'"):
        find_phrases("sw")
