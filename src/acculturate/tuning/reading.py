"""The logits at the positions that bear loss, and at no others.

A survey row has about 130 tokens of prompt and one position that bears loss, and rows of one
culture begin alike. Two ways give the same numbers and the same gradient:

- packed, where a model's attention is plainly causal: the batch becomes a tree (`engines.prefix`),
  so that a beginning many rows share is computed once, and nothing is padded;
- padded, for every other model: rows side by side, padded on the left, so that all scored positions
  stand in the last columns.

Both ask the model's own forward for just the wanted logits (`logits_to_keep`), which keeps each
family's scaling and capping of them. Imports torch: only `trainer` imports this module.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from typing import Any

import torch

from acculturate.engines import packing
from acculturate.engines.prefix import build_tree
from acculturate.tuning.examples import Example


def read_logits(model: Any, examples: Sequence[Example], pad: int, *, packed: bool) -> torch.Tensor:
    """Logits at the `places` of all examples, in their order: shape (R reads, V vocabulary).

    `packed` needs `tree_attention_in` around it. `pad` is any token: nothing attends to it.
    """
    if packed:
        return _packed(model, examples)
    return _padded(model, examples, pad)


@contextmanager
def tree_attention_in(model: Any) -> Iterator[bool]:
    """Let `model` attend over packed trees for a while, if it can: gives whether it does."""
    if not packing.packable(model.config):
        yield False
        return
    with packing.tree_attending(model):
        yield True


def _packed(model: Any, examples: Sequence[Example]) -> torch.Tensor:
    reads = [read for example in examples for read in example.reads]
    tree = build_tree([*reads, *(line for example in examples for line in example.sequences)])
    slots = sorted({tree.slots[read] for read in reads})
    row_of = {slot: row for row, slot in enumerate(slots)}
    layout = packing.lay_out(model, tree.runs, packing.PathHeld())
    logits_KV = packing.forward(model, tree.runs, layout, slots)
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
