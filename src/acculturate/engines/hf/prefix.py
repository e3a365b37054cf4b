"""Prompts that begin alike, as one tree: a beginning that many share is computed once.

Token lists are sorted, so that lists with the same beginning are neighbours. Each list then adds
one *run*: its tokens from the point where it leaves the list before it.

    a survey's framing | persona 1 | item 1        run 0   0 1 2 3 4 5 6
                                   | item 2        run 1           7 8 9     after 0 1 2 3
                       | persona 2 | item 1        run 2       10 11 12 13   after 0 1
                                   | item 2        run 3             14 15   after 0 1 10 11

Numbered as above, every token of the tree has one slot. A run's *path* is the slots that come
before it; its tokens see their path and, among themselves, what stands to their left. Runs are
walked in order, in chunks of a token budget. All that later chunks need of what is done is the path
of their first run: whatever else a later run shares, it shares through that one.

This module knows numbers only, no model.

    >>> tree = build_tree([(5, 6, 7), (5, 6, 8, 9), (5, 6)])
    >>> [(run.tokens, run.path) for run in tree.runs]
    [((5, 6, 7), ()), ((8, 9), (0, 1))]
    >>> tree.slots[(5, 6)]
    1
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

Tokens = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens added to the tree by one list: their first slot, and the slots on the way to it."""

    tokens: Tokens
    first: int
    path: Tokens

    @property
    def end(self) -> int:
        """One past the last slot."""
        return self.first + len(self.tokens)


@dataclass(frozen=True, slots=True)
class Tree:
    """The runs in walking order, and the slot of each list's last token."""

    runs: tuple[Run, ...]
    slots: dict[Tokens, int]

    @property
    def size(self) -> int:
        """How many tokens are computed."""
        return self.runs[-1].end if self.runs else 0

    @property
    def attended(self) -> int:
        """How many (token, seen token) pairs attention has, for counting floating-point work."""
        return sum(
            len(run.tokens) * len(run.path) + len(run.tokens) * (len(run.tokens) + 1) // 2
            for run in self.runs
        )


def build_tree(lists: Iterable[Sequence[int]]) -> Tree:
    """Return the tree of token lists; equal lists are one, and a list that begins another adds
    nothing.
    """
    ordered = sorted({tuple(tokens) for tokens in lists})
    runs: list[Run] = []
    slots: dict[Tokens, int] = {}
    way: Tokens = ()
    before: Tokens = ()
    waiting: list[Tokens] = []
    for at, tokens in enumerate(ordered):
        waiting.append(tokens)
        following = ordered[at + 1] if at + 1 < len(ordered) else ()
        if following[: len(tokens)] == tokens:
            continue
        shared = shared_length(before, tokens)
        first = runs[-1].end if runs else 0
        runs.append(Run(tokens[shared:], first, way[:shared]))
        way = (*way[:shared], *range(first, runs[-1].end))
        slots |= {tokens: way[len(tokens) - 1] for tokens in waiting}
        before, waiting = tokens, []
    return Tree(tuple(runs), slots)


def shared_length(left: Sequence[int], right: Sequence[int]) -> int:
    """Return the length of the longest common beginning."""
    for at, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            return at
    return min(len(left), len(right))


def chunks(runs: Iterable[Run], budget: int) -> Iterator[tuple[Run, ...]]:
    """Yield neighbouring runs of at most `budget` tokens together (or one longer run alone)."""
    chunk: list[Run] = []
    size = 0
    for run in runs:
        if chunk and size + len(run.tokens) > budget:
            yield tuple(chunk)
            chunk, size = [], 0
        chunk.append(run)
        size += len(run.tokens)
    if chunk:
        yield tuple(chunk)
