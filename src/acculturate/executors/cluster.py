"""The Ray cluster: reached or begun, and how many workers it has room for.

Without an address it is a cluster of this machine alone, which ends with the study. A program that
has called `ray.init` itself is taken at its word, and its connection is left open.
"""

import logging
import os
import time
from typing import Any, NamedTuple

from acculturate.errors import ConfigError, EngineError, first_line
from acculturate.executors.ray_settings import RaySettings
from acculturate.extras import lacking

LOCAL = "local"
JOINING = 60.0
OBJECTS = 200 << 20
"""Bytes of shared memory of a cluster of this machine: batches and replies are small."""


class Share(NamedTuple):
    """What a worker or a node has."""

    cores: int
    gpus: int


def check_installed() -> None:
    """Raise `ConfigError` with what to type where ray is missing."""
    if missing := lacking('executor = "ray" needs', "ray", "ray"):
        raise ConfigError(f'{missing}, or set study.executor to "inline".')


def connect(settings: RaySettings) -> bool:
    """Reach the cluster, or begin one here; whether the connection is ours to end.

    Raises `EngineError` where there is no cluster at the address.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is reported to anybody
    import ray
    from ray.exceptions import RayError

    if ray.is_initialized():
        return False
    address = _address(settings)
    own: dict[str, Any] = {"include_dashboard": False, "object_store_memory": OBJECTS}
    try:
        ray.init(
            address,
            log_to_driver=False,
            logging_level=logging.ERROR,
            **own if address == LOCAL else {},
        )
    except (ConnectionError, RuntimeError, ValueError, RayError) as problem:
        raise EngineError(
            f"There is no Ray cluster at '{address}' ({first_line(problem)}): begin one with `ray "
            "start --head` and run the study on one of its machines (where it wants a token, with "
            "RAY_AUTH_MODE=token), or leave study.ray.address out to use this machine alone."
        ) from problem
    return True


def share_of(settings: RaySettings) -> Share:
    """Return what each worker is given: a GPU, where there are any and nothing else was said."""
    if settings.gpus is not None:
        return Share(settings.cores, settings.gpus)
    return Share(settings.cores, int(any(node.gpus for node in _nodes())))


def patience(settings: RaySettings) -> float:
    """Return the seconds to wait for a node that is large enough: a cluster's nodes join one by
    one.
    """
    return 0.0 if _address(settings) == LOCAL else JOINING


def room(share: Share, seconds: float) -> int:
    """Return how many workers the living nodes could hold, were nobody else there.

    Raises `EngineError` where for so many seconds no node could hold one.
    """
    end = time.monotonic() + seconds
    while not (count := sum(_held(node, share) for node in _nodes())):
        if time.monotonic() < end:
            time.sleep(1)
            continue
        seen = "; ".join(f"{node.cores} cores, {node.gpus} GPUs" for node in _nodes()) or "none"
        raise EngineError(
            f"No node of the Ray cluster has {share.cores} cores and {share.gpus} GPUs for a "
            f"worker (nodes: {seen}): set study.ray.cores and study.ray.gpus to what a node has, "
            "or start larger nodes."
        )
    return count


def _held(node: Share, share: Share) -> int:
    """Return how many workers a node can hold."""
    by_cores = node.cores // share.cores
    return min(by_cores, node.gpus // share.gpus) if share.gpus else by_cores


def _address(settings: RaySettings) -> str:
    return settings.address or os.environ.get("RAY_ADDRESS") or LOCAL


def _nodes() -> list[Share]:
    """Return what each living node has."""
    import ray

    return [
        Share(int(node["Resources"].get("CPU", 0)), int(node["Resources"].get("GPU", 0)))
        for node in ray.nodes()  # type: ignore[no-untyped-call]
        if node["Alive"]
    ]
