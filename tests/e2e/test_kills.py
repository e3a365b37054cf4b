"""Kill -9 at any moment, run again: the same numbers, and no record twice.

Three kills of one method here; `make torture` takes a hundred of each (`KILLS=200` is both of them
together), of whole studies: asking, tuning, measuring, the report.
"""

import contextlib
import json
import logging
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple, Self

import pytest
from benchmarks.stopping import spent

from .small_studies import STUDIES, WAYS

pytest.importorskip("peft")

PROGRAM = """
import json, os, sys
sys.path.insert(0, {root!r})
import acculturate.api, acculturate.study.wiring, peft, torch, transformers
from acculturate.cli.main import main
from acculturate.engines.mock import CHARACTERS
from tests.e2e.small_studies import talker
CHARACTERS["talker"] = talker
for line in sys.stdin:
    words, said = json.loads(line)
    child = os.fork()
    if child == 0:
        handle = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for number, place in ((0, nothing), (1, handle), (2, handle)):
            os.dup2(place, number)
        sys.argv = ["acculturate", *words]
        main()
        os._exit(70)  # main ends the process itself
    print(child, flush=True)
    _, status, used = os.wait4(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
    print(used.ru_utime + used.ru_stime, flush=True)
"""
"""Runs one command after the other, each in a process of its own that is a copy of this one:
packages are loaded once, so that what is killed is work. A made-up teacher has something to say.
"""
ROOT = str(Path(__file__).parents[2])
KILLS = int(os.environ.get("KILLS", "200"))
log = logging.getLogger(__name__)

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


class Whole(NamedTuple):
    """A study that nobody killed: what it left, and the seconds of processor time that it took."""

    numbers: dict[str, Any]
    records: list[tuple[str, ...]]
    seconds: float


class Runs:
    """Starts `acculturate run`, waits for it or kills it; a context manager."""

    def __init__(self, study: Path) -> None:
        self.study = study
        self._said = study.with_suffix(".log")

    def __enter__(self) -> Self:
        self._forks = subprocess.Popen(
            [sys.executable, "-c", PROGRAM.format(root=ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._forks.communicate(timeout=60)

    def start(self, out: Path) -> int:
        """Begin a run; returns its process."""
        words = ["run", str(self.study), "--out", str(out), "--quiet"]
        assert self._forks.stdin is not None
        self._forks.stdin.write(json.dumps([words, str(self._said)]) + "\n")
        self._forks.stdin.flush()
        return self._heard()

    def wait(self) -> int:
        """Return the exit code of what was started, once it has ended."""
        code = self._heard()
        self._used = float(self._line())
        return code

    def finish(self, out: Path) -> float:
        """Carry a run to its end; returns the seconds of processor time that it took."""
        self.start(out)
        assert self.wait() == 0, self._said.read_text()
        return self._used

    def _heard(self) -> int:
        return int(self._line())

    def _line(self) -> str:
        assert self._forks.stdout is not None
        return self._forks.stdout.readline()


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


def counted(folder: Path) -> int:
    """How many records a folder holds now, beside a process that was killed."""
    try:
        with contextlib.closing(sqlite3.connect(folder / "run.db")) as db:
            return int(db.execute("SELECT COUNT(*) FROM replies").fetchone()[0])
    except sqlite3.OperationalError:  # killed before there was a table
        return 0


def whole_run(runs: Runs, out: Path) -> Whole:
    seconds = runs.finish(out)
    made = numbers(out)
    assert all(row["rows"] > 0 for row in made["meta"]["tuning"])
    return Whole(made, records(out), seconds)


class _Tags(HTMLParser):
    """Whether a page ends as it began."""

    def __init__(self) -> None:
        super().__init__()
        self.ended: list[str] = []

    def handle_endtag(self, tag: str) -> None:
        self.ended.append(tag)


def check_folder(out: Path, whole: Whole) -> None:
    """Nothing lost, nothing twice, nothing left over; adapters and report are whole."""
    from acculturate.tuning.report import weights_digest

    assert list(apart(records(out), whole.records)) == []
    assert list(apart(numbers(out), whole.numbers)) == []
    assert not [path for path in out.rglob(".*") if path.name != ".lock"]
    page = (out / "report.html").read_text(encoding="utf-8")
    tags = _Tags()
    tags.feed(page)
    assert tags.ended[-1] == "html"
    for row in whole.numbers["meta"]["tuning"]:
        adapter = out / "adapters" / row["adapter"]
        report = json.loads((adapter / "acculturate.json").read_text(encoding="utf-8"))
        assert weights_digest(adapter) == report["adapter_weights"]


def wait_for_work(process: int, seconds: float) -> None:
    """Wait until a process has taken so much processor time, or has ended: where others work too,
    the clock says little of how far it is.
    """
    with contextlib.suppress(OSError):
        while spent(process) < seconds:
            time.sleep(0.01)


def kill_often(tmp_path: Path, model: Path, method: str, kills: int, seed: int) -> int:
    """Kill runs `kills` times, let each end; returns how many were really cut off.

    A folder is killed up to three times; a run that ended before its kill makes way for a new one.
    """
    study = tmp_path / "kills.toml"
    study.write_text((STUDIES | WAYS)[method].format(model=str(model)))
    rng = random.Random(seed)
    cut = folder = 0
    with Runs(study) as runs:
        whole = whole_run(runs, tmp_path / "whole")
        while cut < kills and folder < kills + 5:
            out = tmp_path / f"killed-{folder}"
            before = counted(out)
            process = runs.start(out)
            wait_for_work(process, rng.uniform(0.05, 1.0) * whole.seconds)
            with contextlib.suppress(ProcessLookupError):  # it has ended
                os.kill(process, signal.SIGKILL)
            killed = runs.wait() == -signal.SIGKILL
            assert counted(out) >= before
            cut += killed
            if not killed or cut % 3 == 0 or cut == kills:
                runs.finish(out)
                check_folder(out, whole)
                folder += 1
                log.info("%s: %d kills, %d folders", method, cut, folder)
    return cut


@pytest.mark.parametrize("method", ["culturespa", pytest.param("clca", marks=pytest.mark.slow)])
def test_a_kill(tmp_path: Path, tiny_model: Path, method: str) -> None:
    assert kill_often(tmp_path, tiny_model, method, kills=1, seed=1) == 1


@pytest.mark.slow
@pytest.mark.parametrize("method", STUDIES)
def test_many_kills(tmp_path: Path, tiny_model: Path, method: str) -> None:
    assert kill_often(tmp_path, tiny_model, method, kills=KILLS // 2, seed=2) == KILLS // 2


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_kills_of_a_way_of_asking(tmp_path: Path, tiny_model: Path, way: str) -> None:
    assert kill_often(tmp_path, tiny_model, way, kills=KILLS // 20, seed=3) == KILLS // 20
