"""The runs that are viewed: found in folders, each read when a page wants it.

A run that is still going on is read beside it; what it does not have yet is left out.
"""

import functools
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from acculturate.errors import StoreError
from acculturate.methods.kept_texts import files_with
from acculturate.records.results.metrics_file import METRICS_FILE, read_results
from acculturate.records.results.run_results import RunResults
from acculturate.store import Beside, Kept
from acculturate.study.finished import DATABASE, STUDY_FILE, FinishedRun

T = TypeVar("T")
State = Literal["finished", "going on", "not finished"]
ALIVE = 120.0
"""Seconds since a run last wrote anything after which it is not said to go on."""


class Remembered:
    """What was read from files, until these change. Two pages never read the same at once."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[object, Any]] = {}
        self._lock = threading.RLock()

    def get(self, name: str, files: Sequence[Path], read: Callable[[], T]) -> T:
        """Return what `read` returned last for these files, or read them anew."""
        with self._lock:
            stamp = [_stamp(file) for file in files]
            before = self._held.get(name)
            if before is None or before[0] != stamp:
                before = self._held[name] = (stamp, read())
            value: T = before[1]
            return value


@dataclass(frozen=True)
class ViewedRun:
    """A run's folder, by its place on the shelf and a name that no other run there has."""

    number: int
    folder: Path
    name: str
    remembered: Remembered = field(default_factory=Remembered, compare=False, repr=False)

    @property
    def finished(self) -> FinishedRun:
        """The study as it is carried out; raises `AcculturateError` where what it names is gone."""
        files = [self.folder / STUDY_FILE]
        return self.remembered.get("study", files, lambda: FinishedRun.of(self.folder))

    @property
    def results(self) -> RunResults | None:
        """Every number, where the run has been finished once; raises `StoreError` for others."""
        file = self.folder / METRICS_FILE
        if not file.is_file():
            return None
        return self.remembered.get("results", [file], lambda: read_results(self.folder))

    @property
    def state(self) -> State:
        """How far it is, as far as its files tell."""
        if Kept(self.folder).fact("complete"):
            return "finished"
        files = [self.folder / f"{DATABASE}{end}" for end in ("", "-wal")]
        last = max(file.stat().st_mtime for file in files if file.exists())
        return "going on" if time.time() - last < ALIVE else "not finished"

    @property
    def counts(self) -> dict[str, tuple[int, int]]:
        """Replies and failures by stage."""
        files = [self.folder / f"{DATABASE}{end}" for end in ("", "-wal")]

        def read() -> dict[str, tuple[int, int]]:
            with self.open() as store:
                return store.counts()

        return self.remembered.get("counts", files, read)

    def open(self) -> Beside:
        """Open its database to read; whoever opens it closes it."""
        return Beside(self.folder)

    def files(self, ending: str) -> dict[str, Path]:
        """Return its files of texts with an ending, by the adaptations that made them."""
        return files_with(self.folder, ending)


class Shelf(NamedTuple):
    """The runs that are viewed, and a sentence for each that cannot be."""

    runs: tuple[ViewedRun, ...]
    left_out: tuple[str, ...] = ()


def find_runs(folders: Sequence[Path]) -> Shelf:
    """Return the runs in folders: each is a run, or holds some.

    Raises `StoreError` for a folder that is neither, for a run of another version, and where none
    of the runs in folders can be read.
    """
    places, left_out = dict[Path, None](), list[str]()
    for folder in folders:
        inside = _inside(folder)
        for run in inside or [folder]:
            try:
                FinishedRun.check(run)
                Beside(run).close()
                places[run.resolve()] = None
            except StoreError as error:
                if len(inside) < 2:
                    raise
                left_out.append(str(error))
    if not places:
        raise StoreError(left_out[0])
    names = _names(list(places))
    runs = (ViewedRun(number, run, names[run]) for number, run in enumerate(places))
    return Shelf(tuple(runs), tuple(left_out))


def _inside(folder: Path) -> list[Path]:
    """Return the runs inside a folder; none for a run."""
    if not folder.is_dir():
        raise StoreError(f"There is no folder {folder}: give the folder of a run, or of several.")
    if (folder / DATABASE).is_file() or (folder / STUDY_FILE).is_file():
        return []
    inside = sorted(file.parent for file in folder.glob(f"*/{DATABASE}"))
    if not inside:
        raise StoreError(
            f"{folder} is no run folder and holds none: it has no {STUDY_FILE}. Give one that "
            "`acculturate run` or `acculturate measure` wrote."
        )
    return inside


def _names(runs: Sequence[Path]) -> dict[Path, str]:
    """Return the last parts of each path: as many as tell it from the others."""
    names = {run: run.name for run in runs}
    for run in runs:
        parts = 1
        while sum(_end(other, parts) == _end(run, parts) for other in runs) > 1:
            parts += 1
        names[run] = _end(run, parts)
    return names


@functools.cache
def _end(path: Path, parts: int) -> str:
    return "/".join(path.parts[-parts:])


def _stamp(file: Path) -> object:
    try:
        state = file.stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_size
