"""Arms of finished runs held against each other, without their models."""

from pathlib import Path
from typing import Any, cast

import pytest

import acculturate
from acculturate.config import validate
from acculturate.errors import AcculturateError, SurveyError
from acculturate.evaluation.comparison import compare as compare_tables
from acculturate.statistics.bootstrap import Resampling
from acculturate.study import finished
from acculturate.study.comparing import Side, compare
from acculturate.study.schema import Study
from acculturate.study.wiring import run_study


def study(**over: Any) -> Study:
    tree = {
        "study": {"name": "s", "draws": 200},
        "survey": {"items": ["Q1", "Q2", "Q46", "Q57", "Q106"]},
        "cultures": {"measure": ["CHN", "DEU", "MEX"]},
        "models": {"base": {"name": "mock:noise"}},
        "arm": [{"id": "unaware", "framing": "unaware"}, {"id": "aware"}],
    }
    return validate(Study, {**tree, **over}, "s.toml")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("runs")
    run_study(study(), root / "a")
    run_study(study(models={"base": {"name": "mock:first"}}), root / "b")
    fewer = {"survey": {"items": ["Q2", "Q57", "Q199"]}, "cultures": {"measure": ["DEU", "USA"]}}
    run_study(study(**fewer), root / "fewer")
    other = {"survey": {"source": "fictitious-wvs7", "items": ["Q1"]}}
    run_study(study(**other), root / "other")
    run_study(study(survey={"items": ["Q200"]}), root / "apart")
    split = {"by": "item", "held_out": ["Q2", "Q57"], "measure": "both"}
    run_study(study(survey={"items": ["Q1", "Q2", "Q46", "Q57"], "split": split}), root / "split")
    return root


def test_two_arms_of_a_run_are_compared_as_in_the_study(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: Any) -> Any:
        raise AssertionError("a model was opened")

    monkeypatch.setattr("acculturate.executors.inline.open_engine", closed)
    result = compare(runs / "a", "aware", "unaware", metrics=["alignment"])
    read = finished.FinishedRun.of(runs / "a")
    ours, theirs = (read.table(arm, read.cultures, read.items) for arm in ("aware", "unaware"))
    same = compare_tables(ours, theirs, ["alignment"], Resampling(draws=200, seed=42))
    assert [(row.culture, row.value, row.low) for row in result.rows] == [
        (row.culture, row.value, row.low) for row in same
    ]
    assert [said[:40] for said in result.remarks] == [
        "The two arms differ on 4 batteries: the ",
        "Intervals (95%) cover other questions, r",
    ]
    assert result.primary == "alignment"


def test_the_order_says_what_is_subtracted(runs: Path) -> None:
    ways = [("aware", "unaware"), ("unaware", "aware")]
    there, back = (compare(runs / "a", *way, metrics=["alignment"]).rows for way in ways)
    assert [row.value for row in there] == pytest.approx([-(row.value or 0) for row in back])
    assert (there[0].arm, there[0].against) == ("aware", "unaware")


def test_two_runs_give_every_arm_that_both_have(runs: Path) -> None:
    result = acculturate.compare(runs / "a", runs / "b")
    pairs = {(row.arm, row.against) for row in result.rows}
    assert pairs == {
        (f"{runs / 'a'}: {arm}", f"{runs / 'b'}: {arm}") for arm in ("unaware", "aware")
    }
    assert "double_centred_diagonal" in {row.metric for row in result.rows}
    assert len(result.frame()) == len(result.rows)


def test_runs_of_other_questions_meet_on_what_they_share(runs: Path) -> None:
    result = compare(runs / "a", runs / "fewer", "aware", metrics=["alignment"])
    assert {row.culture for row in result.rows} == {"DEU", "mean"}
    assert {row.n for row in result.rows} == {2}
    shared = "Compared on the 2 questions and 1 cultures that all runs have."
    assert result.remarks[0] == shared
    assert len(result.remarks) == 2  # and what intervals cover


def test_seeds_are_averaged(runs: Path) -> None:
    result = compare(runs / "a", runs / "b", "aware", "unaware", metrics=["alignment"])
    single = [compare(runs / name, "aware", "unaware", metrics=["alignment"]).rows for name in "ab"]
    for both, first, second in zip(result.rows, *single, strict=True):
        assert both.value == pytest.approx(((first.value or 0) + (second.value or 0)) / 2)
        assert both.p is None
    assert "2 runs, taken as training seeds" in result.remarks[0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("a",), "Say what to compare"),
        (("a", "aware"), "Say what to compare"),
        (("a", "aware", "unaware", "aware"), "runs: 1, arms: 3"),
        (("a", "aware", "unawre"), "Did you mean 'unaware'"),
        (("a", "other"), "cannot be compared"),
        (("a", "apart"), "no question in common"),
        (("none/at/all",), "There is no run folder"),
        ((".",), "is no run folder: it has no study.toml"),
    ],
)
def test_what_cannot_be_compared_is_said(runs: Path, words: tuple[str, ...], said: str) -> None:
    there = [str(runs / word) if (runs / word).is_dir() else word for word in words]
    with pytest.raises(AcculturateError, match=said):
        compare(*there)


def test_replies_that_are_missing_are_counted(runs: Path, tmp_path: Path) -> None:
    run_study(study(), tmp_path)
    text = (tmp_path / "study.toml").read_text(encoding="utf-8")
    (tmp_path / "study.toml").write_text(text.replace('"Q1"', '"Q3"'), encoding="utf-8")
    with pytest.raises(AcculturateError, match=r"lacks 6 of 30 replies of its arm 'aware'"):
        compare(tmp_path, "aware", "unaware")


def test_held_out_items_are_compared_apart_from_those_that_adaptations_saw(runs: Path) -> None:
    read = finished.FinishedRun.of(runs / "split")
    drawn = Resampling(draws=200, seed=42)
    for side, ids in (("held-out", ("Q2", "Q57")), ("trained", ("Q1", "Q46"))):
        items = read.survey.select(ids)
        ours, theirs = (read.table(arm, read.cultures, items) for arm in ("aware", "unaware"))
        same = compare_tables(ours, theirs, ["alignment"], drawn)
        result = compare(
            runs / "split", "aware", "unaware", metrics=["alignment"], side=cast(Side, side)
        )
        assert [row.value for row in result.rows] == [row.value for row in same]
        assert {row.n for row in result.rows} == {2}
        assert f"the 2 questions of the side '{side}'" in result.remarks[0]
    assert (
        "--side trained compares the other 2"
        in compare(runs / "split", "aware", "unaware", metrics=["alignment"]).remarks[0]
    )
    with pytest.raises(SurveyError, match=r"side 'trained': all 5 .* Type --side held-out"):
        compare(runs / "a", "aware", "unaware", side="trained")


def test_an_unknown_metric_is_told_first(runs: Path) -> None:
    with pytest.raises(SurveyError, match="Did you mean 'alignment'"):
        compare(runs / "a", "aware", "unaware", metrics=["alignmnt"])
