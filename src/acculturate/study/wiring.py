"""Wiring: carries a study from its file to its report, through stages that know nothing of each
other.

    arms on plain models -> adaptations -> arms on adapted models -> scores -> metrics and report

Every step can be cut off and run again: replies are in the store, adapters appear whole, and what
is computed from them is computed anew. When all is done, a digest of the study says so, and the
next run stops there.
"""

import itertools
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from acculturate.engines import Engine
from acculturate.engines.bases import keeping_base
from acculturate.errors import ConfigError, nearest
from acculturate.executors import open_executor
from acculturate.handover import write_cards
from acculturate.methods import Taught
from acculturate.records import Answer
from acculturate.records.results.metrics_file import METRICS_FILE, read_results, results_text
from acculturate.records.results.run_results import RunResults
from acculturate.runner import COUNTED, Progress, Silent
from acculturate.store import DONE, Store
from acculturate.study.abilities import ask_abilities
from acculturate.study.adaptations import Adapted, adapt, make
from acculturate.study.arm_section import ArmSection
from acculturate.study.built import BUILT, build
from acculturate.study.changes import changed, remember
from acculturate.study.checks import check, check_machine, study_digest
from acculturate.study.environment import describe
from acculturate.study.models import Models, plain_spec
from acculturate.study.neutral_texts import read_neutral_texts
from acculturate.study.parts import Part, keep_identity, kept_identity, part_answers
from acculturate.study.peak_memory import peak_memory
from acculturate.study.plan import Plan
from acculturate.study.results.measured import Measured, measure_answers
from acculturate.study.results.tree import study_results
from acculturate.study.schema import Study
from acculturate.study.suited import check_suited
from acculturate.study.workplace import ENGINE_CAUTIONS, Workplace

