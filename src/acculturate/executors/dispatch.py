"""The dispatch of one round of batches to a pool: which worker has which, what has come back.

    waiting ─> on the way (two batches for each worker) ─> come (until all before it have) ─> out
                  └──────── lost with its worker: again, before what waits ─┘

Batches come out in the order in which they went in, so that the store is written as one process
would write it. What has come waits for what was lost on the way, and no more than `AHEAD` batches
for each worker are begun beyond it: memory stays flat however long a round is.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from acculturate.engines import ModelSpec
from acculturate.errors import EngineError
from acculturate.executors.executor import Batch, Carried
from acculturate.executors.pool import MOST_LOST, Pool, Ref, Slot, lost_too_often
from acculturate.executors.worker import About
from acculturate.records import GenerateRequest, Reply

AT_ONCE = 2
"""Batches of a worker under way: one that it asks, and the next, so that it never waits."""
AHEAD = 8


@dataclass(frozen=True, slots=True)
class Task:
    """A batch to be carried: its place in the round, and how often it was lost on the way."""

    place: int
    batch: Batch
    lost: int = 0


class Dispatch:
    """Carries batches to the workers that have a model open, all of which must open the same."""

    def __init__(self, pool: Pool, spec: ModelSpec, about: About) -> None:
        self._pool, self._spec, self._about = pool, spec, about
        self._lost: deque[Task] = deque()
        self._on_the_way: dict[Ref, tuple[Task, Slot]] = {}
        self._come: dict[int, Carried] = {}
        self._begun = self._due = 0
        self._all_begun = False

    def carry(self, batches: Iterable[Batch]) -> Iterator[Carried]:
        """Yield all batches with their replies; raises `EngineError` for what is lost too often."""
        waiting = iter(batches)
        while True:
            self._send(waiting)
            if self._all_begun and not self._on_the_way and not self._lost:
                return
            self._receive()
            while self._due in self._come:
                yield self._come.pop(self._due)
                self._due += 1

    def _send(self, waiting: Iterator[Batch]) -> None:
        """Give tasks to workers until none is free or nothing is left."""
        while free := self._free():
            task = self._lost.popleft() if self._lost else self._begin(waiting)
            if task is None:
                return
            slot = self._chosen(task, free)
            ref = slot.actor.work.remote(self._spec, task.batch)
            self._on_the_way[ref] = task, slot

    def _begin(self, waiting: Iterator[Batch]) -> Task | None:
        if self._begun >= self._due + AHEAD * len(self._pool.all):
            return None
        batch = next(waiting, None)
        if batch is None:
            self._all_begun = True
            return None
        self._begun += 1
        return Task(self._begun - 1, batch)

    def _free(self) -> list[Slot]:
        """Return who has the model open and can take one more batch, the idlest first."""
        load = Counter(slot for _, slot in self._on_the_way.values())
        able = [h for h in self._pool.all if self._spec in h.opened and load[h] < AT_ONCE]
        return sorted(able, key=lambda slot: load[slot])

    def _chosen(self, task: Task, free: Sequence[Slot]) -> Slot:
        """Return the idlest; for texts the same as in the last round, who may hold the
        conversations.
        """
        home = self._pool.all[task.place % len(self._pool.all)]
        speaks = isinstance(task.batch[0], GenerateRequest)
        return home if speaks and home in free else free[0]

    def _receive(self) -> None:
        """Wait for a batch to come back, or for one more worker to open the model."""
        openings = self._pool.openings(self._spec)
        pool = {ref: slot for ref, (_, slot) in self._on_the_way.items()}
        ref, outcome = self._pool.next(openings | pool)
        if ref in openings:
            self._take_in(openings[ref], outcome)
            return
        task, slot = self._on_the_way.pop(ref)
        if outcome is None:
            self._lost.append(_again(task))
            return
        slot.lost = 0
        self._come[task.place] = _carried(task.batch, outcome)

    def _take_in(self, slot: Slot, about: About | None) -> None:
        if about is None:
            return
        if about != self._about:
            raise EngineError(
                f"The Ray workers open '{self._spec.name}' differently "
                f"({about.difference(self._about)}): give every node the same model files, "
                "packages and kind of processor, and name the model's dtype."
            )
        slot.opened[self._spec] = about


def _again(task: Task) -> Task:
    if task.lost + 1 == MOST_LOST:
        raise lost_too_often("batch", "each time with its worker")
    return replace(task, lost=task.lost + 1)


def _carried(batch: Batch, replies: Sequence[tuple[str, Reply]]) -> Carried:
    by_id = {request.id: request for request in batch}
    return Carried(batch, [(by_id[key], reply) for key, reply in replies])
