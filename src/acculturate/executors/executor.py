"""What an executor is, what a job is, and how an engine is asked a batch."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeVar

from acculturate.engines import Engine, ModelSpec
from acculturate.records import ChooseRequest, Failure, GenerateRequest, Reply, Request

Batch = Sequence[Request]
Pair = tuple[Request, Reply]
Note = Callable[[int, int], None]
"""Told (steps done, steps in all): once before the first step, then after every one."""

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Carried(NamedTuple):
    """A batch and its replies, which come as they are read."""

    batch: Batch
    pairs: Iterable[Pair]


class Job(Protocol[T_co]):
    """Work of one process, done whole or not at all, such as a training.

    It can be pickled, and so can what it gives back: whoever does it need not see the run folder.
    """

    @property
    def name(self) -> str: ...

    def __call__(self, note: Note) -> T_co:
        """Do it, telling `note` how far it is."""
        ...


class Executor(Protocol):
    """Opens models somewhere and carries batches to them; has jobs done."""

    def open(self, spec: ModelSpec) -> Engine:
        """Open a model; raises `ConfigError` or `EngineError` in one sentence."""
        ...

    def carry(self, engine: Engine, batches: Iterable[Batch]) -> Iterator[Carried]:
        """Have an engine that was opened here asked batches, each of one kind.

        Batches are taken as they can be asked, and come back in their order. One must be read
        before the next is asked for.
        """
        ...

    def do(self, jobs: Sequence[Job[T]], notes: Sequence[Note]) -> Iterator[tuple[int, T]]:
        """Have jobs done that do not depend on each other, each with a note of its own.

        Yields a job's number and what it gave back, as they end. What is open is closed before: a
        job wants the memory.
        """
        ...

    def close(self) -> None:
        """Give back memory and processes. What is opened later begins anew."""
        ...


def work(engine: Engine, batch: Batch) -> Iterator[Pair]:
    """Ask an engine a batch of one kind; a request that it leaves out becomes a failure."""
    by_id = {request.id: request for request in batch}
    choose = [request for request in batch if isinstance(request, ChooseRequest)]
    generate = [request for request in batch if isinstance(request, GenerateRequest)]
    pairs: Iterator[tuple[str, Reply]] = itertools.chain(
        engine.choose(choose) if choose else (), engine.generate(generate) if generate else ()
    )
    for key, reply in pairs:
        yield by_id.pop(key), reply
    for request in by_id.values():
        yield request, Failure("transient", "the engine gave no reply")
