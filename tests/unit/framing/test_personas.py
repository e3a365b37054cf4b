"""Personas: who is drawn, and how demographics are told in each language."""

import tomllib
from dataclasses import replace
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from acculturate.errors import ConfigError, SurveyError
from acculturate.framing import Backdrop, BackdropSettings, Persona
from acculturate.framing.persona import TRAITS, draw_personas, find_traits
from acculturate.survey import load_survey
from acculturate.survey.fictitious import fictitious_survey
from acculturate.survey.layout import shipped_layout
from acculturate.survey.respondents import Respondents

LANGUAGES = ("en", "zh", "de", "ja", "es")


def respondents() -> Respondents:
    people = fictitious_survey(600, cultures=["DEU", "CHN"], items=["Q1"]).respondents
    assert people is not None
    return people


PEOPLE = respondents()


def test_a_draw_is_of_the_culture_and_repeats_with_its_seed() -> None:
    drawn = draw_personas(PEOPLE, "DEU", 20, seed=1)
    assert len({persona.id for persona in drawn}) == 20
    own = {str(PEOPLE.ids[row]) for row in PEOPLE.rows("DEU")}
    assert {persona.id for persona in drawn} <= own
    assert drawn == draw_personas(PEOPLE, "DEU", 20, seed=1)
    assert {persona.id for persona in drawn} != {
        e.id for e in draw_personas(PEOPLE, "DEU", 20, seed=2)
    }
    assert len(draw_personas(PEOPLE, "DEU", 10_000, seed=1)) == len(own)


def test_personas_know_demographics_and_no_answers() -> None:
    [persona] = draw_personas(PEOPLE, "CHN", 1, seed=3, traits=["age", "sex"])
    [person] = PEOPLE.find([persona.id], "CHN")
    told = {name: person.demographics[name] for name in ("age", "sex")}
    assert dict(persona.traits) == told
    assert list(persona.traits) == ["age", "sex"]
    assert not hasattr(persona, "answers")


def test_personas_that_begin_alike_follow_each_other() -> None:
    drawn = draw_personas(PEOPLE, "DEU", 60, seed=1)
    keys = [list(persona.traits.values()) for persona in drawn]
    assert keys == sorted(keys)


def test_weighted_draws_prefer_those_who_weigh_more() -> None:
    rows = PEOPLE.rows("DEU")
    weight_N = np.ones(len(PEOPLE), dtype=np.float32)
    heavy, nobody = rows[: len(rows) // 2], rows[-5:]
    weight_N[heavy] = 9
    weight_N[nobody] = 0
    people = replace(PEOPLE, weight_N=weight_N)
    ids = {str(people.ids[row]) for row in heavy}
    share = [
        sum(
            persona.id in ids
            for persona in draw_personas(people, "DEU", 30, seed, weighted=weighted)
        )
        for weighted in (True, False)
        for seed in range(40)
    ]
    assert np.mean(share[:40]) / 30 == pytest.approx(0.9, abs=0.04)
    assert np.mean(share[40:]) / 30 == pytest.approx(0.5, abs=0.06)
    everyone = draw_personas(people, "DEU", 10_000, 1, weighted=True)
    assert len(everyone) == len(rows) - 5


def test_unknown_demographics_and_surveys_of_counts_are_told() -> None:
    with pytest.raises(SurveyError, match=r"no demographic 'agee'\. Did you mean 'age'"):
        draw_personas(PEOPLE, "DEU", 3, 1, ["agee"])
    with pytest.raises(SurveyError, match="counts of answers and no respondents"):
        Backdrop(load_survey()).personas("DEU", 1)


def test_the_settings_decide_who_is_drawn_and_what_is_told() -> None:
    survey = fictitious_survey(300, cultures=["DEU", "CHN"], items=["Q1"])
    behind = Backdrop(survey, BackdropSettings(persons=7, traits=("sex",)))
    drawn = behind.personas("CHN", seed=4)
    assert len(drawn) == 7
    assert {name for persona in drawn for name in persona.traits} == {"sex"}


# -- sentences ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_demographic_of_wvs_has_its_own_sentence(language: str) -> None:
    traits = find_traits(language)
    generic = traits.tables["other"]["any"].replace("{}", "")
    for name, section in shipped_layout("wvs7").demographics.items():
        if not section.labels:
            continue
        assert name in traits.tables, name
        said = {traits.tell(Persona("p", "DEU", {name: v})).text for v in section.labels.values()}
        assert len(said) == len(section.labels), name
        for text in said:
            assert text
            assert "{" not in text
            assert generic.replace("{name}", name) not in text
    for name in ("age", "household_size", "income_step", "children"):
        assert "7" in traits.tell(Persona("p", "DEU", {name: "7"})).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_files_of_all_languages_hold_the_same_demographics(language: str) -> None:
    def tables(tag: str) -> dict[str, set[str]]:
        source = resources.files("acculturate.framing") / "traits" / f"{tag}.toml"
        tree = tomllib.loads(source.read_text(encoding="utf-8"))
        # a language without a form of its own for one child or one person needs no sentence for it
        return {k: set(v) - {"1"} for k, v in tree.items() if isinstance(v, dict)}

    assert tables(language) == tables("en")
    assert set(TRAITS) <= set(tables(language))


def test_what_makes_another_needless_and_what_is_not_known_is_not_said() -> None:
    traits = find_traits("en")
    both = {"age_group": "25-34", "age": "30"}
    assert traits.tell(Persona("p", "DEU", both)).text == "You are 30 years old."
    assert "25-34" in traits.tell(Persona("p", "DEU", {"age_group": "25-34"})).text
    assert traits.tell(Persona("p", "DEU", {})).text == ""


def test_a_demographic_of_ones_own_is_said_plainly() -> None:
    told = find_traits("en").tell(Persona("p", "DEU", {"favourite_team": "Union"}))
    assert told.text == "favourite team: Union."
    assert told.traits["favourite_team"] == "Union"


def test_sentences_stand_apart_as_the_language_has_it() -> None:
    persona = Persona("p", "CHN", {"sex": "female", "age": "30"})
    assert find_traits("en").tell(persona).text == "You are a woman. You are 30 years old."
    assert find_traits("zh-Hans").tell(persona).text == "你是女性。你30岁。"


def test_sentences_of_ones_own_are_read_first(tmp_path: Path) -> None:
    (tmp_path / "traits").mkdir()
    file = tmp_path / "traits" / "fr.toml"
    file.write_text('[sex]\nfemale = "Vous êtes une femme."\n[other]\nany = "{name} : {}."\n')
    traits = find_traits("fr-CA", [tmp_path])
    assert traits.tell(Persona("p", "CAN", {"sex": "female"})).text == "Vous êtes une femme."
    before = traits.digest
    file.write_text('[sex]\nfemale = "Une femme."\n[other]\nany = "{name} : {}."\n')
    assert find_traits("fr", [tmp_path]).digest != before
    with pytest.raises(ConfigError, match="no sentences for personas in 'fr'"):
        find_traits("fr")
    file.write_text("[sex]\nfemale = 3\n")
    with pytest.raises(ConfigError, match=r"fr\.toml is no table of sentences"):
        find_traits("fr", [tmp_path])
    file.write_text("[sex\n")
    with pytest.raises(ConfigError, match=r"fr\.toml is not TOML"):
        find_traits("fr", [tmp_path])
