"""Writing texts: a batch of prompts, then one token per row and step, until every row has ended.

Prompts are computed as one tree (prefix.py), so what they share is computed once, and what a
conversation's earlier turns had is not computed again (memory.py); keys and values are then laid
out left-padded. What cannot be packed is computed as the padded batch.

Rows that have a JSON schema are held to it (bound_rows.py).

Rows that have ended leave when they are a quarter of the batch, and then just that many leave: the
numbers of rows are always the same few, for which weights are packed (products.py).

Every parameter stands in the request: a model's own sampling defaults are never read. The dice
begin at the batch's seed, so a batch always draws the same texts.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import torch

from acculturate.engines.hf import packing
from acculturate.engines.hf.bound_rows import Prompts, Rows
from acculturate.engines.hf.cache import roomy_cache
from acculturate.engines.hf.grammars import Grammars
from acculturate.engines.hf.half_layers import quick_halves
from acculturate.engines.hf.loading import LoadedModel
from acculturate.engines.hf.memory import Memory, nested
from acculturate.engines.hf.products import Products
from acculturate.engines.hf.sampling import batch_seed, draw
from acculturate.engines.hf.stepping import Batch
from acculturate.records import Sampling

SHRINK = 0.75
"""What is left of a batch when it is made smaller."""


class Writer:
    """Writes with one model, whose packed weights it keeps; `memory` has its conversations."""

    def __init__(self, loaded: LoadedModel, memory: Memory | None = None) -> None:
        self._loaded = loaded
        self._memory = memory or Memory(loaded.model)
        self._products = Products(loaded.model)
        self.tell: Callable[[Sequence[int]], None] | None = None
        """Is given the tokens of a batch's first row, after each."""

    def write(
        self,
        prompts_B: Sequence[Prompts],
        sampling: Sampling,
        ids: Sequence[str],
        schemas: Sequence[str] = (),
    ) -> list[list[int]]:
        """Return new tokens for each row's last prompt, with the end token where one was written.

        `ids` name the requests: they are the batch's seed. `schemas` are what each row is held to,
        "" for nothing.
        """
        model, most = self._loaded.model, sampling.max_tokens
        drawing = functools.partial(
            draw,
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            dice=torch.Generator().manual_seed(batch_seed(ids)),
        )
        texts = Rows(lambda: self._grammars, schemas, most, self._loaded.end_ids)
        prompts_B = texts.begin(prompts_B)
        rows = torch.arange(len(prompts_B), device=model.device)
        open_B = torch.ones_like(rows, dtype=torch.bool)
        token_B = torch.tensor([prompts[-1][-1] for prompts in prompts_B], device=model.device)
        with torch.inference_mode(), quick_halves(model):
            batch = self._begin(prompts_B, most)
            with batch.attending():
                for _ in range(most):
                    with self._products.of_rows(len(rows)):
                        # a row without a token has ended, and is not read any more
                        logits_BV = batch.step(token_B.clamp(min=0))
                    token_B = texts.draw(logits_BV, rows, drawing)
                    open_B = texts.note(token_B, rows, open_B)
                    if self.tell:
                        self.tell(texts.written[0])
                    left = int(open_B.sum())
                    if left == 0:
                        break
                    if left <= (size := int(SHRINK * len(rows))):
                        at = open_B.argsort(descending=True, stable=True)[:size]
                        batch.select(at)
                        token_B, rows, open_B = token_B[at], rows[at], open_B[at]
        return list(texts.written.values())

    @functools.cached_property
    def _grammars(self) -> Grammars:
        words = self._loaded.model.config.get_text_config().vocab_size
        return Grammars(self._loaded.tokenizer, self._loaded.end_ids, words)

    def _begin(self, prompts_B: Sequence[Prompts], ahead: int) -> Batch:
        """Return the batch with all that its prompts hold but their last tokens."""
        model = self._loaded.model
        last_B = [prompts[-1] for prompts in prompts_B]
        cache = roomy_cache(model.config, ahead)
        if max(map(len, last_B)) > 1:
            if packing.packs(model):
                turns_B = [nested(prompts) for prompts in prompts_B]
                pairs = self._memory.recall(turns_B, ahead)
                for layer, (key, value) in zip(cache.layers, pairs, strict=True):
                    layer.adopt(key, value)
            else:
                _compute_padded(model, cache, [prompt[:-1] for prompt in last_B])
        return Batch(model, cache, last_B, ahead)


def _compute_padded(model: Any, cache: Any, prompts: Sequence[Sequence[int]]) -> None:
    """Fill the cache from prompts that stand side by side, padded on the left."""
    width = max(map(len, prompts))
    ids = torch.tensor([[0] * (width - len(prompt)) + [*prompt] for prompt in prompts])
    mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    model(
        input_ids=ids.to(model.device),
        attention_mask=mask.to(model.device),
        position_ids=(mask.cumsum(-1) - 1).clamp(min=0).to(model.device),
        past_key_values=cache,
        use_cache=True,
        logits_to_keep=1,
    )
