"""A long run: a million requests through the runner into a run folder, and what it takes to go on.

    python -m benchmarks.longrun 1000000

Prints a line for each tenth: requests, microseconds of processor time for one, and memory in MiB.
Then the run is opened again in a new process, with one record missing: seconds of processor time
until all is there. Texts are those of the mock engine, so all that is seen is this program's own.
Processor time, since on a machine that is shared a clock on the wall says little.
"""

import contextlib
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.memory import MEBIBYTE, own_peak

TENTHS = 10


class Marks:
    """A progress that notes time and memory at each tenth."""

    def __init__(self, total: int) -> None:
        self._step = max(1, total // TENTHS)
        self._done, self._since = 0, time.process_time()
        self.rows: list[tuple[int, float, float]] = []

    def begin(self, name: str, total: int) -> None:
        """Do nothing."""

    def kept(self, name: str, total: int) -> None:
        """Do nothing."""

    def advance(self, count: int) -> None:
        before, self._done = self._done, self._done + count
        if before // self._step < self._done // self._step:
            now = time.process_time()
            asked = self._step
            self.rows.append((self._done, 1e6 * (now - self._since) / asked, memory()))
            self._since = now

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
    """Take the last record out, as a kill would."""
    with contextlib.closing(sqlite3.connect(folder / "run.db")) as db, db:
        db.execute(
            "DELETE FROM replies WHERE request = (SELECT MAX(request) FROM replies WHERE model = "
            "(SELECT MAX(model) FROM replies))"
        )


def main(words: list[str]) -> None:
    prompts = int(words[0])
    if len(words) > 1:
        begun = time.process_time()
        carry(prompts, Path(words[1]), Marks(prompts))
        print(f"goes on after {time.process_time() - begun:.2f} s, peak {own_peak():.0f} MiB")
        return
    with scratch() as folder:
        marks = Marks(prompts)
        carry(prompts, folder, marks)
        for done, took, held in marks.rows:
            print(f"{done:>9,} requests   {took:6.1f} us each   {held:6.1f} MiB", flush=True)
        print(
            f"peak {own_peak():.0f} MiB, run.db {(folder / 'run.db').stat().st_size / 1e6:.0f} MB"
        )
        drop_one(folder)
        subprocess.run(
            [sys.executable, "-m", "benchmarks.longrun", words[0], str(folder)], check=True
        )


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "run"


if __name__ == "__main__":
    main(sys.argv[1:])
