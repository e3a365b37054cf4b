"""Jobs given to a pool of workers: which worker does which, and their events.

    waiting ─> under way (one for each worker) ─> step, step, ... result ─> out
                  └──── lost with its worker: again, before what waits

A job is given to no worker that has not answered yet: one that was begun for a lost place may have
to wait until another one leaves, and a job that was given to it would wait as long.
"""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from typing import Generic

from acculturate.errors import AcculturateError, EngineError
from acculturate.executors.events import Result, Step
from acculturate.executors.executor import Job, Note, T
from acculturate.executors.pool import MOST_LOST, Pool, Ref, Slot, lost_too_often


class Jobs(Generic[T]):
    """Has jobs done, each by one worker, all of whom must compute by the same packages."""

    def __init__(self, pool: Pool, jobs: Sequence[Job[T]], notes: Sequence[Note]) -> None:
        self._pool, self._jobs, self._notes = pool, jobs, notes
        self._waiting = deque(range(len(jobs)))
        self._lost = Counter[int]()
        self._called: set[Slot] = set()
        self._coming: dict[Ref, Slot] = {}
        self._free: list[Slot] = []
        self._under_way: dict[Ref, tuple[int, Slot]] = {}
        self._versions: tuple[str, ...] = ()
        self._failed: AcculturateError | None = None

    def done(self) -> Iterator[tuple[int, T]]:
        """Yield numbers and results of jobs as they end.

        Where one ends in an error no other is begun, and those under way come to their end before
        it is raised: hours of work are not thrown away with it.
        """
        while self._waiting or self._under_way:
            self._give()
            yield from self._receive()
        if self._failed is not None:
            raise self._failed

    def _give(self) -> None:
        """Call for workers that are new, and give jobs to those that are free."""
        for slot in self._pool.all:
            if slot not in self._called:
                self._called.add(slot)
                self._coming[slot.actor.versions.remote()] = slot
        while self._waiting and self._free:
            number, slot = self._waiting.popleft(), self._free.pop()
            self._under_way[slot.actor.do.remote(self._jobs[number])] = number, slot

    def _receive(self) -> Iterator[tuple[int, T]]:
        """Wait for a worker to answer, or for an event of a job."""
        ref, outcome = self._pool.next(
            self._coming | {ref: slot for ref, (_, slot) in self._under_way.items()}
        )
        if ref in self._coming:
            self._take_in(self._coming.pop(ref), outcome)
            return
        number, slot = self._under_way.pop(ref)
        if outcome is None:
            self._lose(number)
        elif isinstance(outcome, Step):
            self._notes[number](*outcome)
            self._under_way[slot.actor.next_event.remote()] = number, slot
        else:
            slot.lost = 0
            self._free.append(slot)
            yield from self._ended(number, outcome)

    def _take_in(self, slot: Slot, versions: tuple[str, ...] | None) -> None:
        if versions is None:
            return
        self._versions = self._versions or versions
        if versions != self._versions:
            differ = sorted({*versions} ^ {*self._versions})
            raise EngineError(
                f"The Ray workers have different packages ({', '.join(differ)}): install the same "
                "on every node."
            )
        self._free.append(slot)

    def _lose(self, number: int) -> None:
        """Do a job again that is lost, unless the run is to end."""
        self._lost[number] += 1
        if self._lost[number] == MOST_LOST:
            raise lost_too_often(f"job ({self._jobs[number].name})", "each time with its worker")
        if self._failed is None:
            self._waiting.appendleft(number)

    def _ended(self, number: int, outcome: Result | AcculturateError) -> Iterator[tuple[int, T]]:
        if isinstance(outcome, Result):
            yield number, outcome.value
            return
        self._failed = self._failed or outcome
        self._waiting.clear()
