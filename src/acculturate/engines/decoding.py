"""Writing texts: a batch of prompts, then one token per row and step, until every row has ended.

Prompts are computed as one tree (prefix.py), so what they share is computed once, and their keys
and values are laid out left-padded; what cannot be packed is computed as the padded batch.
Rows that have ended leave the batch. Every parameter stands in the request: a model's own sampling
defaults are never read. The dice begin at the batch's seed, so a batch always draws the same texts.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from acculturate.engines import packing
from acculturate.engines.cache import roomy_cache
from acculturate.engines.loading import LoadedModel
from acculturate.engines.prefix import build_tree, chunks
from acculturate.engines.sampling import batch_seed, draw
from acculturate.engines.scoring import CHUNK_TOKENS
from acculturate.records import Sampling

SHRINK = 0.75
"""The batch is made smaller once this share of its rows, or less, is still being written."""


def decode(
    loaded: LoadedModel, prompts: Sequence[Sequence[int]], sampling: Sampling, ids: Sequence[str]
) -> list[list[int]]:
    """New tokens for each prompt's tokens, each list with its end token where one was written.

    `ids` name the requests: they are the batch's seed.
    """
    model = loaded.model
    dice = torch.Generator().manual_seed(batch_seed(ids))
    ends = torch.tensor(loaded.end_ids, device=model.device)
    written: list[list[int]] = [[] for _ in prompts]
    with torch.inference_mode():
        cache, token_B, mask_BT = _prefill(model, prompts)
        rows = torch.arange(len(prompts), device=model.device)
        open_B = torch.ones_like(rows, dtype=torch.bool)
        for _ in range(sampling.max_tokens):
            logits_BV = _step(model, cache, token_B, mask_BT)
            token_B = draw(logits_BV, sampling.temperature, sampling.top_p, dice)
            for row, token in zip(rows[open_B].tolist(), token_B[open_B].tolist(), strict=True):
                written[row].append(token)
            open_B = open_B & ~torch.isin(token_B, ends)
            mask_BT = torch.cat([mask_BT, torch.ones_like(token_B)[:, None]], dim=1)
            left = int(open_B.sum())
            if left == 0:
                break
            if left <= SHRINK * len(rows):
                at = open_B.nonzero()[:, 0]
                cache.batch_select_indices(at)
                token_B, mask_BT, rows, open_B = token_B[at], mask_BT[at], rows[at], open_B[at]
    return written


def _step(model: Any, cache: Any, token_B: Tensor, mask_BT: Tensor) -> Tensor:
    """Logits (rows, vocabulary) after one more token; `mask_BT` covers it too."""
    out = model(
        input_ids=token_B[:, None],
        attention_mask=mask_BT,
        position_ids=mask_BT.sum(-1, keepdim=True) - 1,
        past_key_values=cache,
        use_cache=True,
        logits_to_keep=1,
    )
    logits: Tensor = out.logits[:, -1]
    return logits


def _prefill(model: Any, prompts: Sequence[Sequence[int]]) -> tuple[Any, Tensor, Tensor]:
    """A cache of all prompts without their last tokens, these tokens, and the mask with them."""
    width = max(map(len, prompts))
    mask = torch.tensor([[0] * (width - len(each)) + [1] * len(each) for each in prompts])
    last = torch.tensor([each[-1] for each in prompts])
    mask, last = mask.to(model.device), last.to(model.device)
    cache = roomy_cache(model.config)
    if width > 1 and packing.packable(model.config):
        _prefill_tree(model, cache, [tuple(each[:-1]) for each in prompts], width - 1)
    elif width > 1:
        ids = torch.tensor([[0] * (width - len(each)) + [*each] for each in prompts])
        model(
            input_ids=ids[:, :-1].to(model.device),
            attention_mask=mask[:, :-1],
            position_ids=(mask[:, :-1].cumsum(-1) - 1).clamp(min=0),
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        )
    return cache, last, mask


def _prefill_tree(model: Any, cache: Any, prompts: Sequence[tuple[int, ...]], width: int) -> None:
    """Fill the cache from one tree: each row gets the keys and values on its own way."""
    tree = build_tree(each for each in prompts if each)
    carried: packing.Carried = {}
    with packing.tree_attending(model):
        for runs in chunks(tree, CHUNK_TOKENS):
            held, keep = range(runs[0].first), range(runs[-1].end)
            packing.forward(model, runs, packing.lay_out(model, runs, carried, held, keep), ())
    ways = [tree.way(each) for each in prompts]
    # what stands in the padding is masked; slot 0 is as good as any
    index = torch.tensor([[0] * (width - len(way)) + [*way] for way in ways], device=model.device)
    for layer, pair in carried.items():
        key, value = (
            x[index].view(*index.shape, model.config.num_key_value_heads, -1).transpose(1, 2)
            for x in pair
        )
        cache.update(key, value, layer)
