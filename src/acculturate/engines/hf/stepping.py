"""A batch that is being written: what its rows hold, and one step of all of them.

Rows are padded on the left, so that the next token of every row goes into the same column:

    row 0   . . . 5 6 7 | 8 9        7: the last token of the prompt, the first that is fed
    row 1   5 6 7 8 9 4 | 2 3        |  what is written from there on, one column a step

Where attention is plainly causal it is done here: the query heads that share a key head are laid
side by side as tokens, so keys and values are read once where they lie. The library's own way
copies them for every query head, at every step.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from acculturate.engines.hf import packing

NAME = "acculturate_step"
"""The name under which transformers finds `step_attention`."""


class Batch:
    """Rows and their cache, which holds all `prompts` but their last tokens.

    `ahead` is how many tokens may be written.
    """

    def __init__(
        self, model: Any, cache: Any, prompts: Sequence[Sequence[int]], ahead: int
    ) -> None:
        self._model, self._cache = model, cache
        self._plain = packing.packs(model)
        self._columns = max(map(len, prompts))
        sizes = torch.tensor([len(prompt) for prompt in prompts], device=model.device)
        column = torch.arange(self._columns + ahead, device=model.device)
        self._seen_BT = column >= self._columns - sizes[:, None]
        self._depth_B = sizes - 1
        if self._plain:
            mask = torch.zeros(self._seen_BT.shape, dtype=model.dtype, device=model.device)
            self._mask_BT = mask.masked_fill_(~self._seen_BT, -torch.inf)

    def attending(self) -> AbstractContextManager[None]:
        """Return the context that all steps run in."""
        if self._plain:
            return packing.attending(self._model, NAME, step_attention)
        return nullcontext()

    def step(self, token_B: Tensor) -> Tensor:
        """Feed one token a row and return the logits of the next one, (rows, vocabulary)."""
        upto = slice(None), slice(self._columns)
        sight = (
            {"step_mask": self._mask_BT[upto][:, None, None]}
            if self._plain
            else {"attention_mask": self._seen_BT[upto].long()}
        )
        out = self._model(
            input_ids=token_B[:, None],
            position_ids=self._depth_B[:, None],
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=1,
            **sight,
        )
        self._columns += 1
        self._depth_B = self._depth_B + 1
        logits: Tensor = out.logits[:, -1]
        return logits

    def select(self, rows: Tensor) -> None:
        """Go on with these rows only."""
        self._cache.batch_select_indices(rows.cpu())  # its layers may lie on several devices
        self._seen_BT, self._depth_B = self._seen_BT[rows], self._depth_B[rows]
        if self._plain:
            self._mask_BT = self._mask_BT[rows]


def step_attention(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    step_mask: Tensor,
    scaling: float | None = None,
    **_: Any,
) -> tuple[Tensor, None]:
    """Compute the attention of one new token a row: (rows, heads, 1, size) to (rows, 1, heads,
    size).

    `step_mask` (rows, 1, 1, tokens) is added to the scores.
    """
    rows, heads, _one, size = query.shape
    query = query.view(rows, key.shape[1], heads // key.shape[1], size)
    mask = step_mask.expand(-1, -1, query.shape[2], -1)
    out = scaled_dot_product_attention(query, key, value, attn_mask=mask, scale=scaling)
    return out.reshape(rows, 1, heads, size), None
