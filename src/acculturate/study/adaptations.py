"""Adaptations: an adapter made within a study, by any method.

A method builds training rows (study/methods), which are kept as a file; then an adapter is tuned on
them, or several, one for each group of cultures.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from acculturate.engines import ModelSpec
from acculturate.errors import TrainingError
from acculturate.records import TrainingRow
from acculturate.runner import Progress
from acculturate.study.methods import METHODS, Taught
from acculturate.study.parts import adapter_names
from acculturate.study.schema import AdaptSection
from acculturate.study.sheets import ENDING, dump_dialogues
from acculturate.study.workplace import Workplace
from acculturate.tuning.rows import dump_rows
from acculturate.tuning.settings import TuningSettings


@dataclass(frozen=True, slots=True)
class Adapted:
    """What an adaptation was taught, and its trainings as rows for the report."""

    taught: Taught
    tuning: list[dict[str, Any]]


def adapt(place: Workplace, section: AdaptSection) -> Adapted:
    """Build an adaptation's rows and tune its adapters, going on where it was cut off."""
    taught, _ = build(place, section)
    if not taught.rows:
        empty = [each for each in taught.yields if each["of"] and not each["count"]]
        why = "".join(f" ({e['step']}: none of {e['of']}, {e['note']})" for e in empty[:1])
        raise TrainingError(
            f"The adaptation '{section.id}' has no training rows{why}: {_more(section)}."
        )
    tuning = [
        _tuned(place, section, f"{section.id}/{name}" if name else section.id, rows)
        for name, rows in _rows_by_adapter(place, section, taught.rows).items()
    ]
    return Adapted(taught, tuning)


def build(place: Workplace, section: AdaptSection) -> tuple[Taught, Path]:
    """An adaptation's training rows by its method, and the file of them for `acculturate tune`.

    Dialogues stand in a file of their own, for people to judge.
    """
    taught = METHODS[section.method].build(place, section)
    if taught.dialogues:
        place.store.write(f"{section.id}{ENDING}", dump_dialogues(taught.dialogues))
    return taught, place.store.write(f"{section.id}.rows.jsonl", dump_rows(taught.rows))


def _more(section: AdaptSection) -> str:
    return METHODS[section.method].more


def _rows_by_adapter(
    place: Workplace, section: AdaptSection, rows: Sequence[TrainingRow]
) -> dict[str, list[TrainingRow]]:
    """Each adapter's rows, in the order in which they are trained; none may have none."""
    made = adapter_names(place.study, section)
    own = {name: [row for row in rows if row.culture in codes] for name, codes in made.items()}
    for name, found in own.items():
        if not found:
            raise TrainingError(
                f"The adapter '{section.id}/{name}' has no training rows: {_more(section)}."
            )
    return own


def _tuned(
    place: Workplace, section: AdaptSection, adapter: str, rows: Sequence[TrainingRow]
) -> dict[str, Any]:
    """Tune one adapter; what the report says of it."""
    from acculturate.engines.hf import load_model
    from acculturate.tuning.sft import tune

    model = load_model(in_dtype(place.models.tunable(section.base), section.tuning))
    start = time.monotonic()
    name = f"seconds {adapter}"
    with told(place.progress, f"tuning {adapter}") as note:
        report = tune(rows, model, section.tuning, place.models.adapter(adapter), note=note)
        if note.called:
            place.store.keep(name, round(time.monotonic() - start, 1))
    model.give_back()
    return {
        "adapter": adapter,
        "rows": report.rows,
        "trained_tokens": report.trained_tokens,
        "truncated": report.truncated,
        "dropped": report.dropped,
        "losses": list(report.losses),
        "first_row": asdict(report.first_row),
        "seconds": place.store.fact(name) or 0.0,
    }


class Note:
    """Hands a training's steps to a progress; `called` stays False where nothing was trained."""

    def __init__(self, progress: Progress, name: str) -> None:
        self._progress, self._name = progress, name
        self.called = False

    def __call__(self, done: int, total: int) -> None:
        if self.called:
            self._progress.advance(1)
        else:
            self._progress.begin(self._name, total)
        self.called = True


@contextmanager
def told(progress: Progress, name: str) -> Iterator[Note]:
    """A note to hand to `tune`; ends the progress also where the training fails."""
    note = Note(progress, name)
    try:
        yield note
    finally:
        if note.called:
            progress.end()


def in_dtype(spec: ModelSpec, settings: TuningSettings) -> ModelSpec:
    """The model in the precision that its tuning asks for."""
    if settings.quantised != "none":
        spec = replace(spec, quantised=settings.quantised)
    return replace(spec, dtype="float32") if settings.dtype == "float32" else spec
