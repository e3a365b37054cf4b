"""The pool of workers: slots that are filled, watched, and filled again where a worker dies.

A slot keeps what was opened there. It is lost with its worker, by a crash, for want of memory or
with the whole node, and a new worker begins there with nothing, on any node that has room.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from acculturate.engines import ModelSpec
from acculturate.errors import AcculturateError, EngineError, first_line
from acculturate.executors import cluster
from acculturate.executors.ray_settings import RaySettings
from acculturate.executors.worker import About, Actor

MOST_LOST = 3
"""So often in a row a place may be lost, and a batch with it, before the run ends."""
CHECK_EVERY = 10.0
"""Seconds without a sign of life, after which it is seen whether anybody can still come."""

Ref = Any
"""What Ray gives for a result that is to come (ray is imported late, and only where it is used)."""


@dataclass(eq=False, slots=True)
class Slot:
    """One worker: its actor, how often in a row its place was lost, and the models that it was told
    to open (`openings`) and has opened (`opened`).
    """

    actor: Any
    lost: int = 0
    openings: dict[ModelSpec, Ref] = field(default_factory=dict)
    opened: dict[ModelSpec, About] = field(default_factory=dict)

    def opening(self, spec: ModelSpec) -> Ref:
        """Return the opening of a model, begun if it was not."""
        if spec not in self.openings:
            self.openings[spec] = self.actor.open.remote(spec)
        return self.openings[spec]

    def forget(self, spec: ModelSpec) -> None:
        """Have the worker give back a model."""
        self.opened.pop(spec, None)
        if self.openings.pop(spec, None) is not None:
            self.actor.close.remote(spec)


class Pool:
    """All workers of a study, at one cluster."""

    def __init__(self, settings: RaySettings, most: int | None = None) -> None:
        """Reach the cluster and begin workers, at most `most`.

        Raises `EngineError` where it is not there or too small.
        """
        self.all: list[Slot] = []
        self._ours = cluster.connect(settings)
        try:
            self._share = cluster.share_of(settings)
            self._patience = cluster.patience(settings)
            room = cluster.room(self._share, self._patience)
            count = settings.workers or room
            count = min(count, most or count)
            self.all += [self._begin() for _ in range(count)]
        except BaseException:
            self.dismiss()
            raise

    def openings(self, spec: ModelSpec) -> dict[Ref, Slot]:
        """Return openings of a model that have not ended; begins those that had not begun."""
        return {slot.opening(spec): slot for slot in self.all if spec not in slot.opened}

    def next(self, awaited: Mapping[Ref, Slot]) -> tuple[Ref, Any]:
        """Wait for one of several results; it is None where its worker died, who is replaced.

        Raises what the worker raised, and `EngineError` where nobody can come any more.
        """
        import ray
        from ray.exceptions import RayError, RayTaskError

        while not (done := ray.wait(list(awaited), timeout=CHECK_EVERY)[0]):
            cluster.room(self._share, self._patience)
        try:
            return done[0], ray.get(done[0])
        except RayTaskError as problem:
            cause = getattr(problem, "cause", None)
            raise cause if isinstance(cause, AcculturateError) else problem from None
        except RayError as problem:
            self._replace(awaited[done[0]], first_line(problem))
            return done[0], None

    def dismiss(self) -> None:
        """End the workers, and the connection if it is ours."""
        import ray

        for slot in self.all:
            ray.kill(slot.actor)
        self.all = []
        if self._ours:
            ray.shutdown()

    def _begin(self, lost: int = 0) -> Slot:
        import ray

        kind = ray.remote(num_cpus=self._share.cores, num_gpus=self._share.gpus)(Actor)
        return Slot(kind.remote(str(Path.cwd()), self._share), lost)

    def _replace(self, slot: Slot, why: str) -> None:
        """Fill a slot again; a worker's several batches are told of its death one by one."""
        if slot not in self.all:
            return
        if slot.lost + 1 == MOST_LOST:
            raise lost_too_often("worker", why)
        self.all[self.all.index(slot)] = self._begin(slot.lost + 1)


def lost_too_often(what: str, why: str) -> EngineError:
    """Return the error of a run whose workers are lost again and again."""
    return EngineError(
        f"A Ray {what} was lost {MOST_LOST} times ({why}): mostly a worker has too little memory "
        "for the model, so give it more (fewer study.ray.workers, or more study.ray.cores of a "
        "node for each). What was finished is kept: run it again to go on."
    )
