"""Processes below this one end with it, also where it is killed."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.alive import is_alive

from acculturate.processes import below, insistent_signals

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")

PARENT = """
import subprocess, sys, time
from acculturate.processes import watched

watcher = watched("MINE::")
names = ("MINE::Core", "sleep")
children = [subprocess.Popen(["bash", "-c", f"exec -a {name} sleep 60"]) for name in names]
print(*(child.pid for child in children), watcher.pid, flush=True)
time.sleep(60)
"""


def test_what_computes_for_a_process_ends_with_it_and_others_do_not() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    mine, other, watcher = map(int, parent.stdout.readline().split())
    try:
        assert {mine, other, watcher} <= set(below(parent.pid))
        time.sleep(1.5)  # the watcher looks twice a second
        assert is_alive(mine)
        parent.kill()
        parent.wait()
        until = time.monotonic() + 30
        while is_alive(mine):
            assert time.monotonic() < until
            time.sleep(0.1)
        assert is_alive(other)
    finally:
        parent.kill()
        parent.stdout.close()
        for process in (other, watcher):
            os.kill(process, 9)


def test_a_signal_passes_what_keeps_it_and_ends_what_was_started() -> None:
    kept: list[str] = []
    children: list[subprocess.Popen[bytes]] = []

    def deaf() -> None:
        children.append(subprocess.Popen(["sleep", "60"]))
        with contextlib.suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
        kept.append("it goes on")

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), insistent_signals():
            deaf()
        assert not kept
        assert children[0].wait(30) == -signal.SIGKILL
        assert signal.getsignal(signal.SIGTERM) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGTERM, before)


def test_an_error_without_a_signal_is_itself() -> None:
    with pytest.raises(ValueError, match="mine"), insistent_signals():
        raise ValueError("mine")
