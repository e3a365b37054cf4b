"""Survey tuning as a study: trained and held-out items apart, beside what needs no model."""

import json
from pathlib import Path
from typing import Any

import pytest

from acculturate.study.schema import load_study
from acculturate.study.shipped_studies import demo_study
from acculturate.study.wiring import run_study

pytest.importorskip("peft")

STUDY = demo_study().parent / "survey.toml"
LAST = ("unadapted", "world", "shuffled", "neutral", "survey")
HELD, TRAINED = 3, 5


@pytest.fixture(scope="module")
def run(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = (
        f"models.base.name={str(tiny_model)!r}",
        "models.base.dtype='float32'",
        "study.draws=200",
        # the tiny model is of another size, with fewer layers, and a letter is a token of it
        *(f"adapt.{name}.tuning.target='all-linear'" for name in LAST[1:]),
        *(f"adapt.{name}.tuning.learning_rate=0.005" for name in LAST[1:]),
        *(f"adapt.{name}.tuning.epochs=4" for name in LAST[1:]),
        *(f"adapt.{name}.tuning.max_length=4096" for name in LAST[1:]),
    )
    folder = tmp_path_factory.mktemp("survey") / "run"
    run_study(load_study(STUDY, "smoke", settings), folder)
    return folder


def read(run: Path) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((run / "metrics.json").read_text(encoding="utf-8"))
    return result


def mean_of(rows: list[dict[str, Any]], arm: str, metric: str = "alignment") -> dict[str, Any]:
    [row] = [
        row for row in rows if (row["arm"], row["metric"], row["culture"]) == (arm, metric, "mean")
    ]
    return row


@pytest.mark.slow
def test_each_side_has_rows_of_its_own_and_the_verdict_is_on_the_items_held_out(run: Path) -> None:
    metrics = read(run)
    for arm in LAST:
        assert mean_of(metrics["rows"], arm)["n"] == HELD
        assert mean_of(metrics["rows"], f"{arm}:trained")["n"] == TRAINED
    differences = {row["arm"]: row for row in metrics["differences"] if row["culture"] == "mean"}
    assert differences["survey:trained"]["against"] == "unadapted:trained"
    verdict = metrics["meta"]["verdict"]
    assert verdict["n"] == HELD
    [line] = [line for line in verdict["lines"] if line["about"] == "levels"]
    assert [row["against"] for row in line["levels"]] == [
        "reference:uniform",
        "reference:wording-lookup",
        "reference:scale-histogram",
        "reference:own-scale-histogram",
    ]
    survey = mean_of(metrics["rows"], "survey")["value"]
    names = {row["arm"] for row in metrics["rows"]}
    for row in line["levels"]:
        [beside] = [
            name for name in names if name.startswith(row["against"]) and "trained" not in name
        ]
        level = mean_of(metrics["rows"], beside)["value"]
        assert row["value"] == pytest.approx(survey - level, abs=1e-9)
    assert metrics["meta"]["survey"]["split"]["measure"] == "both"
    assert not any("test was trained on" in said for said in metrics["meta"]["cautions"])
    page = (run / "report.html").read_text(encoding="utf-8")
    assert "survey:trained" in page
    assert "needs no model" in page


@pytest.mark.slow
def test_what_is_trained_is_learned(run: Path) -> None:
    for row in read(run)["meta"]["tuning"]:
        epoch = 2 * TRAINED  # a step for each item in each of its wordings
        assert len(row["losses"]) == 4 * epoch
        assert sum(row["losses"][-epoch:]) < 0.95 * sum(row["losses"][:epoch])


@pytest.mark.slow
def test_a_test_that_was_trained_on_is_said_in_the_head(tiny_model: Path, tmp_path: Path) -> None:
    settings = (
        f"models.base.name={str(tiny_model)!r}",
        "study.draws=200",
        *(f"adapt.{name}.tuning.target='all-linear'" for name in LAST[1:]),
    )
    whole = load_study(STUDY, "smoke", settings)
    survey = whole.survey.model_copy(update={"split": None})
    run_study(whole.model_copy(update={"survey": survey}), tmp_path / "run")
    said = read(tmp_path / "run")["meta"]["cautions"]
    assert any(
        "world, shuffled, survey: the test was trained on: 5 of the 8 items" in caution
        for caution in said
    )
