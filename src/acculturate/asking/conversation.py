"""Conversations with a model that answers items: what is asked next, and what the replies say.

Most are one question and its reply. Some go on: a thought comes before the choice, or one item
follows the other. Each says its next request from the replies that it has had, so that a run that
was cut off goes on with the same ones, and answers are read anew from what is kept.

    single      item -> reply
    reasoned    item -> thought -> reply
    battery     all items of a battery in sight -> one item's reply, or all of them as JSON
    interview   item -> reply -> item -> reply -> ...
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from acculturate.asking.answer_settings import AskKind
from acculturate.asking.asking import Ask, answer, framed, request
from acculturate.asking.presentation import filled, instruction, item_text
from acculturate.records import (
    Answer,
    Choice,
    ChooseRequest,
    Failure,
    GenerateRequest,
    Generation,
    Message,
    Reply,
    Request,
    Sampling,
)

Replies = Callable[[Request], Reply | None]
"""What a model replied to a request, if it did."""


class Conversation(Protocol):
    """See the module's text; `replies` are those to its requests so far, in their order."""

    def request(self, replies: Sequence[Reply]) -> Request | None:
        """Return what is asked next; None where nothing is."""
        ...

    def answers(self, replies: Sequence[Reply]) -> Iterator[Answer]:
        """Yield the answers to the items that the replies are about."""
        ...


@dataclass(frozen=True, slots=True)
class Single:
    """An item by itself."""

    ask: Ask
    kind: AskKind
    sampling: Sampling

    def request(self, replies: Sequence[Reply]) -> Request | None:
        """Return the one request."""
        return None if replies else request(self.ask, self.kind, self.sampling)

    def answers(self, replies: Sequence[Reply]) -> Iterator[Answer]:
        """Yield the one answer."""
        return (answer(self.ask, reply) for reply in replies)


@dataclass(frozen=True, slots=True)
class Reasoned:
    """An item by itself, with a thought of at most `thinking.max_tokens` before the choice."""

    ask: Ask
    kind: AskKind
    sampling: Sampling
    thinking: Sampling

    def request(self, replies: Sequence[Reply]) -> Request | None:
        """Return the request for a thought, then the one for the choice after it."""
        if not replies:
            return GenerateRequest(self._thought(), self.thinking, self.ask.sample)
        [thought, *rest] = replies
        if rest or not isinstance(thought, Generation):
            return None
        asked = request(self.ask, self.kind, self.sampling)
        return replace(asked, messages=self._after(thought.text))

    def answers(self, replies: Sequence[Reply]) -> Iterator[Answer]:
        """Yield the one answer; without a thought there is none."""
        failed = replies and isinstance(replies[0], Failure)
        for reply in replies if failed else replies[1:]:
            yield replace(answer(self.ask, reply), reasoned=True)

    def _thought(self) -> tuple[Message, ...]:
        frame, behind = framed(self.ask)
        shape = self.ask.presentation
        system = f"{frame}\n\n{filled('thinking', shape.language)}"
        item = item_text(self.ask.item, shape)
        return (
            Message("system", system),
            Message("user", f"{item}\n\n{behind}" if behind else item),
        )

    def _after(self, thought: str) -> tuple[Message, ...]:
        shape = self.ask.presentation
        now = filled("thought", shape.language, instruction=instruction(shape))
        return (*self._thought(), Message("assistant", thought.strip()), Message("user", now))


class Sitting:
    """A conversation that is carried on: the replies that it has had, and what it asks next."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self.replies: list[Reply] = []
        self._asked: Request | None = None

    def next(self, done: Replies) -> Request | None:
        """Return what is asked next, once the last is replied to; None at the end, and where a
        reply is missing.
        """
        if self._asked is not None:
            reply = done(self._asked)
            if reply is None:
                return None
            self.replies.append(reply)
        self._asked = self.conversation.request(self.replies)
        return self._asked

    def at(self, turn: int, done: Replies) -> Request | None:
        """Return what is asked in a turn (from 0), from the beginning on."""
        for _ in range(turn):
            if self.next(done) is None:
                return None
        return self.next(done)

    def answers(self, done: Replies) -> Iterator[Answer]:
        """Yield all answers there are, read from the beginning on."""
        return (read for _, read in self.exchanges(done) if read is not None)

    def exchanges(self, done: Replies) -> Iterator[tuple[Request, Answer | None]]:
        """Yield all answers there are with the request that brought each, and last a request
        without a reply, if it came to one.
        """
        requests = []
        while (asked := self.next(done)) is not None:
            requests.append(asked)
        answers = list(self.conversation.answers(self.replies))
        brought = requests[: len(self.replies)]
        if len(answers) != len(brought):  # one reply for several items, or after a thought
            brought = brought[-1:] * len(answers)
        yield from zip(brought, answers, strict=True)
        if len(self.replies) < len(requests):
            yield requests[-1], None


def likely(conversation: Conversation) -> Iterator[Request]:
    """Yield what a conversation will ask, those after replies as they would be after likely
    ones.
    """
    sitting = Sitting(conversation)
    while (asked := sitting.next(_guessed)) is not None:
        yield asked


def _guessed(asked: Request) -> Reply:
    if isinstance(asked, ChooseRequest):
        return Choice((-math.log(len(asked.labels)),) * len(asked.labels))
    room = asked.sampling.max_tokens
    return Generation("1" if room < 40 else " ".join(["word"] * (room * 2 // 3)), 0, room, "end")
