"""Trainings: the adapters of a study tuned, side by side where its executor has several workers.

None of them depends on another. Each appears in the run folder as soon as it is trained, so a run
that is cut off trains only those again that were under way.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace

from acculturate.engines import ModelSpec
from acculturate.methods import Adaptation
from acculturate.records import TrainingRow
from acculturate.records.results.made import Trained
from acculturate.runner import Progress
from acculturate.study.workplace import Workplace
from acculturate.tuning.logs import logging_into
from acculturate.tuning.report import read_report
from acculturate.tuning.sft import kept_report
from acculturate.tuning.training import Training, publish
from acculturate.tuning.tuning_settings import TuningSettings


def training(
    place: Workplace, section: Adaptation, adapter: str, rows: Sequence[TrainingRow]
) -> Training:
    """Return what is to be trained for one adapter; what lies in its place is looked at, and kept
    if it would come out.
    """
    spec = in_dtype(place.models.tunable(section.base), section.tuning)
    kept = kept_report(place.models.adapter(adapter))
    return Training(adapter, rows, spec, section.tuning, kept)


def train(place: Workplace, trainings: Sequence[Training]) -> dict[str, Trained]:
    """Have adapters trained, and put each in its place as it comes; by their names, what the report
    says of them.
    """
    with ExitStack() as ends:
        shown = [
            ends.enter_context(closing(Shown(place.progress.beside(), entry.name)))
            for entry in trainings
        ]
        there: list[str] = []
        ends.enter_context(told_if_stopped(shown, there))
        ends.enter_context(logging_into(place.store.folder / "tensorboard"))
        for number, trained in place.models.executor.do(trainings, shown):
            adapter = trainings[number].adapter
            if trained is not None:
                publish(trained, place.models.adapter(adapter))
                place.store.keep(_seconds(adapter), round(trained.seconds, 1))
            there.append(adapter)
            shown[number].close()
    return {entry.adapter: _told(place, entry.adapter) for entry in trainings}


@contextmanager
def told_if_stopped(shown: Sequence["Shown"], there: Sequence[str] = ()) -> Iterator[None]:
    """Note, where the user stops it, which trainings start again and what is kept.

    `there` are the adapters that are whole. A training has no place to go on from: its adapter
    appears when its last step is done.
    """
    try:
        yield
    except KeyboardInterrupt as stopped:
        cut = [bar.name for bar in shown if bar.under_way]
        if cut:
            kept = f" Adapters that are whole are kept: {', '.join(there)}." if there else ""
            stopped.add_note(f"What was being trained starts again: {', '.join(cut)}.{kept}")
        raise


def _told(place: Workplace, adapter: str) -> Trained:
    report = read_report(place.models.adapter(adapter))
    return Trained(
        adapter=adapter,
        rows=report.rows,
        trained_tokens=report.trained_tokens,
        truncated=report.truncated,
        dropped=report.dropped,
        losses=report.losses,
        held_out=report.held_out,
        first_row=report.first_row,
        seconds=place.store.fact(_seconds(adapter)) or 0.0,
        halved=report.halved,
    )


def _seconds(adapter: str) -> str:
    return f"seconds {adapter}"


class Shown:
    """A training's steps as a progress shows them; nothing is shown where nothing is trained."""

    def __init__(self, progress: Progress, name: str) -> None:
        self._progress, self.name = progress, name
        self.under_way = False
        self._done = 0

    def __call__(self, done: int, total: int) -> None:
        if not self.under_way:
            self._progress.begin(self.name, total)
            self.under_way = True
        self._progress.advance(done - self._done)  # back to 0 where a lost training begins anew
        self._done = done

    def close(self) -> None:
        """End the progress, also where the training failed."""
        if self.under_way:
            self._progress.end()
        self.under_way = False


def in_dtype(spec: ModelSpec, settings: TuningSettings) -> ModelSpec:
    """Return the model in the precision that its tuning asks for."""
    if settings.quantised != "none":
        spec = replace(spec, quantised=settings.quantised)
    return replace(spec, dtype="float32") if settings.dtype == "float32" else spec
