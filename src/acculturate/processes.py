"""Processes below this one: listed, and ended where this one is gone.

A process that computes for this one may not notice that nobody asks it any more: after a kill it
would hold a GPU for good. A watcher, a small process of its own, ends it then.

>>> below(0)
[]
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

PAUSE = 0.5
"""Seconds between two looks of the watcher."""
GRACE = 15.0
"""Seconds that a process has to end by itself, before it is killed."""
NAMING = 60.0
"""Seconds in which a process that has just been started may take its name."""


def below(process: int) -> list[int]:
    """Return the processes below one, the lowest first, where the system lists them (Linux); none
    elsewhere.
    """
    own: list[int] = []
    for file in Path(f"/proc/{process}/task").glob("*/children"):  # a file for each thread
        with suppress(OSError):
            own += map(int, file.read_text(encoding="ascii").split())
    return [lower for child in own for lower in (*below(child), child)]


def kill_below(spared: Iterable[int] = ()) -> None:
    """Kill the processes below this one, but for some, and for those that clear away what others
    share.
    """
    for process in below(os.getpid()):
        if process not in spared and "resource_tracker" not in _name(process):
            with suppress(OSError):
                os.kill(process, signal.SIGKILL)


def watched(name: str) -> "subprocess.Popen[bytes] | None":
    """Start a watcher and return it: should this process be gone, it ends those below that call
    themselves `name` and more. None where the system lists no processes.
    """
    if not Path("/proc/self/task").exists():
        return None
    words = [sys.executable, "-I", "-S", __file__, str(os.getpid()), name]
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(
        words, stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True
    )


class _Stop(BaseException):
    """What a signal raises where KeyboardInterrupt would be kept from the caller."""


@contextmanager
def insistent_signals() -> Iterator[list[int]]:
    """Let the KeyboardInterrupt of a signal to end (SIGINT, SIGTERM) pass through a library that
    keeps it to itself: meanwhile it has another name. What was started meanwhile is killed first,
    since it would not end before it has started.

    Gives the list of the signals that came: where the library keeps that one too, the caller sees
    them there. Outside the main thread, and where no signal is heeded, it stays empty.
    """
    came: list[int] = []
    there = below(os.getpid())
    before: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        heeded = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.getsignal(number) for number in heeded}

    def insist(number: int, frame: FrameType | None) -> None:
        came.append(number)
        try:
            before[number](number, frame)
        except KeyboardInterrupt as stopped:
            kill_below(there)
            raise _Stop from stopped

    heard = [number for number, handler in before.items() if callable(handler)]
    for number in heard:
        signal.signal(number, insist)
    try:
        yield came
    except (_Stop, Exception) as ended:  # the library may have made an error of its own of it
        if not came:
            raise
        raise KeyboardInterrupt from ended
    finally:
        for number in heard:
            signal.signal(number, before[number])


def _watch(parent: int, name: str) -> None:
    started: set[int] = set()
    while os.getppid() == parent:
        started.update(below(parent))
        time.sleep(PAUSE)
    _end(started - {os.getpid()}, name)


def _end(started: Iterable[int], name: str) -> None:
    """End those of some processes that have the name, also where they take it only now."""
    asked: dict[int, float] = {}
    until = time.monotonic() + NAMING
    left = set(started)
    while left and time.monotonic() < until:
        now = time.monotonic()
        for process in [process for process in left if _name(process).startswith(name)]:
            late = now - asked.setdefault(process, now) > GRACE
            with suppress(OSError):
                os.kill(process, signal.SIGKILL if late else signal.SIGTERM)
        left = {process for process in left if _name(process)}
        left.update(lower for process in [*left] for lower in below(process))
        time.sleep(PAUSE)


def _name(process: int) -> str:
    """Return what a process calls itself; "" once it is gone."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


if __name__ == "__main__":
    _watch(int(sys.argv[1]), sys.argv[2])
