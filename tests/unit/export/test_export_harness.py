"""The survey as tasks of lm-eval: the same prompts, labels and distances give the same answers."""

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import acculturate
from acculturate.engines import ModelSpec
from acculturate.engines.labels import LabelPlan
from acculturate.errors import ConfigError, EngineError
from acculturate.export import harness_scoring as scoring
from acculturate.export import open_run
from acculturate.export.harness_tasks import (
    Form,
    _arguments,
    weighed_choices,
    write_harness_tasks,
)
from acculturate.result import Result

ITEMS = ["Q1", "Q112", "Q165"]  # Q112 has a scale from 1 to 10, and 1 runs on into 10


def measured(model: str, folder: Path) -> Result:
    return acculturate.measure(
        model, ["CHN", "DEU"], ["unaware", "aware"], items=ITEMS, dtype="float32", out=folder
    )


def written(run: Path, folder: Path) -> Path:
    folder.mkdir()
    with open_run(run) as opened:
        write_harness_tasks(opened, folder)
    return folder


def test_the_documents_give_the_runs_alignment(tiny_model: Path, tmp_path: Path) -> None:
    result = measured(str(tiny_model), tmp_path / "run")
    tasks = written(tmp_path / "run", tmp_path / "tasks")
    for arm in ("unaware", "aware"):
        (file,) = tasks.glob(f"*_{arm}.jsonl")
        rows = [scoring._row(line) for line in file.read_text(encoding="utf-8").splitlines()]
        given = [scoring.answer(row, weigh(tiny_model, row)) for row in rows]
        found = scoring.alignment([row["alignment"] for row in given])
        assert found == pytest.approx(result.value("alignment", arm=arm), abs=2e-5)
        mass = scoring.mean([row["option_mass"] for row in given])
        assert 0 < mass < 1
        chinese = [row["alignment_CHN"] for row in given if "alignment_CHN" in row]
        assert scoring.alignment(chinese) == pytest.approx(
            result.value("alignment", arm=arm, culture="CHN"), abs=2e-5
        )
    page = (tasks / "README.md").read_text(encoding="utf-8")
    assert f"pretrained={tiny_model},dtype=float32" in page
    assert "--apply_chat_template" in page


def test_a_model_and_an_adapter_are_named_from_everywhere(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("model").symlink_to(tiny_model)
    measured("model", Path("run"))
    with open_run(Path("run")) as opened:
        part = opened.plan.parts["aware"][0]
        spec, form = ModelSpec("model"), Form(object(), True)
        told = _arguments(opened, part, spec, form)
        adapted = _arguments(opened, part._replace(ref="@mine"), spec, form)
    assert told.startswith(f"pretrained={tiny_model.resolve()},")
    assert f",peft={tmp_path.resolve()}/run/adapters/mine" in adapted


def weigh(folder: Path, row: dict[str, Any]) -> list[tuple[float, bool]]:
    """What a harness does: the log-probability of each choice after the chat's prompt."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder)
    turns = [{"role": role, "content": row[role]} for role in ("system", "user")]
    prompt = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    results = []
    for choice in scoring.choices(row):
        asked, whole = (
            tokenizer(text, add_special_tokens=False)["input_ids"]
            for text in (prompt, prompt + choice)
        )
        with torch.inference_mode():
            logits = model(torch.tensor([whole])).logits[0].log_softmax(-1)
        places = range(len(asked) - 1, len(whole) - 1)
        results.append((sum(float(logits[at, whole[at + 1]]) for at in places), False))
    return results


def test_what_runs_on_is_taken_away() -> None:
    class Letters:
        def decode(self, path: Sequence[int]) -> str:
            return "".join(str(digit) for digit in path)

    plan = LabelPlan((7,), (((1,),), ((1, 0),), ((2,),)))
    chosen = weighed_choices(Letters(), plan)
    assert chosen.texts == ("1", "10", "2")
    assert chosen.weights == (((0, 1), (1, -1)), ((1, 1),), ((2, 1),))


def test_distances_are_ours() -> None:
    def record(own: list[float] | None, ordinal: bool) -> list[tuple[Any, ...]]:
        return [("CHN", "Q", ordinal, own, [0.5, 0.25, 0.25])]

    assert scoring.alignment([record([1.0, 0, 0], ordinal=False)]) == pytest.approx(0.5)
    assert scoring.alignment([record([1.0, 0, 0], ordinal=True)]) == pytest.approx(1 - 0.75 / 2)
    same = record([0.5, 0.25, 0.25], ordinal=True)
    assert scoring.alignment([record(None, ordinal=True), same]) == 1
    assert math.isnan(scoring.alignment([record(None, ordinal=True)]))


def test_what_has_no_task_is_told(finished: Path, tiny_model: Path, tmp_path: Path) -> None:
    tasks = written(finished, tmp_path / "mock")
    assert "1 holds what runs on into 10" in (tasks / "README.md").read_text(encoding="utf-8")
    texts = tmp_path / "texts"
    acculturate.measure(
        "mock:first", "CHN", items=["Q1"], out=texts, settings=["answers.kind=sampled"]
    )
    with pytest.raises(ConfigError, match="tasks are made of arms with"):
        written(texts, tmp_path / "none")
    gone = tmp_path / "model"
    gone.symlink_to(tiny_model)
    measured(str(gone), tmp_path / "gone-run")
    gone.unlink()
    with pytest.raises(EngineError, match="is needed to write how its labels are weighed"):
        written(tmp_path / "gone-run", tmp_path / "gone")


@pytest.fixture
def tasks_of_embedded(tmp_path: Path) -> Path:
    measured("embedded", tmp_path / "run")
    return written(tmp_path / "run", tmp_path / "tasks")


@pytest.mark.slow
@pytest.mark.embedded
@pytest.mark.filterwarnings("ignore")
def test_lm_eval_gives_the_same_answers(tasks_of_embedded: Path) -> None:
    lm_eval = pytest.importorskip("lm_eval")
    from lm_eval.tasks import TaskManager

    from acculturate.engines.embedded import embedded_folder

    names = [path.stem for path in sorted(tasks_of_embedded.glob("*.yaml"))]
    results = lm_eval.simple_evaluate(
        model="hf", model_args=f"pretrained={embedded_folder()},dtype=float32", tasks=names,
        task_manager=TaskManager(include_path=str(tasks_of_embedded), include_defaults=False),
        apply_chat_template=True, device="cpu", batch_size=8, bootstrap_iters=0,
    )["results"]  # fmt: skip
    page = (tasks_of_embedded / "README.md").read_text(encoding="utf-8")
    told = re.findall(r"## (\w+)\n\n.*\nIts alignment in the run, [^:]*: ([\d.]+)\.\n", page)
    assert len(told) == 2
    for name, value in told:
        assert results[name]["alignment,none"] == pytest.approx(float(value), abs=1e-4)
