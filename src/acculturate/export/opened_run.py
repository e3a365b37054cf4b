"""An opened run: a finished run's folder with all that is exported from it, its store locked.

A folder of somebody else that cannot be written to is read from a copy of its database.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from acculturate.engines.protocol import Identity
from acculturate.errors import StoreError
from acculturate.records.results.metrics_file import METRICS_FILE, read_results
from acculturate.records.results.run_results import RunResults
from acculturate.store import Kept, Store
from acculturate.study.finished import DATABASE, STUDY_FILE, FinishedRun
from acculturate.study.parts import identity_of
from acculturate.study.plan import Plan


@dataclass(frozen=True, slots=True)
class OpenedRun:
    """A run's results, its study as it was carried out, and every reply."""

    results: RunResults
    finished: FinishedRun
    store: Store

    @property
    def folder(self) -> Path:
        """The run's folder."""
        return self.finished.folder

    @property
    def plan(self) -> Plan:
        """The study, resolved."""
        return self.finished.plan

    def identities(self) -> dict[str, Identity]:
        """Return who answered for each reference of the study."""
        return {ref: identity_of(fact) for ref, fact in self.store.facts("identity ").items()}


@contextmanager
def open_run(folder: Path) -> Iterator[OpenedRun]:
    """Open a finished run; nobody else can work on it until it is closed.

    Raises `StoreError` for a folder that is no run, a run that is not finished or is being worked
    on, and one of another version; `SurveyError` or `ConfigError` where what the study names (a
    survey that was imported, a file of prompts) is no longer there.
    """
    finished = FinishedRun.of(folder)
    with _writable(folder) as place:
        if not Kept(place).fact("complete") or not (folder / METRICS_FILE).is_file():
            raise StoreError(
                f"The run {folder} is not finished, so it cannot be exported: wait for it to end, "
                f"or type `acculturate run {folder / STUDY_FILE} --out {folder}` where it was cut "
                "off."
            )
        results = read_results(folder)
        with Store(place) as store:
            yield OpenedRun(results, finished, store)


@contextmanager
def _writable(folder: Path) -> Iterator[Path]:
    """Give the run's folder, or a copy of its database where nothing can be written beside it."""
    if os.access(folder, os.W_OK):
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="acculturate-") as copy:
        for file in folder.glob(f"{DATABASE}*"):
            shutil.copyfile(file, Path(copy) / file.name)
        yield Path(copy)
