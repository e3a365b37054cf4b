"""The runner: carries a stage's requests to engines and their replies to the store.

A stage gives rounds of requests; a round is planned as a whole from what earlier rounds brought,
never from what a kill left over. The runner cuts it into batches, skips those that are done, and
commits each as one unit. So the same study on the same machine gives the same records whether it
was killed on the way or not: a batch that was cut off runs again with the same company.

    round 1 ─┬─ batch ── engine ── commit
             ├─ batch (done: skipped)
             └─ batch ── engine ── commit      then round 2, planned from round 1's replies
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from acculturate.engines import Engine
from acculturate.errors import EngineError
from acculturate.records import ChooseRequest, Failure, GenerateRequest, Reply, Request
from acculturate.store import Store

Lookup = Callable[[str, Request], Reply | None]
"""What a model in a role replied to a request, if it did."""


@dataclass(frozen=True, slots=True)
class Round:
    """Requests to one role that may be asked together, in the order that batches are cut."""

    role: str
    requests: Iterable[Request]
    total: int


class Stage(Protocol):
    """A part of the work: named, and giving rounds of requests one after the other."""

    @property
    def name(self) -> str: ...

    def rounds(self, done: Lookup) -> Iterator[Round]:
        """Each round, planned when all before it are replied to (read with `done`)."""
        ...


class Progress(Protocol):
    """Told how far a stage is; the command line draws it."""

    def begin(self, name: str, total: int) -> None: ...

    def advance(self, count: int) -> None: ...

    def end(self) -> None: ...


class Silent:
    """Progress that nobody watches."""

    def begin(self, name: str, total: int) -> None:
        """Do nothing."""

    def advance(self, count: int) -> None:
        """Do nothing."""

    def end(self) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs stages over engines (by role) into a store.

    Above `max_failed` (a share of a round, once it has 20 replies) a stage stops with an
    `EngineError`, since an engine that mostly fails is a set-up to mend, not data.
    """

    store: Store
    engines: Mapping[str, Engine]
    progress: Progress
    max_failed: float = 0.2

    def lookup(self, role: str, request: Request) -> Reply | None:
        """The stored reply of the model in `role`."""
        return self.store.reply(self.engines[role].identity.digest, request.id)

    def run(self, stage: Stage) -> None:
        """Carry a stage to its end."""
        for todo in stage.rounds(self.lookup):
            self._run_round(stage.name, todo)

    def _run_round(self, name: str, todo: Round) -> None:
        engine = self.engines[todo.role]
        asked = failed = 0
        self.progress.begin(name, todo.total)
        try:
            for batch in cut(todo.requests, engine.batch_size, engine.choose_batch_size):
                failures = self._run_batch(name, engine, batch)
                asked, failed = asked + len(batch), failed + len(failures)
                self.progress.advance(len(batch))
                if asked >= 20 and failed > self.max_failed * asked:
                    raise EngineError(
                        f"{failed} of {asked} requests of '{name}' failed, more than the "
                        f"{self.max_failed:.0%} allowed. The last one: {failures[-1].message}"
                    )
        finally:
            self.progress.end()

    def _run_batch(self, name: str, engine: Engine, batch: Sequence[Request]) -> list[Failure]:
        """Ask what is missing and commit it; the failures of the whole batch."""
        model = engine.identity.digest
        missing = self.store.missing(model, batch)
        if missing and engine.commits_each:
            for pair in work(engine, missing):
                self.store.commit(model, name, [pair])
        elif missing:
            self.store.commit(model, name, list(work(engine, batch)))
        return self.store.failures(model, batch)


def cut(requests: Iterable[Request], texts: int, choices: int) -> Iterator[tuple[Request, ...]]:
    """Batches of one kind, at most `texts` or `choices` long; what comes twice is asked once."""
    for kind, group in itertools.groupby(requests, key=type):
        size = choices if kind is ChooseRequest else texts
        while batch := tuple(itertools.islice(group, size)):
            yield tuple({each.id: each for each in batch}.values())


def work(engine: Engine, batch: Sequence[Request]) -> Iterator[tuple[Request, Reply]]:
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
