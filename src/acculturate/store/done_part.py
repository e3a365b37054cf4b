"""A round's done part: how far its requests have replies, so that what is done is not walked again.

    0 ... batch with failures ... batch ... end | what is left
          a gap: looked at again                  walked, batch by batch

A mark is kept after the records that it speaks of, so a kill leaves it behind them and never ahead.
It is named by a digest of all that decides the requests: with other settings there is none. Where a
reply is taken out or changed, by whatever program, a trigger of the database drops every mark
(run_store.py). Batches with failures are gaps: what failed in passing may be asked again.
"""

from collections import deque
from dataclasses import dataclass
from typing import Any

from acculturate.store.run_store import Store

DONE = "done part "
"""What stands before a mark's digest among the store's facts."""
STEP = 4096
"""Requests from one mark to the next: so many are walked again after a kill."""
MOST_GAPS = 1000
"""With more gaps no further mark is made: nearly everything is to be looked at."""


@dataclass(slots=True)
class _Batch:
    """A batch under way: where it begins, its requests, and those that are not asked twice."""

    start: int
    size: int
    count: int
    failed: int
    came: bool


class DonePart:
    """How far a round is done: `end` requests from its beginning, but for `gaps` (start, size).

    `count` of them have a reply and are in no gap. Without a digest nothing is known or kept.
    """

    def __init__(self, store: Store, digest: str) -> None:
        self._store, self._name = store, f"{DONE}{digest}" if digest else ""
        held = (store.fact(self._name) if digest else None) or {"end": 0, "count": 0, "gaps": []}
        self.end, self.count = int(held["end"]), int(held["count"])
        self.gaps = [(int(start), int(size)) for start, size in held["gaps"]]
        self._kept = self._state
        self._under_way: deque[_Batch] = deque()

    def begin(self, start: int, size: int, count: int, failed: int, *, came: bool) -> None:
        """Note a batch, in the order in which batches are cut; `came`: all of it has a reply."""
        self._under_way.append(_Batch(start, size, count, failed, came))
        self._move_on()

    def finish(self, failed: int) -> None:
        """Note that the first batch that had not come has come, with so many failures."""
        batch = next(batch for batch in self._under_way if not batch.came)
        batch.came, batch.failed = True, batch.failed + failed
        self._move_on()

    def keep(self) -> None:
        """Keep how far it is."""
        if self._name and self._state != self._kept and len(self.gaps) <= MOST_GAPS:
            self._store.keep(self._name, self._state)
            self._kept = self._state

    def _move_on(self) -> None:
        while self._under_way and self._under_way[0].came:
            self._take(self._under_way.popleft())
        if self.end - self._kept["end"] >= STEP:
            self.keep()

    def _take(self, batch: _Batch) -> None:
        place = batch.start, batch.size
        if place in self.gaps:
            self.gaps.remove(place)
        if batch.failed:
            self.gaps.append(place)
        else:
            self.count += batch.count
        self.end = max(self.end, batch.start + batch.size)

    @property
    def _state(self) -> dict[str, Any]:
        return {"end": self.end, "count": self.count, "gaps": sorted(self.gaps)}
