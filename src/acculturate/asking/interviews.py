"""An interview: one item after another in one conversation, the answers given before in sight.

    system     who you are, how to reply
    user       item 1          assistant  2
    user       item 2          assistant  4
    user       item 3          ...

Batteries come in an order drawn with the seed, items of a battery follow each other as in the
survey. Where options are weighed, the answer that stands in the conversation is drawn from their
probabilities, with the seed, so that an interview is one that could have been held; the
probabilities themselves are what is kept. An item without a reply is left out of what follows.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from acculturate.asking.answer_settings import AskKind
from acculturate.asking.asking import Ask, answer, every_option, messages, request
from acculturate.asking.batteries import batteries
from acculturate.records import (
    Answer,
    Choice,
    Failure,
    Generation,
    Item,
    Message,
    Reply,
    Request,
    Sampling,
)

KIND = "interview"


@dataclass(frozen=True, slots=True)
class Interview:
    """Asks in the order in which they are put; `seed` is that of the answers that are drawn."""

    asks: tuple[Ask, ...]
    kind: AskKind
    sampling: Sampling
    seed: str
    _put: dict[int, tuple[Message, ...]] = field(default_factory=dict, repr=False, compare=False)

    def request(self, replies: Sequence[Reply]) -> Request | None:
        """Return the next item's request, behind all that was said."""
        if len(replies) == len(self.asks):
            return None
        ask = self.asks[len(replies)]
        system, item = self._messages(len(replies))
        asked = request(ask, self.kind, self.sampling)
        return replace(asked, messages=(system, *self._said(replies), item))

    def answers(self, replies: Sequence[Reply]) -> Iterator[Answer]:
        """Yield the answer to each item that was put."""
        for ask, reply in zip(self.asks, replies, strict=False):
            yield replace(answer(ask, reply), presentation=KIND)

    def _said(self, replies: Sequence[Reply]) -> Iterator[Message]:
        for turn, (ask, reply) in enumerate(zip(self.asks, replies, strict=False)):
            if given := self._given(ask, reply):
                yield self._messages(turn)[1]
                yield Message("assistant", given)

    def _messages(self, turn: int) -> tuple[Message, ...]:
        """Return an item's messages, made once: they stand in every turn that follows."""
        if turn not in self._put:
            self._put[turn] = messages(self.asks[turn])
        return self._put[turn]

    def _given(self, ask: Ask, reply: Reply) -> str:
        """Return the answer that stands in the conversation; "" for none."""
        if isinstance(reply, Failure):
            return ""
        if isinstance(reply, Generation):
            return reply.text.strip()
        labels = [option.label for option in every_option(ask)]
        return drawn(reply, labels, f"{self.seed}/{ask.item.id}")


def drawn(reply: Choice, labels: Sequence[str], seed: str) -> str:
    """Return one of the labels, drawn by their probabilities."""
    top = max(reply.logprobs)
    weights = [math.exp(logprob - top) for logprob in reply.logprobs]
    return random.Random(seed).choices(labels, weights)[0]


def put_in_order(items: Sequence[Item], seed: str) -> tuple[Item, ...]:
    """Return items with their batteries in an order drawn with the seed."""
    parts = batteries(items)
    random.Random(seed).shuffle(parts)
    return tuple(item for part in parts for item in part)
