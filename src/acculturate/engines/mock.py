"""A model without weights: scripted by a list or a function, with the interface of the real ones.

It carries the tests, and it lets a study be tried without torch. `MockEngine(script)` plays a
script; `open_engine("mock:uniform")` gives one of the named characters.

    >>> from acculturate.engines.mock import MockEngine
    >>> from acculturate.records import ChooseRequest, Message
    >>> ask = ChooseRequest((Message("user", "Tea or coffee?"),), ("1", "2"))
    >>> [(_, reply)] = MockEngine([[0.25, 0.75]]).choose([ask])
    >>> [round(2.718281828 ** logprob, 2) for logprob in reply.logprobs]
    [0.25, 0.75]
"""

import json
import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from numbers import Real
from typing import TypeGuard

from acculturate.calling import wrong_kind
from acculturate.engines.kind import EngineKind
from acculturate.engines.protocol import Identity
from acculturate.errors import ConfigError, EngineError, nearest
from acculturate.files import text_digest
from acculturate.records import Choice, ChooseRequest, Failure, GenerateRequest, Generation, Request

Line = str | Generation | Choice | Failure | Sequence[float]
"""What a script says: a text, a whole reply, a failure, or one probability per label."""

Script = Callable[[Request], Line]

LOWEST = -745.0
"""The log-probability written for a probability of 0: that of the smallest positive float."""


class MockEngine:
    """Plays `script`: a list, whose lines are said in the order of the requests, or a function.

    A text in place of a script raises `ConfigError`. A list that is used up raises
    `EngineError`. `name` is all that tells two mocks apart in a run folder, so two scripts in
    one study need two names. One that `can_bind` is given the schemas of its requests, and it
    is its script that keeps to them.
    """

    can_choose = True
    can_seed_rows = True
    commits_each = False

    def __init__(
        self,
        script: Sequence[Line] | Script,
        name: str = "mock",
        *,
        batch_size: int = 64,
        can_bind: bool = False,
    ) -> None:
        if isinstance(script, str):
            raise ConfigError(
                f"A MockEngine plays a list of lines or a function, and was given '{script}': the "
                f"model of that name is acculturate.open_engine('mock:{script}')."
            )
        if not callable(script) and not isinstance(script, Iterable):
            raise wrong_kind("A MockEngine plays a list of lines or a function", script)
        if not isinstance(name, str):
            raise wrong_kind("The name of a MockEngine is a text", name)
        if not isinstance(batch_size, int) or batch_size < 1:
            raise wrong_kind("The batch_size of a MockEngine is a whole number above 0", batch_size)
        self._say = script if callable(script) else _in_order(script, name)
        self.batch_size = self.choose_batch_size = batch_size
        self.can_bind = can_bind
        weights = text_digest(f"mock:{name}")
        self.identity = Identity(model=f"mock:{name}", weights=weights, dtype="none")

    @classmethod
    def named(cls, name: str) -> "MockEngine":
        """Return the character that `mock:NAME` means; raises `ConfigError` with the
        nearest name.
        """
        if name not in CHARACTERS:
            known = ", ".join(f"mock:{character}" for character in CHARACTERS)
            raise ConfigError(
                f"There is no mock model '{name}': use one of {known}.{nearest(name, CHARACTERS)}"
            )
        return cls(CHARACTERS[name], name)

    def generate(
        self, requests: Sequence[GenerateRequest]
    ) -> Iterator[tuple[str, Generation | Failure]]:
        """Yield what the script says to each request, as text."""
        for request in requests:
            line = self._say(request)
            if isinstance(line, str):
                line = Generation(line, _words(request), len(line.split()), "end")
            if not isinstance(line, Generation | Failure):
                raise EngineError(
                    f"The script of {self.identity.model} answers a text request with {line!r}: "
                    "give a string, a Generation or a Failure."
                )
            yield request.id, line

    def choose(self, requests: Sequence[ChooseRequest]) -> Iterator[tuple[str, Choice | Failure]]:
        """Yield the script's probabilities for each request's labels."""
        for request in requests:
            yield request.id, self._weigh(request, self._say(request))

    def close(self) -> None:
        """Do nothing: the mock holds nothing."""

    def _weigh(self, request: ChooseRequest, line: Line) -> Choice | Failure:
        if isinstance(line, Choice | Failure):
            return line
        if isinstance(line, str):
            line = [float(label == line.strip()) for label in request.labels]
        if not _weighs(line, len(request.labels)):
            raise EngineError(
                f"The script of {self.identity.model} answers {len(request.labels)} labels with "
                f"{line!r}: give one probability per label, a Choice or a Failure."
            )
        logprobs = tuple(math.log(share) if share > 0 else LOWEST for share in line)
        return Choice(logprobs, _words(request))


