"""How likely whole texts are to a model: the nats that each of them takes, token by token.

A text is read as it stands, with no chat around it, behind whatever its tokenizer puts first. Where
that is nothing the first token is given, and not predicted.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import torch

from acculturate.engines.hf.half_layers import quick_halves
from acculturate.engines.hf.head import wide_head
from acculturate.records import TextNats

BATCH_TOKENS = 512
"""Tokens whose logits are held at once, padding included."""


def text_nats(model: Any, tokenizer: Any, texts: Sequence[str]) -> list[TextNats]:
    """Return what each text takes, in their order; the softmax is over the whole vocabulary."""
    ids_T = [tokenizer(text)["input_ids"] for text in texts]
    natses: dict[int, TextNats] = {}
    with torch.inference_mode(), wide_head(model), quick_halves(model):
        for batch in _batches(ids_T):
            natses |= zip(batch, _read(model, [ids_T[number] for number in batch]), strict=True)
    return [natses[number] for number in range(len(texts))]


def _batches(ids_T: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Yield numbers of texts of like length, `BATCH_TOKENS` at a time."""
    batch: list[int] = []
    for number in sorted(range(len(ids_T)), key=lambda at: (len(ids_T[at]), at)):
        if batch and len(ids_T[number]) * (len(batch) + 1) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def _read(model: Any, ids_B: Sequence[Sequence[int]]) -> Iterator[TextNats]:
    """Yield what each text of a batch takes; short ones are filled up behind their end."""
    width = max(map(len, ids_B))
    ids_BT = torch.zeros(len(ids_B), width, dtype=torch.long)
    mask_BT = torch.zeros_like(ids_BT)
    for row, ids in enumerate(ids_B):
        ids_BT[row, : len(ids)] = torch.tensor(ids, dtype=torch.long)
        mask_BT[row, : len(ids)] = 1
    out = model(
        input_ids=ids_BT.to(model.device), attention_mask=mask_BT.to(model.device), use_cache=False
    )
    for logits_TV, ids in zip(out.logits, ids_B, strict=True):
        next_T = torch.tensor(ids[1:], dtype=torch.long, device=logits_TV.device)
        seen_TV = logits_TV[: len(next_T)].float()
        nats = torch.nn.functional.cross_entropy(seen_TV, next_T, reduction="sum")
        yield TextNats(float(nats), len(next_T))
