"""Tries: prompts that are asked until their reply can be read, each at most so many times.

What several stages share: all prompts together are the first round, those without a readable reply
the next one, drawn anew, until all are read or out of tries. Every failed try is a `Drop`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from acculturate.clca.moves import Unread
from acculturate.records import GenerateRequest, Generation, Message, Reply, Sampling
from acculturate.records.yields import Drop
from acculturate.runner import Lookup, Round

Value = TypeVar("Value")
WARM = 0.7
"""The least temperature of a second try: a greedy one would only say the same again."""


@dataclass(frozen=True, slots=True)
class Task:
    """A prompt with a name of its own, and the schema that its reply is held to, where the engine
    can.
    """

    key: str
    messages: tuple[Message, ...]
    schema: str = ""


@dataclass(slots=True)
class Tried(Generic[Value]):
    """What was read, by key, and every try that was not."""

    values: dict[str, Value] = field(default_factory=dict)
    drops: list[Drop] = field(default_factory=list)


class Tries(Generic[Value]):
    """Asks `tasks` of the model in a role; `read` gives a value or why there is none."""

    def __init__(
        self,
        tasks: Sequence[Task],
        read: Callable[[str, Generation], Value | Unread],
        sampling: Sampling,
        tries: int,
        role: str,
    ) -> None:
        self._tasks, self._read = tuple(tasks), read
        self._sampling, self._tries, self._role = sampling, tries, role

    def rounds(self, done: Lookup) -> Iterator[Round]:
        """At most as many rounds as there are tries."""
        return self._go(Tried(), done)

    def collect(self, done: Lookup) -> Tried[Value]:
        """Read all replies anew."""
        tried: Tried[Value] = Tried()
        for _ in self._go(tried, done):
            pass
        return tried

    def _go(self, tried: Tried[Value], done: Lookup) -> Iterator[Round]:
        for attempt in range(self._tries):
            left = [task for task in self._tasks if task.key not in tried.values]
            asked = [(task, self._request(task, attempt)) for task in left]
            if not asked:
                return
            yield Round(self._role, [request for _, request in asked], len(asked))
            replies = [done(self._role, request) for _, request in asked]
            if any(reply is None for reply in replies):
                return
            for (task, _), reply in zip(asked, replies, strict=True):
                self._take(tried, task, reply)

    def _take(self, tried: Tried[Value], task: Task, reply: Reply | None) -> None:
        if not isinstance(reply, Generation):
            tried.drops.append(Drop("no reply", getattr(reply, "message", ""), task.key))
            return
        value = self._read(task.key, reply)
        if isinstance(value, Unread):
            tried.drops.append(Drop(value.reason, reply.text, task.key))
        else:
            tried.values[task.key] = value

    def _request(self, task: Task, attempt: int) -> GenerateRequest:
        sampling = self._sampling
        if attempt:
            sampling = replace(sampling, temperature=max(WARM, sampling.temperature))
        return GenerateRequest(task.messages, sampling, attempt, task.schema)
