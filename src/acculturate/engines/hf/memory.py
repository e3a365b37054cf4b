"""What is kept of a conversation from turn to turn: the keys and values of all its prompts so far.

A speaker's next prompt is the last one with two lines more, its own reply and the other's answer.
Only these are computed:

    turn 1   [ scene, who you are | opening ]                             computed
    turn 3   [ ........... held ........... | my reply | its answer ]     the end is computed
    turn 5   [ ........................ held ........................ | my reply | its answer ]

Nobody above the engine sees it: a request whose messages go on from an earlier one's is recognised
by its tokens. What a reply left behind while it was written is not used: the reply is read as text
with the next prompt, all at once.

What is held of a prompt are the same numbers to the last bit whoever was computed with it, now or
before (blocks.py): attention is computed block by block, and everything else in passes of one size.
So a text does not depend on what is kept already: after a kill, on another worker, or where others
have left or have been forgotten, it is the same.
"""

import functools
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from acculturate.engines.hf import packing
from acculturate.engines.hf.blocks import Blocks, BlockTree, cut
from acculturate.engines.hf.prefix import Tokens, shared_length

KEPT_BYTES = 2 << 30
"""Of keys and values of all conversations together, at least; the longest unused are forgotten."""
POSIX = hasattr(os, "sysconf")
KEPT_SHARE = 4
"""More may be kept where the memory has so many times as much."""

PASS_TOKENS = {"cpu": 256, "cuda": 1024}
"""Of a pass: enough for products at full speed, few enough that little is filled up in vain."""


class Kept:
    """Conversations that were asked together, with their keys and values."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._held = packing.TreeHeld()
        self.tree = BlockTree(PASS_TOKENS.get(model.device.type, PASS_TOKENS["cuda"]))

    @property
    def size(self) -> int:
        """Bytes held."""
        return self._held.size

    def grow(self, prompts: Sequence[Blocks]) -> None:
        """Compute what is not held of these prompts."""
        passes = self.tree.grow(prompts)
        self._held.expect(sum(len(run.tokens) for runs in passes for run in runs))
        with packing.tree_attending(self._model):
            for runs in passes:
                layout = packing.lay_out(self._model, runs, self._held, alone=True)
                packing.forward(self._model, runs, layout, ())

    @contextmanager
    def behind(self) -> Iterator[packing.TreeHeld]:
        """Give the held keys and values to a pass whose own are not kept."""
        size = len(self._held.slots)
        try:
            yield self._held
        finally:
            self._held.cut_back(size)

    def laid_out(
        self, prompts: Sequence[Blocks], width: int, ahead: int
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """See `Memory.recall`; prompts are left-padded to `width` tokens."""
        # what stands in the padding is masked, what lies ahead is not seen yet: any slot will do
        slots = [self.tree.way(prompt) for prompt in prompts]
        ways = [[0] * (width - len(way)) + [*way] + [0] * ahead for way in slots]
        index = torch.tensor(ways, device=self._model.device)
        return self._held.laid_out(index, self._model.config.num_key_value_heads)


class Memory:
    """The conversations of one model that were asked last."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._kept: list[Kept] = []

    def recall(
        self, turns_B: Sequence[Sequence[Tokens]], ahead: int = 0
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield layer by layer the keys and values of each row's last list, computed as far as they
        were not kept: (rows, key heads, tokens, size) each, padded on the left, with `ahead` more
        tokens on the right, whose numbers mean nothing.

        `turns_B` has for each row its prompts, oldest first, each one beginning the next. Rows may
        come from different batches.
        """
        width = max(len(turns[-1]) for turns in turns_B)
        rows_of = self.reach(turns_B)
        parts = [
            kept.laid_out([cut(turns_B[row]) for row in rows], width, ahead)
            for kept, rows in rows_of.items()
        ]
        back = torch.tensor([row for rows in rows_of.values() for row in rows]).argsort()
        for pairs in zip(*parts, strict=True):
            if len(pairs) == 1:
                yield pairs[0]
            else:
                key, value = (torch.cat(part)[back] for part in zip(*pairs, strict=True))
                yield key, value

    def reach(self, turns_B: Sequence[Sequence[Tokens]]) -> dict[Kept, list[int]]:
        """Return where each row's last prompt is held now, computed as far as it was not: rows by
        what holds them.
        """
        rows_of: dict[Kept | None, list[int]] = {}
        for row, turns in enumerate(turns_B):
            rows_of.setdefault(self._home(turns), []).append(row)
        reached = {}
        for home, rows in rows_of.items():
            kept = home or Kept(self._model)
            kept.grow([cut(turns_B[row]) for row in rows])
            self._keep(kept)
            reached[kept] = rows
        return reached

    def _home(self, turns: Sequence[Tokens]) -> Kept | None:
        """Return where a row's last prompt is held, or else the one before it."""
        known = cut(turns), cut(turns[:-1])
        return next((k for k in reversed(self._kept) if any(x in k.tree for x in known)), None)

    def _keep(self, kept: Kept) -> None:
        """Keep it as the last used."""
        self._kept = [*(held for held in self._kept if held is not kept), kept]
        room = max(KEPT_BYTES, self._memory // KEPT_SHARE)
        while len(self._kept) > 1 and sum(held.size for held in self._kept) > room:
            self._kept.pop(0)

    @functools.cached_property
    def _memory(self) -> int:
        """Bytes of the device's memory."""
        if self._model.device.type == "cuda":
            return int(torch.cuda.mem_get_info(self._model.device)[1])
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if POSIX else 0


def nested(prompts: Sequence[Sequence[int]]) -> tuple[Tokens, ...]:
    """Return prompts of one conversation, oldest first, without the last token of each (it is fed
    when writing begins), cut so that each begins the next.

    >>> nested([(1, 2, 9), (1, 2, 3, 9), (1, 2, 3, 4, 5, 9)])
    ((1, 2), (1, 2, 3), (1, 2, 3, 4, 5))
    """
    whole = tuple(prompts[-1][:-1])
    ends = [shared_length(prompt[:-1], whole) for prompt in prompts]
    return tuple(whole[:end] for end in sorted(set(ends) - {0})) or (whole,)
