"""Wiring: carries a study from its file to its report, through stages that know nothing of each
other.

    arms on plain models -> adaptations -> arms on adapted models -> scores -> metrics and report

Every step can be cut off and run again: replies are in the store, adapters appear whole, and what
is computed from them is computed anew. When all is done, a digest of the study says so, and the
next run stops there.
"""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acculturate.errors import ConfigError, EngineError, nearest
from acculturate.evaluation.arm_table import ArmTable, build_table
from acculturate.evaluation.measures import METRICS
from acculturate.evaluation.scores import MEAN
from acculturate.records import Score
from acculturate.runner import Progress, Runner, Silent
from acculturate.statistics.bootstrap import Resampling
from acculturate.store import Store
from acculturate.study.adaptations import Adapted, Taught, Workplace, adapt, build
from acculturate.study.checks import check, study_digest, taking
from acculturate.study.environment import describe
from acculturate.study.models import Models
from acculturate.study.results import (
    arm_differences,
    arm_scores,
    as_json,
    difference_rows,
    metric_notes,
    most_changed,
    verdict,
)
from acculturate.study.schema import ArmSection, Study
from acculturate.survey import Survey


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run left behind; `fresh` is False where there was nothing to do."""

    folder: Path
    metrics: dict[str, Any]
    fresh: bool

    @property
    def report(self) -> Path:
        return self.folder / "report.html"


def run_study(
    study: Study,
    folder: Path,
    *,
    progress: Progress | None = None,
    retry_failed: bool = False,
    command: str = "",
) -> Outcome:
    """Carry a study to its end in a run folder, going on where it was cut off."""
    survey = check(study)
    digest = study_digest(study, survey)
    with Store(folder) as store:
        retried = ("transient", "content") if retry_failed else ("transient",)
        if store.fact("complete") == digest and not store.has_failures(retried):
            metrics = _kept_metrics(folder)
            if metrics is not None:
                return Outcome(folder, metrics, fresh=False)
        # from here on the folder is not complete, whatever it was: a kill must not leave it so
        store.keep("complete", None)
        store.forget_failures(retried)
        _write_study(store, study)
        metrics = _carry_out(study, survey, store, progress or Silent(), command)
        store.write("metrics.json", json.dumps(metrics, indent=1, ensure_ascii=False))
        _write_report(folder)
        store.keep("complete", digest)
    return Outcome(folder, metrics, fresh=True)


def build_rows(
    study: Study, adaptation: str, folder: Path, *, progress: Progress | None = None
) -> Taught:
    """An adaptation's training rows without tuning; raises `ConfigError` for an unknown one."""
    names = [section.id for section in study.adapt]
    if adaptation not in names:
        raise ConfigError(
            f"The study has no adaptation '{adaptation}'.{nearest(adaptation, names)} "
            f"It has {', '.join(names) or 'none'}."
        )
    survey = check(study)
    with Store(folder) as store:
        store.keep("complete", None)
        store.forget_failures(("transient",))
        _write_study(store, study)
        models = Models(study, folder)
        place = Workplace(study, survey, store, models, progress or Silent())
        try:
            return build(place, study.adapt[names.index(adaptation)])
        finally:
            models.close()


def _carry_out(
    study: Study, survey: Survey, store: Store, progress: Progress, command: str
) -> dict[str, Any]:
    models = Models(study, store.folder)
    place = Workplace(study, survey, store, models, progress)
    adapted: dict[str, Adapted] = {}
    tables: dict[str, ArmTable] = {}
    try:
        with _timed(store):
            for arm in study.arm:
                section = study.adaptation(arm.model)
                if section is not None and section.id not in adapted:
                    adapted[section.id] = adapt(place, section)
                tables[arm.id] = _measure(place, arm)
    finally:
        models.close()
    return _results(study, survey, store, tables, adapted, command)


def _measure(place: Workplace, arm: ArmSection) -> ArmTable:
    """Ask an arm's questions and lay its answers out beside the people's."""
    stage = taking(place.study, place.survey, arm)
    engine = place.models.engine(arm.model)
    if study_needs_choice(place.study) and not engine.can_choose:
        raise EngineError(
            f"The model '{engine.identity.model}' gives no option probabilities: set answers.kind "
            'to "sampled".'
        )
    runner = Runner(place.store, {stage.role: engine}, place.progress)
    runner.run(stage)
    place.store.keep(f"identity {arm.model}", _identity(engine.identity))
    return build_table(
        list(stage.answers(runner.lookup)),
        place.survey,
        arm=arm.id,
        model=engine.identity.model,
        cultures=place.study.cultures.measure,
        items=stage.items,
    )


def study_needs_choice(study: Study) -> bool:
    return study.answers.kind == "expected"


def _identity(identity: Any) -> dict[str, Any]:
    return {name: getattr(identity, name) for name in identity.__slots__}


