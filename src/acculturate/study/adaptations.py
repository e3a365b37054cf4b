"""Adaptations: how each method makes an adapter within a study.

A method is a function from the workplace and its section of the study file to what it brought. It
builds its training rows first (`build`), which are kept as a file, then tunes on them.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from acculturate.culturespa.answering import AnswerStage
from acculturate.culturespa.questions import Questions, QuestionStage
from acculturate.culturespa.shifts import find_shifts
from acculturate.culturespa.teaching import teaching_rows
from acculturate.culturespa.yields import Drop
from acculturate.engines import ModelSpec
from acculturate.errors import TrainingError
from acculturate.framing import Backdrop
from acculturate.records import TrainingRow
from acculturate.runner import Progress, Runner
from acculturate.store import Store
from acculturate.study.models import Models
from acculturate.study.parts import adapter_names
from acculturate.study.schema import AdaptSection, Study
from acculturate.study.split import seen_items
from acculturate.survey import Survey
from acculturate.tuning.rows import dump_rows
from acculturate.tuning.settings import TuningSettings

Rows = list[dict[str, Any]]
DROPS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Workplace:
    """What a method works with."""

    study: Study
    survey: Survey
    store: Store
    models: Models
    progress: Progress


@dataclass(frozen=True, slots=True)
class Taught:
    """Training rows and how they came about, as rows for the report."""

    rows: tuple[TrainingRow, ...]
    file: Path
    yields: Rows
    drops: Rows
    shifts: Rows


@dataclass(frozen=True, slots=True)
class Adapted:
    """What an adaptation brought, as rows for the report; the adapter lies in its folder."""

    yields: Rows
    drops: Rows
    shifts: Rows
    tuning: Rows


def adapt(place: Workplace, section: AdaptSection) -> Adapted:
    """Build an adaptation's rows and tune its adapter, going on where it was cut off."""
    taught = build(place, section)
    if not taught.rows:
        last = taught.yields[-1]["note"] if taught.yields else ""
        raise TrainingError(
            f"The adaptation '{section.id}' has no training rows ({last}): write more questions "
            f"(questions.per_topic) or select weaker shifts (shifts.strength)."
        )
    tuning = [
        _tuned(place, section, f"{section.id}/{name}" if name else section.id, rows)
        for name, rows in _rows_by_adapter(place, section, taught.rows).items()
    ]
    return Adapted(taught.yields, taught.drops, taught.shifts, tuning)


def _rows_by_adapter(
    place: Workplace, section: AdaptSection, rows: Sequence[TrainingRow]
) -> dict[str, list[TrainingRow]]:
    """Each adapter's rows, in the order in which they are trained; none may have none."""
    made = adapter_names(place.study, section)
    own = {name: [row for row in rows if row.culture in codes] for name, codes in made.items()}
    for name, found in own.items():
        if not found:
            raise TrainingError(
                f"The adapter '{section.id}/{name}' has no training rows: write more questions "
                "(questions.per_topic) or select weaker shifts (shifts.strength)."
            )
    return own


def build(place: Workplace, section: AdaptSection) -> Taught:
    """An adaptation's training rows, by its method."""
    return BUILDERS[section.method](place, section)


def build_culturespa(place: Workplace, section: AdaptSection) -> Taught:
    """Questions, answers without and with a culture, shifts, rows (Xu et al. 2025, steps 1-3)."""
    settings = section.culturespa
    items = place.survey.select(place.study.survey.items)
    writing = QuestionStage(seen_items(place.study, place.survey), settings, avoid=items)
    questions = _carry(place, section.teacher or section.base, writing)
    kept = questions.require()
    cultures = [place.survey.culture(code) for code in place.study.cultures.adapt]
    spoken = place.survey.spoken_name
    own = place.study.answers
    backdrop = Backdrop(place.survey, own.backdrop)
    asking = AnswerStage(kept, cultures, settings, own, spoken, backdrop=backdrop)
    answers = _carry(place, section.base, asking)
    shifts = find_shifts(answers, settings)
    taught = teaching_rows(shifts.shifts, kept, cultures, settings, own, spoken, backdrop)
    yields = (*questions.yields, *answers.yields, *shifts.yields, *taught.yields)
    file = _keep_rows(place, section, taught.rows)
    return Taught(
        taught.rows,
        file,
        [asdict(each) for each in yields],
        _drop_rows(questions),
        [each._asdict() for each in shifts.counts],
    )


def _carry(place: Workplace, ref: str, stage: Any) -> Any:
    """Run a stage on the model of a reference and collect what it brought."""
    engine = place.models.engine(ref)
    runner = Runner(place.store, {"base": engine}, place.progress)
    runner.run(stage)
    return stage.collect(runner.lookup)


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
    return replace(spec, dtype="float32") if settings.dtype == "float32" else spec


def _keep_rows(place: Workplace, section: AdaptSection, rows: Sequence[TrainingRow]) -> Path:
    """The rows as a file that `acculturate tune` reads."""
    return place.store.write(f"{section.id}.rows.jsonl", dump_rows(rows))


def _drop_rows(questions: Questions) -> Rows:
    """Reasons of drops with their counts, each with one example of the model's text."""
    by_reason: dict[str, list[Drop]] = {}
    for drop in questions.drops:
        by_reason.setdefault(drop.reason, []).append(drop)
    ranked = sorted(by_reason.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return [
        {"reason": reason, "count": len(drops), "example": drops[0].text}
        for reason, drops in ranked[:DROPS_SHOWN]
    ]


BUILDERS: Mapping[str, Callable[[Workplace, AdaptSection], Taught]] = {
    "culturespa": build_culturespa
}
