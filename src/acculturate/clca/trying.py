"""Tries: prompts that are asked until their reply can be read, each at most so many times.

What several stages share: all prompts together are the first round, those without a readable reply
the next one, drawn anew, until all are read or out of tries. Every failed try is a `Drop`. A reply
that lacks a part (`Partial`) is asked again too, and used where no later one is whole.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from acculturate.clca.unread import Unread
from acculturate.records import GenerateRequest, Generation, Message, Reply, Sampling
from acculturate.records.yields import Drop
from acculturate.runner import Lookup, Round

Value = TypeVar("Value")
NOT_ASKED = "not asked"
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


@dataclass(frozen=True, slots=True)
class Partial(Generic[Value]):
    """A value that lacks a part, and in a few words which."""

    value: Value
    reason: str


@dataclass(slots=True)
class Tried(Generic[Value]):
    """What was read, by key, every try that was not, and why each key without a value has none."""

    values: dict[str, Value] = field(default_factory=dict)
    drops: list[Drop] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)

    @property
    def lost(self) -> Mapping[str, int]:
        """The prompts without a value, counted by what was wrong with the last reply to each."""
        return Counter(self.unread.values())


class Tries(Generic[Value]):
    """Asks `tasks` of the model in a role; `read` gives a value or why there is none."""

    def __init__(
        self,
        tasks: Sequence[Task],
        read: Callable[[str, Generation], Value | Partial[Value] | Unread],
        sampling: Sampling,
        tries: int,
        role: str,
    ) -> None:
        self._tasks, self._read = tuple(tasks), read
        self._sampling, self._tries, self._role = sampling, tries, role

    def rounds(self, done: Lookup) -> Iterator[Round]:
        """Ask in at most as many rounds as there are tries."""
        return self._go(Tried(), done)

    def collect(self, done: Lookup) -> Tried[Value]:
        """Read all replies anew."""
        tried: Tried[Value] = Tried()
        for _ in self._go(tried, done):
            pass
        return tried

    def _go(self, tried: Tried[Value], done: Lookup) -> Iterator[Round]:
        tried.unread.update((task.key, NOT_ASKED) for task in self._tasks)
        left = self._tasks
        for attempt in range(self._tries):
            asked = [(task, self._request(task, attempt)) for task in left]
            if not asked:
                return
            yield Round(self._role, [request for _, request in asked], len(asked))
            replies = [done(self._role, request) for _, request in asked]
            if any(reply is None for reply in replies):
                return
            left = tuple(
                task
                for (task, _), reply in zip(asked, replies, strict=True)
                if not self._take(tried, task, reply)
            )

    def _take(self, tried: Tried[Value], task: Task, reply: Reply | None) -> bool:
        """Keep the value of a reply, or drop the reply; whether the prompt is done with."""
        if isinstance(reply, Generation):
            value, text = self._read(task.key, reply), reply.text
        else:
            value, text = Unread("no reply"), getattr(reply, "message", "")
        if not isinstance(value, (Unread, Partial)):
            tried.values[task.key] = value
            tried.unread.pop(task.key, None)
            return True
        tried.drops.append(Drop(value.reason, text, task.key))
        if isinstance(value, Partial):
            tried.values.setdefault(task.key, value.value)
            tried.unread.pop(task.key, None)
        elif task.key in tried.unread:
            tried.unread[task.key] = value.reason
        return False

    def _request(self, task: Task, attempt: int) -> GenerateRequest:
        sampling = self._sampling
        if attempt:
            sampling = replace(sampling, temperature=max(WARM, sampling.temperature))
        return GenerateRequest(task.messages, sampling, attempt, task.schema)
