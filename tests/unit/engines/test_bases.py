"""Adapters switched on one base that is loaded once, and given back to the last bit."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from acculturate.api import run
from acculturate.engines import ModelSpec
from acculturate.engines.bases import keeping_base
from acculturate.engines.hf import HfEngine, load_model
from acculturate.records import ChooseRequest, Message, Reply, TrainingRow
from acculturate.tuning.sft import tune
from acculturate.tuning.tuning_settings import TuningSettings

from .test_loading import save_adapter

ASK = [
    ChooseRequest((Message("system", "You answer."), Message("user", text)), ("1", "2", "10"))
    for text in ("So?", "How important is family?", "10 10")
]


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders that transformers was made to load, one after the other."""
    from transformers import AutoModelForCausalLM

    result: list[str] = []
    usual = AutoModelForCausalLM.from_pretrained

    def counted(folder: Any, **options: Any) -> Any:
        result.append(Path(folder).name)
        return usual(folder, **options)

    monkeypatch.setattr(AutoModelForCausalLM, "from_pretrained", counted)
    return result


@pytest.fixture(scope="module")
def adapters(folders: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    root = tmp_path_factory.mktemp("adapters")
    return [save_adapter(folders["llama"], root / name, seed) for seed, name in enumerate("ab")]


def specs(folder: Path, adapters: list[Path]) -> Iterator[ModelSpec]:
    """A study's way: the base, each adapter, the base again."""
    base = ModelSpec(str(folder), dtype="float32")
    yield from (base, *(replace(base, adapter=adapter) for adapter in adapters), base)


def answers(spec: ModelSpec) -> dict[str, Reply]:
    engine = HfEngine(spec)
    replies: dict[str, Reply] = dict(engine.choose(ASK))
    engine.close()
    return replies


def weights_of(spec: ModelSpec) -> dict[str, torch.Tensor]:
    loaded = load_model(spec)
    result = {name: weight.detach().clone() for name, weight in loaded.model.named_parameters()}
    loaded.give_back()
    return result


def test_adapters_are_switched_on_one_base(
    folders: dict[str, Path], adapters: list[Path], loads: list[str]
) -> None:
    wanted = [answers(spec) for spec in specs(folders["llama"], adapters)]
    assert len({str(text) for text in wanted}) == 3
    assert len(loads) == 4
    loads.clear()
    with keeping_base():
        result = [answers(spec) for spec in specs(folders["llama"], adapters)]
    assert result == wanted  # to the last bit
    assert loads == ["llama"]


def test_the_base_is_given_back_to_the_last_bit(
    folders: dict[str, Path], adapters: list[Path]
) -> None:
    base = ModelSpec(str(folders["llama"]), dtype="bfloat16")
    before = weights_of(base)
    with keeping_base():
        for adapter in adapters:
            answers(replace(base, adapter=adapter))
        after = weights_of(base)
    assert all(torch.equal(before[name], after[name]) for name in before)


def other_folder(folders: dict[str, Path]) -> ModelSpec:
    return ModelSpec(str(folders["qwen2"]), dtype="float32")


def other_precision(folders: dict[str, Path]) -> ModelSpec:
    return ModelSpec(str(folders["llama"]), dtype="bfloat16")


@pytest.mark.parametrize("other", [other_folder, other_precision])
def test_another_base_is_another(
    folders: dict[str, Path],
    loads: list[str],
    other: Callable[[dict[str, Path]], ModelSpec],
) -> None:
    base = ModelSpec(str(folders["llama"]), dtype="float32")
    with keeping_base() as keeper:
        first = answers(base)
        assert answers(other(folders)) != first
        assert answers(base) == first
        assert len(loads) == 3
        keeper.drop()
        answers(base)
    assert len(loads) == 4


def test_what_is_open_is_nobody_elses(folders: dict[str, Path], loads: list[str]) -> None:
    base = ModelSpec(str(folders["llama"]), dtype="float32")
    with keeping_base():
        one, two = HfEngine(base), HfEngine(base)
        assert one.loaded.model is not two.loaded.model
        one.close()
        one.close()
        two.close()
    assert len(loads) == 2


def test_an_adapter_that_replaces_layers_costs_a_load(
    folders: dict[str, Path], tmp_path: Path, loads: list[str]
) -> None:
    adapter = save_adapter(folders["llama"], tmp_path / "a", modules_to_save=["lm_head"])
    loads.clear()
    base = ModelSpec(str(folders["llama"]), dtype="float32")
    with keeping_base():
        first = answers(base)
        assert answers(replace(base, adapter=adapter)) != first
        assert answers(base) == first
    assert len(loads) == 2


def test_a_study_loads_its_base_once(
    folders: dict[str, Path], adapters: list[Path], tmp_path: Path, loads: list[str]
) -> None:
    named = {
        "base": "",
        **{name: f"adapter = '{a}'" for name, a in zip("ab", adapters, strict=True)},
    }
    study = tmp_path / "many.toml"
    study.write_text(
        "study.name = 'many'\nsurvey.items = ['Q1', 'Q2']\ncultures.measure = ['CHN', 'DEU']\n"
        + "".join(
            f"[models.{name}]\nname = '{folders['llama']}'\n{more}\n"
            for name, more in named.items()
        )
        + "".join(
            f"[[arm]]\nid = '{name}-{framing}'\nmodel = '{name}'\nframing = '{framing}'\n"
            for name in named
            for framing in ("unaware", "aware")
        )
    )
    result = run(study, out=tmp_path / "run")
    assert loads == ["llama"]
    assert len({row.value for row in result.scores if row.metric == "alignment"}) > 3


def test_a_base_is_tuned_and_then_measured_with_what_came_of_it(
    folders: dict[str, Path], tmp_path: Path, loads: list[str]
) -> None:
    row = TrainingRow(ASK[0].messages, "CHN", "Q1", labels=("1", "2"), target=(0.1, 0.9))
    quick = TuningSettings(epochs=2, learning_rate=0.01, rank=4, alpha=8, target=("q_proj",))
    base = ModelSpec(str(folders["llama"]), dtype="float32")
    before = answers(base)
    loads.clear()
    with keeping_base():
        model = load_model(base)
        tune([row] * 4, model, quick, tmp_path / "a")
        model.give_back()
        assert answers(base) == before
        assert answers(replace(base, adapter=tmp_path / "a")) != before
    assert loads == ["llama"]
