"""How the threads of one process share a machine with others: set before torch is loaded.

Threads that compute together wait for the slowest at the end of every operation, and spin while
they wait. That is the fastest way where each has a core to itself. Beside one other busy process it
makes a training nearly stand still: then threads keep to the free cores and sleep
(engines/hf/free_cores.py). Where the system does not tell which cores are free, or torch comes with
another OpenMP library than GNU's, they always soon sleep (docs/decisions/022 and 030). There are no
more of them than the cores that this process may use. What the user has set stands.

>>> share_processor({"OMP_WAIT_POLICY": "ACTIVE", "OMP_NUM_THREADS": "3"})
{}
"""

import math
import os
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path

QUOTA = Path("/sys/fs/cgroup/cpu.max")
WAITING = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME")
"""What says how threads wait, by OpenMP's own name or a library's."""
SPINS = "1000"
"""Turns of a waiting loop before a thread sleeps, in GNU's library; 300,000 by its default."""
STAT = Path("/proc/stat")
"""Where Linux counts the time of each core."""


def share_processor(environment: MutableMapping[str, str] = os.environ) -> dict[str, str]:
    """Set in `environment` how threads wait and how many there are, where nothing is set; returns
    what was set.
    """
    chosen: dict[str, str] = {}
    if not any(name in environment for name in WAITING):
        soon = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": SPINS}
        # GNU's library does not read this one; in LLVM's and Intel's, threads sleep by it
        chosen |= {"KMP_BLOCKTIME": "0"} if tells_free_cores() else soon
    if "OMP_NUM_THREADS" not in environment and (cores := quota()):
        chosen["OMP_NUM_THREADS"] = str(cores)
    environment.update(chosen)
    return chosen


@contextmanager
def soon_asleep(environment: MutableMapping[str, str] = os.environ) -> Iterator[None]:
    """Let waiting threads of what is started meanwhile soon sleep, in GNU's library, unless the
    user says how they wait: nobody looks which cores are free for them.
    """
    if any(name in environment for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")):
        yield
        return
    environment["GOMP_SPINCOUNT"] = SPINS
    try:
        yield
    finally:
        del environment["GOMP_SPINCOUNT"]


def tells_free_cores(file: Path = STAT) -> bool:
    """Return whether the system counts the time of each core, and lets threads be placed."""
    try:
        with file.open(encoding="ascii") as lines:
            counted = any(map(int, lines.readline().split()[1:]))
    except (OSError, ValueError):
        return False
    return counted and hasattr(os, "sched_setaffinity")


def quota(file: Path = QUOTA) -> int | None:
    """Return the whole cores of a container's quota, at least 1; None where there is no quota below
    what the machine has. Threads keep to the cores of an affinity by themselves.
    """
    try:
        limit, period = file.read_text(encoding="ascii").split()
        cores = max(1, math.floor(int(limit) / int(period)))
    except (OSError, ValueError):  # no such file, or "max"
        return None
    return cores if cores < (os.cpu_count() or 1) else None
