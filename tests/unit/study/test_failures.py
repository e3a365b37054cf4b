"""Why requests failed: in the run's metrics, its cautions, its report and on the screen."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import acculturate
from acculturate.asking import AnswerSettings
from acculturate.cli.main import app
from acculturate.engines.mock import CHARACTERS, MockEngine
from acculturate.engines.replies import NO_NUMBERS
from acculturate.errors import ConfigError, EngineError
from acculturate.records import Failure, Generation, Request
from acculturate.records.results.run_results import RunMeta

ITEMS = [f"Q{n}" for n in range(1, 42)]
NO_ROOM = "The server read only {} tokens of a prompt that has more."


def failing(*failures: Failure) -> Callable[[Request], Any]:
    """A model that fails at the first requests that it meets."""
    left, answer = list(failures), CHARACTERS["uniform"]
    return lambda request: left.pop() if left else answer(request)


def measured(folder: Path) -> RunMeta:
    return acculturate.measure("mock:noise", ["CHN"], items=ITEMS, out=folder).meta


def test_reasons_are_counted_by_what_they_have_in_common(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = [Failure("content", NO_ROOM.format(number)) for number in (256, 300, 301)]
    monkeypatch.setitem(CHARACTERS, "noise", failing(*cut, Failure("transient", "Busy.")))
    meta = measured(tmp_path)
    assert [(row.kind, row.count) for row in meta.failures] == [
        ("content", 3),
        ("transient", 1),
    ]
    assert {(row.requests, row.failed) for row in meta.failures} == {(82, 4)}
    [said] = [caution for caution in meta.cautions if "got no reply" in caution]
    assert said.startswith(
        "4 of 82 requests of 'arm aware' got no reply and count as refused. 3 of"
    )
    assert said.endswith("1 of them: Busy. Type the same again: 1 may go well then.")


def test_a_repeat_is_advised_only_where_it_can_help(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CHARACTERS, "noise", failing(NO_NUMBERS))
    [said] = [caution for caution in measured(tmp_path).cautions if "got no reply" in caution]
    assert said.endswith(NO_NUMBERS.message)
    assert "Type the same again" not in said


def test_failures_of_a_model_that_is_no_longer_asked_are_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CHARACTERS, "noise", failing(NO_NUMBERS))
    assert measured(tmp_path).failures
    other = acculturate.measure("mock:uniform", ["CHN"], items=ITEMS, out=tmp_path)
    assert other.meta.failures == ()


def test_what_an_engine_says_of_itself_stands_beside_the_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "server:x drops system messages."
    monkeypatch.setattr(MockEngine, "cautions", (said,), raising=False)
    assert said in measured(tmp_path).cautions
    monkeypatch.delattr(MockEngine, "cautions")
    assert said in measured(tmp_path).cautions  # nothing is left to ask


def test_measure_prints_the_cautions_of_its_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CHARACTERS, "noise", failing(NO_NUMBERS))
    words = ["measure", "mock:noise", "--cultures", "CHN", "--items", ",".join(ITEMS)]
    shown = CliRunner().invoke(app, [*words, "--out", str(tmp_path), "--quiet"])
    metrics = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["meta"]["cautions"]
    assert all(f"- {caution}" in shown.output for caution in metrics["meta"]["cautions"])
    told = CliRunner().invoke(app, [*words, "--out", str(tmp_path), "--json"])
    meta = json.loads(told.output)["meta"]
    assert meta["cautions"] == metrics["meta"]["cautions"]
    assert meta["failures"] == metrics["meta"]["failures"] != []
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert 'id="failures"' in page
    assert page.count("set dtype to float32 or bfloat16") == 2  # among the cautions, in its table


def test_a_stage_that_stops_says_what_most_failed_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [*[NO_NUMBERS] * 40, Failure("transient", "Busy.")]
    monkeypatch.setitem(CHARACTERS, "noise", failing(*many))
    with pytest.raises(EngineError, match=r"The most frequent reason \(40\): The model's proba"):
        measured(tmp_path)


def test_measure_takes_what_a_study_file_may_say(tmp_path: Path) -> None:
    words = ["measure", "mock:noise", "--cultures", "CHN", "--items", "Q1", "--out", str(tmp_path)]
    done = CliRunner().invoke(app, [*words, "--set", "answers.kind=sampled", "--quiet"])
    assert done.exit_code == 0, done.output
    metrics = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["meta"]["arms"][0]["kind"] == "sampled"
    with pytest.raises(ConfigError, match="answers"):
        acculturate.measure("mock:noise", ["CHN"], items=["Q1"], settings=["answers.kid=sampled"])


@pytest.mark.parametrize(
    ("kind", "setting"),
    [("sampled", "answers.max_tokens (24)"), ("stated", "answers.stated_tokens (200)")],
)
def test_texts_without_room_for_an_answer_are_told(
    kind: str, setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = ["Well, as somebody who grew up", "Well, "]
    lines = [Generation(said[0], 9, 24, "length"), Generation(said[1], 9, 2, "end")]
    monkeypatch.setitem(CHARACTERS, "noise", lambda request: lines[request.sample])
    asked = AnswerSettings.model_validate({"kind": kind, "samples": 2})
    meta = acculturate.measure("mock:noise", ["CHN"], items=["Q1"], answers=asked, out=tmp_path)
    [caution] = [caution for caution in meta.meta.cautions if "length limit" in caution]
    assert caution.startswith("2 of 4 texts of aware ended at the length limit before they named")
    assert caution.endswith(f"raise {setting}.")


@pytest.mark.parametrize(
    ("model", "framing", "said"),
    [
        ("mock:first", "aware", True),
        ("mock:noise", "aware", False),
        ("mock:first", "unaware", False),
    ],
)
def test_a_culture_that_does_not_reach_the_model_is_told(
    model: str, framing: str, said: bool, tmp_path: Path
) -> None:
    meta = acculturate.measure(model, ["CHN", "DEU"], framing, items=["Q1"], out=tmp_path).meta
    assert any("the same for every culture" in caution for caution in meta.cautions) is said
