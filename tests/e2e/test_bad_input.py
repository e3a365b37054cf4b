"""What is wrong is told in one sentence: nothing hangs, nothing is half-written (bad_inputs.py)."""

import io
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest
from tests.e2e.bad_commands import MORE
from tests.e2e.bad_inputs import CASES as FIRST
from tests.e2e.bad_inputs import Bad

from acculturate.cli.main import main

CASES = {**FIRST, **MORE}
SECONDS = 30
LONGEST = 400
UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200b\u2028-\u202e\u2066-\u2069]")
SLOW = {  # loads what takes seconds, or meets a server that is not there
    "a cell of 5000 digits",
    "a model with an escape",
    "a proxy that is none",
    "a proxy with a broken port",
}


@pytest.fixture
def in_time() -> Iterator[None]:
    """End a test that hangs: in seconds of processor time, and by the clock ten times later, since
    others may be at work.
    """

    def late(number: int, frame: FrameType | None) -> None:
        pytest.fail(f"nothing was said for {SECONDS} s")

    before = {number: signal.signal(number, late) for number in (signal.SIGALRM, signal.SIGPROF)}
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.alarm(10 * SECONDS)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.alarm(0)
    for number, handler in before.items():
        signal.signal(number, handler)


def lay_out(case: Bad, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a case's files, and set its words and its environment."""
    for name, held in case.files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if held is None:
            path.mkdir()
        else:
            path.write_bytes(held if isinstance(held, bytes) else held.encode())
    for variable, value in case.environment.items():
        if value is None:
            monkeypatch.delenv(variable, raising=False)
        else:
            monkeypatch.setenv(variable, value)
    monkeypatch.setattr(sys, "argv", ["acculturate", *case.words])
    monkeypatch.setattr(sys, "stdin", io.StringIO())  # nobody answers


@pytest.mark.usefixtures("in_time")
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else []) for name in CASES],
)
def test_bad_input_is_told_in_one_sentence(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lay_out(CASES[name], monkeypatch)
    before = set(Path().rglob("*"))
    with pytest.raises(SystemExit) as ended:
        main()
    printed = capsys.readouterr()
    said = printed.err.strip()
    assert ended.value.code == 2, said
    assert said.startswith("acculturate: ")
    assert len(said) < LONGEST, said
    assert not UNSEEN.search(printed.err + printed.out)
    assert "\n" not in said
    written = set(Path().rglob("*")) - before
    assert not [path for path in written if path.suffix != ".lock"]


def test_there_are_many_of_them() -> None:
    assert len(CASES) - len(SLOW) >= 450
    assert set(CASES) >= SLOW
