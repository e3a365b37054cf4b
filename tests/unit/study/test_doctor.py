"""What the doctor finds of a model: what it can do, how fast, how to serve it."""

import importlib.util
import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from acculturate.cli.main import app
from acculturate.engines import ModelSpec
from acculturate.engines.hf.loading import pick_dtype
from acculturate.engines.mock import CHARACTERS, MockEngine
from acculturate.errors import EngineError
from acculturate.records import ChooseRequest, Failure, GenerateRequest, Generation, Request
from acculturate.records.results.metrics_file import METRICS_FILE, results_text
from acculturate.records.results.robust import RobustRow
from acculturate.records.results.run_results import RunMeta, RunResults
from acculturate.study.doctor import examination, examine, trial
from acculturate.study.doctor.trial import try_model


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCULTURATE_CACHE", str(tmp_path / "cache"))


def said(model: str) -> dict[str, str]:
    """What was found of the model, by what was looked at."""
    result = [finding for finding in examine(model) if finding.what not in BARE]
    assert all(finding.ok for finding in result)
    return {finding.what: finding.said for finding in result}


BARE = {finding.what for finding in examine()}


def tried(script: Callable[[Request], Any], monkeypatch: pytest.MonkeyPatch) -> trial.Trial:
    monkeypatch.setitem(CHARACTERS, "noise", script)
    return try_model(ModelSpec("noise", "mock"))


def test_a_model_is_asked_the_survey_and_made_to_write(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Request] = []

    def script(request: Request) -> Any:
        seen.append(request)
        return (
            "one two three" if isinstance(request, GenerateRequest) else [0.5] * len(request.labels)
        )

    result = tried(script, monkeypatch)
    assert len({request.id for request in seen}) == len(seen) == 2 * sum(trial.ROUNDS)
    assert len([request for request in seen if isinstance(request, ChooseRequest)]) == sum(
        trial.ROUNDS
    )
    assert result.options is not None
    assert (result.options.replies, result.texts.replies, result.texts.written) == (64, 64, 192)
    assert result.seeds_rows
    assert not result.thinks
    assert not result.why


def test_a_slow_model_is_not_asked_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "ENOUGH", 0.02)
    asked = []

    def script(request: Request) -> Any:
        asked.append(request)
        time.sleep(0.01)
        return "1"

    result = tried(script, monkeypatch)
    assert result.options is not None
    assert result.options.replies == result.texts.replies == 4
    assert result.options.seconds >= 0.04
    assert len(asked) == 2 * (1 + 4)


@pytest.mark.parametrize(
    "line",
    [
        Generation("4", 3, 9, "end", reasoning="Two and two."),
        Failure("content", "The thought is cut off after 32 tokens."),
    ],
)
def test_a_model_that_thinks_is_noticed(line: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def script(request: Request) -> Any:
        return line if isinstance(request, GenerateRequest) else [0.5] * len(request.labels)

    result = tried(script, monkeypatch)
    assert result.thinks
    assert not result.why


def test_what_cannot_be_weighed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    why = Failure("content", "The prompt ends inside a thought, where no option can be weighed.")
    result = tried(lambda ask: why if isinstance(ask, ChooseRequest) else "Fine.", monkeypatch)
    assert result.why == why.message
    assert result.options is not None
    assert not result.options.replies
    [first, *_] = [finding for finding in examine("mock:noise") if finding.what not in BARE]
    assert not first.ok
    assert first.said.endswith(why.message)


def test_an_engine_is_closed_whatever_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = []

    class Broken(MockEngine):
        def choose(self, requests: Sequence[ChooseRequest]) -> Iterator[Any]:
            raise EngineError("It is broken.")

        def close(self) -> None:
            closed.append(True)

    monkeypatch.setattr(trial, "open_engine", lambda spec: Broken([]))
    findings = [finding for finding in examine("mock:noise") if finding.what not in BARE]
    assert [(finding.ok, finding.said) for finding in findings] == [(False, "It is broken.")]
    assert closed == [True]


def test_a_mock_has_no_command_line_to_serve_it() -> None:
    result = said("mock:uniform")
    assert list(result) == ["mock:uniform", "options", "texts", "JSON", "thoughts", "adapters"]
    assert result["options"].startswith("weighed by its script; ")
    assert "prompts/s, of about" in result["options"]
    assert "each draw has its own seed" in result["texts"]
    assert result["thoughts"] == "none"
    assert result["JSON"].startswith("no text can be held to a schema")


def test_an_engine_that_keeps_to_schemas_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = MockEngine(CHARACTERS["noise"], can_bind=True)
    monkeypatch.setattr(trial, "open_engine", lambda spec: engine)
    assert said("mock:noise")["JSON"] == "a text can be held to a schema"


def test_a_local_model_is_tried_and_its_command_line_said(tiny_model: Path) -> None:
    result = said(str(tiny_model))
    assert f"{pick_dtype('auto')}, weights " in result[str(tiny_model)]
    assert "log-probabilities" in result["options"]
    assert "seeded by the batch" in result["texts"]
    assert result["to serve it with vLLM"].startswith(f"vllm serve {tiny_model} ")
    assert "measure server:tiny " in result["and to ask it then"]
    told = CliRunner().invoke(app, ["doctor", "--model", str(tiny_model), "--json"])
    assert {load["what"] for load in json.loads(told.output)} == {*BARE, *result}


def test_a_model_that_is_not_there_is_one_sentence() -> None:
    result = [finding for finding in examine("./nowhere/model") if finding.what not in BARE]
    assert not result[0].ok
    assert "There is no model folder './nowhere/model'" in result[0].said


def test_what_cannot_run_here_can_be_served_elsewhere(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    first, serve, ask = (
        finding for finding in examine(f"vllm:{tiny_model}") if finding.what not in BARE
    )
    assert not first.ok
    assert "pip install 'acculturate[vllm]'" in first.said
    assert serve.ok
    assert serve.said.startswith(f"vllm serve {tiny_model} ")
    assert ask.said.endswith("measure server:tiny --cultures CHN")


def test_an_adapter_is_tried_with_its_base(tiny_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    told = {"r": 16, "use_dora": True, "base_model_name_or_path": str(tiny_model)}
    (folder / "adapter_config.json").write_text(json.dumps(told))
    (folder / "adapter_model.safetensors").write_bytes(b"no weights")
    first, serve = (finding for finding in examine(str(folder)) if finding.what not in BARE)
    assert not first.ok
    assert f"The adapter {folder} cannot be read" in first.said
    assert not serve.ok
    assert "use_dora, which vLLM does not compute" in serve.said


def test_a_runs_folder_says_what_the_model_minds(tmp_path: Path) -> None:
    ends = ("single", 0.5, "battery", 0.7, 0.2)
    rows = (
        RobustRow("a + b", "presentation", "alignment", 2, *ends, 0.1, 0.3, 24),
        RobustRow("a", "order", "alignment", 2, *ends, -0.1, 0.3, 24),
        RobustRow("a", "order", "skill", 2, *ends, None, None, 24),
    )
    results = RunResults(meta=RunMeta(primary="alignment", robustness=rows))
    (tmp_path / METRICS_FILE).write_text(results_text(results), encoding="utf-8")
    minds, minds_not = examination._minded(tmp_path)
    assert minds.said.startswith("presentation in a + b (single 0.500, battery 0.700)")
    assert "report the spread" in minds.said
    assert minds_not.said == "order in a (single 0.500, battery 0.700)"
    assert list(examination._minded(tmp_path / "none")) == []
