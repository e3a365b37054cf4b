"""A signal while the report is made: it ends soon, nothing is half-written, and going on makes it.

Signals come where charts are drawn and where a file reaches the disk, so that each is met.
"""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acculturate import files
from acculturate.processes import below
from acculturate.report import figures
from acculturate.store import Kept

from .commands import acculturate

MEASURE = ["measure", "mock:noise", "--cultures", "CHN,DEU", "--items", "Q1,Q7", "--quiet"]
CODES = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="POSIX signals")


@pytest.fixture(autouse=True)
def _plain_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing as such takes seconds, and is tried in tests of the report."""
    monkeypatch.setattr(figures, "_svg", lambda chart: "<svg>drawn</svg>")
    monkeypatch.setattr(figures, "no_charts", lambda: "")


def signalled(
    call: Callable[..., Any], number: signal.Signals, at: int, sent: list[float]
) -> Callable[..., Any]:
    """Return a function with a signal to this process before its `at`-th call (from 1); when it
    came, in seconds of processor time, is noted.
    """
    calls = iter(range(1, 1000))

    def called(*given: Any) -> Any:
        if next(calls) == at:
            sent.append(time.process_time())
            os.kill(os.getpid(), number)
            time.sleep(5)
            pytest.fail("the signal was not heeded")
        return call(*given)

    return called


@pytest.mark.parametrize(("number", "code"), CODES)
@pytest.mark.parametrize("place", ["chart", "last file"])
def test_a_signal_in_the_report_leaves_nothing_half_written(
    number: signal.Signals, code: int, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = acculturate(*MEASURE, "--out", "whole")
    assert whole.returncode == 0
    # study.toml, environment.json and metrics.json are put down before the report
    where, name, at = {"chart": (figures, "_svg", 2), "last file": (files, "put_down", 4)}[place]
    with monkeypatch.context() as patched:
        sent: list[float] = []
        patched.setattr(where, name, signalled(getattr(where, name), number, at, sent))
        stopped = acculturate(*MEASURE, "--out", "run")
    assert stopped.returncode == code
    assert "Type the same again to go on" in stopped.stderr
    assert time.process_time() - sent[0] < 1
    run = tmp_path / "run"
    assert (run / "metrics.json").is_file()
    assert not (run / "report.html").exists()
    assert not [path for path in run.rglob(".*") if path.name != ".lock"]
    assert not Kept(run).fact("complete")
    assert not list(below(os.getpid()))
    assert acculturate(*MEASURE, "--out", "run").returncode == 0
    page, expected = ((tmp_path / at / "report.html").read_text() for at in ("run", "whole"))
    assert timeless(page) == timeless(expected)
    assert "<svg>drawn</svg>" in page


def timeless(page: str) -> list[str]:
    """Lines of a page but those with the time, the memory and the folder of a run."""
    return [
        line
        for line in page.splitlines()
        if not any(word in line for word in ("minutes", "seconds", "GB", "--out "))
    ]
