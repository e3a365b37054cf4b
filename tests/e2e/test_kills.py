"""Kill -9 at any moment, run again: the same numbers, and no record twice."""

import contextlib
import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("peft")

STUDY = """
[study]
name = "kills"
draws = 200
[survey]
items = ["Q1", "Q7", "Q46", "Q49"]
[cultures]
measure = ["CHN", "DEU"]
adapt = ["CHN", "DEU"]
[models.base]
name = {model!r}
dtype = "float32"
[models.writer]
name = "mock:noise"
[[adapt]]
id = "spa"
method = "culturespa"
teacher = "writer"
[adapt.culturespa.questions]
per_topic = 2
round_size = 16
[adapt.culturespa.shifts]
strength = 0.0
noise = "ignore"
[adapt.tuning]
rank = 2
[[arm]]
id = "before"
[[arm]]
id = "after"
model = "@spa"
against = "before"
"""


def start(study: Path, out: Path) -> "subprocess.Popen[bytes]":
    words = ["run", str(study), "--out", str(out), "--quiet"]
    return subprocess.Popen(
        [sys.executable, "-m", "acculturate.cli.main", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(study: Path, out: Path) -> float:
    begin = time.monotonic()
    process = start(study, out)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors.decode()
    return time.monotonic() - begin


def numbers(folder: Path) -> dict[str, Any]:
    """What must not depend on kills: all of metrics.json but times."""
    tree: dict[str, Any] = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    for timed in ("minutes", "date", "memory", "stages", "rerun"):
        del tree["meta"][timed]
    for row in tree["meta"]["tuning"]:
        row.pop("seconds", None)
    for row in tree["meta"]["costs"]:
        del row["asking_seconds"], row["tuning_seconds"]
    return tree


def apart(found: Any, expected: Any, at: str = "") -> Iterator[str]:
    """Where two trees differ, so that a failure says more than that it is one."""
    if type(found) is not type(expected):
        yield f"{at}: {found!r} for {expected!r}"
    elif isinstance(found, dict):
        for key in sorted(found.keys() | expected.keys()):
            yield from apart(found.get(key), expected.get(key), f"{at}/{key}")
    elif isinstance(found, list | tuple) and len(found) == len(expected):
        for place, pair in enumerate(zip(found, expected, strict=True)):
            yield from apart(*pair, f"{at}/{place}")
    elif found != expected:
        yield f"{at}: {found!r} for {expected!r}"


def records(folder: Path) -> list[tuple[str, ...]]:
    query = "SELECT model, request, stage, parameters, reply FROM replies ORDER BY model, request"
    with contextlib.closing(sqlite3.connect(folder / "run.db")) as db:
        return db.execute(query).fetchall()


def kill_often(tmp_path: Path, model: Path, kills: int, seed: int) -> int:
    """Kill runs `kills` times, let each end; returns how many were really cut off."""
    study = tmp_path / "kills.toml"
    study.write_text(STUDY.format(model=str(model)))
    seconds = finish(study, tmp_path / "whole")
    whole = numbers(tmp_path / "whole")
    assert whole["meta"]["tuning"][0]["rows"] > 0
    rng = random.Random(seed)
    cut = folder = 0
    for _ in range(6 * kills):
        # up to three kills hit one folder; a run that ended before its kill makes way for a new one
        process = start(study, tmp_path / f"killed-{folder}")
        time.sleep(rng.uniform(0.2, 0.9) * seconds)
        ended = process.poll() is not None
        process.send_signal(signal.SIGKILL)
        process.communicate()
        cut += not ended
        folder += ended or cut % 3 == 0
        if cut == kills:
            break
    for out in sorted(tmp_path.glob("killed-*")):
        finish(study, out)
        assert list(apart(records(out), records(tmp_path / "whole"))) == []
        assert list(apart(numbers(out), whole)) == []
        assert not list(out.rglob("*.part"))
    return cut


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX only")
def test_three_kills(tmp_path: Path, tiny_model: Path) -> None:
    assert kill_often(tmp_path, tiny_model, kills=3, seed=1) == 3


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX only")
def test_thirty_kills(tmp_path: Path, tiny_model: Path) -> None:
    assert kill_often(tmp_path, tiny_model, kills=30, seed=2) == 30
