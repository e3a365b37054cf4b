"""Conversations with a model that answers items: what is asked next, and what the replies say.

Most are one question and its reply. Some go on: a thought comes before the choice, or one item
follows the other. Each says its next request from the replies that it has had, so that a run that
was cut off goes on with the same ones, and answers are read anew from what is kept.

    single      item -> reply
    reasoned    item -> thought -> reply
    battery     all items of a battery in sight -> one item's reply, or all of them as JSON
    interview   item -> reply -> item -> reply -> ...

In a battery and in an interview, too, a thought may come before each reply.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from acculturate.asking.answer_settings import AskKind
from acculturate.asking.asking import Ask, answer, framed, request
from acculturate.asking.presentation import filled, instruction
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

    def answers(self, replies: Sequence[Reply]) -> Iterator[tuple[int, Answer]]:
        """Yield the answers to the items that the replies are about, each with the place (from 0)
        of the reply that brought it.
        """
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

    def answers(self, replies: Sequence[Reply]) -> Iterator[tuple[int, Answer]]:
        """Yield the one answer."""
        return ((at, answer(self.ask, reply)) for at, reply in enumerate(replies))


@dataclass(frozen=True, slots=True)
class Reasoned:
    """What `single` asks, an item or a battery, with a thought of at most `thinking.max_tokens`
    before the reply.

    `closing` is what a battery's page ends with, which is said again after the thought.
    """

    single: Conversation
    ask: Ask
    thinking: Sampling
    closing: str = ""

    def request(self, replies: Sequence[Reply]) -> Request | None:
        """Return the request for a thought, then the one for the reply after it."""
        asked = self.single.request([])
        assert asked is not None, "there is an item"
        first = self._thought(*asked.messages)
        if not replies:
            return GenerateRequest(first, self.thinking, self.ask.sample)
        [thought, *rest] = replies
        if rest or not isinstance(thought, Generation):
            return None
        return replace(asked, messages=(*first, *after(self.ask, thought, self.closing)))

    def _thought(self, system: Message, user: Message) -> tuple[Message, Message]:
        if self.closing:
            return system, thinking_first(self.ask, user)
        frame, _ = framed(self.ask)
        return Message("system", f"{frame}\n\n{_thinking_text(self.ask)}"), user

    def answers(self, replies: Sequence[Reply]) -> Iterator[tuple[int, Answer]]:
        """Yield the answers; without a thought there is none."""
        failed = replies and isinstance(replies[0], Failure)
        at = 0 if failed else 1
        for _, read in self.single.answers(replies[at:]):
            yield at, replace(read, reasoned=True)


def thinking_first(ask: Ask, user: Message) -> Message:
    """Return a user's message that asks for a thought before the answer."""
    return replace(user, text=f"{user.text}\n\n{_thinking_text(ask)}")


def _thinking_text(ask: Ask) -> str:
    return filled("thinking", ask.presentation.language)


def after(ask: Ask, thought: Generation, closing: str = "") -> tuple[Message, Message]:
    """Return a thought as it was said, and what asks for the answer then: `closing`, or what kind
    of reply is wanted.
    """
    shape = ask.presentation
    now = filled("thought", shape.language, instruction=closing or instruction(shape))
    return Message("assistant", thought.text.strip()), Message("user", now)


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
        for at, read in self.conversation.answers(self.replies):
            yield requests[at], read
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
