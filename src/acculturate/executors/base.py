"""What an executor is, and how an engine is asked a batch."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from acculturate.engines import Engine, ModelSpec
from acculturate.records import ChooseRequest, Failure, GenerateRequest, Reply, Request

Batch = Sequence[Request]
Pair = tuple[Request, Reply]


class Carried(NamedTuple):
    """A batch and its replies, which come as they are read."""

    batch: Batch
    pairs: Iterable[Pair]


class Executor(Protocol):
    """Opens models somewhere, and carries batches to them."""

    def open(self, spec: ModelSpec) -> Engine:
        """Open a model; raises `ConfigError` or `EngineError` in one sentence."""
        ...

    def carry(self, engine: Engine, batches: Iterable[Batch]) -> Iterator[Carried]:
        """Have an engine that was opened here asked batches, each of one kind.

        Batches are taken as they can be asked, and come back in their order. One must be read
        before the next is asked for.
        """
        ...

    def close(self) -> None:
        """Give back memory and processes. What is opened later begins anew."""
        ...


def work(engine: Engine, batch: Batch) -> Iterator[Pair]:
    """Ask an engine a batch of one kind; a request that it leaves out becomes a failure."""
    by_id = {each.id: each for each in batch}
    choose = [each for each in batch if isinstance(each, ChooseRequest)]
    generate = [each for each in batch if isinstance(each, GenerateRequest)]
    pairs: Iterator[tuple[str, Reply]] = itertools.chain(
        engine.choose(choose) if choose else (), engine.generate(generate) if generate else ()
    )
    for key, reply in pairs:
        yield by_id.pop(key), reply
    for request in by_id.values():
        yield request, Failure("transient", "the engine gave no reply")
