"""Adapters that would not take hold: told before anything is asked."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

import acculturate
from acculturate.engines import ModelSpec, find_model
from acculturate.engines.adapter_file import changes_nothing
from acculturate.engines.hf import load_model
from acculturate.errors import EngineError
from acculturate.records import Message, TrainingRow
from acculturate.tuning.sft import tune
from acculturate.tuning.tuning_settings import TuningSettings

from .test_loading import save_adapter

Weights = dict[str, Any]
Change = Callable[[Weights], Weights]
FIRST = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"


@pytest.fixture(scope="module")
def adapter(folders: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_adapter(folders["llama"], tmp_path_factory.mktemp("adapters") / "a")


def changed(adapter: Path, folder: Path, change: Change, **config: Any) -> Path:
    """A copy of an adapter with other weights in its file, and other words in its config."""
    shutil.copytree(adapter, folder)
    file = folder / "adapter_model.safetensors"
    weights = change(load_file(file))
    save_file(weights, file)
    said = json.loads((folder / "adapter_config.json").read_text())
    (folder / "adapter_config.json").write_text(json.dumps(said | config))
    return folder


def elsewhere(weights: Weights) -> Weights:
    """As of a model whose layers have another name."""
    return {
        name.replace("model.layers", "transformer.h"): weight for name, weight in weights.items()
    }


def bare(weights: Weights) -> Weights:
    """Without the beginning that peft writes."""
    return {name.removeprefix("base_model.model."): weight for name, weight in weights.items()}


def deeper(weights: Weights) -> Weights:
    """A layer more than the model has."""
    more = {
        name.replace("layers.0", "layers.7"): weight.clone() for name, weight in weights.items()
    }
    return weights | more


def one_stray(weights: Weights) -> Weights:
    return weights | {"base_model.model.score.weight": torch.ones(2)}


def without(part: str) -> Change:
    return lambda weights: {name: weight for name, weight in weights.items() if part not in name}


def with_a(value: float) -> Change:
    return lambda weights: weights | {FIRST: torch.full_like(weights[FIRST], value)}


def zero(part: str) -> Change:
    return lambda weights: {
        name: torch.zeros_like(weight) if part in name else weight
        for name, weight in weights.items()
    }


def times(part: str, factor: float) -> Change:
    return lambda weights: {
        name: weight * factor if part in name else weight for name, weight in weights.items()
    }


REFUSED: dict[str, tuple[Change, str]] = {
    "no key": (elsewhere, r"no place for 'base_model\.model\.transformer.*' and 7 more of its 8"),
    "other names": (bare, r"no place for 'model\.layers\.0.* and 7 more of its 8 weights"),
    "a part": (
        deeper,
        r"no place for 'base_model\.model\.model\.layers\.7.*' and 3 more of its 12",
    ),
    "one": (one_stray, r"no place for 'base_model\.model\.score\.weight' of its 9 weights: use it"),
    "a layer": (
        without("layers.1"),
        r"lacks 'base_model.*layers\.1.*q_proj\.lora_A\.weight' and 3",
    ),
    "B": (without("lora_B"), r"lacks 'base_model.*lora_B.*' and 3 more of the weights that its"),
    "nothing": (without(""), r"lacks 'base_model.*' and 7 more of the weights that its"),
    "not a number": (with_a(float("nan")), rf"not finite \(first in {re.escape(FIRST)}\)"),
    "infinite": (with_a(float("inf")), r"not finite"),
}


@pytest.mark.parametrize("kind", REFUSED)
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_what_would_not_take_hold_is_refused(
    kind: str, dtype: Any, folders: dict[str, Path], adapter: Path, tmp_path: Path
) -> None:
    change, said = REFUSED[kind]
    spec = ModelSpec(
        str(folders["llama"]), dtype=dtype, adapter=changed(adapter, tmp_path / "a", change)
    )
    for look in (find_model, load_model):
        with pytest.raises(EngineError, match=said):
            look(spec)


def test_whole_modules_that_are_missing(folders: dict[str, Path], tmp_path: Path) -> None:
    whole = save_adapter(folders["llama"], tmp_path / "a", modules_to_save=["lm_head"])
    lacking = changed(whole, tmp_path / "b", without("lm_head"))
    with pytest.raises(EngineError, match=r"does not fit this model: its file has no '.*lm_head"):
        find_model(ModelSpec(str(folders["llama"]), adapter=lacking))
    find_model(ModelSpec(str(folders["llama"]), adapter=whole))


def test_sizes_that_differ_are_named(
    folders: dict[str, Path], adapter: Path, tmp_path: Path
) -> None:
    longer = changed(adapter, tmp_path / "a", lambda weights: weights | {FIRST: torch.ones(2, 64)})
    with pytest.raises(EngineError, match=r"does not fit this model: size mismatch for base_model"):
        find_model(ModelSpec(str(folders["llama"]), adapter=longer))


def test_an_adapter_of_prompts_is_refused(
    folders: dict[str, Path], adapter: Path, tmp_path: Path
) -> None:
    said = {"peft_type": "PROMPT_TUNING", "task_type": "CAUSAL_LM", "num_virtual_tokens": 4}
    prompts = changed(adapter, tmp_path / "a", lambda weights: weights)
    (prompts / "adapter_config.json").write_text(json.dumps(said))
    with pytest.raises(EngineError, match="PROMPT_TUNING changes prompts and no layer"):
        load_model(ModelSpec(str(folders["llama"]), adapter=prompts))


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ('{"r": 4,', r"adapter_config.json is no JSON: "),
        ("[]", r"adapter_config.json must be a JSON object"),
        ("{}", r"adapter_config.json has peft_type None, which peft does not know"),
        ('{"peft_type": "WONDER"}', r"has peft_type 'WONDER', which peft does not know"),
        (
            '{"peft_type": "LORA", "r": null}',
            r"adapter_config.json has r = null: expected a number",
        ),
        ('{"peft_type": "LORA", "lora_alpha": "8"}', r'has lora_alpha = "8": expected a number'),
        ('{"peft_type": "LORA", "lora_alpha": NaN}', r"has lora_alpha = NaN: expected a number"),
    ],
)
def test_a_config_that_says_nothing_useful_is_named(
    config: str, said: str, folders: dict[str, Path], adapter: Path, tmp_path: Path
) -> None:
    other = changed(adapter, tmp_path / "a", lambda weights: weights)
    (other / "adapter_config.json").write_text(config)
    with pytest.raises(EngineError, match=said):
        find_model(ModelSpec(str(folders["llama"]), adapter=other))


@pytest.mark.parametrize(
    ("change", "config", "nothing"),
    [
        (zero("lora_B"), {}, True),
        (zero("lora_A"), {}, True),
        (zero(""), {}, True),
        (zero("layers.0"), {}, False),
        (lambda weights: weights, {"lora_alpha": 0}, True),
        (lambda weights: weights, {"alpha_pattern": {"q_proj": 0, "v_proj": 0}}, True),
        (lambda weights: weights, {"alpha_pattern": {"q_proj": 0}}, False),
        (times("lora_B", 1e-12), {}, True),
        (times("lora_B", 1e-3), {}, False),
        (lambda weights: weights, {}, False),
    ],
)
def test_an_adapter_that_changes_nothing_is_known(
    change: Change,
    config: dict[str, Any],
    nothing: bool,
    adapter: Path,
    folders: dict[str, Path],
    tmp_path: Path,
) -> None:
    other = changed(adapter, tmp_path / "a", change, **config)
    assert changes_nothing(other) == nothing
    find_model(ModelSpec(str(folders["llama"]), adapter=other))


@pytest.mark.parametrize("family", ["llama", "qwen2", "gemma", "gemma2"])
@pytest.mark.parametrize("embeddings", [False, True])
def test_what_is_tuned_here_takes_hold(
    family: str, embeddings: bool, folders: dict[str, Path], tmp_path: Path
) -> None:
    """Whole embedding and output matrices too, tied (gemma) or not."""
    settings = TuningSettings(
        epochs=1, learning_rate=0.01, rank=2, alpha=4, embeddings=embeddings, dtype="float32"
    )
    row = TrainingRow((Message("user", "So?"),), "CHN", "Q1", labels=("1", "2"), target=(0.1, 0.9))
    spec = ModelSpec(str(folders[family]), dtype="float32")
    tune([row] * 2, load_model(spec), settings, tmp_path / "a")
    find_model(ModelSpec(str(folders[family]), adapter=tmp_path / "a"))
    assert not changes_nothing(tmp_path / "a")


def test_a_report_says_that_an_adapter_changes_nothing(tiny_model: Path, tmp_path: Path) -> None:
    idle = changed(save_adapter(tiny_model, tmp_path / "a"), tmp_path / "idle", zero("lora_B"))
    for adapter, said in ((idle, True), (tmp_path / "a", False)):
        result = acculturate.measure(
            str(tiny_model), cultures=["CHN"], items=["Q1", "Q46"], adapter=adapter,
            out=tmp_path / f"run-{said}",
        )  # fmt: skip
        caution = "The adapter idle changes nothing: its change is zero, or next to zero,"
        assert any(caution in told for told in result.meta.cautions) == said
