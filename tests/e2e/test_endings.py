"""How a command ends that is stopped, or that meets what nobody foresaw."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.alive import is_gone

from acculturate.cli.ending import end_with
from acculturate.store import Store

KEY = "secret-0123456789"
STOPPED = """
import os, signal, subprocess, sys, threading, time
import acculturate.api
from acculturate.cli.main import main

children = []

def begin():  # another thread than the one that is told of signals
    child = subprocess.Popen(["sleep", "100"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    print(child.pid, flush=True)
    children.append(child)
    time.sleep(100)

def stopped(*words, **more):
    threading.Thread(target=begin, daemon=True).start()
    while not children:
        time.sleep(0.01)
    {body}
    time.sleep(100)

acculturate.api.run_study = stopped
sys.argv = ["acculturate", "measure", "mock:uniform", "--cultures", "CHN", "--quiet"]
main()
"""


def run(body: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", STOPPED.format(body=body)]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=90)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_first_signal_stops_and_the_second_ends_at_once(
    number: signal.Signals, code: int
) -> None:
    once = f"os.kill(os.getpid(), {int(number)})"
    first = run(f"children[0].kill(); children[0].wait(); {once}")
    assert first.returncode == code
    assert "Type the same again to go on" in first.stderr
    assert "Traceback" not in first.stderr
    second = run(f"\n    try:\n        {once}; time.sleep(9)\n    finally:\n        {once}")
    assert second.returncode == code
    assert "Ended at once" in second.stderr
    assert is_gone(int(second.stdout))


def test_what_nobody_foresaw_is_told_and_kept_without_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MY_API_KEY", KEY)
    monkeypatch.setattr(sys, "argv", ["acculturate", "measure", "hf:x", "--key", "sk-abcdefgh123"])

    def broken() -> int:
        try:
            raise LookupError(f"no {KEY}")
        except LookupError as cause:
            raise RuntimeError(f"it broke\x1b[31m with {KEY}") from cause

    with pytest.raises(SystemExit) as ended:
        end_with(broken)
    said = capsys.readouterr().err
    assert ended.value.code == 70
    assert len(said.strip().splitlines()) == 1
    assert len(said) < 400
    assert "RuntimeError: it broke\\x1b[31m with ***" in said
    (file,) = tmp_path.glob("acculturate-error-*.txt")
    assert str(file) in said
    report = file.read_text()
    assert "in broken" in report
    assert "LookupError: no ***" in report
    assert "command: acculturate measure hf:x" in report
    assert KEY not in report + said
    assert "sk-abc" not in report


def test_a_report_that_cannot_be_kept_here_is_kept_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gone").mkdir()
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "other"))
    monkeypatch.setattr(Path, "cwd", lambda: tmp_path / "gone" / "nowhere")
    monkeypatch.setattr(sys, "argv", ["acculturate"])
    with pytest.raises(SystemExit):
        end_with(lambda: 1 // 0)
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert len(list((tmp_path / "other").glob("acculturate-error-*.txt"))) == 1


@pytest.mark.skipif(os.name != "posix", reason="POSIX modes")
def test_the_folder_of_a_run_is_its_users_alone(tmp_path: Path) -> None:
    with Store(tmp_path / "runs" / "mine"):
        assert (tmp_path / "runs" / "mine").stat().st_mode & 0o777 == 0o700
