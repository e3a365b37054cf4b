"""The runner: carries a stage's requests to engines and their replies to the store.

A stage gives rounds of requests; a round is planned as a whole from what earlier rounds brought,
never from what a kill left over. The runner cuts it into batches, skips those that are done, and
commits each as one unit, or each reply where an engine's replies stand alone. So the same study on
the same machine gives the same records whether it was killed on the way or not: a batch that was
cut off runs again with the same company. Of a round that can begin in its middle, what is done is
skipped by number (store/done_part.py).

    round 1 ─┬─ batch ── engine ── commit
             ├─ batch (done: skipped)
             └─ batch ── engine ── commit      then round 2, planned from round 1's replies

An executor carries batches to engines, here or on many machines; only this process writes.
"""

import itertools
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, Protocol, Self, TypeVar

from acculturate.engines import Engine
from acculturate.errors import EngineError
from acculturate.executors import Batch, Executor, Inline
from acculturate.files import text_digest
from acculturate.records import ChooseRequest, Failure, GenerateRequest, Reply, Request
from acculturate.store import DonePart, Store

__all__ = [
    "COUNTED",
    "SECONDS",
    "Lookup",
    "Progress",
    "Reasons",
    "Round",
    "Runner",
    "Silent",
    "Stage",
    "cut",
    "without_form",
]

COUNTED = "counted "
"""What stands before a stage's name where the store keeps how its requests fared."""
SECONDS = "seconds of "
"""What stands before a stage's name where the store keeps how long its requests were asked."""
FailureKind = Literal["transient", "content"]
Reason = tuple[FailureKind, str, int]
"""A kind of failure, its message, and how often it came."""
VARIES = re.compile(r"'[^']*'|\d+")
"""What may differ between two messages of one reason."""

T = TypeVar("T")

Lookup = Callable[[str, Request], Reply | None]
"""What a model in a role replied to a request, if it did."""


Collected = TypeVar("Collected", covariant=True)
"""What a stage makes of its replies."""


@dataclass(frozen=True, slots=True)
class Round:
    """Requests to one role that may be asked together, in the order that batches are cut.

    `since(n)` gives them from the n-th (from 0) on without making those before it, and `digest`
    names all that decides them; where a stage has both, what is done is not walked again.
    """

    role: str
    requests: Iterable[Request]
    total: int
    since: Callable[[int], Iterable[Request]] | None = None
    digest: str = ""


class Stage(Protocol):
    """A part of the work: named, and giving rounds of requests one after the other.

    One whose rounds are many may say how many requests are in all of them (`whole`): they are shown
    as one.
    """

    @property
    def name(self) -> str: ...

    def rounds(self, done: Lookup) -> Iterator[Round]:
        """Return each round, planned when all before it are replied to (read with `done`)."""
        ...


class CollectingStage(Stage, Protocol[Collected]):
    """A stage that makes something of its replies."""

    def collect(self, done: Lookup) -> Collected:
        """Return what the replies, read with `done`, bring."""
        ...


class Progress(Protocol):
    """What is told how far a stage is; the command line draws it."""

    def begin(self, name: str, total: int) -> None:
        """Note that so many are to be done."""
        ...

    def kept(self, name: str, total: int) -> None:
        """Note that so many were done before, and nothing is left."""
        ...

    def advance(self, count: int) -> None: ...

    def end(self) -> None: ...

    def beside(self) -> "Progress":
        """Return a progress that shows nothing either."""
        ...


