"""Next-token log-probabilities after many token lists at once, exact and cheap.

Two ways give the same numbers within rounding (1e-4 in fp32). Where a model's attention is the
plain causal one, the lists become a tree (prefix.py) that is computed packed (packing.py). Where it
is not (sliding windows, soft-capping, an architecture nobody has checked), every list is a row of
its own in a left-padded batch, and a line in the log says so once.

The result depends on the lists given in one call, and on nothing else.
"""

import functools
import itertools
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from acculturate.engines.hf import packing
from acculturate.engines.hf.half_layers import is_half, quick_halves
from acculturate.engines.hf.head import wide_head
from acculturate.engines.hf.prefix import Tokens, build_tree, chunks

log = logging.getLogger(__name__)

CHUNK_TOKENS = 1024
"""Tokens of a packed row: enough for matrix products at full speed, few enough for the caches."""

HALF_CHUNK_TOKENS = 2048
"""The same for a model in bfloat16 on a processor: its numbers take half the room, and the output
matrix is cast once a row.
"""

BATCH_TOKENS = 4096
"""Tokens of a left-padded batch, padding included."""

Wanted = Mapping[Tokens, Sequence[int]]
"""Token lists, each with the next tokens whose log-probability is wanted."""

Answers = dict[Tokens, dict[int, float]]


def next_token_logprobs(model: Any, wanted: Wanted) -> Answers:
    """Return for each list the natural-log probability of each wanted next token.

    The output matrix is multiplied in float32 (head.py), and the softmax is over the whole
    vocabulary. `model` is a causal language model of transformers in evaluation mode.
    """
    if not wanted:
        return {}
    with torch.inference_mode(), wide_head(model), quick_halves(model):
        if packing.packs(model):
            return _by_tree(model, wanted)
        _say_plain(model.config.model_type)
        return _by_rows(model, wanted)


@functools.cache
def _say_plain(model_type: str) -> None:
    log.warning(
        "Prompts of a '%s' model are computed one by one: shared beginnings are only computed "
        "once where attention is plainly causal (%s) and the model lies on one device.",
        model_type,
        ", ".join(sorted(packing.PACKABLE)),
    )


def _by_tree(model: Any, wanted: Wanted) -> Answers:
    tree = build_tree(wanted)
    lists_at: dict[int, Tokens] = {slot: tokens for tokens, slot in tree.slots.items()}
    parts = list(chunks(tree.runs, HALF_CHUNK_TOKENS if is_half(model) else CHUNK_TOKENS))
    answers: Answers = {}
    held = packing.PathHeld()
    with packing.tree_attending(model):
        for runs, following in itertools.zip_longest(parts, parts[1:]):
            held.turn(runs, following[0].path if following else ())
            layout = packing.lay_out(model, runs, held)
            asked = [slot for slot in range(runs[0].first, runs[-1].end) if slot in lists_at]
            logits = packing.forward(model, runs, layout, asked)
            lists = [lists_at[slot] for slot in asked]
            logprobs = picked(logits, [wanted[tokens] for tokens in lists])
            answers |= dict(zip(lists, logprobs, strict=True))
    return answers


def _by_rows(model: Any, wanted: Wanted) -> Answers:
    answers: Answers = {}
    for batch in _batches(wanted):
        width = max(map(len, batch))
        ids = torch.zeros(len(batch), width, dtype=torch.long)
        mask = torch.zeros_like(ids)
        for row, tokens in enumerate(batch):
            ids[row, width - len(tokens) :] = torch.tensor(tokens)
            mask[row, width - len(tokens) :] = 1
        out = model(
            input_ids=ids.to(model.device),
            attention_mask=mask.to(model.device),
            position_ids=(mask.cumsum(-1) - 1).clamp(min=0).to(model.device),
            use_cache=False,
            logits_to_keep=1,
        )
        rows = picked(out.logits[:, -1], [wanted[tokens] for tokens in batch])
        answers |= dict(zip(batch, rows, strict=True))
    return answers


def _batches(wanted: Wanted) -> Iterator[list[Tokens]]:
    """Yield lists of like length, `BATCH_TOKENS` at a time."""
    batch: list[Tokens] = []
    for tokens in sorted(wanted, key=lambda one: (len(one), one)):
        if batch and len(tokens) * (len(batch) + 1) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(tokens)
    if batch:
        yield batch


def picked(logits: Tensor, columns: Sequence[Sequence[int]]) -> list[dict[int, float]]:
    """Return each row's wanted log-probabilities, from logits (rows, vocabulary)."""
    logits = logits.float()
    totals = logits.logsumexp(-1).tolist()
    rows = []
    for row, (wanted, total) in enumerate(zip(columns, totals, strict=True)):
        values = logits[row, list(wanted)].tolist()
        rows.append({token: x - total for token, x in zip(wanted, values, strict=True)})
    return rows
