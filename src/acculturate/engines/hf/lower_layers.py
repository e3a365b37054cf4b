"""Hidden states below the first layer that is trained: computed once, not in every step.

Where an adapter is on the upper layers alone (`tuning.target`), the layers below give the same
numbers in every epoch. They are computed once, over the tree of all rows, and each step begins at
the first trained layer:

    all rows      --> tree           --> layers 0 .. k-1 --> held: (tokens of the tree, hidden size)
    a step's rows --> places in held --> layers k .. last, with gradient
"""

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor

from acculturate.engines.hf import packing
from acculturate.engines.hf.prefix import Tokens, Tree, build_tree, chunks
from acculturate.engines.hf.scoring import CHUNK_TOKENS
from acculturate.engines.hf.standing_in import stand_in

MOST_BYTES = 2 << 30
"""Of hidden states that are held; where there would be more, every step computes all layers."""

RESCALING = frozenset({"granite"})
"""Model types that multiply what they are given in place of tokens."""


class LowerLayers:
    """Hidden states of token lists, whose tree is `tree`, below the first trained layer of a model:
    below it are `layers`.
    """

    def __init__(self, model: Any, layers: int, tree: Tree, lists: Iterable[Tokens]) -> None:
        self._lists = longest(lists)
        self._ways = [(*run.path, *range(run.first, run.end)) for run in tree.runs]
        every = model.get_decoder().layers
        self._below = every[:layers]
        self._hidden_TD = _hidden(model, tree, every[layers], every[layers + 1 :])

    def of(self, tree: Tree, lists: Iterable[Tokens]) -> Tensor:
        """Return the hidden states of `tree`, which is built from `lists`: (its tokens, size)."""
        slots: list[int] = []
        for run, tokens in zip(tree.runs, longest(lists), strict=True):
            way = self._ways[bisect_left(self._lists, tokens)]  # of this list or one it begins
            slots += way[len(run.path) : len(tokens)]
        return self._hidden_TD[slots]

    @contextmanager
    def passed_over(self) -> Iterator[None]:
        """Let the lower layers hand on what they are given, for a while."""
        with _passed_over(self._below):
            yield


def lower_layers(model: Any, lists: Sequence[Tokens]) -> LowerLayers | None:
    """Return what is held of `lists` for a model that is computed packed; None where its lowest
    layer is trained, or too much would be held.
    """
    layers = _untrained(model)
    if not layers or model.config.model_type in RESCALING:
        return None
    tree = build_tree(lists)
    size = tree.size * model.config.hidden_size * model.dtype.itemsize
    return None if size > MOST_BYTES else LowerLayers(model, layers, tree, lists)


def longest(lists: Iterable[Tokens]) -> list[Tokens]:
    """Return the lists, each once and sorted, without those that another one begins with: a tree's
    runs are theirs, in this order.

    >>> longest([(5, 6, 8), (5, 6), (5, 6, 7)])
    [(5, 6, 7), (5, 6, 8)]
    """
    pairs = itertools.pairwise([*sorted(set(lists)), ()])
    return [one for one, following in pairs if following[: len(one)] != one]


def _untrained(model: Any) -> int:
    """Return how many layers stand below all that is trained."""
    trained = [name for name, weight in model.named_parameters() if weight.requires_grad]
    numbers = [re.search(r"\.layers\.(\d+)\.", name) for name in trained]
    return min((int(number[1]) if number else 0 for number in numbers), default=0)


def _hidden(model: Any, tree: Tree, first: Any, above: Sequence[Any]) -> Tensor:
    """Return what the layer `first` is given for each token of the tree: (tokens, size)."""
    given: list[Tensor] = []

    def note(hidden: Tensor, *_: Any, **__: Any) -> Tensor:
        given.append(hidden[0])
        return hidden

    parts = list(chunks(tree.runs, CHUNK_TOKENS))
    held = packing.PathHeld()
    with torch.no_grad(), _passed_over(above), ExitStack() as stack:
        stack.callback(stand_in(first, note))
        for runs, following in itertools.zip_longest(parts, parts[1:]):
            held.turn(runs, following[0].path if following else ())
            packing.forward(model, runs, packing.lay_out(model, runs, held), ())
    return torch.cat(given)


@contextmanager
def _passed_over(layers: Sequence[Any]) -> Iterator[None]:
    """Let layers hand on what they are given, for a while."""
    with ExitStack() as stack:
        for layer in layers:
            stack.callback(stand_in(layer, lambda hidden, *_, **__: hidden))
        yield
