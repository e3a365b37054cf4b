"""One forward pass over a chunk of the prefix tree: its runs packed in one row, without padding.

The row goes through the library's own model code; only attention is ours, because it alone looks
across tokens. Every run attends to its path and to itself:

    row          [ run 0: 0 1 2 3 4 5 6 | run 1: 7 8 9 | run 2: 10 11 12 13 | ... ]
    keys of run 1:  0 1 2 3  7 8 9           (path, then its own tokens)
    token 8 sees:   0 1 2 3  7 8             (all of the path, itself, what is to its left)

Runs of like length are stacked and attended in one call. Keys and values that later chunks need are
carried over (for scoring, the path with which the next chunk begins: prefix.py), so nothing is
computed twice.

Positions are explicit: a token's position is its depth in the tree.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from acculturate.engines.prefix import Run

NAME = "acculturate_tree"
"""The name under which transformers finds `tree_attention`."""

PACKABLE = frozenset({"llama", "mistral", "qwen2", "qwen3", "gemma", "olmo2", "smollm3", "granite"})
"""Model types whose attention is causal over everything before, and nothing else."""

MAX_STACK = 96
"""Runs attended in one call, at most: more gain nothing and cost memory."""

PADDING = 1.15
"""A stack may hold this many times the tokens of its runs."""


Carried = dict[int, tuple[Tensor, Tensor]]
"""By layer: keys and values, (slots, key heads x size) each."""


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


@dataclass(slots=True)
class Layout:
    """Where everything of a chunk lies.

    `order` finds the packed row's tokens among the stacks' rows, `keep` the rows whose keys and
    values the next chunk needs; `carried` holds these by layer, first the last chunk's, then ours.
    """

    stacks: list[Stack]
    order: Tensor
    keep: Tensor
    carried: Carried


def packable(config: Any) -> bool:
    """Whether a model's attention is the plain causal one that packing stands in for."""
    window = getattr(config, "sliding_window", None)
    windowed = bool(window) and getattr(config, "use_sliding_window", True)
    kinds = set(getattr(config, "layer_types", None) or ())
    return config.model_type in PACKABLE and not windowed and kinds <= {"full_attention"}


def lay_out(
    model: Any,
    runs: Sequence[Run],
    carried: Carried,
    held: Sequence[int],
    keep: Sequence[int],
) -> Layout:
    """Plan a chunk for `model`. `carried` has the keys and values of the slots `held` (the path of
    the first run at least); afterwards it has those of the slots `keep`.
    """
    first = runs[0].first
    row_of = {slot: row for row, slot in enumerate(held)}

    def rows(slots: Sequence[int]) -> list[int]:
        return [row_of[slot] if slot < first else len(held) + slot - first for slot in slots]

    stacks = [_stack(model, some, first, rows) for some in _alike(runs)]
    place: dict[int, int] = {}
    for at, row in enumerate(row for stack in stacks for row in stack.query.tolist()):
        place.setdefault(row, at)  # later ones of a row are padding
    order = [place[row] for row in range(len(place))]
    return Layout(stacks, _index(order, model), _index(rows(keep), model), carried)


def _index(rows: Sequence[int], model: Any) -> Tensor:
    return torch.tensor(rows, dtype=torch.long, device=model.device)


def forward(model: Any, runs: Sequence[Run], layout: Layout, asked: Sequence[int]) -> Tensor:
    """Run a chunk through the model: logits (asked slots, vocabulary)."""
    first = runs[0].first
    ids = [token for run in runs for token in run.tokens]
    depths = [len(run.path) + at for run in runs for at in range(len(run.tokens))]
    out = model(
        input_ids=_index(ids, model)[None],
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
    from transformers import AttentionInterface

    AttentionInterface.register(NAME, tree_attention)
    usual = model.config._attn_implementation
    model.set_attn_implementation(NAME)
    try:
        yield
    finally:
        model.set_attn_implementation(usual)


def _alike(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Runs in groups of like length and like path, to be stacked with little padding."""
    some: list[Run] = []
    for run in sorted(runs, key=lambda each: (len(each.path), len(each.tokens))):
        both = [*some, run]
        width = max(len(each.tokens) for each in both)
        depth = max(len(each.path) for each in both) + width
        cost = len(both) * width * depth
        need = sum(len(each.tokens) * (len(each.path) + len(each.tokens)) for each in both)
        if some and (cost > PADDING * need or len(some) >= MAX_STACK):
            yield some
            both = [run]
        some = both
    yield some


def _stack(
    model: Any, runs: Sequence[Run], first: int, rows: Callable[[Sequence[int]], list[int]]
) -> Stack:
    """Index tables of one stack. Padding repeats a run's last row; its keys are never seen."""
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
    """Token t of a run sees its path (`before` keys) and the run's tokens up to itself.

    It is laid out as numbers, once for all layers: from booleans every layer would make them again.
    """
    paths = before[:1] if len(set(before)) == 1 else before
    last = _index(paths, model)[:, None, None] + torch.arange(width, device=model.device)[:, None]
    hidden = torch.arange(depth, device=model.device) > last
    mask = torch.zeros(hidden.shape, dtype=model.dtype, device=model.device)
    share = model.config.num_attention_heads // model.config.num_key_value_heads
    return mask.masked_fill_(hidden, -torch.inf)[:, None].repeat(1, 1, share, 1)


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
    """Attention of a packed row: (1, heads, tokens, size) to (1, tokens, heads, size).

    Heads that share their keys (a group) are laid one below the other, as more tokens.
    """
    heads, key_heads, size = query.shape[1], key.shape[1], query.shape[3]
    share = heads // key_heads
    query_TD, key_TD, value_TD = (x[0].transpose(0, 1).flatten(1) for x in (query, key, value))
    layer = int(module.layer_idx)  # type: ignore[arg-type]
    if layer in layout.carried:
        before_k, before_v = layout.carried[layer]
        key_TD, value_TD = torch.cat([before_k, key_TD]), torch.cat([before_v, value_TD])
    layout.carried[layer] = (key_TD[layout.keep], value_TD[layout.keep])
    parts = []
    for stack in layout.stacks:
        n = stack.runs
        q = query_TD.index_select(0, stack.query).view(n, -1, key_heads, share, size)
        k = key_TD.index_select(0, stack.key).view(n, -1, key_heads, size).transpose(1, 2)
        v = value_TD.index_select(0, stack.key).view(n, -1, key_heads, size).transpose(1, 2)
        q = q.permute(0, 2, 3, 1, 4).reshape(n, key_heads, -1, size)
        mask = stack.mask.expand(n, -1, -1, -1)
        out = scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=scaling)
        out = out.view(n, key_heads, share, -1, size).permute(0, 3, 1, 2, 4)
        parts.append(out.reshape(-1, heads * size))
    packed_TD = torch.cat(parts).index_select(0, layout.order)
    return packed_TD.view(1, -1, heads, size), None
