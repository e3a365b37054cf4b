"""An interview: one item after another in one conversation, the answers given before in sight.

    system     who you are, how to reply
    user       item 1          assistant  2
    user       item 2          assistant  4
    user       item 3          ...

Batteries come in an order drawn with the seed, items of a battery follow each other as in the
survey. Where options are weighed, the answer that stands in the conversation is drawn from their
probabilities, with the seed, so that an interview is one that could have been held; the
probabilities themselves are what is kept. An item without a reply is left out of what follows.
Where a thought comes before each answer, what follows shows the answer alone.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from acculturate.asking.answer_settings import AskKind
from acculturate.asking.asking import Ask, answer, every_option, messages, request
from acculturate.asking.batteries import batteries
from acculturate.asking.conversation import after, thinking_first
from acculturate.records import (
    Answer,
    Choice,
    Failure,
    GenerateRequest,
    Generation,
    Item,
    Message,
    Reply,
    Request,
    Sampling,
)

KIND = "interview"


class Turn(NamedTuple):
    """What was said to an item: the thought before its answer, if one was asked for and came, and
    the answer's reply with its place among all replies; no reply where it is yet to come.
    """

    thought: Generation | None
    reply: Reply | None
    at: int


@dataclass(frozen=True, slots=True)
class Interview:
    """Asks in the order in which they are put; `seed` is that of the answers that are drawn.

    With `thinking` a thought comes before each answer, and is not in sight afterwards.
    """

    asks: tuple[Ask, ...]
    kind: AskKind
    sampling: Sampling
    seed: str
    thinking: Sampling | None = None
    _put: dict[int, tuple[Message, ...]] = field(default_factory=dict, repr=False, compare=False)

    def request(self, replies: Sequence[Reply]) -> Request | None:
        """Return the next item's request, or that of the thought before it, behind all that was
        said.
        """
        turns = self._turns(replies)
        thought = turns.pop().thought if turns and turns[-1].reply is None else None
        if len(turns) == len(self.asks):
            return None
        ask = self.asks[len(turns)]
        system, item = self._messages(len(turns))
        before = (system, *self._said(turns))
        if self.thinking:
            item = thinking_first(ask, item)
            if not thought:
                return GenerateRequest((*before, item), self.thinking, ask.sample)
        asked = request(ask, self.kind, self.sampling)
        now = after(ask, thought) if thought else ()
        return replace(asked, messages=(*before, item, *now))

    def answers(self, replies: Sequence[Reply]) -> Iterator[tuple[int, Answer]]:
        """Yield the answer to each item that was put; one without a thought that was to come first
        has none.
        """
        for ask, turn in zip(self.asks, self._turns(replies), strict=False):
            if turn.reply is not None:
                read = answer(ask, turn.reply)
                yield turn.at, replace(read, presentation=KIND, reasoned=bool(self.thinking))

    def _turns(self, replies: Sequence[Reply]) -> list[Turn]:
        turns: list[Turn] = []
        for at, reply in enumerate(replies):
            if turns and turns[-1].reply is None:
                turns[-1] = Turn(turns[-1].thought, reply, at)
            elif self.thinking and isinstance(reply, Generation):
                turns.append(Turn(reply, None, at))
            else:
                turns.append(Turn(None, reply, at))
        return turns

    def _said(self, turns: Sequence[Turn]) -> Iterator[Message]:
        for at, (ask, turn) in enumerate(zip(self.asks, turns, strict=False)):
            if turn.reply is not None and (given := self._given(ask, turn.reply)):
                yield self._messages(at)[1]
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
