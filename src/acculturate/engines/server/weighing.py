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
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from acculturate.engines.labels import LEAST
from acculturate.engines.replies import choice_reply
from acculturate.engines.server.capabilities import Abilities
from acculturate.engines.server.constraint import choice_of, named
from acculturate.engines.server.listed_labels import Pieces, TextPlan, conflicting, pieces_of
from acculturate.engines.server.listing import asked_list, listed
from acculturate.engines.server.reply import (
    Said,
    begins_in_thought,
    hidden_tokens,
    said,
    tokens_read,
)
from acculturate.engines.server.request_body import seed_of
from acculturate.engines.server.server_settings import ServerSettings
from acculturate.engines.server.spending import Json, used
from acculturate.engines.server.transport import Ask
from acculturate.engines.server.trouble import UnansweredError
from acculturate.engines.server.writing import room_setting
from acculturate.engines.thoughts import opens_thought
from acculturate.records import Choice, ChooseRequest, Failure, Message

Way = Literal["log-probabilities", "constrained choice", "samples"]

AROUND_TOKENS, CONSTRAINT_TOKENS = 6, 24
"""Room for what is written around a label: by itself, and as JSON."""
COUNTED = ("1\n1\n1\n1", "1")
"""Two texts of which the first has six tokens more, however a tokenizer cuts them."""
THOUGHT_FIRST = Failure(
    "content",
    "The reply begins with a thought, where no option can be weighed: set answers.kind to "
    '"sampled".',
)
N_MOST = 64
"""The most replies asked for in one request."""


class Weigher:
    """Weighs options over one server; safe to share between threads."""

    def __init__(self, ask: Ask, able: Abilities, settings: ServerSettings) -> None:
        self._ask = ask
        self._able = able
        self._settings = settings
        self._pieces: dict[str, Pieces | None] = {}
        self._spaced: dict[str, bool] = {}
        self._counts: bool | None = None
        self._lock = threading.Lock()

    def weigh(self, request: ChooseRequest) -> Choice | Failure:
        """Return the log-probability of each label. Raises `UnansweredError` and `ServerError`."""
        way = self.way(request.labels)
        if way == "log-probabilities":
            return self._read_off(request)
        return self._count(request, constrained=way == "constrained choice")

    def way(self, labels: Sequence[str]) -> Way:
        """Return how these labels are weighed."""
        able = self._able
        if not able.thinks:
            if len(labels) <= able.listed and self._can_read_off(labels):
                return "log-probabilities"
            if able.constrained:
                return "constrained choice"
        return "samples"

    def _can_read_off(self, labels: Sequence[str]) -> bool:
        pieces = [self._pieces_of(label) for label in labels]
        known = [piece for piece in pieces if piece is not None]
        return len(known) == len(pieces) and (self._able.continues or not conflicting(known))

    def _pieces_of(self, label: str) -> Pieces | None:
        """Return how the server's tokenizer cuts a label, asked once."""
        if len(label) == 1:
            return (label,)
        with self._lock:
            if label not in self._pieces:
                more = self._more_tokens(label, label[0])
                self._pieces[label] = None if more is None else pieces_of(label, more + 1)
            return self._pieces[label]

    def _joins_space(self, piece: str) -> bool:
        """Return whether a piece and a space before it are one token, asked once."""
        with self._lock:
            if piece not in self._spaced:
                # after a line, where no template trims it, and which no token reaches over
                more = self._more_tokens(f"x\n {piece}", f"x\n{piece}")
                # where nothing is counted, that it is listed as one token says so
                self._spaced[piece] = more in (0, None)
            return self._spaced[piece]

    def _more_tokens(self, text: str, other: str) -> int | None:
        """Return how many tokens `text` has more than `other`; None where the server does not
        count, or counts something else than tokens.
        """
        if self._counts is None:
            self._counts = (self._difference(*COUNTED) or 0) >= 6
        return self._difference(text, other) if self._counts else None

    def _difference(self, text: str, other: str) -> int | None:
        body = self._able.manner.body
        try:
            one, two = (
                tokens_read(self._ask(body([Message("user", prompt)], 1)))
                for prompt in (text, other)
            )
        except UnansweredError as problem:
            if problem.failure.kind == "transient":
                raise  # it would be weighed in another way than its equals
            return None
        return one - two

    def _read_off(self, request: ChooseRequest) -> Choice | Failure:
        first, read = self._next_token(request.messages)
        pieces = [self._pieces_of(label) or (label,) for label in request.labels]
        heads = {piece[0] for piece in pieces if " " + piece[0] in first}
        plan = TextPlan(pieces, [head for head in heads if self._joins_space(head)])
        answers = {"": first}
        for begun in plan.beginnings:
            answers[begun], _ = self._next_token((*request.messages, Message("assistant", begun)))
        return choice_reply(plan.logprobs(answers), read)

    def _next_token(self, messages: Sequence[Message]) -> tuple[dict[str, float], int]:
        able = self._able
        body = able.manner.body(messages, 1, logprobs=True, top_logprobs=able.listed)
        reply = asked_list(self._ask, body)
        logprobs = listed(reply)
        likeliest = max(logprobs, key=lambda text: logprobs[text], default="")
        if begins_in_thought(reply) or hidden_tokens(reply, 1) or opens_thought(likeliest):
            raise UnansweredError(THOUGHT_FIRST)
        if not logprobs:
            raise UnansweredError(
                Failure("content", "The server left the log-probabilities out of its reply.")
            )
        if len(logprobs) < 2:
            raise UnansweredError(
                Failure("content", "The server gives one token all of the probability.")
            )
        return logprobs, used(reply)[0]

    def _count(self, request: ChooseRequest, constrained: bool) -> Choice | Failure:
        """Return the options' shares of all draws; draws that are no option are the mass that is
        missing.
        """
        thought = self._able.thinks
        tally, read = Tally(request.labels, constrained), 0
        while tally.drawn < self._settings.samples:
            reply = self._draw(request, tally.drawn, constrained, thought)
            read = read or used(reply)[0]
            left = self._settings.samples - tally.drawn
            draws = [said(reply, choice) for choice in reply["choices"][:left]]
            cut = sum(map(tally.is_cut, draws))
            if cut and thought:
                return Failure("content", _cut(cut, tally.drawn + len(draws), self._settings))
            if cut:
                thought = True  # asked again, with room for what comes before the answer
                continue
            for draw in draws:
                tally.add(draw)
        return tally.reply(read)

    def _draw(self, request: ChooseRequest, drawn: int, constrained: bool, thought: bool) -> Json:
        able = self._able
        more: Json = {}
        if able.many:
            more["n"] = min(N_MOST, self._settings.samples - drawn)
        if constrained:
            more["response_format"] = choice_of(request.labels)
        room = CONSTRAINT_TOKENS if constrained else AROUND_TOKENS
        room += max(map(len, request.labels)) + (self._settings.thought_tokens if thought else 0)
        seed = seed_of(request.id, drawn)
        return self._ask(able.manner.body(request.messages, room, seed=seed, **more))


