"""A model in bfloat16 on a processor: the same layers in fewer passes over memory.

A processor with tiles (AMX) multiplies in bfloat16 so fast that products are a quarter of a row's
time. Most of the rest is numbers that are written, read again and cast between them.

    a linear layer   weights packed once in the order in which oneDNN reads them, not at every call
    a gated MLP      activation and multiplication while the product is still in float32: two passes
                     and two roundings less
    a norm           three passes in place of six, the same numbers

An MLP is at least as near to float32 as the library's own. Packs are a second copy of the
weights: a model above `MOST_WEIGHTS` has none, and its layers take the weights as they lie. In
float32 and on other devices nothing is changed, nor is a layer that computes in another way already
(head.py, low_rank.py).
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from acculturate.engines.hf.products import MOST_WEIGHTS
from acculturate.engines.hf.standing_in import stand_in

FAMILIES = ("Llama", "Mistral", "Qwen2", "Qwen3", "SmolLM3", "Granite")
"""Of transformers' classes, those whose norm and MLP are the ones meant here."""

SILU = ("SiLU", "SiLUActivation")
"""The activation that oneDNN calls swish, by the names of its classes."""

ROWS = 1024
"""Of an input, for which weights are packed; other numbers of rows use the same pack."""

_packs: WeakKeyDictionary[Any, tuple[int, Tensor]] = WeakKeyDictionary()
"""Linear layers' weights, packed, each with the version of the weights that it is of."""


@contextmanager
def quick_halves(model: Any) -> Iterator[None]:
    """Let the layers of a model in bfloat16 on a processor be computed so for a while, where no
    gradient is wanted.
    """
    with ExitStack() as stack:
        if _gains(model):
            for layer, forward in _quicker(model):
                stack.callback(stand_in(layer, forward))
        yield


def is_half(model: Any) -> bool:
    """Return whether a model is in bfloat16 on a processor."""
    return bool(model.device.type == "cpu" and model.dtype == torch.bfloat16)


def _gains(model: Any) -> bool:
    # a build without oneDNN does not know the second question
    able = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    return is_half(model) and able and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def _quicker(model: Any) -> Iterator[tuple[Any, Callable[[Tensor], Tensor]]]:
    """Yield layers, each with the way in which it is to be computed."""
    linears = [module for module in model.modules() if type(module) is torch.nn.Linear]
    packs = sum(linear.weight.numel() for linear in linears) <= MOST_WEIGHTS
    weights = {
        linear: _pack(linear) if packs else linear.weight
        for linear in linears
        if linear.weight.dtype == torch.bfloat16 and _is_free(linear)
    }
    for linear, weight in weights.items():
        yield linear, functools.partial(_linear, weight, linear.bias)
    for module in model.modules():
        family, _, kind = type(module).__name__.partition("RMSNorm")
        if family in FAMILIES and not kind and hasattr(module, "variance_epsilon"):
            yield module, functools.partial(_norm, module)
        elif type(module).__name__.removesuffix("MLP") in FAMILIES and _is_free(module):
            three = (module.gate_proj, module.up_proj, module.down_proj)
            if type(module.act_fn).__name__ in SILU and all(one in weights for one in three):
                gate, up, down = ((weights[one], one.bias) for one in three)
                yield module, functools.partial(_mlp, gate, up, down)


def _is_free(layer: Any) -> bool:
    """Return whether a layer computes as its class does."""
    return "forward" not in vars(layer) and not hasattr(layer, "_hf_hook")


def _pack(linear: Any) -> Tensor:
    version = linear.weight._version
    held = _packs.get(linear)
    if held is None or held[0] != version:
        weight = linear.weight.detach()
        held = version, torch.ops.mkldnn._reorder_linear_weight(weight, ROWS)
        _packs[linear] = held
    return held[1]


Matrix = tuple[Tensor, Tensor | None]
"""Weights, packed or not, and bias."""


def _linear(weight: Tensor, bias: Tensor | None, x: Tensor) -> Tensor:
    out: Tensor = torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")
    return out


def _mlp(gate: Matrix, up: Matrix, down: Matrix, x: Tensor) -> Tensor:
    gated = torch.ops.mkldnn._linear_pointwise(x, *gate, "swish", [], "")
    return _linear(*down, torch.ops.mkldnn._linear_pointwise.binary(x, gated, *up, "mul"))


def _norm(norm: Any, x: Tensor) -> Tensor:
    """Return x over the root of its mean square, times the weights.

    A row's scale is in float32, and multiplied by as a batch norm does, whose channels are the
    rows: in one pass, rounded once.
    """
    rows_RD = x.reshape(-1, x.shape[-1])
    mean_R = torch.linalg.vector_norm(rows_RD, dim=-1, dtype=torch.float32).square_()
    mean_R /= x.shape[-1]
    out = torch.nn.functional.batch_norm(
        rows_RD[None], torch.zeros_like(mean_R), mean_R, eps=norm.variance_epsilon
    )
    return out.mul_(norm.weight).view(x.shape)
