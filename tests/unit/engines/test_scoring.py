import pytest
from transformers import GraniteConfig, MistralConfig, Olmo2Config, Qwen3Config, SmolLM3Config

from acculturate.engines.hf import packing
from acculturate.engines.hf.scoring import next_token_logprobs

from .tiny import FAMILIES, SIZES, make_model, naive_logprobs

GRANITE = {"logits_scaling": 4.0, "attention_multiplier": 0.3, "residual_multiplier": 0.7}
OTHERS = {
    "qwen3": Qwen3Config(**SIZES),
    "smollm3": SmolLM3Config(**SIZES),
    "olmo2": Olmo2Config(**SIZES),
    "granite": GraniteConfig(**SIZES | GRANITE),
}


@pytest.mark.parametrize("name", OTHERS)
def test_every_family_that_is_packed_is_right(name: str) -> None:
    assert packing.packable(OTHERS[name])
    model = make_model(OTHERS[name])
    lists = [(5, 6, 7, 8, *([9 + i] * size)) for i in range(6) for size in (2, 3, 5)]
    answers = next_token_logprobs(model, dict.fromkeys(lists, (1, 2, 3)))
    for tokens in lists:
        plain = naive_logprobs(model, tokens)
        assert answers[tokens] == pytest.approx({t: float(plain[t]) for t in (1, 2, 3)}, abs=1e-4)


def test_every_name_on_the_list_is_tested() -> None:
    tested = {family.config.model_type for family in FAMILIES.values()} | set(OTHERS)
    assert tested >= packing.PACKABLE


def test_windows_are_not_packed() -> None:
    assert not packing.packable(MistralConfig(**SIZES, sliding_window=16))
    assert not packing.packable(FAMILIES["gemma2"].config)


def test_nothing_wanted_nothing_computed() -> None:
    assert next_token_logprobs(None, {}) == {}
