"""A LoRA adapter beside weights in half precision, which would round its change away.

A weight in bfloat16 has 8 bits, and of the small changes that an adapter makes most are lost when
they are added to it. So the change is computed from the adapter's two small matrices, for all rows
at once, and the layer's own product is summed onto it in float32 and rounded once:

    y = W x + s B A x        low = A x,  change = s B low,  y = round(change + W x)

The matrices of several adapters on one layer are set side by side: the sum of their changes.
The layer's weights are never touched, and no other copy of them is made.
"""

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from acculturate.engines.hf.head import HALVES
from acculturate.engines.hf.standing_in import stand_in


class Pair(NamedTuple):
    """A linear layer's change: `down` (inputs x rank) and `up` (rank x outputs), scale included."""

    linear: Any
    down: Tensor
    up: Tensor


def pairs(model: Any, layers: Sequence[Any]) -> list[Pair] | None:
    """Return the changes of peft's layers; None where one of them is more than a plain LoRA of a
    linear layer in half precision, or where the model lies on several devices.
    """
    spread = set((getattr(model, "hf_device_map", None) or {}).values())
    head = model.get_output_embeddings()
    if len(spread) > 1 or not all(_is_plain(layer, head) for layer in layers):
        return None
    return [_pair(layer) for layer in layers]


def beside(changes: Sequence[Pair]) -> list[Any]:
    """Let layers add their changes, or the sum of several; return what ends it for each layer."""
    by_linear: dict[int, list[Pair]] = {}
    for pair in changes:
        by_linear.setdefault(id(pair.linear), []).append(pair)
    sums = [_sum(own) for own in by_linear.values()]
    return [stand_in(pair.linear, functools.partial(_product, pair)) for pair in sums]


def _sum(own: Sequence[Pair]) -> Pair:
    """Return the sum of a layer's changes as one, of all ranks together."""
    if len(own) == 1:
        return own[0]
    down, up = torch.cat([pair.down for pair in own], 1), torch.cat([pair.up for pair in own])
    return Pair(own[0].linear, down, up)


def _is_plain(layer: Any, head: Any) -> bool:
    from peft.tuners.lora import Linear

    if type(layer) is not Linear or layer is head:
        return False
    base = layer.get_base_layer()
    more = (layer.fan_in_fan_out, layer.lora_variant, *layer.lora_bias.values())
    return type(base) is torch.nn.Linear and base.weight.dtype in HALVES and not any(more)


def _pair(layer: Any) -> Pair:
    [name] = layer.active_adapters
    linear, scale = layer.get_base_layer(), layer.scaling[name]
    down, up = layer.lora_A[name].weight.detach().t(), layer.lora_B[name].weight.detach().t()
    return Pair(linear, *(_as(matrix, linear.weight) for matrix in (down, up.float() * scale)))


def _as(matrix: Tensor, weight: Tensor) -> Tensor:
    return matrix.to(weight.device, weight.dtype).contiguous()


def _product(pair: Pair, x: Tensor) -> Tensor:
    rows, bias = x.reshape(-1, x.shape[-1]), pair.linear.bias
    low = rows @ pair.down
    change = low @ pair.up if bias is None else torch.addmm(bias, low, pair.up)
    return change.addmm_(rows, pair.linear.weight.t()).view(*x.shape[:-1], -1)
