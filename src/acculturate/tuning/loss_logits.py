"""The logits at the positions that bear loss, and at no others.

A survey row has about 130 tokens of prompt and one position that bears loss, and rows of one
culture begin alike. Two ways give the same numbers and the same gradient:

- packed, where attention is plainly causal: the batch becomes a tree (`engines.hf.prefix`),
  so that a beginning many rows share is computed once, and nothing is padded;
- padded, for every other model: rows side by side, padded on the left, so that all scored positions
  stand in the last columns.

Both ask the model's own forward for just the wanted logits (`logits_to_keep`), which keeps each
family's scaling and capping of them. Imports torch: only `trainer` imports this module.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from itertools import accumulate
from typing import Any

import torch

from acculturate.engines.hf import packing
from acculturate.engines.hf.lower_layers import LowerLayers
from acculturate.engines.hf.prefix import build_tree, shared_length
from acculturate.tuning.tokenised_rows import Example

AT_ONCE = 1024
"""Tokens computed at once, unless one row alone has more: what is kept for the gradient grows with
them (1.6 MB a token on a model of 135 million parameters), and more of them gain no speed."""


def read_logits(
    model: Any,
    examples: Sequence[Example],
    pad: int,
    *,
    packed: bool,
    lower: LowerLayers | None = None,
) -> torch.Tensor:
    """Return logits at the `places` of all examples, in their order: shape (R reads, V vocabulary).

    `packed` needs `tree_attention_in` around it; `lower` holds the layers below those trained.
    `pad` is any token: nothing attends to it.
    """
    if packed:
        return _packed(model, examples, lower)
    return _padded(model, examples, pad)


def portions(
    examples: Sequence[Example], *, packed: bool, budget: int = AT_ONCE
) -> Iterator[Sequence[Example]]:
    """Yield a batch cut where `budget` tokens are reached; together they have the batch's gradient.

    Packed, a row costs what it does not share with the row before it. Rows of a group stay
    together.
    """
    first, spent = 0, 0
    before: tuple[int, ...] = ()
    for at, example in enumerate(examples):
        cost, new = 0, not example.group or example.group != examples[at - 1].group
        for line in example.sequences:
            cost += len(line) - (shared_length(before, line) if packed else 0)
            before = line
        if at > first and new and spent + cost > budget:
            yield examples[first:at]
            first, spent, cost = at, 0, sum(map(len, example.sequences))
        spent += cost
    yield examples[first:]


@contextmanager
def tree_attention_in(model: Any) -> Iterator[bool]:
    """Let `model` attend over packed trees for a while, if it can: gives whether it does."""
    if not packing.packs(model):
        yield False
        return
    with packing.tree_attending(model):
        yield True


def _packed(model: Any, examples: Sequence[Example], lower: LowerLayers | None) -> torch.Tensor:
    reads = [read for example in examples for read in example.reads]
    lists = [*reads, *(line for example in examples for line in example.sequences)]
    tree = build_tree(lists)
    slots = sorted({tree.slots[read] for read in reads})
    row_of = {slot: row for row, slot in enumerate(slots)}
    layout = packing.lay_out(model, tree.runs, packing.PathHeld())
    hidden_TD = lower.of(tree, lists) if lower else None
    with lower.passed_over() if lower else nullcontext():
        logits_KV = packing.forward(model, tree.runs, layout, slots, hidden_TD)
    return logits_KV[[row_of[tree.slots[read]] for read in reads]].float()


def _padded(model: Any, examples: Sequence[Example], pad: int) -> torch.Tensor:
    lines = [line for example in examples for line in example.sequences]
    width = max(map(len, lines))
    ids_ST = torch.full((len(lines), width), pad)
    mask_ST = torch.zeros((len(lines), width), dtype=torch.long)
    for row, line in enumerate(lines):
        ids_ST[row, width - len(line) :] = torch.tensor(line)
        mask_ST[row, width - len(line) :] = 1
    kept = 1 + max(place.before_end for example in examples for place in example.places)
    logits_SKV: torch.Tensor = model(
        input_ids=ids_ST.to(model.device),
        attention_mask=mask_ST.to(model.device),
        position_ids=(mask_ST.cumsum(1) - 1).clamp(min=0).to(model.device),
        logits_to_keep=kept,
        use_cache=False,
    ).logits
    starts = accumulate((len(example.sequences) for example in examples[:-1]), initial=0)
    at = [
        (start + place.sequence, kept - 1 - place.before_end)
        for example, start in zip(examples, starts, strict=True)
        for place in example.places
    ]
    rows, columns = zip(*at, strict=True)
    return logits_SKV[list(rows), list(columns)].float()
