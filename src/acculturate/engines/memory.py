"""What is kept of a conversation from turn to turn: the keys and values of all its prompts so far.

A speaker's next prompt is the last one with two lines more, its own reply and the other's answer.
Only these are computed; the tree of the batch grows by one run a row:

    turn 1   [ scene, who you are | opening ]                             computed
    turn 3   [ ........... held ........... | my reply | its answer ]     the end is computed
    turn 5   [ ........................ held ........................ | my reply | its answer ]

Nobody above the engine sees it: a request whose messages go on from an earlier one's is recognised
by its tokens. What a reply left behind while it was written is not used: the reply is read as text
with the next prompt, all at once. So after a kill the same turns are computed again, one after the
other in the same products, and give the same numbers, as long as the same conversations go on
together; in other company they agree within rounding.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from acculturate.engines import packing
from acculturate.engines.prefix import Tokens, Tree, build_tree, chunks, grown, shared_length
from acculturate.engines.scoring import CHUNK_TOKENS

KEPT_BYTES = 2 << 30
"""Of keys and values of all conversations together; the longest unused are forgotten."""


class Kept:
    """The prompts of a batch of conversations as one tree, with its keys and values."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._held = packing.TreeHeld()
        self.tree = Tree((), {})

    @property
    def size(self) -> int:
        """Bytes held."""
        return self._held.size

    def grow(self, longer: Mapping[Tokens, Tokens]) -> None:
        """Compute token lists, each from the list of the tree that it goes on from."""
        old = len(self.tree.runs)
        self.tree = grown(self.tree, longer) if old else build_tree(filter(None, longer))
        runs = self.tree.runs[old:]
        self._held.expect(sum(len(run.tokens) for run in runs))
        with packing.tree_attending(self._model):
            for chunk in chunks(runs, CHUNK_TOKENS):
                layout = packing.lay_out(self._model, chunk, self._held)
                packing.forward(self._model, chunk, layout, ())

    def laid_out(
        self, lists: Sequence[Tokens], width: int, ahead: int
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """See `Memory.recall`; lists are left-padded to `width` tokens."""
        # what stands in the padding is masked, what lies ahead is not seen yet: any slot will do
        ways = [[0] * (width - len(each)) + [*self.tree.way(each)] + [0] * ahead for each in lists]
        index = torch.tensor(ways, device=self._model.device)
        return self._held.laid_out(index, self._model.config.num_key_value_heads)


class Memory:
    """The trees of the latest batches of one model."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._kept: list[Kept] = []

    def recall(
        self, turns_B: Sequence[Sequence[Tokens]], ahead: int = 0
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Layer by layer the keys and values of each row's last list, computed as far as they were
        not kept: (rows, key heads, tokens, size) each, padded on the left, with `ahead` more tokens
        on the right, whose numbers mean nothing.

        `turns_B` has for each row its prompts, oldest first, each one beginning the next. Rows
        whose last turn was in different batches come from different trees.
        """
        rows_of: dict[Kept | None, list[int]] = {}
        for row, turns in enumerate(turns_B):
            rows_of.setdefault(self._home(turns), []).append(row)
        width = max(len(turns[-1]) for turns in turns_B)
        parts = []
        for kept, rows in rows_of.items():
            some = [turns_B[row] for row in rows]
            grown = self._computed(some) if kept is None else self._continued(kept, some)
            parts.append(grown.laid_out([turns[-1] for turns in some], width, ahead))
        back = torch.tensor([row for rows in rows_of.values() for row in rows]).argsort()
        for pairs in zip(*parts, strict=True):
            if len(pairs) == 1:
                yield pairs[0]
            else:
                key, value = (torch.cat(each)[back] for each in zip(*pairs, strict=True))
                yield key, value

    def _home(self, turns: Sequence[Tokens]) -> Kept | None:
        """The tree that holds what was computed at a row's last turn."""
        if len(turns) < 2:
            return None
        return next((k for k in reversed(self._kept) if turns[-2] in k.tree.slots), None)

    def _computed(self, turns_B: Sequence[Sequence[Tokens]]) -> Kept:
        """A new tree, computed turn by turn."""
        kept = Kept(self._model)
        for at in range(max(map(len, turns_B))):
            kept.grow({t[at]: t[at - 1] if at else () for t in turns_B if at < len(t)})
        return self._keep(kept)

    def _continued(self, kept: Kept, turns_B: Sequence[Sequence[Tokens]]) -> Kept:
        """A tree of the last turn, and one turn more."""
        kept.grow({turns[-1]: turns[-2] for turns in turns_B})
        self._kept.remove(kept)
        return self._keep(kept)

    def _keep(self, kept: Kept) -> Kept:
        self._kept.append(kept)
        while sum(each.size for each in self._kept) > KEPT_BYTES:
            self._kept.pop(0)
        return kept


def nested(prompts: Sequence[Sequence[int]]) -> tuple[Tokens, ...]:
    """Prompts of one conversation, oldest first, without the last token of each (it is fed when
    writing begins), cut so that each begins the next.

    >>> nested([(1, 2, 9), (1, 2, 3, 9), (1, 2, 3, 4, 5, 9)])
    ((1, 2), (1, 2, 3), (1, 2, 3, 4, 5))
    """
    whole = tuple(prompts[-1][:-1])
    ends = [shared_length(prompt[:-1], whole) for prompt in prompts]
    return tuple(whole[:end] for end in sorted(set(ends) - {0})) or (whole,)
