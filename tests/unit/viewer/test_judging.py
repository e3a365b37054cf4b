"""Verdicts that people give on pages: kept in the run, shown again, compared and exported."""

import shutil
from pathlib import Path

import pytest
from tests.unit.viewer.conftest import ADAPTED, PORT, STUDY, Browser, shown

from acculturate.clca.judges.verdict_sheets import agreement_rows, kept_cases
from acculturate.export.exporting import ExportSettings, export_run

TALK = "/run/0/dialogue?adapt=talks&id=d3"


def test_a_dialogue_is_judged_before_the_judge_is_seen(browser: Browser, run: Path) -> None:
    before = shown(browser.page(TALK))
    assert "What the judge found is shown when you have judged" in before
    assert "It is short." not in before
    assert "judged bad" not in before
    assert 'value="good" checked' not in browser.page(TALK)
    after = browser.fill(TALK, person="Ana", quality="bad", fit="good", comment="Too short.")
    assert "It is short." in after
    assert "Too short.</textarea>" in after
    assert after.count("checked") == 3
    assert 'name="person" value="Ana"' in browser.page("/run/0/dialogue?adapt=talks&id=d4")
    lists = shown(browser.page("/run/0/dialogues?judged=yes"))
    assert "1 of 1 dialogues" in lists
    assert "quality bad, fit good" in lists
    assert "30 dialogues" in shown(browser.page("/run/0/dialogues?judged=no"))
    rows, remarks = agreement_rows(run, kept_cases(run))
    assert not remarks
    assert [(row.left, row.right, row.question, row.n) for row in rows] == [
        ("judge", "Ana", "quality", 1)
    ]


def test_a_question_is_judged_where_it_stands(browser: Browser) -> None:
    page = browser.fill(
        "/run/0/questions", adapt="spa", id="q11", person="Ben", clear="good", fair="bad",
        opinion="", comment="", place="2", back_page="2", back_topic="", back_find="",
    )  # fmt: skip
    assert "11 to 20 of 23 questions" in shown(page)
    assert "Your verdict: clear yes, fair no" in shown(page)
    assert "1 to 1 of 1 questions" in shown(browser.page("/run/0/questions?judged=yes"))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"person": "Ana"}, "Say good or bad to at least one"),
        ({"person": "../../x", "quality": "good"}, "cannot be a name"),
        ({"person": "", "quality": "good"}, "cannot be a name"),
    ],
)
def test_what_cannot_be_kept_is_a_sentence(
    browser: Browser, run: Path, fields: dict[str, str], said: str
) -> None:
    data = {"token": browser.tokens.form, **fields}
    answer = browser.post(TALK, data=data, headers={"origin": f"http://127.0.0.1:{PORT}"})
    assert answer.status_code == 409
    assert said in answer.text
    assert not list(run.rglob("verdicts/*.csv"))


def test_a_question_that_is_not_there_is_not_judged(browser: Browser, run: Path) -> None:
    data = {
        "token": browser.tokens.form,
        "adapt": "spa",
        "id": "no",
        "person": "a",
        "clear": "good",
    }
    answer = browser.post(
        "/run/0/questions", data=data, headers={"origin": f"http://127.0.0.1:{PORT}"}
    )
    assert answer.status_code == 409
    assert not (run / "verdicts").exists()


def test_verdicts_are_exported(browser: Browser, run: Path, tmp_path: Path) -> None:
    browser.fill(TALK, person="Ana", quality="bad", fit="good", comment="=1+1")
    browser.fill("/run/0/questions", adapt="spa", id="q11", person="Ben", clear="good", place="1")
    done = export_run(run, tmp_path / "out", ["data"], ExportSettings(only=("human_verdicts",)))
    assert done.folder == tmp_path / "out"
    text = (tmp_path / "out" / "human_verdicts.csv").read_text("utf-8")
    assert text.splitlines() == [
        "adapt,subject,id,person,aspect,good,comment",
        "talks,dialogue,d3,Ana,quality,false,'=1+1",
        "talks,dialogue,d3,Ana,fit,true,'=1+1",
        "spa,question,q11,Ben,clear,true,",
    ]


def test_verdicts_stay_when_the_run_goes_on(run: Path, tmp_path: Path) -> None:
    import acculturate
    from acculturate.runner import Silent

    with Browser(run) as browser:
        browser.fill(TALK, person="Ana", quality="bad")
    assert ADAPTED in (run / "study.toml").read_text("utf-8")
    study = tmp_path / "study.toml"
    study.write_text(STUDY.replace('"Q1", ', ""), encoding="utf-8")
    kept = shutil.copytree(run / "verdicts", tmp_path / "kept")
    acculturate.run(study, out=run, progress=Silent())
    assert (run / "verdicts" / "Ana.csv").read_bytes() == (kept / "Ana.csv").read_bytes()
