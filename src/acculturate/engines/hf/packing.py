"""One forward pass over a chunk of the prefix tree: its runs packed in one row, without padding.

The row goes through the library's own model code; only attention is ours, because it alone looks
across tokens. Every run attends to its path and to itself:

    row          [ run 0: 0 1 2 3 4 5 6 | run 1: 7 8 9 | run 2: 10 11 12 13 | ... ]
    keys of run 1:  0 1 2 3  7 8 9           (path, then its own tokens)
    token 8 sees:   0 1 2 3  7 8             (all of the path, itself, what is to its left)

Runs of like length are stacked and attended in one call. Keys and values that later chunks need are
held, so nothing is computed twice: for scoring only the path with which the next chunk begins
(`PathHeld`: prefix.py says why that is enough), for conversations all of the tree (`TreeHeld`).

Positions are explicit: a token's position is its depth in the tree.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from acculturate.engines.hf.cache import RoomyLayer
from acculturate.engines.hf.prefix import Run

NAME = "acculturate_tree"
"""The name under which transformers finds `tree_attention`."""

PACKABLE = frozenset({"llama", "mistral", "qwen2", "qwen3", "gemma", "olmo2", "smollm3", "granite"})
"""Model types whose attention is causal over everything before, and nothing else."""

MAX_STACK = 96
"""Runs attended in one call, at most: more gain nothing and cost memory."""

PADDING = 1.15
"""A stack may hold this many times the tokens of its runs."""


class Held(Protocol):
    """Keys and values of earlier chunks. `slots` are held when a chunk begins, in their order."""

    @property
    def slots(self) -> Sequence[int]: ...

    def join(self, layer: int, key_TD: Tensor, value_TD: Tensor) -> tuple[Tensor, Tensor]:
        """Return what is held of a layer, and behind it the chunk's own; (slots, key
        heads x size).
        """
        ...


class PathHeld:
    """Holds the path of a chunk's first run, and hands on that of the next chunk's.

    `keep` is set before each chunk: the slots that the next one needs.
    """

    def __init__(self) -> None:
        self.slots: Sequence[int] = ()
        self._keep: Tensor | None = None
        self._rows: dict[int, tuple[Tensor, Tensor]] = {}

    def turn(self, runs: Sequence[Run], keep: Sequence[int]) -> None:
        """Begin a chunk of `runs`, after which the slots `keep` are to be held."""
        self.slots = runs[0].path
        first, held = runs[0].first, {slot: row for row, slot in enumerate(self.slots)}
        rows = [held[s] if s < first else len(held) + s - first for s in keep]
        self._keep = torch.tensor(rows, dtype=torch.long)

    def join(self, layer: int, key_TD: Tensor, value_TD: Tensor) -> tuple[Tensor, Tensor]:
        """See `Held`."""
        if layer in self._rows:
            before_k, before_v = self._rows[layer]
            key_TD, value_TD = torch.cat([before_k, key_TD]), torch.cat([before_v, value_TD])
        if self._keep is not None:
            keep = self._keep.to(key_TD.device)
            self._rows[layer] = (key_TD[keep], value_TD[keep])
        return key_TD, value_TD


class TreeHeld:
    """Holds every slot of a tree that grows: a slot's row is its number."""

    def __init__(self) -> None:
        self._layers: dict[int, RoomyLayer] = {}
        self._room = 0

    @property
    def slots(self) -> Sequence[int]:
        """All that are computed."""
        first = self._layers.get(0)
        return range(first.get_seq_length() if first else 0)

    @property
    def size(self) -> int:
        """Bytes held."""
        pairs = (layer.room for layer in self._layers.values())
        return sum(buffer.nbytes for pair in pairs if pair for buffer in pair)

    def expect(self, tokens: int) -> None:
        """Make room for that many more when next there is too little, and for a quarter of what is
        held: what is held is copied then.
        """
        self._room = max(tokens, len(self.slots) // 4)
        for layer in self._layers.values():
            layer.ahead = self._room

    def cut_back(self, slots: int) -> None:
        """Forget all but the first so many slots."""
        for layer in self._layers.values():
            layer.cut_back(slots)

    def join(self, layer: int, key_TD: Tensor, value_TD: Tensor) -> tuple[Tensor, Tensor]:
        """See `Held`."""
        held = self._layers.setdefault(layer, RoomyLayer(self._room))
        key, value = held.update(key_TD[None, None], value_TD[None, None])
        return key[0, 0], value[0, 0]

    def laid_out(self, index_BT: Tensor, heads: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield layer by layer the keys and values of these slots; (B, key heads, T, size) each."""
        head = torch.arange(heads, device=index_BT.device)[:, None]
        row_BHT = index_BT[:, None] * heads + head  # of a matrix with one row a slot and head
        rows = row_BHT.flatten()
        for _, held in sorted(self._layers.items()):
            assert held.keys is not None
            assert held.values is not None
            key, value = (
                slots[0, 0].view(slots.shape[2] * heads, -1).index_select(0, rows)
                for slots in (held.keys, held.values)
            )
            yield key.view(*row_BHT.shape, -1), value.view(*row_BHT.shape, -1)


@dataclass(frozen=True, slots=True)
class Stack:
    """Runs attended in one call: n runs, q tokens each (padded), k keys each (padded).

    `query` (n x q) are rows of the packed row, `key` (n x k) rows of carried and packed row
    together. `mask` (n, 1, heads of a group x q, k) is added to the scores: 0 where a token sees a
    key, minus infinity elsewhere.
    """

    runs: int
    query: Tensor
    key: Tensor
    mask: Tensor


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything of a chunk lies.

    `order` finds the packed row's tokens among the stacks' rows; `held` has what came before.
    """

    stacks: list[Stack]
    order: Tensor
    held: Held


def packable(config: Any) -> bool:
    """Return whether a model's attention is the plain causal one that packing stands in for."""
    window = getattr(config, "sliding_window", None)
    windowed = bool(window) and getattr(config, "use_sliding_window", True)
    kinds = set(getattr(config, "layer_types", None) or ())
    return config.model_type in PACKABLE and not windowed and kinds <= {"full_attention"}


def packs(model: Any) -> bool:
    """Return whether a model is computed packed: one that can be, and lies on one device."""
    spread = set((getattr(model, "hf_device_map", None) or {}).values())
    return packable(model.config) and len(spread) <= 1


def lay_out(model: Any, runs: Sequence[Run], held: Held, *, alone: bool = False) -> Layout:
    """Plan a chunk for `model`. `held` has the keys and values of the path of the first run at
    least. `alone` attends run by run: then no run's numbers depend on the others' lengths.
    """
    first, before = runs[0].first, len(held.slots)
    row_of = {slot: row for row, slot in enumerate(held.slots)}

    def rows(slots: Sequence[int]) -> list[int]:
        return [row_of[slot] if slot < first else before + slot - first for slot in slots]

    groups = ([run] for run in runs) if alone else _alike(runs)
    stacks = [_stack(model, some, first, rows) for some in groups]
    place: dict[int, int] = {}
    for at, row in enumerate(row for stack in stacks for row in stack.query.tolist()):
        place.setdefault(row, at)  # later ones of a row are padding
    order = [place[row] for row in range(len(place))]
    return Layout(stacks, _index(order, model), held)


def _index(rows: Sequence[int], model: Any) -> Tensor:
    return torch.tensor(rows, dtype=torch.long, device=model.device)


def forward(
    model: Any,
    runs: Sequence[Run],
    layout: Layout,
    asked: Sequence[int],
    hidden_TD: Tensor | None = None,
) -> Tensor:
    """Run a chunk through the model: logits (asked slots, vocabulary).

    `hidden_TD` stands in for what the model would make of the tokens before its first layer.
    """
    first = runs[0].first
    ids = [token for run in runs for token in run.tokens]
    depths = [len(run.path) + at for run in runs for at in range(len(run.tokens))]
    given = (
        {"input_ids": _index(ids, model)[None]}
        if hidden_TD is None
        else {"inputs_embeds": hidden_TD[None]}
    )
    out = model(
        **given,
        position_ids=_index(depths, model)[None],
        use_cache=False,
        layout=layout,
        logits_to_keep=_index([slot - first for slot in asked] or [0], model),
    )
    logits: Tensor = out.logits[0]
    return logits[: len(asked)]


@contextmanager
def tree_attending(model: Any) -> Iterator[None]:
    """Let the model attend by `tree_attention` for a while."""
    with attending(model, NAME, tree_attention):
        yield


@contextmanager
def attending(model: Any, name: str, attention: Callable[..., Any]) -> Iterator[None]:
    """Let the model attend by a function, which transformers is to know by `name`, for a while."""
    from transformers import AttentionInterface

    AttentionInterface.register(name, attention)
    usual = model.config._attn_implementation
    model.set_attn_implementation(name)
    try:
        yield
    finally:
        model.set_attn_implementation(usual)


def _alike(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Yield runs in groups of like length and like path, to be stacked with little padding."""
    some: list[Run] = []
    for run in sorted(runs, key=lambda one: (len(one.path), len(one.tokens))):
        both = [*some, run]
        width = max(len(run.tokens) for run in both)
        depth = max(len(run.path) for run in both) + width
        cost = len(both) * width * depth
        need = sum(len(run.tokens) * (len(run.path) + len(run.tokens)) for run in both)
        if some and (cost > PADDING * need or len(some) >= MAX_STACK):
            yield some
            both = [run]
        some = both
    yield some


def _stack(
    model: Any, runs: Sequence[Run], first: int, rows: Callable[[Sequence[int]], list[int]]
) -> Stack:
    """Return index tables of one stack. Padding repeats a run's last row; its keys are
    never seen.
    """
    width = max(len(run.tokens) for run in runs)
    depth = max(len(run.path) + len(run.tokens) for run in runs)
    query: list[int] = []
    key: list[int] = []
    for run in runs:
        own = range(run.first - first, run.end - first)
        query += [*own, *[own[-1]] * (width - len(own))]
        every = rows([*run.path, *range(run.first, run.end)])
        key += [*every, *[every[-1]] * (depth - len(every))]
    mask = _mask([len(run.path) for run in runs], width, depth, model)
    return Stack(len(runs), _index(query, model), _index(key, model), mask)


def _mask(before: Sequence[int], width: int, depth: int, model: Any) -> Tensor:
    """Return the attention mask: token t of a run sees its path (`before` keys) and the run's
    tokens up to itself.

    It is laid out as numbers, once for all layers: from booleans every layer would make them again.
    """
    paths = before[:1] if len(set(before)) == 1 else before
    last = _index(paths, model)[:, None, None] + torch.arange(width, device=model.device)[:, None]
    hidden = torch.arange(depth, device=model.device) > last
    mask = torch.zeros(hidden.shape, dtype=model.dtype, device=model.device)
    share = model.config.num_attention_heads // model.config.num_key_value_heads
    return mask.masked_fill_(hidden, -torch.inf)[:, None].repeat(1, 1, share, 1)


def _attended(query: Tensor, key: Tensor, value: Tensor, mask: Tensor, scaling: float) -> Tensor:
    """Return the attention of a stack; (n, heads, tokens, size).

    On a processor the library's fused kernel has a slow gradient: where one is wanted, two products
    and a softmax take a third of a training step less.
    """
    if query.requires_grad and not query.is_cuda:
        score = (query @ key.transpose(-1, -2)).float() * scaling + mask
        return score.softmax(-1).to(value.dtype) @ value
    return scaled_dot_product_attention(query, key, value, attn_mask=mask, scale=scaling)


def tree_attention(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    layout: Layout,
    scaling: float | None = None,
    **_: Any,
) -> tuple[Tensor, None]:
    """Compute the attention of a packed row: (1, heads, tokens, size) to (1, tokens, heads, size).

    Heads that share their keys (a group) are laid one below the other, as more tokens.
    """
    heads, key_heads, size = query.shape[1], key.shape[1], query.shape[3]
    share = heads // key_heads
    query_TD, key_TD, value_TD = (x[0].transpose(0, 1).flatten(1) for x in (query, key, value))
    key_TD, value_TD = layout.held.join(int(module.layer_idx), key_TD, value_TD)  # type: ignore[arg-type]
    parts = []
    for stack in layout.stacks:
        n = stack.runs
        q = query_TD.index_select(0, stack.query).view(n, -1, key_heads, share, size)
        k = key_TD.index_select(0, stack.key).view(n, -1, key_heads, size).transpose(1, 2)
        v = value_TD.index_select(0, stack.key).view(n, -1, key_heads, size).transpose(1, 2)
        q = q.permute(0, 2, 3, 1, 4).reshape(n, key_heads, -1, size)
        mask = stack.mask.expand(n, -1, -1, -1)
        out = _attended(q, k, v, mask, scaling or size**-0.5)
        out = out.view(n, key_heads, share, -1, size).permute(0, 3, 1, 2, 4)
        parts.append(out.reshape(-1, heads * size))
    packed_TD = torch.cat(parts).index_select(0, layout.order)
    return packed_TD.view(1, -1, heads, size), None
