"""What `survey show` and `survey check` say."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from acculturate.cli.survey import app
from acculturate.errors import SurveyError
from acculturate.survey import load_survey, shelf
from acculturate.survey.builtin import load_builtin
from acculturate.survey.summary import item_lines, listed, stem, summary

FILES = Path(__file__).parents[2] / "fixtures" / "surveys"


@pytest.fixture(autouse=True)
def _shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(shelf.FOLDER, str(tmp_path / "data"))


def test_the_built_in_counts_say_that_they_are_not_weighted() -> None:
    survey = load_builtin()
    shown = "\n".join(summary(survey))
    assert "Counts are not weighted: each respondent counts once." in shown
    assert "Q49 of Australia" in survey.weights
    assert "not\n   weighted: each respondent counts once" in survey.notice


def test_people_without_an_answer_are_shown() -> None:
    survey = load_builtin()
    # 1,528 people of the sample, of whom 1,489 answered
    assert sum(survey.counts["DEU"]["Q56"]) == 1489
    assert survey.no_answer["DEU"]["Q56"] == 39
    assert survey.no_answer_share("DEU", "Q56") == pytest.approx(39 / 1528)
    assert "  DEU 915 405 169 of 1,489; 2.6% gave no answer" in item_lines(survey, "Q56")
    means = survey.no_answer_means(["DEU", "CHN"], survey.select("Q56,Q57"))
    assert list(means) == ["DEU", "CHN"]
    assert means["DEU"] == pytest.approx(
        (39 / 1528 + (1 - sum(survey.counts["DEU"]["Q57"]) / 1528)) / 2
    )
    assert "whoever of the sample was not asked is among them" in "\n".join(summary(survey))


def test_a_survey_that_does_not_tell_says_so() -> None:
    lines = summary(replace(load_builtin(), no_answer={}))
    assert "People who gave no answer are not told from people who were not asked." in lines


def test_english_stands_first() -> None:
    survey = load_builtin()
    assert next(iter(survey.items["Q1"].wordings)) == "de"
    assert stem(survey.items["Q1"]) == survey.items["Q1"].wording("en").stem
    assert item_lines(survey, "Q1")[1].startswith("\n[en] ")
    assert "259 items (240 ordinal), in en, de, es, ja, zh" in summary(survey)
    german = {"de": survey.items["Q1"].wordings["de"]}
    assert stem(replace(survey.items["Q1"], wordings=german)) == german["de"][0].stem


def test_items_are_listed_in_english_and_in_other_languages_on_demand() -> None:
    survey = load_builtin()
    [english, german] = [dict(zip(survey.items, listed(survey, tag), strict=True)) for tag in
                         ("en", "de-AT")]  # fmt: skip
    assert not any("[" in line[:9] for line in english.values())
    assert german["Q1"] == "Q1     " + survey.items["Q1"].wordings["de"][0].stem
    only_english = next(key for key, item in survey.items.items() if "de" not in item.wordings)
    assert german[only_english].split(maxsplit=1)[1].startswith("[en] ")
    with pytest.raises(SurveyError, match=r"no text in 'fr': it is written in en, de, es, ja, zh"):
        listed(survey, "fr")


def test_a_survey_in_german_and_british_english_is_listed_in_english() -> None:
    survey, item = load_builtin(), load_builtin().items["Q1"]
    texts = {"de": item.wordings["de"], "en-GB": item.wordings["en"]}
    both = replace(survey, items={"Q1": replace(item, wordings=texts)})
    assert listed(both) == ("Q1     " + item.wordings["en"][0].stem,)
    german = replace(survey, items={"Q1": replace(item, wordings={"de": texts["de"]})})
    assert listed(german) == ("Q1     [de] " + texts["de"][0].stem,)


def test_an_item_is_shown_in_one_language_unless_all_are_asked_for() -> None:
    survey = load_builtin()
    tags = {"en": ["en"], "de": ["de"], "all": ["en", "de", "es", "ja", "zh"]}
    for language, shown in tags.items():
        lines = item_lines(survey, "Q1", language)
        said = [line[2:4] for line in lines if line.startswith("\n[")]
        assert list(dict.fromkeys(said)) == shown
    assert "\nAlso in de, es, ja, zh: add --language TAG, or --language all." in item_lines(
        survey, "Q1"
    )


def test_the_command_shows_english_by_default() -> None:
    shown = CliRunner().invoke(app, ["show", "--item", "Q1"]).output
    assert "[en] " in shown
    assert "[de] " not in shown
    assert "Familie" in CliRunner().invoke(app, ["show", "--language", "de"]).output


@pytest.mark.parametrize("name", ["wvs7-marginals", "fictitious-wvs7"])
def test_a_built_in_survey_is_checked_too(name: str) -> None:
    result = [str(finding) for finding in shelf.check_survey(name)]
    assert result[0] == "built in: it comes with this package, and no file was imported"
    assert result[1].startswith("mean distance of shares from the built-in counts 0.0")


def test_a_built_in_survey_is_not_among_the_imported_ones() -> None:
    with pytest.raises(SurveyError, match="'wvs7-marginals' is built in"):
        shelf.read_entry("wvs7-marginals")
    with pytest.raises(SurveyError, match=r"no survey 'wvs7-marginal'\. Did you mean 'wvs7-marg"):
        load_survey("wvs7-marginal")


def test_a_kept_survey_that_cannot_be_read_does_not_hide_the_others() -> None:
    for name in ("old", "right"):
        shelf.import_survey(FILES / "marginals.csv", name)
    record = shelf.shelf_folder() / "old" / "survey.json"
    kept = json.loads(record.read_text(encoding="utf-8"))
    record.write_text(json.dumps(kept | {"schema": 0}), encoding="utf-8")
    listed = CliRunner().invoke(app, ["list"])
    assert listed.exit_code == 0
    assert "old: The survey 'old' was imported by another version" in listed.output
    assert "right: marginals.csv (imported from marginals.csv)" in listed.output
