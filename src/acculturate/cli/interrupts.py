"""Ctrl-C, and a signal to end: the first one lets a command stop where nothing is lost.

SIGTERM (from `kill`, or a cluster that takes a machine back) does what Ctrl-C does. A second
one of either ends the process at once, with those that it started: what was committed is kept, as
it is after a kill.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from acculturate.processes import below

INTERRUPTED = 130
"""The exit code of a command that was stopped: 128 and the number of SIGINT."""


@contextmanager
def heeding_signals() -> Iterator[list[int]]:
    """Let SIGINT and SIGTERM stop this process, the second one at once; gives the list of those
    that came. Outside the main thread nothing is changed.
    """
    seen: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield seen
        return

    def stop(number: int, frame: FrameType | None) -> None:
        seen.append(number)
        if len(seen) > 1:
            end_at_once(128 + number)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield seen
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def end_at_once(code: int) -> None:
    """End this process and those that it started, without waiting for any."""
    sys.stderr.write("\nEnded at once; what was committed is kept.\n")
    sys.stderr.flush()
    for child in below(os.getpid()):
        try:
            os.kill(child, signal.SIGKILL)
        except OSError:
            continue
    os._exit(code)
