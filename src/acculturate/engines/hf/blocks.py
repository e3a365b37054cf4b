"""Prompts cut into blocks at places that depend on the prompt alone, and a tree of them that grows.

A block ends where a turn of the conversation ended, and after every `BLOCK` tokens of a turn:

    [ scene, who you are ... | ... | opening ][ my reply | its answer ][ my reply, its answer ]
      64 tokens               64     the rest  64          the rest      up to 64

So whoever begins alike has the same blocks, whatever else is asked with them, and each is computed
once. New blocks are put into passes of exactly `width` tokens, the last of which are filled up:
products of one shape give a token the same numbers wherever it stands and whoever stands beside it,
while a product of other shape rounds otherwise.

This module knows numbers only, no model.

    >>> tree = BlockTree(width=8)
    >>> one, two = cut([(5, 6, 7)]), cut([(5, 6, 7), (5, 6, 7, 8, 9)])
    >>> [[run.tokens for run in some] for some in tree.grow([one])]
    [[(5, 6, 7), (0, 0, 0, 0, 0)]]
    >>> [run.tokens for run in tree.grow([two])[0]], tree.way(two)
    ([(8, 9), (0, 0, 0, 0, 0, 0)], (0, 1, 2, 8, 9))
"""

from collections.abc import Iterable, Iterator, Sequence

from acculturate.engines.hf.prefix import Run, Tokens

BLOCK = 64
"""Tokens of a block at most: fewer share more, and make more calls of attention."""

Blocks = tuple[Tokens, ...]
"""A prompt, cut."""


def cut(turns: Sequence[Tokens]) -> Blocks:
    """Return the last of a conversation's prompts, each of which begins the next, in blocks."""
    starts = (0, *map(len, turns[:-1]))
    return tuple(
        turn[at : at + BLOCK]
        for start, turn in zip(starts, turns, strict=False)
        for at in range(start, len(turn), BLOCK)
    )


class BlockTree:
    """The blocks of many prompts, each computed once: a run after those that come before it."""

    def __init__(self, width: int) -> None:
        self._width, self._size = width, 0
        self._runs: dict[Blocks, Run] = {}

    def __contains__(self, blocks: Blocks) -> bool:
        return blocks in self._runs

    def way(self, blocks: Blocks) -> Tokens:
        """Return the slots of a prompt's tokens, from the first to the last."""
        if not blocks:
            return ()
        run = self._runs[blocks]
        return (*run.path, *range(run.first, run.end))

    def grow(self, prompts: Iterable[Blocks]) -> list[list[Run]]:
        """Add what is new of these prompts; returns it in passes, in the order of slots."""
        fresh = self._fresh(prompts)
        passes: list[list[Run]] = []
        while fresh:
            passes.append(list(self._filled(fresh)))
        return passes

    def _fresh(self, prompts: Iterable[Blocks]) -> dict[Blocks, None]:
        """Return beginnings of prompts that are not in the tree, shorter ones before longer."""
        fresh: dict[Blocks, None] = {}
        for prompt in prompts:
            known = len(prompt)
            while known and prompt[:known] not in self._runs:
                known -= 1
            fresh |= {prompt[:end]: None for end in range(known + 1, len(prompt) + 1)}
        return fresh

    def _filled(self, fresh: dict[Blocks, None]) -> Iterator[Run]:
        """Yield a pass: the longest block that fits, again and again; what is left is filled up."""
        room = self._width
        while blocks := self._longest(fresh, room):
            del fresh[blocks]
            self._runs[blocks] = run = self._run(blocks[-1], self.way(blocks[:-1]))
            room -= len(run.tokens)
            yield run
        if room:
            yield self._run((0,) * room, ())

    def _longest(self, fresh: Iterable[Blocks], room: int) -> Blocks:
        """Return the longest block that fits, of those whose beginning is in the tree; () where
        none does.
        """
        able = (block for block in fresh if len(block[-1]) <= room and self._follows(block))
        return max(able, key=lambda block: len(block[-1]), default=())

    def _follows(self, blocks: Blocks) -> bool:
        return len(blocks) == 1 or blocks[:-1] in self._runs

    def _run(self, tokens: Tokens, path: Tokens) -> Run:
        run = Run(tokens, self._size, path)
        self._size = run.end
        return run
