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
from acculturate.survey.summary import item_lines, stem, summary

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


@pytest.mark.parametrize("name", ["wvs7-marginals", "fictitious-wvs7"])
def test_a_built_in_survey_is_checked_too(name: str) -> None:
    found = [str(each) for each in shelf.check_survey(name)]
    assert found[0] == "built in: it comes with this package, and no file was imported"
    assert found[1].startswith("mean distance of shares from the built-in counts 0.0")


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