def _weighs(line: object, labels: int) -> TypeGuard[Sequence[float]]:
    """Return whether a line of a script gives so many labels each a weight."""
    if not isinstance(line, Sequence) or len(line) != labels:
        return False
    return all(isinstance(share, Real) and 0 <= float(share) < math.inf for share in line)


def _in_order(lines: Sequence[Line], name: str) -> Script:
    left = iter(lines)

    def say(request: Request) -> Line:
        for line in left:
            return line
        raise EngineError(
            f"The script of mock:{name} has only {len(lines)} line{'s' * (len(lines) != 1)}, and "
            "one more was asked for."
        )

    return say


def _words(request: Request) -> int:
    return sum(len(message.text.split()) for message in request.messages)


def _uniform(request: Request) -> Line:
    """Weigh all options alike."""
    if isinstance(request, ChooseRequest):
        return [1 / len(request.labels)] * len(request.labels)
    return "1"


def _first(request: Request) -> Line:
    """Choose the first option, nearly always."""
    if isinstance(request, ChooseRequest):
        rest = len(request.labels) - 1
        return [0.97] + [0.02 / rest] * rest if rest else [0.97]
    return "1"


def _noise(request: Request) -> Line:
    """Answer each request differently, and the same request always alike."""
    draw = random.Random(request.id)
    if isinstance(request, ChooseRequest):
        weights = [draw.expovariate(1.0) for _ in request.labels]
        mass = draw.uniform(0.9, 1.0)
        return [mass * weight / sum(weights) for weight in weights]
    if "json" in request.messages[-1].text.casefold():
        return _question(draw)
    return str(draw.randint(1, 4))


def _question(draw: random.Random) -> str:
    adverb = draw.choice(("personally", "generally", "honestly", "truly", "mostly"))
    stem = draw.choice(
        (
            "How important is {thing} to you {adverb}?",
            "How much do you {adverb} trust {thing}?",
            "How often do you {adverb} think about {thing}?",
            "How worried are you {adverb} about {thing}?",
        )
    )
    first, second = draw.sample(THINGS, 2)
    options = draw.choice(
        (
            ("Very much", "Quite a lot", "Not much", "Not at all"),
            ("Always", "Often", "Sometimes", "Rarely", "Never"),
            ("Yes", "No"),
        )
    )
    question = stem.format(thing=f"{first} and {second}", adverb=adverb)
    return json.dumps({"question": question, "options": list(options)})


THINGS = (
    "the care of older people", "music at home", "the town library", "clean rivers",
    "public transport", "the local market", "evening classes", "neighbourhood meetings",
    "family recipes", "religious holidays", "national elections", "the weather forecast",
    "savings for old age", "free newspapers", "the work of judges", "sports clubs",
    "foreign films", "school uniforms", "wild animals", "night shifts", "young entrepreneurs",
    "village festivals", "new medicines", "the army", "online shopping", "handwritten letters",
)  # fmt: skip

CHARACTERS: dict[str, Script] = {"uniform": _uniform, "first": _first, "noise": _noise}


MOCK = EngineKind(
    lambda spec: MockEngine.named(spec.name), unnamed="uniform", texts="alone", options="its script"
)
