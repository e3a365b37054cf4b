"""Executors: how batches get to engines, and where these are open; `open_executor` opens one.

The runner plans and cuts, an executor carries, the store keeps. `inline` asks one batch after the
other in this process; `ray` has workers on one machine or many, each with engines of its own:

    runner ── batches ──> executor ──> engine              inline
                              ├──────> worker: engine      ray
                              └──────> worker: engine

The records are the same, since a batch is the unit: whoever answers it answers it whole. So is a
job, such as a training, which one process does from its beginning to its end. To grow from a laptop
to a cluster, a study says `executor = "ray"` (docs/scale.md).
"""

from collections.abc import Callable
from typing import Literal

from acculturate.executors.executor import Batch, Carried, Executor, Job, Note, Pair, work
from acculturate.executors.inline import Inline
from acculturate.executors.ray_settings import RaySettings

__all__ = [
    "EXECUTORS",
    "Batch",
    "Carried",
    "Executor",
    "ExecutorName",
    "Inline",
    "Job",
    "Note",
    "Pair",
    "RaySettings",
    "open_executor",
    "work",
]

ExecutorName = Literal["inline", "ray"]


def _ray(settings: RaySettings) -> Executor:
    from acculturate.executors.ray_executor import RayExecutor

    return RayExecutor(settings)


EXECUTORS: dict[ExecutorName, Callable[[RaySettings], Executor]] = {
    "inline": lambda settings: Inline(),
    "ray": _ray,
}


def open_executor(name: ExecutorName, settings: RaySettings) -> Executor:
    """Return the executor of that name, which begins nothing before a model is opened.

    Raises `ConfigError` where a package that it needs is not installed.
    """
    return EXECUTORS[name](settings)