class Silent:
    """Progress that shows nothing."""

    def begin(self, name: str, total: int) -> None:
        """Do nothing."""

    def kept(self, name: str, total: int) -> None:
        """Do nothing."""

    def advance(self, count: int) -> None:
        """Do nothing."""

    def end(self) -> None:
        """Do nothing."""

    def beside(self) -> Self:
        """Return a progress that shows nothing either."""
        return self


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs stages over engines (by role) into a store.

    Above `max_failed` (a share of a round, once it has 20 replies) a stage stops with an
    `EngineError`, since an engine that mostly fails is a set-up to mend, not data. `prefix` stands
    before the stages' names, where they are parts of something.
    """

    store: Store
    engines: Mapping[str, Engine]
    progress: Progress
    max_failed: float = 0.2
    executor: Executor = field(default_factory=Inline)
    prefix: str = ""

    def lookup(self, role: str, request: Request) -> Reply | None:
        """Return the stored reply of the model in `role`."""
        engine = self.engines[role]
        return self.store.reply(engine.identity.digest, fitted(engine, request).id)

    def run(self, stage: Stage) -> None:
        """Carry a stage to its end, and keep how many of its requests failed, and why."""
        name = f"{self.prefix}{stage.name}"
        # parts of a stage that go by one name are counted together
        before = self.store.fact(COUNTED + name) or {"requests": 0, "reasons": []}
        requests, reasons = before["requests"], Reasons(before["reasons"])
        whole = getattr(stage, "whole", None)
        shown = Shown(self.progress, name, whole) if whole else None
        try:
            for todo in stage.rounds(self.lookup):
                tally = self._run_round(name, todo, shown)
                requests += tally.got
                reasons.take(tally.reasons)
        finally:
            if shown is not None:
                shown.close()
        self.store.keep(COUNTED + name, {"requests": requests, "reasons": reasons.rows})

    def _run_round(self, name: str, todo: Round, whole: "Shown | None") -> "Tally":
        engine = self.engines[todo.role]
        shown = whole or Shown(self.progress, name, todo.total)
        tally = Tally(self, name, engine.identity.digest)
        part = DonePart(self.store, _part_digest(engine, todo))
        tally.got = part.count
        start = time.monotonic()
        try:
            shown.done(part.count)
            waiting = self._waiting(engine, left(engine, todo, part), tally, shown, part)
            for carried in self.executor.carry(engine, waiting):
                for unit in units(engine, carried.pairs):
                    self.store.commit(engine.identity.digest, name, unit)
                part.finish(tally.add(carried.batch))
                shown.done(len(carried.batch))
            part.keep()
        finally:
            if whole is None:
                shown.close()
            if shown.begun:
                self._took(name, time.monotonic() - start)
        return tally

    def _took(self, name: str, seconds: float) -> None:
        """Add to the time that a stage's requests were asked, in this run and those before."""
        before = self.store.fact(SECONDS + name) or 0.0
        self.store.keep(SECONDS + name, round(before + seconds, 2))

    def _waiting(
        self,
        engine: Engine,
        batches: "Iterable[Placed]",
        tally: "Tally",
        shown: "Shown",
        part: DonePart,
    ) -> Iterator[Batch]:
        """Yield what is to be asked: of each batch the units of which anything is missing."""
        for start, size, batch in batches:
            missing = set(self.store.missing(engine.identity.digest, batch))
            kept, waiting = list[Request](), list[Request]()
            for unit in units(engine, batch):
                (kept if missing.isdisjoint(unit) else waiting).extend(unit)
            part.begin(start, size, len(batch), tally.add(kept), came=not waiting)
            shown.done(len(kept))
            if waiting:
                shown.begin()
                yield waiting


class Shown:
    """A round as a progress shows it: what is kept is not to be done."""

    def __init__(self, progress: Progress, name: str, total: int) -> None:
        self._progress, self._name, self._total = progress, name, total
        self.begun, self._kept = False, 0

    def begin(self) -> None:
        """Note that something is asked: what is not known to be kept is to be done."""
        if not self.begun:
            self._progress.begin(self._name, self._total - self._kept)
        self.begun = True

    def done(self, count: int) -> None:
        """Note that so many have a reply, which they had before where nothing has been asked."""
        if self.begun:
            self._progress.advance(count)
        else:
            self._kept += count

    def close(self) -> None:
        """Note that the round is over, or was cut off."""
        if self.begun:
            self._progress.end()
        elif self._kept:
            self._progress.kept(self._name, self._kept)


