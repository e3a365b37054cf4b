"""A training as a job: all that a process anywhere needs to tune one adapter, and what it brings.

    rows, spec, settings ──> worker: load, tune ──> files as bytes ──> publish: the adapter's folder

What is brought are the adapter's files, not a place: a worker need not see the run folder, which
one process alone writes. An adapter that lies there already is named to the worker by its report,
since only who finds the model can say whether it is the one that would be trained.

    >>> job = Training("spa/CHN", rows, spec, resolve("default"))  # doctest: +SKIP
    >>> publish(job(note), Path("adapters/spa/CHN"))  # doctest: +SKIP
"""

import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from acculturate.engines import ModelSpec
from acculturate.errors import TrainingError
from acculturate.executors import Note
from acculturate.records import TrainingRow
from acculturate.tuning.qlora import check_quantised
from acculturate.tuning.report import TuningReport
from acculturate.tuning.sft import built, is_of, tune
from acculturate.tuning.tuning_settings import TuningSettings

if TYPE_CHECKING:
    from acculturate.engines.hf import LoadedModel


class Trained(NamedTuple):
    """An adapter's files by their names, and the seconds that its training took."""

    files: Mapping[str, bytes]
    seconds: float


@dataclass(frozen=True, slots=True)
class Training:
    """One adapter to be tuned; `kept` is the report of the one that lies in its place."""

    adapter: str
    rows: Sequence[TrainingRow]
    spec: ModelSpec
    settings: TuningSettings
    kept: TuningReport | None = None

    @property
    def name(self) -> str:
        return f"tuning {self.adapter}"

    def __call__(self, note: Note) -> Trained | None:
        """Tune it; None where the one that is kept would come out.

        Raises `TrainingError` as `tune` does, with the adapter's name, and `EngineError` as
        `load_model` does.
        """
        from acculturate.engines.hf import load_model

        try:
            check_quantised(self.settings)
            model = load_model(self.spec)
            trained = None if self._is_kept(model) else self._tuned(model, note)
        except TrainingError as error:
            raise TrainingError(f"{self.adapter}: {error}") from error
        model.give_back()
        return trained

    def _is_kept(self, model: "LoadedModel") -> bool:
        kept = self.kept
        return kept is not None and is_of(kept, self.rows, self.settings, model.identity)

    def _tuned(self, model: "LoadedModel", note: Note) -> Trained:
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "adapter"
            tune(self.rows, model, self.settings, folder, note=note)
            files = {file.name: file.read_bytes() for file in sorted(folder.iterdir())}
        return Trained(files, time.monotonic() - start)


def publish(trained: Trained, folder: Path) -> None:
    """Put an adapter in its place, whole; raises `TrainingError` where that cannot be written."""
    with built(folder) as partial:
        for name, content in trained.files.items():
            (partial / name).write_bytes(content)
