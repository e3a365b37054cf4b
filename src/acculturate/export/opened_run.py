"""An opened run: a finished run's folder with all that is exported from it, its store locked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from acculturate.engines.protocol import Identity
from acculturate.errors import StoreError
from acculturate.records.results.metrics_file import METRICS_FILE, read_results
from acculturate.records.results.run_results import RunResults
from acculturate.store import Kept, Store
from acculturate.study.finished import STUDY_FILE, FinishedRun
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
        return {ref: Identity(**fact) for ref, fact in self.store.facts("identity ").items()}


@contextmanager
def open_run(folder: Path) -> Iterator[OpenedRun]:
    """Open a finished run; nobody else can work on it until it is closed.

    Raises `StoreError` for a folder that is no run, a run that is not finished or is being worked
    on, and one of another version; `SurveyError` or `ConfigError` where what the study names (a
    survey that was imported, a file of prompts) is no longer there.
    """
    finished = FinishedRun.of(folder)
    if not Kept(folder).fact("complete") or not (folder / METRICS_FILE).is_file():
        raise StoreError(
            f"The run {folder} is not finished, so it cannot be exported: wait for it to end, or "
            f"type `acculturate run {folder / STUDY_FILE} --out {folder}` where it was cut off."
        )
    results = read_results(folder)
    with Store(folder) as store:
        yield OpenedRun(results, finished, store)