class Reasons:
    """Why requests failed, counted; what differs in numbers and names alone is one reason."""

    def __init__(self, rows: Iterable[Reason] = ()) -> None:
        self._counts: Counter[tuple[FailureKind, str]] = Counter()
        self._firsts: dict[tuple[FailureKind, str], str] = {}
        for kind, message, count in rows:
            self.add(Failure(kind, message), count)

    def add(self, failure: Failure, count: int = 1) -> None:
        """Count a failure."""
        key = failure.kind, VARIES.sub("", failure.message)
        self._counts[key] += count
        self._firsts.setdefault(key, failure.message)

    def take(self, other: "Reasons") -> None:
        """Count another's failures too."""
        for kind, message, count in other.rows:
            self.add(Failure(kind, message), count)

    @property
    def total(self) -> int:
        return self._counts.total()

    @property
    def rows(self) -> list[Reason]:
        """(kind, one of its messages, how often), the most frequent first."""
        return [
            (kind, self._firsts[kind, what], n) for (kind, what), n in self._counts.most_common()
        ]


class Tally:
    """Counts what a round has got, and stops it where too much of that is failures."""

    def __init__(self, runner: Runner, name: str, model: str) -> None:
        self._runner, self._name, self._model = runner, name, model
        self.got = 0
        self.reasons = Reasons()

    def add(self, batch: Batch) -> int:
        """Count requests that have a reply, and return how many of these are failures; raises
        `EngineError` above `max_failed`.

        What is kept counts, whether it came now, from another batch, or before a kill.
        """
        failures = self._runner.store.failures(self._model, batch)
        self.got += len(batch)
        for failure in failures:
            self.reasons.add(failure)
        failed = self.reasons.total
        if failures and self.got >= 20 and failed > self._runner.max_failed * self.got:
            _, why, count = self.reasons.rows[0]
            raise EngineError(
                f"{failed} of {self.got} requests of '{self._name}' failed, more than the "
                f"{self._runner.max_failed:.0%} allowed. The most "
                f"frequent reason ({count}): {why}"
            )
        return len(failures)


def fitted(engine: Engine, request: Request) -> Request:
    """Return the request as it is put to an engine: without its schema where it cannot be held to
    one.

    So a stage names the form of what it wants and knows no engine.
    """
    return request if engine.can_bind else without_form(request)


def without_form(request: Request) -> Request:
    """Return the request without its schema, if it has one."""
    if isinstance(request, GenerateRequest) and request.schema:
        return replace(request, schema="")
    return request


def units(engine: Engine, batch: Iterable[T]) -> Iterable[Iterable[T]]:
    """Return what is kept together and asked again together: all of a batch, or each where replies
    stand alone.
    """
    return ([request] for request in batch) if engine.commits_each else [batch]


class Placed(NamedTuple):
    """A batch, the place (from 0) of its first request in the round, and how many requests it was
    cut from.
    """

    start: int
    size: int
    batch: tuple[Request, ...]


def left(engine: Engine, todo: Round, part: DonePart) -> Iterator[Placed]:
    """Yield the batches of a round that are not known to be done."""
    sizes = engine.batch_size, engine.choose_batch_size
    if todo.since is None:
        yield from placed((fitted(engine, request) for request in todo.requests), *sizes)
        return
    for start, size in list(part.gaps):
        some = itertools.islice(todo.since(start), size)
        yield Placed(start, size, once(fitted(engine, request) for request in some))
    rest = (fitted(engine, request) for request in todo.since(part.end))
    yield from placed(rest, *sizes, part.end)


def cut(requests: Iterable[Request], texts: int, choices: int) -> Iterator[tuple[Request, ...]]:
    """Yield batches of one kind, at most `texts` or `choices` long; what comes twice is
    asked once.
    """
    return (one.batch for one in placed(requests, texts, choices))


def placed(
    requests: Iterable[Request], texts: int, choices: int, start: int = 0
) -> Iterator[Placed]:
    """Yield the same with their places, the first request standing at `start`."""
    for kind, group in itertools.groupby(requests, key=type):
        size = choices if kind is ChooseRequest else texts
        while batch := tuple(itertools.islice(group, size)):
            yield Placed(start, len(batch), once(batch))
            start += len(batch)


def once(requests: Iterable[Request]) -> tuple[Request, ...]:
    """Return requests without those that are there already."""
    return tuple({request.id: request for request in requests}.values())


def _part_digest(engine: Engine, todo: Round) -> str:
    """Return what names a round's requests and how they are cut; "" where that is not known."""
    if todo.since is None or not todo.digest:
        return ""
    cutting = engine.batch_size, engine.choose_batch_size, engine.can_bind
    return text_digest(json.dumps([engine.identity.digest, *cutting, todo.digest]), 32)
