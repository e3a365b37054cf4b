"""A worker: a process of a Ray cluster, with engines of its own.

It knows of no study and no other worker: it opens a model when told to, says what that model is,
answers batches, and does jobs.
"""

import os
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from acculturate.engines import Engine, Identity, ModelSpec, deciding_packages, open_engine
from acculturate.engines.bases import keeping_base
from acculturate.executors.cluster import Share
from acculturate.executors.events import Event, RunningJob
from acculturate.executors.executor import Batch, Job, work
from acculturate.records import Reply


@dataclass(frozen=True, slots=True)
class About:
    """What must agree between workers, so that it does not matter who answers."""

    identity: Identity
    can_choose: bool
    can_seed_rows: bool
    can_bind: bool
    batch_size: int
    choose_batch_size: int
    commits_each: bool
    cautions: tuple[str, ...]
    versions: tuple[str, ...]

    @classmethod
    def of(cls, engine: Engine) -> "About":
        """Return what an open engine is, with the packages that it computes by."""
        return cls(
            engine.identity,
            engine.can_choose,
            engine.can_seed_rows,
            engine.can_bind,
            engine.batch_size,
            engine.choose_batch_size,
            engine.commits_each,
            tuple(getattr(engine, "cautions", ())),
            versions(),
        )

    def difference(self, other: "About") -> str:
        """Return the first thing in which two differ: `dtype float32 for bfloat16`."""
        here, there = ({**asdict(about), **asdict(about.identity)} for about in (self, other))
        named = [name for name in here if name != "identity" and here[name] != there[name]]
        return "".join(f"{name} {here[name]} for {there[name]}" for name in named[:1])


class Worker:
    """Opens models and asks them batches; does jobs, one at a time.

    `folder` is where the study was begun, for names of folders that are relative. It computes with
    as many threads as it has cores, and on no GPU that it was not given.
    """

    def __init__(self, folder: str, share: Share) -> None:
        os.environ["OMP_NUM_THREADS"] = str(share.cores)  # read when torch is loaded, later
        if not share.gpus:
            os.environ["CUDA_VISIBLE_DEVICES"] = ""
        if Path(folder).is_dir():
            os.chdir(folder)
        self._engines: dict[ModelSpec, Engine] = {}

    def open(self, spec: ModelSpec) -> About:
        """Open a model, if it is not, and say what it is."""
        if spec not in self._engines:
            self._engines[spec] = open_engine(spec)
        return About.of(self._engines[spec])

    def work(self, spec: ModelSpec, batch: Batch) -> list[tuple[str, Reply]]:
        """Return the replies of an open model to a batch, by their requests' ids."""
        return [(request.id, reply) for request, reply in work(self._engines[spec], batch)]

    def versions(self) -> tuple[str, ...]:
        """Return the versions that it computes with; this first reply shows that it has begun."""
        return versions()

    def do(self, job: Job[Any]) -> Event:
        """Begin a job and return its first event."""
        self._running = RunningJob(job)
        return self.next_event()

    def next_event(self) -> Event:
        """Return the next event of the job."""
        return self._running.next()

    def close(self, spec: ModelSpec) -> None:
        """Give back a model's memory."""
        if spec in self._engines:
            self._engines.pop(spec).close()


class Actor(Worker):
    """A worker that is a process of its own: it keeps a base from one adapter to the next."""

    def __init__(self, folder: str, share: Share) -> None:
        super().__init__(folder, share)
        self._keeping = ExitStack()
        self._keeping.enter_context(keeping_base())


def versions() -> tuple[str, ...]:
    """Return the packages that decide numbers here: `torch 2.13`."""
    packages = ("acculturate", "trl", *deciding_packages())
    return tuple(f"{name} {version}" for name in packages if (version := _version(name)))


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
