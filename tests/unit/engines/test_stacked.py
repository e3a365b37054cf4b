"""Adapters on top of each other: plain peft's numbers, a name of all, a base as it was before."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from acculturate.engines import ModelSpec, chat, open_engine, weights
from acculturate.engines.bases import keeping_base
from acculturate.engines.embedded import embedded_folder
from acculturate.engines.hf.loading import load_model
from acculturate.engines.hf.scoring import next_token_logprobs
from acculturate.engines.protocol import DType
from acculturate.engines.quiet import quiet
from acculturate.errors import ConfigError, EngineError
from acculturate.records import Message

from .test_loading import save_adapter

ALL: dict[str, Any] = {"target_modules": "all-linear", "r": 8, "lora_alpha": 8, "std": 0.02}
TOKENS = {tuple(range(3, 3 + n)): tuple(range(420)) for n in range(5, 30)}
"""Token lists that share beginnings, each with the next tokens that are looked at."""


@pytest.fixture(scope="module", params=["llama", "qwen2"])
def base(request: pytest.FixtureRequest, folders: dict[str, Path]) -> Path:
    return folders[request.param]


@pytest.fixture(scope="module")
def pair(base: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    root = tmp_path_factory.mktemp("stacked")
    return [save_adapter(base, root / name, seed, **ALL) for seed, name in enumerate(("a", "b"))]


def logprobs(model: Any) -> torch.Tensor:
    """(lists, tokens)"""
    answers = next_token_logprobs(model, TOKENS)
    return torch.tensor([[answers[asked][i] for i in TOKENS[asked]] for asked in TOKENS])


def stack(base: Path, adapters: Sequence[Path], dtype: DType = "float32") -> ModelSpec:
    *merged, top = adapters
    return ModelSpec(str(base), dtype=dtype, merged=tuple(merged), adapter=top)


def ours(spec: ModelSpec) -> torch.Tensor:
    return logprobs(load_model(spec).model)


def by_peft(base: Path, adapters: Sequence[Path], dtype: DType = "float32") -> torch.Tensor:
    """Plain transformers and peft: all but the last merged, the last beside the weights."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    *below, top = map(str, adapters)
    with quiet():
        model: Any = AutoModelForCausalLM.from_pretrained(base, dtype=getattr(torch, dtype))
        for adapter in below:
            model = PeftModel.from_pretrained(model, adapter).merge_and_unload()
        model = PeftModel.from_pretrained(model, top).eval()
    lists = list(TOKENS)
    with torch.inference_mode():
        last = [model(input_ids=torch.tensor([tokens])).logits[0, -1].float() for tokens in lists]
    return torch.stack([row.log_softmax(-1)[list(TOKENS[lists[0]])] for row in last])


def test_two_adapters_are_those_of_plain_peft(base: Path, pair: list[Path]) -> None:
    result, right = ours(stack(base, pair)), by_peft(base, pair)
    assert float((result - right).abs().max()) < 1e-4
    alone = [ours(stack(base, [adapter])) for adapter in pair]
    assert all(float((result - one).abs().max()) > 1e-2 for one in alone)


@pytest.mark.embedded
def test_two_adapters_of_the_embedded_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked what a study asks: 4 prompts, 420 tokens and the digits after each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("ACCULTURATE_CACHE", raising=False)  # the user's own: it is made in 30 s
        try:
            folder = embedded_folder()
        except EngineError as missing:
            pytest.skip(str(missing))
    words = load_model(ModelSpec(str(folder), dtype="float32")).tokenizer
    digits = words.convert_tokens_to_ids(list("123456789"))
    prompts = [
        (Message("system", f"You are a person from {place}."), Message("user", text))
        for place in ("China", "Mexico")
        for text in ("How important is family? 1 Very 2 Not at all", "1 Yes 2 No\nAnswer:")
    ]
    asked = [tuple(chat.encode(words, chat.render(words, prompt))) for prompt in prompts]
    monkeypatch.setitem(globals(), "TOKENS", {ids: (*range(420), *digits) for ids in asked})
    adapters = [save_adapter(folder, tmp_path / f"a{seed}", seed, **ALL) for seed in (1, 2)]
    result, right = ours(stack(folder, adapters)), by_peft(folder, adapters)
    assert float((result - right).abs().max()) < 1e-4


def test_in_half_precision_they_are_as_near_as_one(base: Path, pair: list[Path]) -> None:
    """Also where no weight could hold the change: a third of the distance of merged ones."""

    def far(found: torch.Tensor) -> float:
        return float((found - right).abs().mean())

    right = ours(stack(base, pair))
    plain, exact = (ours(ModelSpec(str(base), dtype=d)) for d in ("bfloat16", "float32"))
    found = ours(stack(base, pair, "bfloat16"))
    assert far(found) < 1.2 * float((plain - exact).abs().mean())
    assert far(found) < 1.2 * far(by_peft(base, pair, "bfloat16"))


