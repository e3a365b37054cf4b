"""An adapter on a model in memory: put on, and taken off again to the last bit.

On weights in float32 the adapter's change is added to them, so that it costs nothing while the
model is asked; what was there before is remembered, since subtracting would leave rounding behind.
Weights in half precision or in fewer bits would round a small change away: there it is computed
beside them (low_rank.py; what is more than two small matrices a layer, as peft computes it).

    >>> change = put_on(model, Path("adapter"), remember=True)  # doctest: +SKIP
    >>> change.take_off()  # doctest: +SKIP
    True
"""

import os
from pathlib import Path
from typing import Any

from acculturate.engines.adapter_file import DEEPER
from acculturate.engines.bases import Change

ROOM = 0.5
"""The share of free memory that may be used to remember weights."""
BEGUN_BESIDE = (True, False, "gaussian", "orthogonal", "eva")
"""Ways in which LoRA's matrices begin; in all others (PiSSA, OLoRA) peft changes the weights too
when it loads an adapter.
"""


def put_on(model: Any, adapter: Path, *, remember: bool) -> Change:
    """Let a model answer with an adapter; with `remember` it can be taken off again.

    Raises what peft raises for an adapter that does not fit.
    """
    from peft import PeftModel
    from peft.tuners.tuners_utils import BaseTunerLayer

    wrapped = PeftModel.from_pretrained(model, str(adapter)).eval()
    layers = [each for each in wrapped.modules() if isinstance(each, BaseTunerLayer)]
    plain = _plain(wrapped.peft_config["default"], adapter)
    if model.dtype.itemsize < 4 or getattr(model, "is_quantized", False):
        return _beside(model, wrapped, layers, plain)
    return _merged(model, wrapped, layers, plain and remember)


def _beside(model: Any, wrapped: Any, layers: list[Any], plain: bool) -> Change:
    """Compute the change beside the weights, which stay as they are."""
    from acculturate.engines.hf.low_rank import beside, pairs

    changes = pairs(model, layers) if plain else None
    if changes is None:
        return Change(wrapped.unload if plain else None)
    wrapped.unload()
    ends = beside(changes)
    return Change(lambda: [end() for end in ends])


def _merged(model: Any, wrapped: Any, layers: list[Any], remember: bool) -> Change:
    """Add the change to the weights; they are remembered where that is wanted and can be done."""
    touched = [weight for layer in layers for weight in layer.get_base_layer().parameters()]
    exact = remember and _fits(touched)
    before = [(weight, weight.detach().to("cpu", copy=True)) for weight in touched if exact]
    wrapped.merge_and_unload()
    model.eval()
    return Change(lambda: [weight.data.copy_(old) for weight, old in before]) if exact else Change()


def _plain(config: Any, adapter: Path) -> bool:
    """Whether an adapter changes the weights of its layers, and nothing else."""
    from safetensors import safe_open

    deeper = any(getattr(config, name, None) for name in DEEPER)
    if config.peft_type != "LORA" or config.bias != "none" or deeper:
        return False
    with safe_open(adapter / "adapter_model.safetensors", "pt") as file:
        alone = all(".lora_" in name for name in file.keys())  # noqa: SIM118  (no mapping)
    return bool(config.init_lora_weights in BEGUN_BESIDE and alone)


def _fits(weights: list[Any]) -> bool:
    """Whether these are in memory, and there is as much again to remember them."""
    if any(each.is_meta for each in weights):
        return False
    try:
        free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")
    except (ValueError, OSError):  # nobody says so here
        return True
    return bool(sum(each.nbytes for each in weights) <= ROOM * free)
