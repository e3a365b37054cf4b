"""Drawing tokens: temperature, then the nucleus, exactly top-p, yet rarely sorting the vocabulary.

Top-p keeps the likeliest tokens whose probabilities reach p together. A sort of 50,000 words at
every step costs more than the model itself on a CPU. For most rows a few hundred of the likeliest
hold the mass, so these are picked out without order (linear work) and only they are sorted; the
rows for which they do not suffice get the full sort.

    >>> [(rows, share, ids)] = nucleus(torch.tensor([[0.2, 0.1, 0.6, 0.1]]), top_p=0.7)
    >>> ids[share > 0]
    tensor([2, 0])
"""

import hashlib
from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor

from acculturate.engines.local import NO_TOKEN

CANDIDATES = 512
"""How many of the likeliest tokens are sorted before the whole vocabulary is."""


def draw(logits_BV: Tensor, temperature: float, top_p: float, dice: torch.Generator) -> Tensor:
    """Return one token id per row, `NO_TOKEN` where logits are no numbers; `temperature` 0 takes
    the likeliest.

    Each row draws one number from `dice` and finds it in the nucleus' cumulative probability.
    """
    if temperature == 0:
        most_B, token_B = logits_BV.max(-1)
        return token_B.masked_fill(~most_B.isfinite(), NO_TOKEN)
    share_BV = (logits_BV.float() / temperature).softmax(-1)
    uniform_B = torch.rand(len(share_BV), generator=dice, dtype=torch.float64).to(share_BV.device)
    token_B = torch.empty(len(share_BV), dtype=torch.long, device=share_BV.device)
    for rows, share_RK, id_RK in nucleus(share_BV, top_p):
        upto_RK = share_RK.double().cumsum(-1)
        mark_R = uniform_B[rows] * upto_RK[:, -1]
        place_R = torch.searchsorted(upto_RK, mark_R[:, None], right=True)
        token_R = id_RK.gather(-1, place_R.clamp_(max=upto_RK.shape[1] - 1))[:, 0]
        token_B[rows] = token_R.masked_fill(upto_RK[:, -1].isnan(), NO_TOKEN)
    return token_B


def nucleus(
    share_BV: Tensor, top_p: float, candidates: int = CANDIDATES
) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Return the smallest set of likeliest tokens whose probability is at least `top_p`.

    In parts of (rows, probabilities in falling order, token ids): the rows for which few tokens
    suffice, and the others. Probabilities are 0 outside the nucleus and are not made to sum to 1.
    With `top_p` 1 every token is in it, in the vocabulary's order.
    """
    if top_p >= 1:
        rows, ids = (torch.arange(size, device=share_BV.device) for size in share_BV.shape)
        return [(rows, share_BV, ids.expand_as(share_BV))]
    few = min(candidates, share_BV.shape[-1])
    share_BK, id_BK = _likeliest(share_BV, few)
    enough_B = share_BK.sum(-1) > top_p
    if few == share_BV.shape[-1]:
        enough_B[:] = True
    parts = []
    rows = enough_B.nonzero()[:, 0]
    if len(rows):
        parts.append((rows, _cut(share_BK[rows], top_p), id_BK[rows]))
    rows = (~enough_B).nonzero()[:, 0]
    if len(rows):
        share_RV, id_RV = share_BV[rows].sort(dim=-1, descending=True, stable=True)
        parts.append((rows, _cut(share_RV, top_p), id_RV))
    return parts


def _likeliest(share_BV: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return the `count` greatest of each row in falling order, and where they stand."""
    if share_BV.device.type != "cpu" or count == share_BV.shape[-1]:
        return share_BV.topk(count, dim=-1)
    # numpy's selection takes a third of the time of torch's topk on a CPU
    place_BK = np.argpartition(share_BV.numpy(), -count, axis=-1)[:, -count:]
    id_BK = torch.from_numpy(place_BK).sort(dim=-1).values
    share_BK, order_BK = share_BV.gather(-1, id_BK).sort(dim=-1, descending=True, stable=True)
    return share_BK, id_BK.gather(-1, order_BK)


def _cut(share_RK: Tensor, top_p: float) -> Tensor:
    """Close off what comes after the nucleus, from probabilities in falling order."""
    before_RK = share_RK.cumsum(-1) - share_RK
    return share_RK.masked_fill(before_RK >= top_p, 0.0)


def batch_seed(ids: Iterable[str]) -> int:
    """Return a seed for a batch: the same requests draw the same texts, whatever was
    drawn before.
    """
    text = "\n".join(ids)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1
