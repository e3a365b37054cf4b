"""Options weighed in the best way that a server allows.

    log-probabilities    one request: the next token's probabilities, as the local engine has them
    constrained choice   draws that can only be one of the options, counted
    samples              draws as the model writes them, read strictly and counted

Which one is decided by the question and by what the probe found, never by a reply, so that equal
questions are weighed alike. Counted draws are coarse (20 draws: steps of .05, a standard error of
up to .11) and say so little about rare options; and constrained ones have no option mass, since a
refusal cannot be drawn.
"""

import math
import re
import threading
from collections.abc import Sequence
from typing import Literal

from acculturate.engines.labels import LEAST
from acculturate.engines.server.chat import (
    asked_list,
    begins_in_thought,
    listed,
    seed_of,
    tokens_read,
    written_choice,
)
from acculturate.engines.server.constraint import choice_of, named
from acculturate.engines.server.labels import Pieces, TextPlan, conflicting, pieces_of
from acculturate.engines.server.probe import Abilities
from acculturate.engines.server.spending import Json, used
from acculturate.engines.server.transport import Ask, UnansweredError
from acculturate.engines.thoughts import opens_thought
from acculturate.records import Choice, ChooseRequest, Failure, Generation, Message

Way = Literal["log-probabilities", "constrained choice", "samples"]

AROUND_TOKENS, CONSTRAINT_TOKENS, THOUGHT_TOKENS = 6, 14, 2048
"""Room for what is written around a label: by itself, as JSON, and with a thought before it."""
N_MOST = 64
"""The most replies asked for in one request."""


class Weigher:
    """Weighs options over one server; safe to share between threads."""

    def __init__(self, ask: Ask, able: Abilities, samples: int) -> None:
        self._ask = ask
        self._able = able
        self._samples = samples
        self._pieces: dict[str, Pieces | None] = {}
        self._spaced: dict[str, bool] = {}
        self._lock = threading.Lock()

    def weigh(self, request: ChooseRequest) -> Choice | Failure:
        """The log-probability of each label. Raises `UnansweredError` and `ServerError`."""
        way = self.way(request.labels)
        if way == "log-probabilities":
            return self._read_off(request)
        return self._count(request, constrained=way == "constrained choice")

    def way(self, labels: Sequence[str]) -> Way:
        """How these labels are weighed."""
        able = self._able
        if not able.thinks:
            if len(labels) <= able.listed and self._can_read_off(labels):
                return "log-probabilities"
            if able.constrained:
                return "constrained choice"
        return "samples"

    def _can_read_off(self, labels: Sequence[str]) -> bool:
        pieces = [self._pieces_of(each) for each in labels]
        known = [each for each in pieces if each is not None]
        return len(known) == len(pieces) and (self._able.continues or not conflicting(known))

    def _pieces_of(self, label: str) -> Pieces | None:
        """How the server's tokenizer cuts a label, asked once."""
        if len(label) == 1:
            return (label,)
        with self._lock:
            if label not in self._pieces:
                more = self._more_tokens(label, label[0])
                self._pieces[label] = None if more is None else pieces_of(label, more + 1)
            return self._pieces[label]

    def _joins_space(self, piece: str) -> bool:
        """Whether a piece and a space before it are one token, asked once."""
        with self._lock:
            if piece not in self._spaced:
                # after a line, where no template trims it, and which no token reaches over
                self._spaced[piece] = self._more_tokens(f"x\n {piece}", f"x\n{piece}") == 0
            return self._spaced[piece]

    def _more_tokens(self, text: str, other: str) -> int | None:
        """How many tokens `text` has more than `other`; None where the server does not count."""
        body = self._able.manner.body
        try:
            one, two = (
                tokens_read(self._ask(body([Message("user", each)], 1))) for each in (text, other)
            )
        except UnansweredError as problem:
            if problem.failure.kind == "transient":
                raise  # it would be weighed in another way than its equals
            return None
        return one - two

    def _read_off(self, request: ChooseRequest) -> Choice | Failure:
        first, read = self._next_token(request.messages)
        pieces = [self._pieces_of(each) or (each,) for each in request.labels]
        heads = {each[0] for each in pieces if " " + each[0] in first}
        plan = TextPlan(pieces, [each for each in heads if self._joins_space(each)])
        answers = {"": first}
        for begun in plan.beginnings:
            answers[begun], _ = self._next_token((*request.messages, Message("assistant", begun)))
        return Choice(plan.logprobs(answers), read)

    def _next_token(self, messages: Sequence[Message]) -> tuple[dict[str, float], int]:
        able = self._able
        body = able.manner.body(messages, 1, logprobs=True, top_logprobs=able.listed)
        reply = asked_list(self._ask, body)
        found = listed(reply)
        likeliest = max(found, key=lambda text: found[text], default="")
        if begins_in_thought(reply) or opens_thought(likeliest):
            raise UnansweredError(
                Failure(
                    "content", "The reply begins with a thought, where no option can be weighed."
                )
            )
        if not found:
            raise UnansweredError(
                Failure("content", "The server left the log-probabilities out of its reply.")
            )
        return found, used(reply)[0]

    def _count(self, request: ChooseRequest, constrained: bool) -> Choice | Failure:
        """Shares of draws, of all draws: what is no option is the mass that is missing."""
        if not self._able.draws:
            return Failure("content", "The server gives one text always, so nothing is counted.")
        counts = dict.fromkeys(request.labels, 0)
        drawn = read = 0
        while drawn < self._samples:
            reply = self._draw(request, drawn, constrained)
            read = read or used(reply)[0]
            for choice in reply["choices"][: self._samples - drawn]:
                said = written_choice(reply, choice)
                label = _said(said, request.labels, constrained)
                if label is not None:
                    counts[label] += 1
                drawn += 1
        if not any(counts.values()):
            return Failure("content", f"None of {drawn} draws is one of the options.")
        shares = (count / drawn for count in counts.values())
        return Choice(tuple(math.log(each) if each else LEAST for each in shares), read)

    def _draw(self, request: ChooseRequest, drawn: int, constrained: bool) -> Json:
        able = self._able
        more: Json = {}
        if able.many:
            more["n"] = min(N_MOST, self._samples - drawn)
        if constrained:
            more["response_format"] = choice_of(request.labels)
        around = CONSTRAINT_TOKENS if constrained else AROUND_TOKENS
        room = (THOUGHT_TOKENS if able.thinks else around) + max(map(len, request.labels))
        seed = seed_of(request.id, drawn)
        return self._ask(able.manner.body(request.messages, room, seed=seed, **more))


def leading(text: str, labels: Sequence[str]) -> str | None:
    """The label that a reply begins with, on its own.

    >>> leading("10. Completely", ("1", "10")), leading("1.5", ("1", "10"))
    ('10', None)
    """
    choices = "|".join(map(re.escape, sorted(labels, key=len, reverse=True)))
    found = re.match(rf"[\s\"'(*\[]*({choices})(?!\w|[.,:/-]\d)", text)
    return found[1] if found else None


def _said(reply: Generation | Failure, labels: Sequence[str], constrained: bool) -> str | None:
    if isinstance(reply, Failure):
        if reply.kind == "transient":
            raise UnansweredError(reply)
        return None
    return (named if constrained else leading)(reply.text, labels)
