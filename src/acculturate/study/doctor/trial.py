"""A model tried out: opened, asked some of the survey's items, and made to write a little.

What it is asked is what a study asks, so its speed is that of real work. Each round asks four times
as many prompts as the one before, none of them twice, until a round takes long enough to be timed:
a few seconds in all, unless a single prompt takes longer.
"""

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from acculturate.asking import AnswerSettings
from acculturate.engines import Engine, Identity, ModelSpec, open_engine
from acculturate.evaluation.survey_taking import SurveyTaking
from acculturate.records import (
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
from acculturate.survey import load_survey

ENOUGH = 0.5
"""Seconds after which a round says how fast a model is."""

SLOW = 3.0
"""Seconds after which the first round does, though all is loaded and warmed up in it."""

ROUNDS = (1, 4, 16, 64)
ROOM = 32
"""Tokens of a text."""


class Pace(NamedTuple):
    """What the last round brought: replies, their prompts' and their own tokens, seconds."""

    replies: int
    read: int
    written: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Trial:
    """What was found. `why` is a failure that came in place of a reply, other than a thought that
    was cut off ("" where none came).
    """

    identity: Identity
    opened: float
    options: Pace | None
    texts: Pace
    seeds_rows: bool
    binds: bool
    thinks: bool
    notes: tuple[str, ...]
    why: str


def try_model(spec: ModelSpec) -> Trial:
    """Open a model and ask it; raises as `open_engine` does."""
    start = time.monotonic()
    engine = open_engine(spec)
    opened = time.monotonic() - start
    try:
        options, choices = _timed(engine, _items()) if engine.can_choose else (None, [])
        texts, written = _timed(engine, _stories())
        odd = [*choices, *(reply for reply in written if not _thinks(reply))]
        failures = [reply.message for reply in odd if isinstance(reply, Failure)]
        return Trial(
            engine.identity,
            opened,
            options,
            texts,
            engine.can_seed_rows,
            engine.can_bind,
            bool(getattr(engine, "thinks", False)) or any(map(_thinks, written)),
            tuple(getattr(engine, "notes", ())),
            failures[0] if failures else "",
        )
    finally:
        engine.close()


def _items() -> Iterator[Request]:
    """Return the survey's items as an aware model is asked them."""
    survey = load_survey()
    asked = ("doctor", survey, "attitudes", list(survey.cultures)[:1], "aware", AnswerSettings())
    return SurveyTaking.of(*asked).requests()


def _stories() -> Iterator[Request]:
    """Return requests for texts that go on until they are cut."""
    drawn = Sampling(temperature=1.0, top_p=1.0, max_tokens=ROOM, seed=0)
    ask = (Message("user", "Tell me at length about a day in a town by the sea."),)
    return (GenerateRequest(ask, drawn, sample) for sample in itertools.count())


def _timed(engine: Engine, requests: Iterator[Request]) -> tuple[Pace, list[Reply]]:
    """Return the pace of the last round, and all replies."""
    replies: list[Reply] = []
    pace = Pace(0, 0, 0, 0.0)
    for at, count in enumerate(ROUNDS):
        batch = list(itertools.islice(requests, count))
        start = time.monotonic()
        came = _asked(engine, batch)
        pace = _pace(came, time.monotonic() - start)
        replies += came
        if pace.seconds > (ENOUGH if at else SLOW) or not pace.replies:
            break
    return pace, replies


def _asked(engine: Engine, batch: Sequence[Request]) -> list[Reply]:
    choose = [request for request in batch if isinstance(request, ChooseRequest)]
    generate = [request for request in batch if isinstance(request, GenerateRequest)]
    if choose:
        return [reply for _, reply in engine.choose(choose)]
    return [reply for _, reply in engine.generate(generate)]


def _pace(replies: Sequence[Reply], seconds: float) -> Pace:
    good = [reply for reply in replies if isinstance(reply, Choice | Generation)]
    written = sum(reply.new_tokens for reply in good if isinstance(reply, Generation))
    return Pace(len(good), sum(reply.prompt_tokens for reply in good), written, seconds)


def _thinks(reply: Reply) -> bool:
    """Return whether a text holds a thought, or is one that was cut off."""
    if isinstance(reply, Generation):
        return bool(reply.reasoning)
    return isinstance(reply, Failure) and "thought" in reply.message
