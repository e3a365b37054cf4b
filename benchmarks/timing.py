"""What every row of the bench gives: one pair of timings, ours and the peer's, and the limit."""

import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

Result = TypeVar("Result")


class Timing(NamedTuple):
    """One pair. `figure` is what the targets speak of: mostly ours over the peer's; `limit` is the
    figure that the hardware at its measured peak would reach against the same peer.
    """

    ours: float
    peer: float
    figure: float
    limit: float | None = None


class Job(Protocol):
    """A piece of work that is timed beside its peers. The first, untimed call warms it up and
    checks that the peers compute the same.
    """

    def warm_up(self) -> None: ...

    def pair(self) -> dict[str, Timing]:
        """One timing of each row, its name in front."""
        ...


@dataclass(frozen=True, slots=True)
class Options:
    """Sizes of the work, and which rows are wanted."""

    names: Sequence[str]
    model: str
    dtype: Any
    people: int
    items: int
    conversations: int
    turns: int
    rows: int
    prompts: int
    interview_items: int = 90


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """Seconds of some work, and what it gave."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


CALM = 0.03
"""Share of the cores' time that others may have while something short is timed."""


def timed_calmly(work: Callable[[], Result], tries: int = 4) -> tuple[float, Result]:
    """Seconds of some work and what it gave, done again while the host takes the cores away: the
    calmest of up to `tries` runs. For work that may be repeated and takes seconds.
    """
    runs = []
    for _ in range(tries):
        began = processor_ticks()
        seconds, result = timed(work)
        runs.append((share_taken(began), seconds, result))
        if runs[-1][0] <= CALM:
            break
    _, seconds, result = min(runs, key=lambda run: run[0])
    return seconds, result


def processor_ticks() -> tuple[int, int]:
    """Time of all cores since the machine began, and how much of it the host of a virtual machine
    gave to others; (1, 0) where the system does not count that.
    """
    counts = Path("/proc/stat")
    if not counts.exists():
        return 1, 0
    # user, nice, system, idle, iowait, irq, softirq, steal
    ticks = [int(part) for part in counts.read_text().split("\n", 1)[0].split()[1:9]]
    return sum(ticks), ticks[7]


def share_taken(since: tuple[int, int]) -> float:
    """Share of the cores' time that others had since `processor_ticks` was asked; it slows whatever
    is being timed at that moment.
    """
    whole, taken = (now - then for now, then in zip(processor_ticks(), since, strict=True))
    return taken / whole if whole else 0.0


def ended_seconds() -> float:
    """Return the processor time of all that this process has started and that has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