class Tally:
    """Draws counted by the option that each names."""

    def __init__(self, labels: Sequence[str], constrained: bool) -> None:
        self._counts = dict.fromkeys(labels, 0)
        self._constrained = constrained
        self._failed: Counter[str] = Counter()
        self.drawn = 0

    def is_cut(self, draw: Said) -> bool:
        """Return whether a draw ends before its answer because the room for tokens is used up."""
        text = draw.written
        inside = self._constrained and text.full and self._label(draw) is None
        return not draw.failure and (text.unfinished or inside)

    def add(self, draw: Said) -> None:
        self.drawn += 1
        if draw.failure:
            self._failed[draw.failure.message] += 1
        elif (label := self._label(draw)) is not None:
            self._counts[label] += 1
        elif self._constrained:
            self._failed["The reply does not keep to the form that was asked for."] += 1

    def reply(self, read: int) -> Choice | Failure:
        """Return the shares; a failure where no draw names an option, or half of them were no
        answers.
        """
        for why, count in self._failed.most_common(1):
            if 2 * self._failed.total() >= self.drawn or not any(self._counts.values()):
                return Failure("content", f"{count} of {self.drawn} draws: {why}")
        if not any(self._counts.values()):
            return Failure("content", f"None of {self.drawn} draws is one of the options.")
        shares = [count / self.drawn for count in self._counts.values()]
        return choice_reply([math.log(share) if share else LEAST for share in shares], read)

    def _label(self, draw: Said) -> str | None:
        read = named if self._constrained else leading
        return read(draw.written.answer, tuple(self._counts))


def leading(text: str, labels: Sequence[str]) -> str | None:
    """Return the label that a reply begins with, on its own, where it names no other one.

    >>> leading("10. Completely", ("1", "10")), leading("1.5", ("1", "10"))
    ('10', None)
    >>> leading("1 or 2", ("1", "2")) is None
    True
    """
    choices = "|".join(map(re.escape, sorted(labels, key=len, reverse=True)))
    alone = rf"({choices})(?!\w|\s*%|[.,:/-]\d)"
    match = re.match(rf"[\s\"'(*\[]*{alone}", text)
    others = re.findall(rf"(?<!\w){alone}", text[match.end() :]) if match else ()
    return match[1] if match and set(others) <= {match[1]} else None


def _cut(cut: int, drawn: int, settings: ServerSettings) -> str:
    return f"{cut} of {drawn} draws end before their answer: {room_setting(settings)}."
