"""Keys and values of a batch that is being written, with room ahead for the tokens to come.

The library's own layer makes a new tensor at every step and copies all it holds into it; on a CPU
that costs as much as reading the weights. Here a step writes one column into a buffer, which is
made anew only when it is full.

    | prompt ............ | written ... | room      |
    ^ keys, a view of the buffer        ^ the next column goes here
"""

from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

ROOM = 64
"""Columns added when a buffer is full, unless a layer is told how many will come."""


class RoomyLayer(DynamicLayer):  # type: ignore[misc]
    """A layer's keys and values, (rows, key heads, tokens, size) each."""

    def __init__(self, ahead: int = ROOM) -> None:
        super().__init__()
        self.ahead = ahead
        self.keys: Tensor | None = None
        self.values: Tensor | None = None
        self.room: tuple[Tensor, Tensor] | None = None

    def update(
        self, key_states: Tensor, value_states: Tensor, *_: Any, **__: Any
    ) -> tuple[Tensor, Tensor]:
        """Append tokens; returns all keys and all values."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        start = self.get_seq_length()
        end = start + key_states.shape[-2]
        if self.room is None or end > self.room[0].shape[-2]:
            key, value = (self.keys, self.values) if start else (None, None)
            width = end + self.ahead
            self.room = (_grown(key, key_states, width), _grown(value, value_states, width))
        for buffer, fresh in zip(self.room, (key_states, value_states), strict=True):
            buffer[:, :, start:end] = fresh
        key, value = (buffer[:, :, :end] for buffer in self.room)
        self.keys, self.values = key, value
        return key, value

    def cut_back(self, tokens: int) -> None:
        """Hold the first so many tokens only; the buffer stays."""
        assert self.room is not None
        self.keys, self.values = (buffer[:, :, :tokens] for buffer in self.room)

    def adopt(self, key: Tensor, value: Tensor) -> None:
        """Take over buffers whose last `ahead` columns are still to be written."""
        self.lazy_initialization(key, value)
        self.room = key, value
        end = key.shape[-2] - self.ahead
        self.keys, self.values = key[:, :, :end], value[:, :, :end]

    def batch_select_indices(self, indices: Tensor) -> None:
        """Keep some rows; the buffer is made anew at the next step."""
        super().batch_select_indices(indices)
        self.room = None


def _grown(old: Tensor | None, fresh: Tensor, width: int) -> Tensor:
    """Return a buffer for `width` tokens, with what the old one held."""
    rows, heads, _, size = fresh.shape
    buffer = torch.empty(rows, heads, width, size, dtype=fresh.dtype, device=fresh.device)
    if old is not None:
        buffer[:, :, : old.shape[-2]] = old
    return buffer


def roomy_cache(config: Any, ahead: int = ROOM) -> DynamicCache:
    """Return an empty cache for a model: roomy layers (with room for `ahead` tokens after the
    first) where attention reaches back without a limit, the library's own elsewhere.
    """
    cache = DynamicCache(config=config)
    cache.layers = [
        RoomyLayer(ahead) if type(layer) is DynamicLayer else layer for layer in cache.layers
    ]
    return cache
