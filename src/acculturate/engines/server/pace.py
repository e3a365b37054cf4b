"""How many requests are under way at once: as many as the server bears.

Every good reply widens the gate a little (one more at once per round of replies); a sign of
overload (429, 503, a request that took too long) halves it, once per second at most, and where the
server says when to try again all requests wait until then. TCP controls congestion in the same
way (additive increase, multiplicative decrease): the limits of a server are not known beforehand.

    >>> gate = Gate(8)
    >>> with gate: gate.went_well()
    >>> gate.width > Gate(8).width
    True
"""

import threading
import time
from typing import Self

START = 4.0
CALM = 1.0
"""Seconds in which several signs of overload count as one."""


class Gate:
    """Lets at most `width` requests through at once, `most` in the end; a context manager."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.width = min(START, float(most))
        self._inside = 0
        self._opens_at = 0.0
        self._narrowed_at = -CALM
        self._shut = False
        self._change = threading.Condition()

    def __enter__(self) -> Self:
        with self._change:
            while not self._shut:
                wait = self._opens_at - time.monotonic()
                if wait <= 0 and self._inside < max(1, int(self.width)):
                    break
                self._change.wait(wait if wait > 0 else None)
            self._inside += 1
        return self

    def __exit__(self, *_: object) -> None:
        with self._change:
            self._inside -= 1
            self._change.notify_all()

    def went_well(self) -> None:
        """Note that a reply came in good time."""
        with self._change:
            self.width = min(float(self.most), self.width + 1 / self.width)
            self._change.notify_all()

    def overloaded(self, wait: float = 0.0) -> None:
        """Note that the server has too much to do and asks for `wait` seconds of rest."""
        now = time.monotonic()
        with self._change:
            self._opens_at = max(self._opens_at, now + wait)
            if now - self._narrowed_at >= CALM:
                self._narrowed_at = now
                self.width = max(1.0, self.width / 2)

    def rest(self, seconds: float) -> None:
        """Wait, unless the gate is shut meanwhile."""
        until = time.monotonic() + seconds
        with self._change:
            while not self._shut and (left := until - time.monotonic()) > 0:
                self._change.wait(left)

    def shut(self) -> None:
        """Close the gate: waiting requests come through and see that it is shut."""
        with self._change:
            self._shut = True
            self._change.notify_all()

    def drain(self, seconds: float) -> None:
        """Wait until no request is under way, for `seconds` at most."""
        with self._change:
            self._change.wait_for(lambda: self._inside == 0, seconds)

    @property
    def is_shut(self) -> bool:
        return self._shut
