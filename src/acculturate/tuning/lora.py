"""A LoRA adapter: put on a model, looked at, written down, and taken off again.

The model that is trained belongs to the caller, who goes on to ask it. `lora_on` therefore gives it
back as it was: weights, layers, config, mode, and the process's random state.

Imports torch and peft: only `sft` imports this module, inside a function.
"""

import copy
import random
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict
from safetensors.torch import save
from torch.distributed.tensor import DTensor
from transformers.utils import logging

from acculturate.errors import TrainingError
from acculturate.tuning.card import CARD_FILE, Merged, base_name, card
from acculturate.tuning.report import ADAPTER_FILE, weights_digest
from acculturate.tuning.tuning_settings import TuningSettings

if TYPE_CHECKING:
    from acculturate.engines.protocol import Identity


@contextmanager
def lora_on(model: Any, settings: TuningSettings, *, keep: bool = True) -> Iterator[Any]:
    """Give `model` with a fresh adapter, whose first weights follow from the settings' seed.

    Without `keep` the model is left as training leaves it: parted over ranks, it cannot go back.

    Raises `TrainingError` where the settings' target names no layer of the model.
    """
    with _random_state_kept(), _quiet(), _given_back(model) if keep else nullcontext():
        torch.manual_seed(settings.seed)
        peft_model = _with_lora(model, settings)
        try:
            yield peft_model
        finally:
            if keep:
                peft_model.unload()


def trained_weights(peft_model: Any) -> dict[str, torch.Tensor]:
    """Return the adapter's weights by name, whole where ranks hold parts of them: all must ask."""
    weights = get_peft_model_state_dict(peft_model, save_embedding_layers=False)
    return {
        name: weight.full_tensor() if isinstance(weight, DTensor) else weight
        for name, weight in weights.items()
    }


def check_weights(weights: Mapping[str, torch.Tensor]) -> None:
    """Raise `TrainingError` where the trained adapter holds no finite number or does nothing."""
    broken = [name for name, tensor in weights.items() if not torch.isfinite(tensor).all()]
    if broken:
        raise TrainingError(
            f"The trained adapter holds numbers that are not finite (first in {broken[0]}): "
            "nothing was saved. Try a smaller learning_rate, or dtype = 'float32'."
        )
    # LoRA's B starts at zero and its product with A is all that an adapter adds.
    if not any(tensor.any() for name, tensor in weights.items() if "lora_B" in name):
        raise TrainingError(
            "Training changed nothing: every B matrix of the adapter is still zero, so nothing "
            "was saved. Raise learning_rate, or give more rows."
        )


def save_adapter(
    peft_model: Any,
    weights: Mapping[str, torch.Tensor],
    folder: Path,
    base: "Identity",
    merged: Sequence[Merged],
) -> str:
    """Write weights (safetensors) and config into `folder`; returns the weights file's digest.

    The config names the base as the user named it, never where it happened to lie. A README.md
    says how the adapter is opened (`card`), and which adapters are `merged` into the base.
    """
    tensors: dict[str, torch.Tensor] = {}
    for name, weight in weights.items():
        held = weight.detach().cpu().contiguous()
        # a tied matrix has two names, and safetensors wants a memory for each
        shared = any(held.data_ptr() == other.data_ptr() for other in tensors.values())
        tensors[name] = held.clone() if shared else held
    (folder / ADAPTER_FILE).write_bytes(save(tensors, metadata={"format": "pt"}))
    config = copy.copy(peft_model.peft_config["default"])
    config.base_model_name_or_path = base_name(base.model, merged)
    config.revision = base.revision or None
    config.inference_mode = True
    if not isinstance(config.target_modules, str):
        config.target_modules = sorted(config.target_modules)  # a set's order changes between runs
    config.save_pretrained(str(folder))
    told = card(base.model, merged, base.revision)
    (folder / CARD_FILE).write_text(told, encoding="utf-8")
    return weights_digest(folder)


def _with_lora(model: Any, settings: TuningSettings) -> Any:
    target = settings.target
    whole = _matrices(model) if settings.embeddings else []
    if "lm_head" in ([target] if isinstance(target, str) else target):
        raise TrainingError("target = lm_head cannot be tuned: leave the output matrix out.")
    config = LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        target_modules=target if isinstance(target, str) else list(target),
        task_type="CAUSAL_LM",
        bias="none",
        modules_to_save=whole or None,
        ensure_weight_tying=bool(whole) and _tied(model),
    )
    try:
        return get_peft_model(model, config)
    except ValueError as error:
        raise TrainingError(
            f"No layer of this model is called {target!r}: use target = 'all-linear', or names "
            "such as q_proj that the model has."
        ) from error


def _matrices(model: Any) -> list[str]:
    """Return what the embedding and the output matrix are called, such as embed_tokens
    and lm_head.
    """
    wanted = (model.get_input_embeddings(), model.get_output_embeddings())
    names = {id(module): name.rpartition(".")[2] for name, module in model.named_modules()}
    return [names[id(module)] for module in wanted if module is not None]


def _tied(model: Any) -> bool:
    """Return whether both are one matrix."""
    output = model.get_output_embeddings()
    return output is not None and output.weight is model.get_input_embeddings().weight


@contextmanager
def _given_back(model: Any) -> Iterator[None]:
    """Put everything back that peft, trl and transformers write into a model they train."""
    attributes = dict(vars(model))
    configs = [config for config in (model.config, model.generation_config) if config is not None]
    held = [copy.deepcopy(vars(config)) for config in configs]
    trainable = {name: weight.requires_grad for name, weight in model.named_parameters()}
    matrices = model.get_input_embeddings(), model.get_output_embeddings()
    hooks = [(module, dict(module._forward_hooks)) for module in model.modules()]
    checkpointed = model.is_activation_checkpointing
    try:
        yield
    finally:
        if model.is_activation_checkpointing and not checkpointed:
            model.activation_checkpointing_disable()
        model.set_input_embeddings(matrices[0])  # peft leaves the trained ones behind
        if matrices[1] is not None:
            model.set_output_embeddings(matrices[1])
        model.train(attributes["training"])
        vars(model).clear()
        vars(model).update(attributes)
        for module, own in hooks:  # checkpointing leaves one on the embeddings
            module._forward_hooks.clear()
            module._forward_hooks.update(own)
        for config, values in zip(configs, held, strict=True):
            vars(config).clear()
            vars(config).update(values)
        for name, weight in model.named_parameters():
            weight.requires_grad = trainable[name]
            weight.grad = None


@contextmanager
def _random_state_kept() -> Iterator[None]:
    """Give every generator of the process its state back, since the trainer seeds them."""
    python_state, numpy_state = random.getstate(), np.random.get_state()
    with torch.random.fork_rng():
        try:
            yield
        finally:
            random.setstate(python_state)
            np.random.set_state(numpy_state)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep from the user what these libraries tell their developers.

    That the model's config was aligned (it is undone here), and that peft still uses a name which
    transformers will drop.
    """
    level = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        with warnings.catch_warnings():
            message = "`is_gradient_checkpointing` is deprecated"
            warnings.filterwarnings("ignore", message, category=FutureWarning)
            yield
    finally:
        logging.set_verbosity(level)
