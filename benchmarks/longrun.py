"""A long run: a million requests through the runner into a run folder, and what it takes to go on.

    python -m benchmarks.longrun 1000000
    python -m benchmarks.longrun method 1000000

Prints a line for each tenth: requests, microseconds of processor time for one, and memory in MiB.
The process is killed before its last batch, and the run goes on in a new one: seconds of processor
time from the first import until all is there. Then a record is taken out by hand, and it goes on
once more, which walks all requests. Texts are those of the mock engine, so all that is seen is this
program's own. Processor time, since on a machine that is shared a clock on the wall says little.

`method` does the same with an adaptation: so many answers to made-up questions, without a culture
and with each of 19, and the rows made of them. A new process goes on when all that is built, and
once more when a record was taken out, which has all of it read and built anew.
"""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.memory import MEBIBYTE, own_peak

TENTHS = 10


class Marks:
    """A progress that prints time and memory at each tenth, and kills its process before the last
    batch where `killed`.
    """

    def __init__(self, prompts: int, *, killed: bool) -> None:
        self._step, self._killed = max(1, prompts // TENTHS), killed
        self._done, self._total, self._since = 0, 0, time.process_time()

    def begin(self, name: str, total: int) -> None:
        self._total = total

    def kept(self, name: str, total: int) -> None:
        """Do nothing."""

    def advance(self, count: int) -> None:
        before, self._done = self._done, self._done + count
        if before // self._step < self._done // self._step:
            now = time.process_time()
            pace = 1e6 * (now - self._since) / self._step
            print(
                f"{self._done:>9,} requests   {pace:6.1f} us each   {memory():6.1f} MiB", flush=True
            )
            self._since = now
        if self._killed and self._done + count >= self._total:
            print(
                f"killed at {self._done:,} of {self._total:,}; peak {own_peak():.0f} MiB",
                flush=True,
            )
            os.kill(os.getpid(), signal.SIGKILL)

    def end(self) -> None:
        """Do nothing."""

    def beside(self) -> "Marks":
        return self


def memory() -> float:
    """Memory that this process holds now, in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / MEBIBYTE


def carry(prompts: int, folder: Path, marks: Marks) -> None:
    """Ask so many prompts: all items of the survey, as many draws of each as it takes."""
    from acculturate.asking import AnswerSettings
    from acculturate.engines import open_engine
    from acculturate.evaluation.survey_taking import SurveyTaking
    from acculturate.runner import Runner
    from acculturate.store import Store
    from acculturate.survey import load_survey

    survey = load_survey()
    samples = max(1, prompts // (len(survey.items) * len(survey.cultures)))
    settings = AnswerSettings(kind="sampled", orders="forward", samples=samples)
    items = tuple(survey.items)
    stage = SurveyTaking.of("arm", survey, items, survey.cultures, "aware", settings)
    with Store(folder) as store:
        engine = open_engine("mock:uniform")
        Runner(store, {stage.role: engine}, marks).run(stage)


def drop_one(folder: Path) -> None:
    """Take a record out, which no kill does."""
    with contextlib.closing(sqlite3.connect(folder / "run.db")) as db, db:
        db.execute(
            "DELETE FROM replies WHERE request = (SELECT MAX(request) FROM replies WHERE model = "
            "(SELECT MAX(model) FROM replies))"
        )


def build_rows(prompts: int, folder: Path) -> None:
    """Have an adaptation ask so many prompts and make its rows, or find them made."""
    from acculturate.study.built import build
    from benchmarks.long_method import workplace

    with workplace(prompts, folder) as (place, section):
        built = build(place, section)
        rows = sum(map(len, built.rows.values()))
    took = time.process_time()  # of the whole process, its imports too
    print(f"{rows:,} rows within {took:.2f} s, peak {own_peak():.0f} MiB", flush=True)


def method(prompts: int) -> None:
    """Print what an adaptation takes at first, when it goes on, and when all is read anew."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "run"
        again = [sys.executable, "-m", "benchmarks.longrun", "rows", str(prompts), str(folder)]
        subprocess.run(again, check=True)
        with contextlib.closing(sqlite3.connect(folder / "run.db")) as db:
            [[records]] = db.execute("SELECT COUNT(*) FROM replies")
        size = (folder / "long.rows.jsonl").stat().st_size
        print(f"{records:,} records, {size / 1e6:.0f} MB of rows; it goes on", flush=True)
        subprocess.run(again, check=True)
        drop_one(folder)
        print("a record is taken out", flush=True)
        subprocess.run(again, check=True)


def main(words: list[str]) -> None:
    if words[0] == "method":
        method(int(words[1]))
        return
    if words[0] == "rows":
        build_rows(int(words[1]), Path(words[2]))
        return
    prompts = int(words[0])
    if len(words) > 1:
        killed = words[2:] == ["killed"]
        carry(prompts, Path(words[1]), Marks(prompts, killed=killed))
        took = time.process_time()  # of the whole process, its imports too
        print(f"goes on within {took:.2f} s, peak {own_peak():.0f} MiB", flush=True)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "run"
        again = [sys.executable, "-m", "benchmarks.longrun", words[0], str(folder)]
        done = subprocess.run([*again, "killed"], check=False)
        assert done.returncode == -signal.SIGKILL
        print(f"run.db {(folder / 'run.db').stat().st_size / 1e6:.0f} MB", flush=True)
        subprocess.run(again, check=True)
        drop_one(folder)
        print("a record is taken out", flush=True)
        subprocess.run(again, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
