"""The executor of a cluster: a pool of Ray workers, each with engines of its own.

    batches ─┬─> worker 1   asks one, has the next one waiting      replies ─┐
             ├─> worker 2                                                    ├─> the one store
             └─> worker 3   (died: its batches go to others)  ───────────────┘

A batch goes to whoever is free and has the model open. Texts go to the worker of their place in the
round, if it is free: a conversation's next turn then finds what that worker kept of it
(docs/decisions/011). A worker that dies, alone or with its node, costs the batches it had: they are
asked again, as whole as before.

Jobs, such as trainings, are done by workers begun for them, each in a process that holds no model
but its own; one that is lost is done again.

Models that are computed elsewhere (a server's) stay in this process: more processes would send no
faster, and each would have a spending limit of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from acculturate.engines import Engine, ModelSpec, kind_of, open_engine
from acculturate.executors import cluster
from acculturate.executors.dispatch import Dispatch
from acculturate.executors.executor import Batch, Carried, Job, Note, T
from acculturate.executors.inline import Inline
from acculturate.executors.jobs import Jobs
from acculturate.executors.pool import Pool
from acculturate.executors.ray_settings import RaySettings
from acculturate.executors.worker import About
from acculturate.records import Choice, ChooseRequest, Failure, GenerateRequest, Generation, Reply


class RayExecutor:
    """Workers on a Ray cluster, begun when the first model is opened. They are one pool for all
    models, so that those of one stage lie beside each other, as they do in one process.
    """

    def __init__(self, settings: RaySettings) -> None:
        cluster.check_installed()
        self._settings = settings
        self._pool: Pool | None = None

    def open(self, spec: ModelSpec) -> Engine:
        """Have every worker open the model; returns as soon as the first one has.

        Raises `ConfigError` or `EngineError` as `open_engine` does, and for a cluster that is not
        there or too small.
        """
        if kind_of(spec).remote:
            return open_engine(spec)
        while True:
            openings = self.pool.openings(spec)
            ref, about = self.pool.next(openings)
            if about is not None:
                openings[ref].opened[spec] = about
                return RayEngine(self, spec, about)

    def carry(self, engine: Engine, batches: Iterable[Batch]) -> Iterator[Carried]:
        """Have the workers asked; batches come back in their order."""
        if isinstance(engine, RayEngine):
            return Dispatch(self.pool, engine.spec, engine.about).carry(batches)
        return Inline().carry(engine, batches)

    def do(self, jobs: Sequence[Job[T]], notes: Sequence[Note]) -> Iterator[tuple[int, T]]:
        """Have jobs done side by side, by workers that begin and leave with them.

        What is open is closed.
        """
        self.close()
        # a job computes on one GPU, where a model that is asked may need several
        one = self._settings.model_copy(update={"gpus": self._settings.gpus and 1})
        self._pool = Pool(one, most=len(jobs))
        try:
            yield from Jobs(self._pool, jobs, notes).done()
        finally:
            self.close()

    def forget(self, spec: ModelSpec) -> None:
        """Have every worker close a model."""
        for slot in self._pool.all if self._pool else ():
            slot.forget(spec)

    def close(self) -> None:
        """Dismiss the workers."""
        if self._pool is not None:
            self._pool.dismiss()
            self._pool = None

    @property
    def pool(self) -> Pool:
        """The workers, begun if none are."""
        if self._pool is None:
            self._pool = Pool(self._settings)
        return self._pool


class RayEngine:
    """A model that is open in the workers of a pool; what is known of it the first of them said."""

    def __init__(self, executor: RayExecutor, spec: ModelSpec, about: About) -> None:
        self._executor, self.spec, self.about = executor, spec, about
        self.identity = about.identity
        self.can_choose, self.can_seed_rows = about.can_choose, about.can_seed_rows
        self.can_bind = about.can_bind
        self.batch_size, self.choose_batch_size = about.batch_size, about.choose_batch_size
        self.commits_each, self.cautions = about.commits_each, about.cautions

    def generate(
        self, requests: Sequence[GenerateRequest]
    ) -> Iterator[tuple[str, Generation | Failure]]:
        """Yield what a worker wrote."""
        yield from cast("Iterator[tuple[str, Generation | Failure]]", self._asked(requests))

    def choose(self, requests: Sequence[ChooseRequest]) -> Iterator[tuple[str, Choice | Failure]]:
        """Yield what a worker weighed."""
        yield from cast("Iterator[tuple[str, Choice | Failure]]", self._asked(requests))

    def close(self) -> None:
        """Have all workers give back its memory."""
        self._executor.forget(self.spec)

    def _asked(self, requests: Batch) -> Iterator[tuple[str, Reply]]:
        for _, pairs in self._executor.carry(self, [requests]):
            yield from ((request.id, reply) for request, reply in pairs)
