"""What is asked of a model and what comes back, for any engine.

A request carries every parameter that can change the reply, so that its `id` (a digest of all of
them) is the reply's name in the run folder: what was asked once is never asked again.
"""

import functools
import json
from dataclasses import dataclass
from typing import Literal, Protocol

from acculturate.files import text_digest

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    role: Role
    text: str


class Drawn(Protocol):
    """Settings of texts that are drawn."""

    @property
    def temperature(self) -> float: ...

    @property
    def top_p(self) -> float: ...

    @property
    def max_tokens(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Sampling:
    """How text is drawn: `temperature` 0 is greedy, `top_p` in (0, 1], `seed` always explicit."""

    temperature: float
    top_p: float
    max_tokens: int
    seed: int

    @classmethod
    def of(cls, settings: Drawn, seed: int) -> "Sampling":
        """Return how texts with these settings are drawn with a seed."""
        return cls(settings.temperature, settings.top_p, settings.max_tokens, seed)


@dataclass(frozen=True, slots=True)
class GenerateRequest:
    """Write a text. `sample` tells apart several draws of one prompt; `schema` is the JSON schema
    (as text, "" for none) that it is held to, where the engine can (`can_bind`).
    """

    messages: tuple[Message, ...]
    sampling: Sampling
    sample: int = 0
    schema: str = ""

    @property
    def id(self) -> str:
        s = self.sampling
        drawn = (s.temperature, s.top_p, s.max_tokens, s.seed, self.sample)
        # without a schema the id is that of the time before there were any
        bound = (self.schema,) if self.schema else ()
        return _digest("generate", self.messages, (*drawn, *bound))


@dataclass(frozen=True, slots=True)
class ChooseRequest:
    """Weigh the `labels` (strings such as "1" ... "10") as the reply's beginning."""

    messages: tuple[Message, ...]
    labels: tuple[str, ...]

    @property
    def id(self) -> str:
        return _digest("choose", self.messages, self.labels)


@dataclass(frozen=True, slots=True)
class Generation:
    """A text, its reasoning kept apart, token counts, and why it ended.

    `halved` is how often its batch was cut in two, since it did not fit into memory.
    """

    text: str
    prompt_tokens: int
    new_tokens: int
    stop: Literal["end", "length"]
    reasoning: str = ""
    halved: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """Natural-log probability of each label, not normalised: the labels' sum is the option mass.

    `halved` is how often its batch was cut in two, since it did not fit into memory.
    """

    logprobs: tuple[float, ...]
    prompt_tokens: int = 0
    halved: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """A request that got no usable reply.

    Transient ones are asked again when the run goes on, content ones only with `--retry-failed`.
    """

    kind: Literal["transient", "content"]
    message: str


Request = GenerateRequest | ChooseRequest
Reply = Generation | Choice | Failure


def _digest(what: str, messages: tuple[Message, ...], rest: tuple[object, ...]) -> str:
    return _text_digest(what, messages, _json(rest))


@functools.lru_cache(maxsize=256)  # a batch asks for each of its ids several times
def _text_digest(what: str, messages: tuple[Message, ...], rest: str) -> str:
    text = _json([[m.role, m.text] for m in messages])
    return text_digest(f"[{_json(what)},{text},{rest}]", 32)


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
