"""Commands over vLLM itself (`make test-vllm`) end with their numbers, and leave no process."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from acculturate.processes import below

from .small_studies import STUDIES
from .test_kills import counted, records

pytestmark = [pytest.mark.vllm, pytest.mark.embedded]

PATIENCE = 900.0
"""Seconds for what takes one minute where nothing else runs."""
ASK = ("measure", "vllm:embedded", "--cultures", "CHN,DEU", "--dtype", "float32", "--quiet")
ROOM = ("--set", "models.base.vllm.max_model_len=2048")


def environment() -> dict[str, str]:
    """The user's own cache, in which the embedded model lies."""
    return {key: text for key, text in os.environ.items() if key != "ACCULTURATE_CACHE"}


def typed(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "acculturate", *words],
        capture_output=True, text=True, check=False, timeout=PATIENCE, env=environment(),
    )  # fmt: skip


def of_vllm(processes: Iterator[int] | list[int]) -> list[int]:
    """Those of some processes that are vLLM's, and alive."""
    return [process for process in processes if _name(process).startswith("VLLM::")]


def _name(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


@contextmanager
def started(*words: str) -> Iterator[tuple["subprocess.Popen[str]", set[int]]]:
    """A command whose vLLM computes, and the processes below it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "acculturate", *words],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment(),
    )  # fmt: skip
    seen: set[int] = set()
    try:
        yield process, seen
    finally:
        seen.update(below(process.pid))
        process.kill()
        process.communicate()
        for left in of_vllm([*seen]):
            os.kill(left, signal.SIGKILL)


def waited(what: Any) -> None:
    until = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_the_doctor_tries_a_model_without_a_setting() -> None:
    ended = typed("doctor", "--model", "vllm:embedded", "--json")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    told = {row["what"]: row["said"] for row in json.loads(ended.stdout)}
    assert told["options"].startswith("weighed by log-probabilities")
    assert told["JSON"] == "a text can be held to a schema"
    assert "seed" in told["texts"]


def test_why_it_does_not_start_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VLLM_CPU_KVCACHE_SPACE", "100000")  # GiB
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    ended = typed(*ASK, *ROOM, "--out", str(tmp_path / "run"))
    print(ended.stderr)  # noqa: T201 (seen with -s)
    assert ended.returncode == 2
    [told] = ended.stderr.strip().splitlines()
    assert told.startswith("acculturate: vLLM cannot run the model in ")
    assert "memory" in told
    [log] = tmp_path.glob("acculturate-vllm-*.txt")
    assert told.endswith(f"What it said on the way is in {log}.")
    assert "Traceback" in log.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)]
)
@pytest.mark.parametrize("when", ["starts", "asks"])
def test_no_process_is_left(number: signal.Signals, code: int, when: str, tmp_path: Path) -> None:
    run = tmp_path / "run"
    words = (*ASK, *ROOM, "--framing", "aware,unaware,country", "--out", str(run))
    with started(*words) as (process, seen):
        waited(lambda: len(of_vllm(below(process.pid))) == 2)
        if when == "asks":
            waited(lambda: [*run.rglob("*.jsonl")] or process.poll() is not None)
        seen.update(below(process.pid))
        assert process.poll() is None
        process.send_signal(number)
        sent = time.monotonic()
        process.wait(60)
        print(f"{number.name} while it {when}: {time.monotonic() - sent:.1f} s")  # noqa: T201
        assert process.returncode == code
        waited(lambda: not of_vllm([*seen]))


def test_a_study_measures_adapts_and_measures_again(tmp_path: Path) -> None:
    run = tmp_path / "run"
    ended = typed(
        "run", "demo", "--profile", "smoke", "--out", str(run), "--quiet",
        "--set", "models.base.name=vllm:embedded", "--set", "models.base.dtype=float32", *ROOM,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    metrics = json.loads((run / "metrics.json").read_text(encoding="utf-8"))
    found = {row["arm"]: row["value"] for row in metrics["rows"] if row["metric"] == "alignment"}
    assert {"unaware", "aware", "adapted", "ceiling"} <= set(found)
    assert found["adapted"] != found["aware"]


STUDY = f"""{STUDIES["culturespa"].format(model="vllm:embedded")}
[models.base.vllm]
max_model_len = 2048
"""


def test_a_study_that_was_killed_goes_on(tmp_path: Path) -> None:
    """Killed when the first answers are there, stopped while it tunes, and then left alone."""
    study, killed, whole = (tmp_path / name for name in ("small.toml", "killed", "whole"))
    study.write_text(STUDY, encoding="utf-8")
    with started("run", str(study), "--out", str(killed)) as (process, seen):
        waited(lambda: counted(killed) > 0 or process.poll() is not None)
        seen.update(below(process.pid))
        process.kill()
        assert process.wait(60) == -signal.SIGKILL
        waited(lambda: not of_vllm([*seen]))
    first = records(killed)
    with started("run", str(study), "--out", str(killed)) as (process, seen):
        assert process.stdout is not None
        for line in process.stdout:
            seen.update(below(process.pid))
            if line.startswith("tuning"):
                break
        process.terminate()
        rest = process.stdout.read()
        assert process.wait(60) == 143, rest
        waited(lambda: not of_vllm([*seen]))
    second = records(killed)
    for out in (killed, whole):
        ended = typed("run", str(study), "--out", str(out), "--quiet")
        assert ended.returncode == 0, ended.stderr
    last, expected = records(killed), records(whole)
    assert 0 < len(first) < len(second) < len(last)
    assert set(first) < set(second) < set(last)
    assert [row[:4] for row in last] == [row[:4] for row in expected]
    assert values(killed) == pytest.approx(values(whole), abs=1e-4, nan_ok=True)


def values(folder: Path) -> list[float]:
    """The metrics of a run, in their order."""
    rows = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["rows"]
    return [math.nan if row["value"] is None else row["value"] for row in rows]
