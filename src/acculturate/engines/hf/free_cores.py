"""Threads keep to the cores that other processes leave free, while there is something to compute.

Threads that compute together wait for the slowest at the end of every operation. On a core that
another process keeps busy, a thread waits its turn for milliseconds, where an operation takes a
fraction of one: two threads beside one busy process were at a tenth of their fair share. Fewer
threads would add numbers up in another order, and the last digits would change with what else runs.
So the same threads share fewer cores (docs/decisions/030):

    two cores, nothing else runs    core 0: thread 0     core 1: thread 1
    beside one busy process         core 0: threads 0, 1     core 1: the other process

Only Linux tells what is needed. Elsewhere, and where the user has placed the threads, or they spin
while they wait (threads.py), nothing is done.
"""

import functools
import math
import os
import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from time import monotonic, process_time
from typing import Any, NamedTuple

import torch

from acculturate.engines.hf.short_spins import IdleTeam, openmp
from acculturate.threads import STAT

PLACED = ("GOMP_CPU_AFFINITY", "KMP_AFFINITY", "OMP_PLACES", "OMP_PROC_BIND")
"""Where one of these is set, the user has said which cores the threads are to have."""
SECONDS = 0.25
"""From one look to the next."""
STALE = 2.0
"""Seconds after which a look says nothing of now."""
CEDED = 0.6
"""Share of a core's time from which on others have that core."""
TICKS = 100
"""Of a second, in which the kernel counts a core's time for programs."""


def cores_left(cores: int, others: float, threads: int) -> int:
    """Return how many of `cores` to keep to beside processes that take the time of `others` cores:
    all where each of our threads has one to itself.

    >>> cores_left(2, 0.1, threads=2), cores_left(2, 1.0, threads=2), cores_left(64, 20, threads=4)
    (2, 1, 64)
    """
    left = max(1, math.floor(cores - others + 1 - CEDED))
    return cores if left >= min(threads, cores) else left


class Look(NamedTuple):
    """Seconds since some time in the past: by the clock, of this process, and of each core."""

    time: float
    own: float
    busy: Mapping[int, float]

    def shares(self, before: "Look") -> tuple[float, dict[int, float]]:
        """Return cores' worth of time since `before`: this process's, and the share of each."""
        seconds = max(self.time - before.time, 1e-9)
        busy = {core: (self.busy[core] - before.busy.get(core, 0)) / seconds for core in self.busy}
        return (self.own - before.own) / seconds, busy


def look(file: Path = STAT) -> Look:
    """Return what the kernel has counted so far; raises `OSError` or `ValueError` where it does not
    tell.
    """
    busy: dict[int, float] = {}
    for line in file.read_text(encoding="ascii").splitlines():
        name, *numbers = line.split()
        if name.startswith("cpu") and name != "cpu":
            user, nice, system, _idle, _waiting, interrupts, soft = map(int, numbers[:7])
            busy[int(name[3:])] = (user + nice + system + interrupts + soft) / TICKS
    return Look(monotonic(), process_time(), busy)


class FreeCores:
    """What this process's threads may use, and which of it they keep to."""

    def __init__(self, allowed: frozenset[int], threads: int, library: Any) -> None:
        self._allowed, self._threads, self._library = allowed, threads, library
        self._kept = self._placed = allowed
        self._team: IdleTeam | None = None
        self._before = look()
        self._dice = random.Random(os.getpid())  # two of us must not choose the same core for ever

    def begin(self) -> None:
        """Go on as at the last look, unless that was long ago."""
        if monotonic() - self._before.time > STALE:
            self._kept, self._before = self._allowed, look()
        else:
            self._place(self._kept)

    def look(self) -> None:
        """See what others use, and keep to what they leave."""
        now = look()
        own, busy = now.shares(self._before)
        self._before = now
        kept = self._choose(own, {core: busy.get(core, 0.0) for core in self._allowed})
        if kept != self._kept:
            self._kept = kept
            self._place(kept)

    def end(self) -> None:
        """Let the threads run where they were allowed to."""
        self._place(self._allowed)

    def _place(self, cores: frozenset[int]) -> None:
        """Let every thread of this process run on these cores only, and sleep soon while it waits
        unless these are all.
        """
        if cores == self._placed:
            return
        self._placed = cores
        if cores != self._allowed and self._team is None:
            self._team = IdleTeam(self._library)
        for thread in Path("/proc/self/task").iterdir():
            with suppress(OSError):  # it has ended, or may not be placed
                os.sched_setaffinity(int(thread.name), cores)
        if cores == self._allowed and self._team is not None:
            self._team.end()
            self._team = None

    def _choose(self, own: float, busy: Mapping[int, float]) -> frozenset[int]:
        others = max(0.0, sum(busy.values()) - own)
        count = cores_left(len(self._allowed), others, self._threads)
        if count == len(self._allowed):
            return self._allowed
        if count == len(self._kept) and not self._shared(own, busy):
            return self._kept
        least = sorted(self._allowed, key=lambda core: (round(busy[core], 1), self._dice.random()))
        return frozenset(least[:count])

    def _shared(self, own: float, busy: Mapping[int, float]) -> bool:
        """Return whether others are on the cores that we keep to though there are emptier ones: in
        half of the cases, so that of two processes that meet one moves on.
        """
        here = sum(busy[core] for core in self._kept) - own
        free = sum(1 - busy[core] for core in self._allowed - self._kept)
        return min(here, free) > 1 - CEDED and self._dice.random() < 0.5


_entered = threading.Lock()


@contextmanager
def free_cores() -> Iterator[None]:
    """Keep to the free cores while entered; within another one, or where it cannot be done, do
    nothing.
    """
    if not _entered.acquire(blocking=False):
        yield
        return
    try:
        cores = _cores(os.getpid(), torch.get_num_threads())
        with _watched(cores) if cores else nullcontext():
            yield
    finally:
        _entered.release()


@functools.lru_cache(maxsize=1)
def _cores(_process: int, threads: int) -> FreeCores | None:
    library = openmp()
    if threads == 1 or library is None or any(name in os.environ for name in PLACED):
        return None
    try:
        return FreeCores(frozenset(os.sched_getaffinity(0)), threads, library)
    except (AttributeError, OSError, ValueError):  # not on Linux, or it does not tell
        return None


@contextmanager
def _watched(cores: FreeCores) -> Iterator[None]:
    done = threading.Event()

    def watch() -> None:
        while not done.wait(SECONDS):
            cores.look()

    watching = threading.Thread(target=watch, name="free cores", daemon=True)
    cores.begin()
    watching.start()
    try:
        yield
    finally:
        done.set()
        watching.join()
        cores.end()