def _results(
    study: Study,
    survey: Survey,
    store: Store,
    tables: dict[str, ArmTable],
    adapted: dict[str, Adapted],
    command: str,
) -> dict[str, Any]:
    s = study.study
    _check_primary(s.primary, tables)
    resampling = Resampling(items=s.bootstrap_items, draws=s.draws, seed=s.seed)
    scores = arm_scores(list(tables.values()), survey, None, resampling)
    against = {arm.id: arm.against for arm in study.arm if arm.against}
    differences = arm_differences(tables, against, resampling)
    last = next(reversed(against), None)
    meta = {
        "study": s.name,
        "title": s.title or s.name,
        "primary": s.primary,
        "verdict": verdict(differences, s.primary, last) if last else None,
        "cautions": [*_failures(store), *_cautions(study, tables, scores)],
        "arms": [_arm_meta(study, arm) for arm in study.arm],
        "cultures": [
            {"code": code, "name": survey.culture(code).name} for code in study.cultures.measure
        ],
        "survey": {
            "name": survey.name,
            "title": survey.title,
            "items": len(next(iter(tables.values())).items),
            "notice": survey.notice,
        },
        "models": [
            {"id": ref, **store.fact(f"identity {ref}")}
            for ref in dict.fromkeys(arm.model for arm in study.arm)
        ],
        "metrics": metric_notes(),
        "items": most_changed(tables[last], tables[against[last]]) if last else [],
        "rerun": {
            "command": command,
            "study": (store.folder / "study.toml").read_text(encoding="utf-8"),
            "environment": json.loads((store.folder / "environment.json").read_text()),
            "seeds": _seeds(study),
        },
        "minutes": round(sum(note["seconds"] for note in store.notes("session")) / 60, 2),
    }
    for key in ("yields", "drops", "shifts", "tuning"):
        meta[key] = [
            {"adapt": name, **row} for name, each in adapted.items() for row in getattr(each, key)
        ]
    return {**as_json(scores, meta), "differences": difference_rows(differences)}


def _check_primary(metric: str, tables: dict[str, ArmTable]) -> None:
    ideal = METRICS[metric].ideal
    if ideal is not None:
        raise ConfigError(
            f"study.primary '{metric}' is best at {ideal:g}, neither high nor low, so a difference "
            "is no verdict: name another, such as 'alignment'."
        )
    for table in tables.values():
        if not METRICS[metric].applies(table):
            raise ConfigError(
                f"study.primary '{metric}' says nothing of {table.kind} answers, such as those of "
                f"the arm '{table.arm}': name another, such as 'alignment'."
            )


def _arm_meta(study: Study, arm: ArmSection) -> dict[str, Any]:
    section = study.adaptation(arm.model)
    return {
        "id": arm.id,
        "model": arm.model,
        "framing": arm.framing,
        "adapter": section.id if section else None,
        "kind": study.answers.kind,
    }


def _cautions(study: Study, tables: dict[str, ArmTable], scores: Sequence[Score]) -> list[str]:
    """What this run cannot show, said beside its verdict."""
    said = _below_a_guess(study.study.primary, list(tables), scores)
    if any(arm.model.startswith("@") for arm in study.arm):
        said.append("One training seed: intervals speak of this adapter only, not of the method.")
        said.append(
            "No shuffled-culture control is part of this study, so a gain may come from training "
            "as such and not from the cultures."
        )
    if study.adapt and (study.answers.languages != ("en",) or study.answers.wordings > 1):
        said.append(
            "The adaptation asks and trains in English and in the first wording; the arms are "
            f"measured in {', '.join(study.answers.languages)}, wordings {study.answers.wordings}."
        )
    if study.answers.orders == "forward":
        said.append("One option order only: a habit of position is not averaged out.")
    if study.answers.wordings == 1 and study.answers.framing_wordings == 1:
        said.append("One wording of each item and framing: differences hold for these wordings.")
    mass = [
        float(table.mass_CI[table.mass_CI == table.mass_CI].mean())
        for table in tables.values()
        if (table.mass_CI == table.mass_CI).any()
    ]
    if mass and min(mass) < 0.5:
        said.append(
            f"In one arm the options hold only {min(mass):.2f} of the probability of the reply's "
            "first token: the rest would be a refusal or chatter."
        )
    return said


def _seeds(study: Study) -> list[int]:
    """Every seed that something was drawn with."""
    own = [study.study.seed, study.answers.seed]
    own += [seed for each in study.adapt for seed in (each.culturespa.seed, each.tuning.seed)]
    return list(dict.fromkeys(own))


def _failures(store: Store) -> list[str]:
    """Requests that got no usable reply, stage by stage."""
    return [
        f"{failed} of {total} requests of '{stage}' got no reply and count as refused: type the "
        "same again, with --retry-failed for those that the model cut off."
        for stage, (total, failed) in store.counts().items()
        if failed
    ]


def _below_a_guess(metric: str, arms: Sequence[str], scores: Sequence[Score]) -> list[str]:
    """A caution where no arm does better than a uniform guess."""
    value = {row.arm: row.value for row in scores if (row.metric, row.culture) == (metric, MEAN)}
    guess = value.get("reference:uniform")
    found = [value[arm] for arm in arms if value.get(arm) is not None]
    up = METRICS[metric].higher_is_better
    if guess is None or not found or any((each > guess) == up for each in found if each):
        return []
    return [
        f"No arm does better than giving every option the same share ({guess:.3f}): what changes "
        "here is the shape of a guess, not knowledge of these people."
    ]


@contextmanager
def _timed(store: Store) -> Iterator[None]:
    """Note how long this session worked, also when it is cut off by an error."""
    start = time.monotonic()
    try:
        yield
    finally:
        store.note("session", {"seconds": round(time.monotonic() - start, 2)})


def _write_study(store: Store, study: Study) -> None:
    import tomli_w

    tree = study.model_dump(mode="json", exclude_none=True)
    store.write("study.toml", tomli_w.dumps(tree, multiline_strings=True))
    store.write("environment.json", json.dumps(describe(), indent=1))


def _write_report(folder: Path) -> None:
    from acculturate.report.page import write_report

    write_report(folder)


def _kept_metrics(folder: Path) -> dict[str, Any] | None:
    path = folder / "metrics.json"
    if not path.is_file() or not (folder / "report.html").is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
