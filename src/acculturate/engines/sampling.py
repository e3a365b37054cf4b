"""Drawing tokens: temperature, then the nucleus, exactly top-p, yet rarely sorting the vocabulary.

Top-p keeps the likeliest tokens whose probabilities reach p together. A sort of 50,000 words at
every step costs more than the model itself on a CPU. For most rows a few hundred of the likeliest
hold the mass, so only these are sorted; the rows for which they do not suffice get the full sort.

    >>> nucleus(torch.tensor([[3.0, 2.0, 1.0, 0.0]]), top_p=0.7)
    tensor([[3., 2., -inf, -inf]])
"""

import hashlib
from collections.abc import Iterable

import torch
from torch import Tensor

CANDIDATES = 512
"""How many of the likeliest tokens are sorted before the whole vocabulary is."""


def draw(logits_BV: Tensor, temperature: float, top_p: float, dice: torch.Generator) -> Tensor:
    """One token id per row; `temperature` 0 takes the likeliest.

    Each row draws one number from `dice` and finds it in the nucleus' cumulative probability.
    """
    if temperature == 0:
        return logits_BV.argmax(-1)
    logits_BV = logits_BV.float() / temperature
    uniform_B = torch.rand(len(logits_BV), generator=dice, dtype=torch.float64)
    uniform_B = uniform_B.to(logits_BV.device)
    token_B = torch.empty(len(logits_BV), dtype=torch.long, device=logits_BV.device)
    for rows, value_RK, id_RK in _sorted_parts(logits_BV, top_p, CANDIDATES):
        upto_RK = value_RK.double().softmax(-1).cumsum(-1)
        mark_R = uniform_B[rows] * upto_RK[:, -1]
        place_R = torch.searchsorted(upto_RK, mark_R[:, None], right=True)
        token_B[rows] = id_RK.gather(-1, place_R.clamp_(max=upto_RK.shape[1] - 1))[:, 0]
    return token_B


def nucleus(logits_BV: Tensor, top_p: float, candidates: int = CANDIDATES) -> Tensor:
    """Logits with all tokens outside the nucleus at minus infinity.

    The nucleus is the smallest set of likeliest tokens whose probability is at least `top_p`.
    """
    kept_BV = torch.full_like(logits_BV, -torch.inf)
    for rows, value_RK, id_RK in _sorted_parts(logits_BV, top_p, candidates):
        kept_BV[rows] = kept_BV[rows].scatter(-1, id_RK, value_RK)
    return kept_BV


def _sorted_parts(
    logits_BV: Tensor, top_p: float, candidates: int
) -> list[tuple[Tensor, Tensor, Tensor]]:
    """(rows, logits in falling order, token ids), for rows that few tokens suffice for and for the
    others; outside the nucleus the logits are minus infinity. Where all tokens are in the nucleus
    their order is as it comes.
    """
    if top_p >= 1:
        rows, ids = (torch.arange(size, device=logits_BV.device) for size in logits_BV.shape)
        return [(rows, logits_BV, ids.expand_as(logits_BV))]
    total_B = logits_BV.logsumexp(-1, keepdim=True)
    few = min(candidates, logits_BV.shape[-1])
    value_BK, id_BK = logits_BV.topk(few, dim=-1)
    enough_B = (value_BK - total_B).exp().sum(-1) > top_p
    if few == logits_BV.shape[-1]:
        enough_B[:] = True
    parts = []
    rows = enough_B.nonzero()[:, 0]
    if len(rows):
        parts.append((rows, _cut(value_BK[rows], total_B[rows], top_p), id_BK[rows]))
    rows = (~enough_B).nonzero()[:, 0]
    if len(rows):
        value_RV, id_RV = logits_BV[rows].sort(dim=-1, descending=True, stable=True)
        parts.append((rows, _cut(value_RV, total_B[rows], top_p), id_RV))
    return parts


def _cut(value_RK: Tensor, total_R: Tensor, top_p: float) -> Tensor:
    """Close off what comes after the nucleus, from logits in falling order."""
    share_RK = (value_RK - total_R).exp()
    before_RK = share_RK.cumsum(-1) - share_RK
    return value_RK.masked_fill(before_RK >= top_p, -torch.inf)


def batch_seed(ids: Iterable[str]) -> int:
    """A seed for a batch: the same requests draw the same texts, whatever was drawn before."""
    text = "\n".join(ids)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1
