"""What a server's replies cost, and where to stop.

Money is set aside before a request is sent (its prompt, and all the tokens it may write) and
settled when the reply says what it used, so a limit is kept even with many requests under way.
Replies that were paid for are always kept. What a server says it used is counted, also where its
reply is of no use (another model's, an empty one) and is asked for again. A request that failed
without saying so is not counted: servers differ in whether it costs.

    >>> ledger = Ledger((1.0, 2.0), spending_limit=1.0)
    >>> ledger.settle(1, 500_000, 100_000)
    >>> round(ledger.money, 2)
    0.7
"""

import contextlib
import functools
import json
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from acculturate.engines.server.server_settings import ServerSettings
from acculturate.errors import ServerError

Json = dict[str, Any]

CHARACTERS_PER_TOKEN = 3.0
"""For what a prompt may cost before the server has counted it; on the careful side of English. A
letter outside of ASCII is taken for a token of its own."""
LONG, MOST_LETTERS = 2000, 8
"""Letters of a long prompt, and more of them than a token holds on average in any language: English
has four to five."""

MOST_TOKENS = 2**40
"""Of one reply, far beyond any: a larger number is a mistake or a trick."""


class Ledger:
    """Tokens and money spent by this process on one model; safe to share between threads."""

    def __init__(
        self,
        price: tuple[float, float] | None = None,
        spending_limit: float | None = None,
        token_limit: int | None = None,
    ) -> None:
        self._price = price or (0.0, 0.0)
        self._priced = price is not None
        self._limits = (spending_limit, token_limit)
        self.requests = self.read = self.written = 0
        self._held = [0, 0]
        self._change = threading.Condition()

    @property
    def money(self) -> float:
        return self._cost(self.read, self.written)

    def hold(self, prompt: int, new: int) -> None:
        """Set aside what a request may use at most, in tokens.

        Waits while requests under way hold what is left; raises `ServerError` once it is clear
        that the request does not fit.
        """
        with self._change:
            while self._beyond(prompt + self._held[0], new + self._held[1]):
                if self._beyond(prompt, new):
                    raise ServerError(self._sentence())
                self._change.wait()
            self._held[0] += prompt
            self._held[1] += new

    @contextlib.contextmanager
    def holding(self, prompt: int, new: int) -> Iterator[None]:
        """Set aside, as `hold` does, until the request has ended."""
        self.hold(prompt, new)
        try:
            yield
        finally:
            self.release(prompt, new)

    def release(self, prompt: int, new: int) -> None:
        """Give back what `hold` set aside."""
        with self._change:
            self._held[0] -= prompt
            self._held[1] -= new
            self._change.notify_all()

    def settle(self, requests: int, read: int, written: int) -> None:
        """Count what replies used."""
        with self._change:
            self.requests += requests
            self.read += read
            self.written += written
            self._change.notify_all()

    def __str__(self) -> str:
        noun = "request" if self.requests == 1 else "requests"
        total = f"{self.requests} {noun}, {self.read:,} tokens read, {self.written:,} written"
        return f"{total}, {self.money:.4f} spent" if self._priced else total

    def _cost(self, read: int, written: int) -> float:
        return (read * self._price[0] + written * self._price[1]) / 1e6

    def _beyond(self, read: int, written: int) -> bool:
        money, tokens = self._limits
        read, written = self.read + read, self.written + written
        return (money is not None and self._cost(read, written) > money) or (
            tokens is not None and read + written > tokens
        )

    def _sentence(self) -> str:
        money, tokens = self._limits
        limit = (
            f"spending_limit = {money:g} would be passed"
            if money is not None and (tokens is None or self.read + self.written <= tokens)
            else f"token_limit = {tokens} would be passed"
        )
        return (
            f"The limit is reached: with the next request {limit} ({self}). Every reply so far is "
            "kept: raise the limit in [models.X.server] and run again to go on."
        )


@functools.cache  # a model that is opened again goes on with its own ledger
def ledger_of(host: str, model: str, settings: ServerSettings) -> Ledger:
    """Return the one ledger of a model in this process."""
    return Ledger(settings.price, settings.spending_limit, settings.token_limit)


def wanted(body: Mapping[str, Any]) -> tuple[int, int]:
    """Return tokens that a request may use: those of its prompt, about, and the most that it may
    write.
    """
    most = body.get("max_tokens") or body.get("max_completion_tokens") or 0
    return _rough(json.dumps(body["messages"], ensure_ascii=False)), most * body.get("n", 1)


def used(reply: Json) -> tuple[int, int]:
    """Return tokens read and written; zeros where the server does not say."""
    usage = reply.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    return count_of(usage.get("prompt_tokens")), count_of(usage.get("completion_tokens"))


def count_of(number: Any) -> int:
    """Return a number of tokens as a server says it; 0 for what cannot be one.

    >>> count_of(7), count_of(-7), count_of(10**30), count_of("7")
    (7, 0, 0, 0)
    """
    return number if isinstance(number, int) and 0 <= number <= MOST_TOKENS else 0


def billed(body: Mapping[str, Any], reply: Json) -> tuple[int, int]:
    """Return tokens to count for a reply, estimated where the server does not say."""
    read, new = used(reply)
    return (read, new) if read else (wanted(body)[0], _rough(json.dumps(reply["choices"])))


def cut_short(body: Mapping[str, Any], reply: Json) -> bool:
    """Return whether the server counts so few tokens of a long prompt that it cannot have read it
    all.
    """
    read = used(reply)[0]
    read += _cached(reply) if read else 0
    letters = sum(len(str(message["content"])) for message in body["messages"])
    return 0 < read < letters / MOST_LETTERS and letters > LONG


def _cached(reply: Json) -> int:
    """Return tokens of the prompt that were known before: some servers do not count them
    as read.
    """
    details = reply["usage"].get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    return count_of(cached)


def _rough(text: str) -> int:
    plain = sum(map(str.isascii, text))
    return int(plain / CHARACTERS_PER_TOKEN) + len(text) - plain + 1
