"""Layers below those that are trained are computed once: the same logits from the ones above."""

import pytest
import torch
from transformers import GraniteConfig, Olmo2Config, Qwen3Config, SmolLM3Config

from acculturate.engines.hf import lower_layers, packing
from acculturate.engines.hf.prefix import build_tree

from .tiny import FAMILIES, SIZES, make_model

CONFIGS = [family.config for family in FAMILIES.values()] + [
    kind(**SIZES) for kind in (Qwen3Config, SmolLM3Config, Olmo2Config, GraniteConfig)
]
LISTS = [(5, 6, 7, 8, *([9 + at] * size)) for at in range(4) for size in (2, 3, 5)]


@pytest.mark.parametrize(
    "config",
    [one for one in CONFIGS if packing.packable(one)],
    ids=lambda config: str(config.model_type),
)
def test_upper_layers_go_on_from_what_is_held(config: object) -> None:
    model = make_model(config)
    for name, weight in model.named_parameters():
        weight.requires_grad = "layers.1." in name
    some = [LISTS[1], LISTS[0], LISTS[7]]  # the first two are one run of a step's tree
    tree = build_tree(some)
    asked = sorted(tree.slots.values())
    layout = packing.lay_out(model, tree.runs, packing.PathHeld())
    with torch.no_grad(), packing.tree_attending(model):
        held = lower_layers.lower_layers(model, LISTS)
        if model.config.model_type in lower_layers.RESCALING:
            assert held is None
            return
        assert held is not None
        whole = packing.forward(model, tree.runs, layout, asked)
        model.get_decoder().layers[0].self_attn.q_proj.weight.mul_(2)  # not asked any more
        with held.passed_over():
            upper = packing.forward(model, tree.runs, layout, asked, held.of(tree, some))
    assert upper == pytest.approx(whole, abs=1e-5)