def test_a_faint_adapter_below_is_not_rounded_away(base: Path, tmp_path: Path) -> None:
    """Half the steps of most weights: merged in bfloat16 it would be lost."""
    faint = save_adapter(base, tmp_path / "faint", 1, **ALL | {"std": 0.3, "lora_alpha": 0.02})
    strong = save_adapter(base, tmp_path / "strong", 2, **ALL)
    x = torch.randn(512, 32, dtype=torch.bfloat16)

    def given(dtype: DType, adapters: Sequence[Path]) -> torch.Tensor:
        layer = load_model(stack(base, adapters, dtype)).model.model.layers[0].mlp.up_proj
        with torch.inference_mode():
            out: torch.Tensor = layer(x[:, : layer.in_features].to(layer.weight.dtype))
            return out.float()

    result, right = (
        given(dtype, [faint, strong]) - given(dtype, [strong]) for dtype in ("bfloat16", "float32")
    )
    slope = float((result * right).sum() / (right * right).sum())
    assert slope == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_base_is_given_back_to_the_last_bit(base: Path, pair: list[Path], dtype: DType) -> None:
    plain = ModelSpec(str(base), dtype=dtype)
    wanted = ours(plain)
    with keeping_base():
        first = load_model(plain)
        model = first.model
        first.give_back()
        for spec in (stack(base, pair, dtype), stack(base, pair, dtype).on_top(None)):
            loaded = load_model(spec)
            assert loaded.model is model
            assert not torch.equal(logprobs(model), wanted)
            loaded.give_back()
        again = load_model(plain)
        assert again.model is model
        assert torch.equal(logprobs(model), wanted)


def test_what_is_merged_answers_as_what_was_put_on(base: Path, pair: list[Path]) -> None:
    put_on = stack(base, pair)
    merged = put_on.on_top(None)
    assert merged == ModelSpec(str(base), dtype="float32", merged=tuple(pair))
    assert torch.equal(ours(put_on), ours(merged))


def test_the_identity_names_base_and_adapters(base: Path, pair: list[Path]) -> None:
    files = weights.weights_digest(base)
    lower, upper = (weights.adapter_digest(adapter) for adapter in pair)
    identity = load_model(stack(base, pair)).identity
    assert (identity.weights, identity.adapter) == (f"{files}+{lower}", upper)
    assert load_model(stack(base, pair).on_top(None)).identity.weights == f"{files}+{lower}+{upper}"
    turned = load_model(stack(base, pair[::-1])).identity
    alone = load_model(stack(base, pair[1:])).identity
    assert len({known.digest for known in (identity, turned, alone)}) == 3


def test_an_adapter_without_what_lies_below_it_is_refused(base: Path, pair: list[Path]) -> None:
    files = weights.weights_digest(base)
    below = weights.merged_digest(files, [weights.adapter_digest(pair[0])])
    passport = pair[1] / weights.PASSPORT
    passport.write_text(f'{{"base_model": "m", "base_weights": "{below}"}}')
    try:
        with pytest.raises(EngineError, match=r"on top of another adapter \(.*give that one first"):
            load_model(stack(base, pair[1:]))
        assert load_model(stack(base, pair)).identity.adapter
    finally:
        passport.unlink()


def test_below_another_in_half_precision_there_are_two_matrices_a_layer(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    base = folders["qwen2"]
    whole = save_adapter(base, tmp_path / "whole", modules_to_save=["lm_head"])
    dora = save_adapter(base, tmp_path / "dora", use_dora=True)
    plain = save_adapter(base, tmp_path / "plain", 3, **ALL)
    for adapters in ([whole, plain], [plain, dora]):
        with pytest.raises(EngineError, match=r"cannot be below or on top .* dtype to 'float32'"):
            load_model(stack(base, adapters, "bfloat16"))
        result, right = ours(stack(base, adapters)), by_peft(base, adapters)
        assert float((result - right).abs().max()) < 1e-4
    alone = distance(base, [whole])
    assert distance(base, [plain, whole]) < 1.5 * alone


def distance(base: Path, adapters: Sequence[Path]) -> float:
    """Mean nats between bfloat16 and float32."""
    half, exact = (ours(stack(base, adapters, dtype)) for dtype in ("bfloat16", "float32"))
    return float((half - exact).abs().mean())


def test_an_engine_that_takes_one_adapter_says_so(pair: list[Path]) -> None:
    for engine, said in (
        ("mock", "the engine 'mock' puts no adapter on a model"),
        ("server", "an adapter on top of another is for the engine 'hf'"),
        ("vllm", "an adapter on top of another is for the engine 'hf'"),
    ):
        spec = replace(ModelSpec("uniform", engine), merged=(pair[0],), adapter=pair[1])
        with pytest.raises(ConfigError, match=said):
            open_engine(spec)
