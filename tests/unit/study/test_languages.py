"""In which language an arm is asked of which culture, and what is said of it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from acculturate.clca.adaptation import _of_language
from acculturate.config import validate
from acculturate.culture import find_culture
from acculturate.culture.spoken import in_languages, own_language, without_own
from acculturate.errors import SurveyError
from acculturate.study.checks import check
from acculturate.study.costs.study_estimate import estimate
from acculturate.study.languages import in_words, worded
from acculturate.study.parts import arm_parts
from acculturate.study.plan import Plan
from acculturate.study.results.cautions import _of_languages
from acculturate.study.schema import Study
from acculturate.study.wiring import run_study
from acculturate.survey import load_survey


def study(cultures: list[str], **over: Any) -> Study:
    tree = {
        "study": {"name": "s", "draws": 200},
        "survey": {"items": ["Q1", "Q7", "Q8"]},
        "cultures": {"measure": cultures},
        "models": {"base": {"name": "mock:noise"}},
        "arm": [
            {"id": "english"},
            {"id": "native", "languages": ["culture"], "against": "english"},
            {"id": "unaware", "framing": "unaware", "languages": ["culture"]},
        ],
    }
    return validate(Study, {**tree, **over}, "s.toml")


def test_each_culture_is_asked_in_its_own_language() -> None:
    made = study(["CHN", "DEU", "MEX", "GBR", "CAN"])
    english, native, _ = (arm_parts(made, load_survey(), arm) for arm in made.arm)
    assert [stage.settings.languages for _, stage in english] == [("en",)]
    asked = {
        stage.settings.languages: [culture.code for culture in stage.cultures]
        for _, stage in native
    }
    assert asked == {
        ("zh-Hans",): ["CHN"],
        ("de",): ["DEU"],
        ("es",): ["MEX"],
        ("en",): ["GBR", "CAN"],
    }
    assert len({stage.name for _, stage in native}) == 4


def test_where_there_are_no_wordings_it_is_english_and_that_is_said() -> None:
    survey = load_survey()
    thai, german = find_culture("THA"), find_culture("DEU")
    # Q46 is worded in English alone
    asked = [worded(survey.select(items)) for items in ("Q1", "Q1,Q46")]
    assert [own_language(german, tag) for tag in asked] == ["de", "en"]
    assert without_own([thai, german, find_culture("GBR")], worded(survey.select("Q1"))) == (thai,)


def test_of_a_culture_whose_languages_are_not_known_no_other_language_is_said() -> None:
    nobody = replace(find_culture("THA"), code="THA-north", languages=())
    assert without_own([nobody], worded(load_survey().select("Q1"))) == ()


def test_languages_are_named_with_the_cultures_that_they_are_of() -> None:
    assert in_words({"DEU": ("de",), "BRA": ("en",), "GBR": ("en",)}) == (
        "German (DEU) and English (BRA, GBR)"
    )
    assert in_words({"DEU": ("en",), "BRA": ("en",)}) == "English"
    assert (
        in_languages([find_culture("BRA"), find_culture("THA")])
        == "BRA (Portuguese) and THA (Thai)"
    )


def test_an_adaptation_says_in_which_language_each_culture_is_played() -> None:
    cultures = [find_culture(code) for code in ("BRA", "DEU", "GBR")]
    assert list(_of_language("clca", "culture", cultures)) == [
        "clca: there are no prompts in the language of BRA (Portuguese), so English stands in: "
        "BRA in English, DEU in German, GBR in English."
    ]
    assert list(_of_language("clca", "en", cultures)) == []
    assert list(_of_language("clca", "culture", cultures[1:])) == []


def test_an_arm_says_in_which_language_it_was_trained_and_is_asked() -> None:
    codes = ["BRA", "DEU", "MEX"]
    clca = {"id": "clca", "method": "clca", "base": "base", "clca": {"language": "culture"}}
    arms = [
        {"id": "english", "model": "@clca"},
        {"id": "native", "model": "@clca", "languages": ["culture"]},
    ]
    tree = study(codes).model_dump(mode="json", exclude_unset=True)
    cultures = {"measure": codes, "adapt": codes}
    made = validate(Study, {**tree, "cultures": cultures, "adapt": [clca], "arm": arms}, "s.toml")
    said = list(_of_languages(made, load_survey()))
    assert said[0] == (
        "english was trained in English (BRA), German (DEU) and Spanish (MEX) and is asked in "
        "English: what it shows holds for this transfer."
    )
    assert said[1:] == [
        "There are no wordings of these questions in the language of BRA (Portuguese): asked in "
        "English there."
    ]
    assert not any("each culture's language" in caution for caution in said)


def test_an_arm_is_no_transfer_where_its_rows_are_in_each_language_it_is_asked_in() -> None:
    taught = {"id": "taught", "method": "survey", "survey": {"languages": ["en", "culture"]}}
    arms = [
        {"id": "native", "model": "@taught", "languages": ["culture"]},
        {"id": "chinese", "model": "@taught", "languages": ["zh"]},
    ]
    tree = study(["DEU"]).model_dump(mode="json", exclude_unset=True)
    cultures = {"measure": ["DEU"], "adapt": ["DEU"]}
    made = validate(Study, {**tree, "cultures": cultures, "adapt": [taught], "arm": arms}, "s.toml")
    assert list(_of_languages(made, load_survey())) == [
        "chinese was trained in English and German and is asked in Chinese: what it shows holds "
        "for this transfer."
    ]


def test_fictitious_people_are_named_so_in_verdict_and_cautions(tmp_path: Path) -> None:
    real = run_study(study(["DEU", "MEX"]), tmp_path / "counts").results.meta
    assert not any("fictitious" in caution for caution in real.cautions)
    survey = {"source": "fictitious-wvs7", "items": ["Q1", "Q7", "Q8"]}
    meta = run_study(study(["DEU", "MEX"], survey=survey), tmp_path / "invented").results.meta
    said = "The respondents of 'fictitious-wvs7' are fictitious"
    assert any(caution.startswith(said) for caution in meta.cautions)
    assert meta.verdict is not None
    assert said in meta.verdict.sentence
    assert any(line.about == "people" for line in meta.verdict.lines)


def test_answers_in_several_languages_stand_in_one_table(tmp_path: Path) -> None:
    results = run_study(study(["DEU", "MEX", "THA"]), tmp_path).results
    rows = {(row.arm, row.culture): row.n for row in results.rows if row.metric == "alignment"}
    for arm in ("english", "native", "unaware"):
        assert {rows[arm, culture] for culture in ("DEU", "MEX", "THA", "mean")} == {3}
    before = estimate(Plan.of(study(["DEU", "MEX", "THA"]))).notes
    for told in (before, results.meta.cautions):
        assert any("language of THA (Thai): asked in English there" in note for note in told)
    (pair,) = {(row.arm, row.against) for row in results.differences}
    assert pair == ("native", "english")


def test_the_maps_questions_are_set_apart(tmp_path: Path) -> None:
    parts = run_study(study(["DEU", "MEX"]), tmp_path).results.meta.parts
    result = {(row.name, row.n) for row in parts if row.by == "map"}
    assert result == {("without the map's questions", 2), ("the map's questions", 1)}
    assert {row.against for row in parts if row.by == "map"} == {"", "english"}


def test_japan_says_what_is_missing_and_what_to_download() -> None:
    with pytest.raises(SurveyError, match="no people's answers for 'JPN'") as missing:
        check(study(["DEU", "JPN"]), fetch=False)
    for said in ("worldvaluessurvey.org", "survey import FILE --name wvs7", 'source = "wvs7"'):
        assert said in str(missing.value)
    with pytest.raises(SurveyError, match=r"no survey 'wvs7'.*worldvaluessurvey.org"):
        load_survey("wvs7")


def test_the_44_items_are_a_set() -> None:
    ids = [item.id for item in load_survey().select("clca")]
    assert (len(ids), ids[0], ids[-1], "Q42" in ids) == (44, "Q1", "Q45", False)
