"""Adapters on a model in memory: put on, and taken off again to the last bit.

On weights in float32 an adapter's change is added to them, so that it costs nothing while the model
is asked; what was there before is remembered, since subtracting would leave rounding behind.
Weights in half precision or in fewer bits would round a small change away: there it is computed
beside them (low_rank.py; what is more than two small matrices a layer, as peft computes it).
Several adapters lie on top of each other: the sum of their changes is added, or computed beside.

    >>> change = put_on(model, [Path("lower"), Path("upper")], remember=True)  # doctest: +SKIP
    >>> change.take_off()  # doctest: +SKIP
    True
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from acculturate.engines.adapter_file import DEEPER, fitting
from acculturate.engines.bases import Change
from acculturate.errors import EngineError

if TYPE_CHECKING:
    from acculturate.engines.hf.low_rank import Pair

ROOM = 0.5
"""The share of free memory that may be used to remember weights."""
BEGUN_BESIDE = (True, False, "gaussian", "orthogonal", "eva")
"""Ways in which LoRA's matrices begin; in all others (PiSSA, OLoRA) peft changes the weights too
when it loads an adapter.
"""


def put_on(model: Any, adapters: Sequence[Path], *, remember: bool) -> Change:
    """Let a model answer with adapters, the lowest first; with `remember` they can be taken off.

    Raises `EngineError` for an adapter that does not fit, and for several that cannot lie on top of
    each other on such weights.
    """
    if not adapters:
        return Change(lambda: None)
    coarse = model.dtype.itemsize < 4 or getattr(model, "is_quantized", False)
    return _beside(model, adapters) if coarse else _merged(model, adapters, remember)


class _PutOn(NamedTuple):
    """An adapter as peft puts it on, and the layers that it changes; `plain`: and nothing else."""

    wrapped: Any
    layers: list[Any]
    config: Any
    plain: bool


def _by_peft(model: Any, adapter: Path) -> _PutOn:
    from peft import PeftModel
    from peft.tuners.tuners_utils import BaseTunerLayer

    wrapped = PeftModel.from_pretrained(model, str(adapter)).eval()
    layers = [module for module in wrapped.modules() if isinstance(module, BaseTunerLayer)]
    config = wrapped.peft_config["default"]
    return _PutOn(wrapped, layers, config, _plain(config, adapter))


def _beside(model: Any, adapters: Sequence[Path]) -> Change:
    """Compute the changes beside the weights, which stay as they are.

    The uppermost adapter may be left to peft; those below are what its layers stand on.
    """
    from acculturate.engines.hf.low_rank import beside, pairs

    changes: list[Pair] = []
    undo: list[Callable[[], Any] | None] = []
    for adapter in adapters:
        with fitting(adapter):
            top = _by_peft(model, adapter)
            own = pairs(model, top.layers) if top.plain else None
            if own is not None:
                changes += own
                top.wrapped.unload()
            elif len(adapters) == 1 or (adapter == adapters[-1] and _stands_on_layers(top)):
                undo.append(top.wrapped.unload if top.plain else None)
            else:
                raise _cannot_lie(adapter)
    undo += beside(changes)
    if None in undo:
        return Change()
    return Change(lambda: [end() for end in undo if end])


def _merged(model: Any, adapters: Sequence[Path], remember: bool) -> Change:
    """Add the changes to the weights; they are remembered where that is wanted and can be done."""
    before: dict[int, tuple[Any, Any]] = {}
    for adapter in adapters:
        with fitting(adapter):
            top = _by_peft(model, adapter)
            weights = (w for layer in top.layers for w in layer.get_base_layer().parameters())
            touched = [weight for weight in weights if id(weight) not in before]
            remember = remember and top.plain and _fits(touched)
            if remember:
                before |= {id(w): (w, w.detach().to("cpu", copy=True)) for w in touched}
            top.wrapped.merge_and_unload()
    model.eval()
    if not remember:
        return Change()
    return Change(lambda: [weight.data.copy_(old) for weight, old in before.values()])


def _stands_on_layers(top: _PutOn) -> bool:
    """Return whether peft computes an adapter from what its layers give, and not from their
    weights.
    """
    return bool(top.config.peft_type == "LORA" and not top.config.use_dora)


def _cannot_lie(adapter: Path) -> EngineError:
    return EngineError(
        f"The adapter {adapter} cannot be below or on top of another one on these weights: where "
        "they are quantised, or in half precision on several devices, there can be one adapter, "
        "and in half precision those below must be LoRA of linear layers alone (no "
        "tuning.embeddings). Set the model's dtype to 'float32'."
    )


def _plain(config: Any, adapter: Path) -> bool:
    """Return whether an adapter changes the weights of its layers, and nothing else."""
    from safetensors import safe_open

    deeper = any(getattr(config, name, None) for name in DEEPER)
    if config.peft_type != "LORA" or config.bias != "none" or deeper:
        return False
    with safe_open(adapter / "adapter_model.safetensors", "pt") as file:
        alone = all(".lora_" in name for name in file.keys())  # noqa: SIM118  (no mapping)
    return bool(config.init_lora_weights in BEGUN_BESIDE and alone)


def _fits(weights: list[Any]) -> bool:
    """Return whether these are in memory, and there is as much again to remember them."""
    if any(weight.is_meta for weight in weights):
        return False
    try:
        free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")
    except (ValueError, OSError):  # this system does not say how much memory is free
        return True
    return bool(sum(weight.nbytes for weight in weights) <= ROOM * free)
