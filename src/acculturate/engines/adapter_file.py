"""An adapter's file before it is put on: whether each of its weights has a place in the model, and
whether it changes anything.

Of weights that a file lacks peft only warns, and goes on with fresh ones, which change nothing;
those that have no place it drops and gives no warning. So the adapter's layers are put into a
hollow model, which takes no memory, and the file is held against them.

    >>> check_adapter_file(Path("model"), Path("adapter"))  # doctest: +SKIP
    >>> changes_nothing(Path("adapter"))  # doctest: +SKIP
    False
"""

import functools
import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from acculturate.engines.model_files import hollow_model
from acculturate.engines.quiet import quiet
from acculturate.engines.weights import ADAPTER_FILES, adapter_config, adapter_digest
from acculturate.errors import EngineError, first_line

CONFIG, WEIGHTS = ADAPTER_FILES
NUMBERS: dict[str, type[int] | tuple[type[int], type[float]]] = {
    "r": int,
    "lora_alpha": (int, float),
}
"""What a LoRA's config must say in numbers, where it says it."""
DEEPER = ("modules_to_save", "trainable_token_indices", "layer_replication", "target_parameters")
"""What an adapter may have besides LoRA's two matrices per layer: it replaces more than weights."""
FAINT = 1e-10
"""A change of weights that is lost in float32, whose steps between weights of .01 are 1e-9."""


class Places(NamedTuple):
    """Weights of a file that have no place in a model, and places for which it has no weight."""

    unplaced: list[str]
    lacking: list[str]


def check_adapter_file(folder: Path, adapter: Path, trust_remote_code: bool = False) -> None:
    """Raise `EngineError` where an adapter's file has weights without a place in a folder's model,
    lacks some that its config promises, or holds numbers that are not finite.
    """
    _check(folder, adapter, adapter_digest(adapter), trust_remote_code)


@functools.lru_cache(maxsize=64)  # looked at before a study, and again when it is put on
def _check(folder: Path, adapter: Path, digest: str, trust_remote_code: bool) -> None:
    weights = _weights(adapter)
    for name, weight in weights.items():
        if not weight.isfinite().all():
            raise EngineError(
                f"The adapter {adapter} holds numbers that are not finite (first in {name}): train "
                "it again, with a smaller learning rate or in float32."
            )
    model = hollow_model(folder, trust_remote_code)
    with fitting(adapter):
        places = _places(model, adapter, weights)
    if places.unplaced:
        raise EngineError(
            f"The adapter {adapter} does not fit this model, which has no place for "
            f"{_named(places.unplaced)} of its {len(weights)} weights: use it with the model that "
            "it was trained on."
        )
    if places.lacking:
        raise EngineError(
            f"The adapter {adapter} lacks {_named(places.lacking)} of the weights that its "
            f"{CONFIG} promises: give the folder as its training left it, with all its weights."
        )


def _places(model: Any, adapter: Path, weights: Mapping[str, Any]) -> Places:
    """Hold a file's weights against the places that its config makes in a hollow model."""
    import torch
    from peft import PeftConfig, PeftType, get_peft_model, set_peft_model_state_dict

    kind = _config(adapter).get("peft_type")
    if kind not in list(PeftType):
        raise ValueError(f"{CONFIG} has peft_type {kind!r}, which peft does not know")
    config = PeftConfig.from_pretrained(str(adapter))
    if config.is_prompt_learning:
        raise ValueError(f"{config.peft_type.value} changes prompts and no layer: use a LoRA")
    config.inference_mode = False  # what would be trained is what the file must hold
    if hasattr(config, "init_lora_weights"):
        config.init_lora_weights = False  # some ways of beginning compute with the model's weights
    with torch.device("meta"):
        wrapped = get_peft_model(model, config)
    promised = {name for name, weight in wrapped.named_parameters() if weight.requires_grad}
    outcome = set_peft_model_state_dict(wrapped, dict(weights))
    missing = [n.replace(".default", "") for n in outcome.missing_keys if n in promised]
    return Places(sorted(outcome.unexpected_keys), sorted(missing))


@contextmanager
def fitting(adapter: Path) -> Iterator[None]:
    """Say in one sentence why an adapter does not fit, and keep the libraries quiet."""
    try:
        with quiet():
            yield
    except (RuntimeError, ValueError, KeyError, TypeError, OSError) as problem:
        raise EngineError(
            f"The adapter {adapter} does not fit this model: {_said(problem)}."
        ) from (problem)


def _said(problem: Exception) -> str:
    if isinstance(problem, KeyError):
        return f"its file has no {problem}"
    lines = [line.strip() for line in str(problem).splitlines()]
    sizes = [line.removesuffix(".") for line in lines if line.startswith("size mismatch")]
    return (sizes or [first_line(problem)])[0]


def _named(names: list[str]) -> str:
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"'{names[0]}'{more}"


def changes_nothing(adapter: Path) -> bool:
    """Return whether a model answers with this adapter as it does without: a LoRA whose change is
    zero in every layer, or too small for float32. Raises `EngineError` where the folder is no
    adapter.
    """
    return _is_nothing(adapter, adapter_digest(adapter))


def adapter_cautions(*adapters: Path) -> tuple[str, ...]:
    """Return what stands beside every result of a model with these adapters."""
    return tuple(
        f"The adapter {adapter.name} changes nothing: its change is zero, or next to zero, in "
        "every layer, so these are the answers of its base. Train it again."
        for adapter in adapters
        if changes_nothing(adapter)
    )


@functools.lru_cache(maxsize=64)
def _is_nothing(adapter: Path, digest: str) -> bool:
    weights, config = _weights(adapter), _config(adapter)
    plain = all(name.endswith(("lora_A.weight", "lora_B.weight")) for name in weights)
    layers = {name.rpartition(".lora_")[0] for name in weights}
    return plain and all(_most(weights, layer, config) <= FAINT for layer in layers)


def _most(weights: Mapping[str, Any], layer: str, config: Mapping[str, Any]) -> float:
    """Return what no entry of a layer's change exceeds: alpha over rank, times the lengths of a row
    of B and of a column of A.
    """
    from peft.utils.other import get_pattern_key

    alphas = config.get("alpha_pattern") or {}
    alpha = alphas.get(get_pattern_key(alphas, layer), config.get("lora_alpha", 8))
    first, second = (weights.get(f"{layer}.lora_{side}.weight") for side in "AB")
    if first is None or second is None:
        return 0.0
    rank = len(first) ** (0.5 if config.get("use_rslora") else 1.0)
    longest = first.float().norm(dim=0).max() * second.float().norm(dim=1).max()
    return float(abs(alpha) / rank * longest)


def _config(adapter: Path) -> dict[str, Any]:
    """Return what an adapter's config says; numbers that must be finite or whole are."""
    config = adapter_config(adapter)
    for key, kinds in NUMBERS.items():
        number = config.get(key, 1)
        if not isinstance(number, kinds) or not math.isfinite(number):
            raise EngineError(
                f"{adapter / CONFIG} has {key} = {json.dumps(number)}: expected a number."
            )
    return config


def _weights(adapter: Path) -> dict[str, Any]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        weights: dict[str, Any] = load_file(adapter / WEIGHTS)
    except (SafetensorError, OSError) as problem:
        raise EngineError(f"The adapter {adapter} cannot be read: {first_line(problem)}.") from (
            problem
        )
    return weights
