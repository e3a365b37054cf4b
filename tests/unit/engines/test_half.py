"""Half precision: what an adapter and the output matrix lose in it, and what is kept."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import pytest
import torch

from acculturate.engines import ModelSpec
from acculturate.engines.bases import keeping_base
from acculturate.engines.hf import low_rank
from acculturate.engines.hf.head import HALVES, wide_head
from acculturate.engines.hf.loading import load_model
from acculturate.engines.hf.scoring import next_token_logprobs
from acculturate.engines.hf.standing_in import stand_in
from acculturate.engines.protocol import DType
from acculturate.engines.quiet import quiet

from .test_loading import save_adapter
from .tiny import FAMILIES, SIZES, Family, make_model

LISTS = {tuple(range(3, 3 + n)): tuple(range(420)) for n in range(5, 60)}
"""Token lists that share beginnings, each with all next tokens."""

ALL: dict[str, Any] = {"target_modules": "all-linear", "r": 8, "lora_alpha": 8}


@pytest.fixture(scope="module", params=["llama", "qwen2", "gemma2"])
def base(request: pytest.FixtureRequest, folders: dict[str, Path]) -> Path:
    return folders[request.param]


@pytest.fixture(scope="module")
def adapter(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_adapter(base, tmp_path_factory.mktemp("half") / "a", std=0.02, **ALL)


def logprobs(model: Any) -> torch.Tensor:
    """(lists, vocabulary)"""
    answers = next_token_logprobs(model, LISTS)
    return torch.tensor([[answers[tokens][i] for i in range(420)] for tokens in LISTS])


def asked(folder: Path, dtype: DType, adapter: Path | None = None) -> torch.Tensor:
    return logprobs(load_model(ModelSpec(str(folder), dtype=dtype, adapter=adapter)).model)


def far(found: torch.Tensor, right: torch.Tensor) -> float:
    """Mean distance in nats."""
    return float((found - right).abs().mean())


def by_peft(folder: Path, adapter: Path) -> torch.Tensor:
    """Plain peft in bfloat16, its change computed beside the weights."""
    from peft import PeftModel

    model = load_model(ModelSpec(str(folder), dtype="bfloat16")).model
    with quiet():
        PeftModel.from_pretrained(model, str(adapter)).eval()
    return logprobs(model)


def test_an_adapted_model_is_as_near_to_float32_as_by_peft(base: Path, adapter: Path) -> None:
    right = asked(base, "float32", adapter)
    result = far(asked(base, "bfloat16", adapter), right)
    assert result < 1.2 * far(by_peft(base, adapter), right)
    assert result < 1.2 * far(asked(base, "bfloat16"), asked(base, "float32"))


def test_a_change_that_no_weight_could_hold_arrives(base: Path, tmp_path: Path) -> None:
    """The published alpha of .1 over a rank of 4: less than half a step of nearly every weight."""
    adapter = save_adapter(base, tmp_path / "a", std=0.3, **ALL | {"lora_alpha": 0.02})
    x = torch.randn(512, FAMILIES["llama"].config.hidden_size, dtype=torch.bfloat16)

    def change(dtype: DType) -> torch.Tensor:
        with torch.inference_mode():
            first, then = (layer(x.to(layer.weight.dtype)).float() for layer in layers(dtype))
        return torch.sub(then, first)

    def layers(dtype: DType) -> Iterator[Any]:
        for folder in (None, adapter):
            model = load_model(ModelSpec(str(base), dtype=dtype, adapter=folder)).model
            yield model.model.layers[0].mlp.up_proj

    result, right = change("bfloat16"), change("float32")
    slope = float((result * right).sum() / (right * right).sum())
    assert slope == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_a_layer_rounds_once(dtype: str) -> None:
    half = getattr(torch, dtype)
    linear = torch.nn.Linear(64, 48, dtype=half)
    down, up = torch.randn(64, 8).to(half), (torch.randn(8, 48) * 0.01).to(half)
    x = torch.randn(3, 5, 64).to(half)
    right = torch.nn.functional.linear(x.double(), linear.weight.double(), linear.bias.double())
    right += x.double() @ down.double() @ up.double()
    plain = (right.to(half).double() - right).abs().mean()
    with torch.inference_mode():
        [end] = low_rank.beside([low_rank.Pair(linear, down, up)])
        result = linear(x)
        end()
        assert result.shape == (3, 5, 48)
        assert result.dtype == half
        assert (result.double() - right).abs().mean() < 1.5 * plain
        assert not torch.equal(linear(x), result)


def test_the_base_is_not_touched(base: Path, adapter: Path) -> None:
    spec = ModelSpec(str(base), dtype="bfloat16")
    wanted = asked(base, "bfloat16")
    with keeping_base():
        tuned = load_model(replace(spec, adapter=adapter))
        before = [weight.data_ptr() for weight in tuned.model.parameters()]
        assert not torch.equal(logprobs(tuned.model), wanted)
        tuned.give_back()
        again = load_model(spec)
        assert [weight.data_ptr() for weight in again.model.parameters()] == before
        assert torch.equal(logprobs(again.model), wanted)


MORE: dict[str, dict[str, Any]] = {
    "DoRA": {"use_dora": True},
    "biases": {"bias": "lora_only"},
    "whole modules": {"modules_to_save": ["lm_head"]},
    "the output matrix": {"target_modules": ["q_proj", "lm_head"]},
    "the embedding": {"target_modules": ["q_proj", "embed_tokens"]},
    "scales that differ": {"rank_pattern": {"q_proj": 3}, "use_rslora": True},
    "PiSSA": {"init_lora_weights": "pissa"},
}


@pytest.mark.parametrize("kind", MORE)
def test_adapters_of_every_kind(kind: str, folders: dict[str, Path], tmp_path: Path) -> None:
    base = folders["qwen2"]
    adapter = save_adapter(base, tmp_path / "a", std=0.1, **{"r": 8} | MORE[kind])
    right = asked(base, "float32", adapter)
    assert far(right, asked(base, "float32")) > 0.01
    plain = far(asked(base, "bfloat16"), asked(base, "float32"))
    assert far(asked(base, "bfloat16", adapter), right) < 1.5 * plain
    with keeping_base():
        load_model(ModelSpec(str(base), dtype="bfloat16", adapter=adapter)).give_back()
        again = load_model(ModelSpec(str(base), dtype="bfloat16"))
        assert torch.equal(logprobs(again.model), asked(base, "bfloat16"))


@pytest.fixture(params=["gemma2", "granite", "cohere", "gpt-neox"])
def family(request: pytest.FixtureRequest) -> Family:
    """Models that cap or scale their logits, and one with another name for the output matrix."""
    from transformers import CohereConfig, GPTNeoXConfig, GraniteConfig

    others = {
        "granite": GraniteConfig(**SIZES, logits_scaling=4.0),
        "cohere": CohereConfig(**SIZES, logit_scale=0.25),
        "gpt-neox": GPTNeoXConfig(**SIZES),
    }
    if request.param in others:
        return Family(others[request.param], None, split_digits=True)
    return FAMILIES[request.param]


def test_logits_are_those_of_a_float32_head(family: Family) -> None:
    model = make_model(family.config).to(torch.bfloat16)
    ids = torch.arange(3, 40)[None]
    with torch.inference_mode():
        with wide_head(model):
            wide = model(ids).logits
        usual = model(ids).logits
        head = model.get_output_embeddings()
        matrix = head.weight.float()
        end = stand_in(head, lambda x: x.float() @ matrix.t())
        right = model(ids).logits
        end()
    assert wide.dtype == torch.float32
    assert usual.dtype == torch.bfloat16
    torch.testing.assert_close(wide, right, rtol=1e-5, atol=1e-5)
    assert not torch.equal(wide.bfloat16().float(), wide)


def test_options_are_weighed_without_a_grid(folders: dict[str, Path]) -> None:
    """On the grid of bfloat16 many of 420 tokens are equally likely."""
    model = load_model(ModelSpec(str(folders["llama"]), dtype="bfloat16")).model
    assert len(set(logprobs(model)[0].tolist())) > 400
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("acculturate.engines.hf.head.HALVES", ())
        assert len(set(logprobs(model)[0].tolist())) < 380


def test_float32_is_left_alone(folders: dict[str, Path]) -> None:
    model = load_model(ModelSpec(str(folders["llama"]), dtype="float32")).model
    with wide_head(model):
        assert "forward" not in vars(model.get_output_embeddings())


def test_a_head_that_accelerate_brings_to_its_device(folders: dict[str, Path]) -> None:
    from accelerate import cpu_offload

    model = load_model(ModelSpec(str(folders["qwen2"]), dtype="bfloat16")).model
    ids = torch.arange(3, 40)[None]
    with torch.inference_mode(), wide_head(model):
        right = model(ids).logits
    cpu_offload(model)
    with torch.inference_mode(), wide_head(model):
        assert torch.equal(model(ids).logits, right)


def test_what_half_is() -> None:
    halves = {str(halve).removeprefix("torch.") for halve in HALVES}
    assert halves == set(get_args(DType)) - {"auto", "float32"}


def test_a_gradient_goes_through_the_head() -> None:
    """Of more outputs than a slice has; the matrix itself is not trained."""
    head = torch.nn.Linear(16, 5000, dtype=torch.bfloat16)
    model = SimpleNamespace(get_output_embeddings=lambda: head)
    head.weight.requires_grad_(False)
    x = torch.randn(3, 4, 16)
    given, whole = (x.clone().requires_grad_() for _ in range(2))
    loss = torch.nn.CrossEntropyLoss()
    aims = torch.arange(12)
    with wide_head(model), torch.autocast("cpu", dtype=torch.bfloat16):
        out = head(given)
    loss(out.flatten(0, 1), aims).backward()
    right = whole @ head.weight.detach().float().t() + head.bias.detach().float()
    loss(right.flatten(0, 1), aims).backward()
    torch.testing.assert_close(out, right, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(given.grad, whole.grad, rtol=1e-4, atol=1e-7)


def test_the_output_matrix_meets_rows_that_lie_together(tiny_model: Path) -> None:
    """A slice of many positions would have torch copy the matrix once for each prompt."""
    model = load_model(ModelSpec(str(tiny_model), dtype="float32")).model
    seen: list[bool] = []
    model.get_output_embeddings().register_forward_pre_hook(
        lambda module, given: seen.append(given[0].is_contiguous())
    )
    model(input_ids=torch.ones(3, 5, dtype=torch.long), logits_to_keep=1)
    assert seen == [True]
