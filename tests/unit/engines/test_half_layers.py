"""A model in bfloat16 on a processor: other ways to the same numbers."""

from typing import Any

import pytest
import torch

from acculturate.engines.hf import half_layers
from acculturate.engines.hf.half_layers import quick_halves
from acculturate.engines.hf.standing_in import stand_in

from .tiny import FAMILIES, make_model

pytestmark = pytest.mark.skipif(
    not (torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported()),  # type: ignore[no-untyped-call]
    reason="no bfloat16 in oneDNN here",
)


def half(family: str) -> Any:
    return make_model(FAMILIES[family].config).to(torch.bfloat16)


def own(model: Any) -> list[Any]:
    """Layers that compute in another way than their class."""
    return [module for module in model.modules() if "forward" in vars(module)]


@pytest.mark.parametrize("packs", [True, False])
def test_a_linear_layer_and_a_norm_give_the_same_numbers(
    packs: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = half("qwen2")  # its linear layers have biases
    if not packs:
        monkeypatch.setattr(half_layers, "MOST_WEIGHTS", 0)
    layer = model.model.layers[0]
    torch.nn.init.normal_(layer.input_layernorm.weight, mean=1.0, std=0.2)
    x = torch.randn(1, 37, model.config.hidden_size, dtype=torch.bfloat16)
    with torch.inference_mode():
        plain = layer.self_attn.q_proj(x), layer.input_layernorm(x)
        with quick_halves(model):
            quick = layer.self_attn.q_proj(x), layer.input_layernorm(x)
    for one, other in zip(plain, quick, strict=True):
        assert torch.allclose(one, other, rtol=2**-7, atol=1e-6)
        assert (one == other).float().mean() > 0.99


@pytest.mark.parametrize("family", ["llama", "mistral", "qwen2"])
def test_an_mlp_is_as_near_to_float32(family: str) -> None:
    model = half(family)
    mlp = model.model.layers[0].mlp
    x = torch.randn(1, 300, model.config.hidden_size, dtype=torch.bfloat16)
    with torch.inference_mode():
        plain = mlp(x).float()
        with quick_halves(model):
            quick = mlp(x).float()
        right = mlp.float()(x.float())
    assert not torch.equal(quick, plain)
    assert (quick - right).abs().mean() < 1.02 * (plain - right).abs().mean()


def test_trained_weights_are_packed_anew() -> None:
    model = half("llama")
    linear = model.model.layers[1].mlp.down_proj
    x = torch.randn(3, linear.in_features, dtype=torch.bfloat16)
    with torch.inference_mode(), quick_halves(model):
        linear(x)
    with torch.no_grad():
        linear.weight.mul_(2)
    with torch.inference_mode():
        plain = linear(x)
        with quick_halves(model):
            assert torch.equal(linear(x), plain)


def test_nothing_is_changed_afterwards_or_elsewhere() -> None:
    whole = make_model(FAMILIES["llama"].config)
    with quick_halves(whole):
        assert not own(whole)
    model = half("gemma")  # another norm, and an MLP without SiLU: its linear layers alone
    with quick_halves(model):
        assert {type(layer) for layer in own(model)} == {torch.nn.Linear}
    assert not own(model)


def test_a_layer_that_computes_in_another_way_is_left_to_it() -> None:
    model = half("llama")
    mlp = model.model.layers[0].mlp
    end = stand_in(mlp.up_proj, lambda x: x.new_zeros(*x.shape[:-1], mlp.up_proj.out_features))
    x = torch.ones(2, model.config.hidden_size, dtype=torch.bfloat16)
    with torch.inference_mode(), quick_halves(model):
        assert not mlp(x).any()
    assert own(model) == [mlp.up_proj]
    end()
