"""A model's shape, read from its config."""

import json
from pathlib import Path

import pytest

from acculturate.engines import parse_model
from acculturate.engines.hf.model_shape import ModelShape, read_shape, shape_of
from acculturate.engines.model_files import local_folder
from acculturate.errors import EngineError

SMALL = {
    "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4,
    "num_key_value_heads": 2, "vocab_size": 100,
}  # fmt: skip
ATTENTION = 32 * (32 + 16 + 16 + 32)
NORMS = 3 * 2 * 32 + 32


def shape(name: str) -> ModelShape:
    return read_shape(local_folder(parse_model(name)))


def config(folder: Path, model_type: str, **more: object) -> str:
    tree = {"model_type": model_type, **SMALL, **more}
    (folder / "config.json").write_text(json.dumps(tree))
    return str(folder)


def test_a_model_in_memory_and_its_config_agree(tiny_model: Path) -> None:
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(tiny_model)
    result = shape(str(tiny_model))
    assert result == shape_of(model)
    assert result.parameters == model.num_parameters()
    linear = [m for n, m in model.named_modules() if "proj" in n]
    norms = sum(p.numel() for n, p in model.named_parameters() if "norm" in n)
    assert result.body - norms == sum(m.weight.numel() for m in linear)


@pytest.mark.parametrize("tied", [True, False])
def test_the_head_is_counted_apart(tmp_path: Path, tied: bool) -> None:
    name = config(tmp_path, "llama", tie_word_embeddings=tied)
    result = shape(name)
    assert result.body == 3 * (ATTENTION + 3 * 32 * 64) + NORMS
    assert result.head == 3200
    assert result.parameters == result.body + 3200 * (1 if tied else 2)
    assert (result.cached, result.width) == (2 * 16 * 3, 32 * 3)


def test_of_a_mixture_only_the_chosen_experts_are_passed(tmp_path: Path) -> None:
    name = config(
        tmp_path, "mixtral", num_local_experts=4, num_experts_per_tok=1, tie_word_embeddings=False
    )
    result = shape(name)
    gates = 3 * 32 * 4
    assert result.body == 3 * (ATTENTION + 3 * 32 * 64) + NORMS + gates
    assert result.parameters == result.body + 3 * 3 * 3 * 32 * 64 + 6400


def test_what_is_not_here_is_said(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"'someone/nowhere' is not on this machine.*hf download"):
        shape("someone/nowhere")
    (tmp_path / "config.json").write_text('{"model_type": "unheard-of"}')
    with pytest.raises(EngineError, match=r"The model in .* cannot be read"):
        shape(str(tmp_path))


@pytest.mark.embedded
def test_the_embedded_model_is_counted_from_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACCULTURATE_CACHE", raising=False)  # the user's own: it is made in 30 s
    assert shape("embedded").parameters == 134_515_008