REPORT_FILE = "report.html"
NONE: Mapping[str, Engine] = {}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run left behind; `fresh` is False where there was nothing to do."""

    folder: Path
    results: RunResults
    fresh: bool

    @property
    def report(self) -> Path:
        return self.folder / REPORT_FILE


def run_study(
    study: Study,
    folder: Path,
    *,
    progress: Progress | None = None,
    retry_failed: bool = False,
    command: str = "",
    report: bool = True,
    engines: Mapping[str, Engine] = NONE,
) -> Outcome:
    """Carry a study to its end in a run folder, going on where it was cut off.

    Without `report` the page is left for later (`acculturate report`): its charts take longer than
    a small run. `engines` are objects for models of the study, by their references; they are left
    open. Raises `ConfigError` where these are to be asked on Ray.
    """
    check_machine(study)
    if engines and study.study.executor != "inline":
        raise ConfigError(
            f"The executor '{study.study.executor}' asks models in other processes, and an engine "
            "object is in this one: leave the executor out, or give the model's name."
        )
    plan = check(study, given=engines)
    digest = study_digest(plan)
    retried = ("transient", "content") if retry_failed else ("transient",)
    with Store(folder) as store:
        done = store.fact("complete") == digest and not store.has_failures(retried)
        if done and (folder / METRICS_FILE).is_file():
            if report and not (folder / REPORT_FILE).is_file():
                write_page(folder)
            return Outcome(folder, read_results(folder), fresh=False)
        with _at_work(plan, store, progress, retried, engines) as place:
            arms, adapted = _carry_out(place)
        results = study_results(plan, store, arms, adapted, command)
        store.write(METRICS_FILE, results_text(results))
        write_cards(folder, results)
        if report:
            write_page(folder)
        else:  # one of an earlier state would speak of other numbers
            (folder / REPORT_FILE).unlink(missing_ok=True)
        store.keep("complete", digest)
    return Outcome(folder, results, fresh=True)


def build_rows(
    study: Study, adaptation: str, folder: Path, *, progress: Progress | None = None
) -> tuple[Taught, Path]:
    """Return an adaptation's training rows without tuning, and their file.

    Raises `ConfigError` for an unknown adaptation.
    """
    names = [section.id for section in study.adapt]
    if adaptation not in names:
        raise ConfigError(
            f"The study has no adaptation '{adaptation}'.{nearest(adaptation, names)} "
            f"It has {', '.join(names) or 'none'}."
        )
    plan = check(study)
    with Store(folder) as store, _at_work(plan, store, progress) as place:
        section = plan.study.adapt[names.index(adaptation)]
        make(place, plan.study.adapters_of(section.base))
        built = build(place, section)
        taught = built.taught
        return replace(taught, cautions=(*taught.cautions, *changed(store))), built.file


@contextmanager
def _at_work(
    plan: Plan,
    store: Store,
    progress: Progress | None,
    retried: tuple[str, ...] = ("transient",),
    engines: Mapping[str, Engine] = NONE,
) -> Iterator[Workplace]:
    """Take a run folder into work, and note how long, also where an error cuts it off.

    From here on the folder is not complete, whatever it was: a kill must not leave it so.
    """
    study = plan.study
    store.keep("complete", None)
    again = store.forget_failures(retried)
    for prefix in (COUNTED, ENGINE_CAUTIONS, *([BUILT] if again else [])):
        store.forget(prefix)
    _write_study(store, study)
    remember(study, store)
    executor = open_executor(study.study.executor, study.study.ray)
    models = Models(study, store.folder, executor, engines)
    start = time.monotonic()
    try:
        with keeping_base():
            yield Workplace(plan, store, models, progress or Silent())
    finally:
        models.close()
        day = datetime.now(UTC).date().isoformat()
        took = {"seconds": round(time.monotonic() - start, 2), "date": day}
        store.note("session", took | {"memory": peak_memory()})


def _carry_out(place: Workplace) -> tuple[dict[str, Measured], dict[str, Adapted]]:
    """Carry out arms in their order, all adaptations before the first arm that uses one; answers
    are read when all is asked, so that a run that goes on soon asks what is left.
    """
    adapted: dict[str, Adapted] = {}
    _check_arms(place)
    ask_abilities(place, adapted=False)
    read_neutral_texts(place, adapted=False)
    for arm in place.study.arm:
        if place.study.adaptation(arm.model) and not adapted:
            adapted = adapt(place)
        _ask(place, place.plan.parts[arm.id])
    ask_abilities(place, adapted=True)
    read_neutral_texts(place, adapted=True)
    return {arm.id: _measure(place, arm) for arm in place.study.arm}, adapted


def _check_arms(place: Workplace) -> None:
    """Raise `EngineError` where an arm asks the first arm's model, or what is tuned from it, as it
    cannot be asked: hours may lie between the first arm and that one.
    """
    parts = list(itertools.chain.from_iterable(place.plan.parts.values()))
    ref = parts[0].ref
    if place.study.adaptation(ref):
        return
    engine, model = place.models.engine(ref), plain_spec(place.study, ref)
    for part in parts:
        if plain_spec(place.study, part.ref) == model:
            check_suited(engine, part.stage)


def _ask(place: Workplace, parts: Sequence[Part]) -> None:
    """Ask an arm's questions."""
    for ref, stage in parts:
        engine = place.models.engine(ref)
        check_suited(engine, stage)
        place.runner({stage.role: ref}).run(stage)
        keep_identity(place.store, ref, engine.identity)


def _measure(place: Workplace, arm: ArmSection) -> Measured:
    """Look at an arm's answers. Where some are missing, the marks of what is done were wrong: all
    of it is walked.
    """
    parts = place.plan.parts[arm.id]
    came, measured = _measured(place, arm, parts)
    if came < sum(part.stage.answered for part in parts):
        place.store.forget(DONE)
        _ask(place, parts)
        _, measured = _measured(place, arm, parts)
    return measured


def _measured(place: Workplace, arm: ArmSection, parts: Sequence[Part]) -> tuple[int, Measured]:
    """Return how many answers an arm has, and what they say."""
    identity = kept_identity(place.store, parts[-1].ref)
    assert identity is not None, "it was asked"
    came = 0

    def counted() -> Iterator[Answer]:
        nonlocal came
        for answer in part_answers(parts, place.store):
            came += 1
            yield answer

    measured = measure_answers(
        counted(),
        place.plan.survey,
        parts[-1].stage,
        arm=arm.id,
        model=identity.model,
        cultures=place.study.cultures.measure,
        seed=place.study.study.seed,
        refs=[ref for ref, _ in parts],
    )
    return came, measured


def _write_study(store: Store, study: Study) -> None:
    import tomli_w

    tree = study.model_dump(mode="json", exclude_none=True)
    store.write("study.toml", tomli_w.dumps(tree, multiline_strings=True))
    store.write("environment.json", json.dumps(asdict(describe()), indent=1))


def write_page(folder: Path) -> Path:
    """Write a run's report from its metrics and return its path."""
    from acculturate.report.page import write_report

    return write_report(folder)
