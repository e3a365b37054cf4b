"""Threads keep to the cores that others leave, bring the same numbers there, and come back."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")

from acculturate.engines.hf import free_cores
from acculturate.engines.hf.free_cores import FreeCores, Look, look
from acculturate.engines.hf.short_spins import openmp
from acculturate.threads import tells_free_cores

STAT = """\
cpu  100 0 0 900 0 0 0 0 0 0
cpu0 60 5 20 400 7 3 2 50 0 0
cpu1 10 0 0 500 0 0 0 0 0 0
intr 1 2 3
"""


def test_the_time_of_each_core_is_read_without_idle_waiting_and_stolen_time(tmp_path: Path) -> None:
    (tmp_path / "stat").write_text(STAT)
    assert look(tmp_path / "stat").busy == {0: 0.9, 1: 0.1}


def test_a_torch_without_its_library_has_no_openmp_of_gnu(tmp_path: Path) -> None:
    assert openmp(tmp_path / "libtorch_cpu.so") is None


@pytest.fixture
def placed(monkeypatch: pytest.MonkeyPatch) -> list[frozenset[int]]:
    """Where threads were placed, in place of placing them."""
    places: list[frozenset[int]] = []
    monkeypatch.setattr(FreeCores, "_place", lambda _self, cores: places.append(cores))
    return places


def seen(monkeypatch: pytest.MonkeyPatch, *shares: tuple[float, dict[int, float]]) -> None:
    """Let two threads on two cores look after each second with these shares: our own, and the
    cores'.
    """
    looks, total = [Look(0.0, 0.0, {0: 0.0, 1: 0.0})], (0.0, {0: 0.0, 1: 0.0})
    for second, (own, busy) in enumerate(shares, 1):
        total = total[0] + own, {core: total[1][core] + busy[core] for core in busy}
        looks.append(Look(float(second), *total))
    monkeypatch.setattr(free_cores, "look", lambda: looks.pop(0))
    cores = FreeCores(frozenset({0, 1}), 2, library=None)
    for _ in shares:
        cores.look()


def test_alone_threads_stay_where_they_are(
    monkeypatch: pytest.MonkeyPatch, placed: list[frozenset[int]]
) -> None:
    seen(monkeypatch, (1.9, {0: 1.0, 1: 1.0}), (1.0, {0: 0.6, 1: 0.7}))
    assert placed == []


def test_beside_a_busy_process_they_share_a_core_until_it_ends(
    monkeypatch: pytest.MonkeyPatch, placed: list[frozenset[int]]
) -> None:
    beside, alone = (1.0, {0: 1.0, 1: 1.0}), (1.0, {0: 1.0, 1: 0.1})
    seen(monkeypatch, beside, beside, alone)
    assert [len(cores) for cores in placed] == [1, 2]


def test_a_core_that_others_came_to_is_left_for_an_emptier_one(
    monkeypatch: pytest.MonkeyPatch, placed: list[frozenset[int]]
) -> None:
    """Two processes that chose the same core: one core with both, the other empty."""
    crowded = [(0.5, {0: 1.0, 1: 0.0}), (0.5, {0: 0.0, 1: 1.0})]
    for start in (0, 1):
        placed.clear()
        seen(monkeypatch, (0.7, {0: 0.85, 1: 0.85}), *[crowded[start]] * 12)
        assert placed[-1] == {1 - start}


CODE = """
import os, subprocess, sys, time
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
import torch
from acculturate.engines.hf.free_cores import free_cores

def places():
    threads = os.listdir("/proc/self/task")
    return len(threads), {len(os.sched_getaffinity(int(thread))) for thread in threads}

def computed():
    torch.manual_seed(0)
    return (torch.randn(300, 400) @ torch.randn(400, 500)).log1p().nansum().item()

numbers = {computed()}
before = places()
spinning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
try:
    with free_cores():
        end = time.monotonic() + 60
        while places()[1] != {1} and time.monotonic() < end:
            numbers.add(computed())
        during = places()
        numbers.add(computed())
finally:
    for process in spinning:
        process.kill()
end = time.monotonic() + 60
while places() != before and time.monotonic() < end:  # a thread that is told to end takes a moment
    time.sleep(0.01)
print(before[1], during[1], during[0] - before[0] > 2, places() == before, len(numbers))
"""


@pytest.mark.skipif(
    not tells_free_cores() or openmp() is None or (os.cpu_count() or 1) < 2,
    reason="needs two cores, a system that tells what they do, and GNU's OpenMP library",
)
def test_placed_threads_bring_the_same_numbers_and_come_back() -> None:
    environment = {name: os.environ[name] for name in os.environ if name not in free_cores.PLACED}
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env={**environment, "OMP_NUM_THREADS": "2"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["{2}", "{1}", "True", "True", "1"]
