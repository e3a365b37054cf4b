"""What may follow a conversation that goes on: log-probabilities behind what is held of it.

An interview's next prompt is the last one with two lines more. What came before is held
(memory.py), so a turn computes its own lines, and an interview of 90 items costs about its tokens
once. A last pass behind what is held reads each prompt's last token and how its options begin:

    held      [ who you are | item 1 | 2 | item 2 | 4 | ... | item 40 (all but its last token) ]
    last pass                                                          [ last token, "1" ... ]

What is held is the same whoever is asked with it; the last pass is computed for all rows of a batch
together, as choices are everywhere.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch

from acculturate.engines import chat
from acculturate.engines.hf import packing
from acculturate.engines.hf.blocks import Blocks, cut
from acculturate.engines.hf.half_layers import quick_halves
from acculturate.engines.hf.head import wide_head
from acculturate.engines.hf.memory import Kept, Memory
from acculturate.engines.hf.prefix import Run, Tokens, build_tree, shared_length
from acculturate.engines.hf.scoring import Answers, Wanted, picked
from acculturate.records import Message

KNOWN_TURNS = 512
"""Prompts whose tokens are remembered."""


class Row(NamedTuple):
    """A conversation's turn: where its prompts end in the last one's tokens, and what is wanted
    after which list; each list begins with all of the last prompt's tokens but the last.
    """

    turns: tuple[Tokens, ...]
    wanted: Wanted


def goes_on(messages: Sequence[Message]) -> bool:
    """Return whether so much came before that it is worth holding: two replies or more."""
    return sum(message.role == "assistant" for message in messages[:-1]) > 1


class Told(NamedTuple):
    """A conversation's last prompt without its last token, and where in it each prompt ends."""

    tokens: Tokens
    ends: tuple[int, ...]


class Turns:
    """Tokens of conversations, for one tokenizer: each turn's are read once."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._known: OrderedDict[tuple[Message, ...], Told] = OrderedDict()

    def row(self, messages: Sequence[Message], context: Tokens, wanted: Wanted) -> Row:
        """Return the last turn's row; `context` are the tokens before the options."""
        ends = self._told(tuple(messages), context[:-1]).ends
        return Row(tuple(context[:end] for end in ends), wanted)

    def _told(self, messages: tuple[Message, ...], tokens: Tokens | None = None) -> Told:
        if messages not in self._known:
            if tokens is None:
                prompt = chat.render(self._tokenizer, messages)
                tokens = tuple(chat.encode(self._tokenizer, prompt)[:-1])
            earlier = chat.turns(messages)[:-1]
            before = self._told(tuple(earlier[-1])) if earlier else Told((), ())
            shared = shared_length(before.tokens, tokens)
            ends = {min(end, shared) for end in before.ends} | {len(tokens)}
            self._known[messages] = Told(tokens, tuple(sorted(ends - {0})))
            if len(self._known) > KNOWN_TURNS:
                self._known.popitem(last=False)
        return self._known[messages]


def next_after_turns(model: Any, memory: Memory, rows: Sequence[Row]) -> Answers:
    """Return for each wanted list of each row the log-probability of each wanted next token."""
    answers: Answers = {}
    with torch.inference_mode(), wide_head(model), quick_halves(model):
        for kept, places in memory.reach([row.turns for row in rows]).items():
            answers |= _last_pass(model, kept, [rows[place] for place in places])
    return answers


def _last_pass(model: Any, kept: Kept, rows: Sequence[Row]) -> Answers:
    """Compute what stands behind what is held of these rows, and forget it again."""
    with kept.behind() as held, packing.tree_attending(model):
        runs: list[Run] = []
        slots: dict[int, tuple[Tokens, Sequence[int]]] = {}
        for row in rows:
            first = runs[-1].end if runs else len(held.slots)
            own, lists = _runs(kept, cut(row.turns), row.wanted, first)
            runs += own
            slots |= lists
        asked = sorted(slots)
        layout = packing.lay_out(model, runs, held)
        logits = packing.forward(model, runs, layout, asked)
        logprobs = picked(logits, [slots[slot][1] for slot in asked])
        return {
            slots[slot][0]: logprob_of for slot, logprob_of in zip(asked, logprobs, strict=True)
        }


def _runs(
    kept: Kept, blocks: Blocks, wanted: Mapping[Tokens, Sequence[int]], first: int
) -> tuple[list[Run], dict[int, tuple[Tokens, Sequence[int]]]]:
    """Return a row's runs, numbered from `first`, and what is wanted at which slot."""
    way = kept.tree.way(blocks)
    tree = build_tree(tokens[len(way) :] for tokens in wanted)

    def moved(path: Tokens) -> Tokens:
        return (*way, *(slot + first for slot in path))

    runs = [Run(run.tokens, run.first + first, moved(run.path)) for run in tree.runs]
    lists = {
        tree.slots[tokens[len(way) :]] + first: (tokens, following)
        for tokens, following in wanted.items()
    }
    return runs, lists
