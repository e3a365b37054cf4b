"""What a machine lacks, and what becomes of a run folder: one sentence, or it goes on."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import acculturate
from acculturate.errors import StoreError
from acculturate.store import Store

MEASURE = ["measure", "mock:noise", "--cultures", "CHN,DEU", "--items", "all", "--quiet"]


def run(*words: str, before: str = "") -> "subprocess.CompletedProcess[str]":
    code = f"{before}\nfrom acculturate.cli.main import main\nimport sys\n"
    code += f"sys.argv = ['acculturate', *{list(words)!r}]\nmain()"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
def test_few_open_files_suffice_or_are_told(tmp_path: Path) -> None:
    limit = "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, ({0}, {0}))"
    assert run(*MEASURE, "--out", "some", before=limit.format(24)).returncode == 0
    late = "import acculturate.api, acculturate.study.wiring\n" + limit.format(5)
    done = run(*MEASURE, "--out", "none", before=late)
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "cannot be written" in done.stderr


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a place that takes no folder")
def test_a_place_that_takes_no_folder_is_told() -> None:
    done = run(*MEASURE, "--out", "/proc/run")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_run_folder_that_was_moved_goes_on(tmp_path: Path) -> None:
    acculturate.measure("mock:noise", ["CHN"], items=["Q1", "Q152"], out=tmp_path / "here")
    before = (tmp_path / "here" / "metrics.json").read_text()
    shutil.move(tmp_path / "here", tmp_path / "there")
    with Store(tmp_path / "there") as store:
        count = store.counts()
    acculturate.measure("mock:noise", ["CHN"], items=["Q1", "Q152"], out=tmp_path / "there")
    with Store(tmp_path / "there") as store:
        assert store.counts() == count
    after = (tmp_path / "there" / "metrics.json").read_text()
    assert json.loads(after)["rows"] == json.loads(before)["rows"]


@pytest.mark.parametrize("jump", [-40 * 365 * 86_400, 20 * 365 * 86_400])
def test_a_clock_that_jumps_changes_no_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    acculturate.measure("mock:noise", ["CHN"], items=["Q1", "Q152"], out=tmp_path / "run")
    before = json.loads((tmp_path / "run" / "metrics.json").read_text())
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + jump)
    acculturate.measure("mock:noise", ["CHN"], items=["Q1", "Q152"], out=tmp_path / "run")
    after = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert after["rows"] == before["rows"]
    assert after["meta"]["minutes"] >= before["meta"]["minutes"] >= 0


def zeros_inside(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096 : len(content) - 4096] = bytes(len(content) - 8192)
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def text(path: Path) -> None:
    path.write_text("no database at all\n" * 500)


@pytest.mark.parametrize("damage", [zeros_inside, cut, text])
def test_a_damaged_run_is_told(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    acculturate.measure("mock:noise", ["CHN"], items=["Q1", "Q152"], out=tmp_path / "run")
    damage(tmp_path / "run" / "run.db")
    with pytest.raises(StoreError) as caught:
        acculturate.measure("mock:noise", ["CHN"], items=["Q1", "Q152"], out=tmp_path / "run")
    assert "run" in str(caught.value)
    assert len(str(caught.value)) < 400
