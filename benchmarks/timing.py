"""What every row of the bench gives: one pair of timings, ours and the peer's, and the limit."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """Seconds of some work, and what it gave."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result
