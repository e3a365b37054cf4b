"""General abilities in a study: every model before, every adapted one after, question by question.

    [abilities]
    tasks = ["everyday"]        what else the models can do
    margin = 0.05               a smaller change does not matter

Models without an adaptation are asked first, so that a task that cannot be had is told before
anything is tuned. What a task brought is kept in the run under all that it depends on.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from acculturate.culture import find_culture
from acculturate.errors import ConfigError, EngineError
from acculturate.evaluation.abilities import (
    AbilityStage,
    TaskResult,
    ask_task,
    check_installed,
    kept,
    score,
    task_requests,
)
from acculturate.files import text_digest
from acculturate.framing import find_framing
from acculturate.records import Reply, Request
from acculturate.records.results.general import AbilityRow
from acculturate.store import Store
from acculturate.study.plan import Plan
from acculturate.study.schema import Study
from acculturate.study.workplace import Workplace

UNFRAMED = "none"


def check_abilities(study: Study) -> None:
    """Raise the error of what cannot be asked, before anything is."""
    if not study.abilities.tasks:
        return
    check_installed()
    for folder in study.abilities.include:
        if not folder.is_dir():
            raise ConfigError(f"abilities.include names {folder}, which is no folder of tasks.")
    _system(study)


def ask_abilities(place: Workplace, adapted: bool) -> None:
    """Ask the tasks of the models that are adapted, or of those that are not."""
    study = place.study
    for ref in ability_refs(place.plan) if study.abilities.tasks else ():
        if (study.adaptation(ref) is not None) != adapted:
            continue
        for task in study.abilities.tasks:
            _ask(place, ref, task)


def ability_name(task: str, ref: str) -> str:
    """Return the name of the stage that asks a task of a model."""
    return f"ability {task} ({ref})"


def ability_refs(plan: Plan) -> list[str]:
    """Return every model that the study measures, and the bases of those that are adapted."""
    study = plan.study
    asked = [arm.id for arm in study.arm if not arm.part_of or arm.seed is not None]
    used = [part.ref for name in asked for part in plan.parts[name]]
    bases = [section.base for ref in used for section in study.adapters_of(ref)]
    return list(dict.fromkeys([*bases, *used]))


def ability_requests(study: Study, task: str) -> tuple[Request, ...]:
    """Return what a task asks of each model, without fetching; raises as `task_requests` does."""
    return task_requests(task, study.abilities, _system(study))


def ability_rows(study: Study, store: Store) -> tuple[AbilityRow, ...]:
    """Return each task of each model, an adapted one held against its base; empty without tasks."""
    results = store.fact("abilities") or {}
    rows = []
    for task in study.abilities.tasks:
        by_ref = {
            ref: TaskResult(**by_task[task]["result"])
            for ref, by_task in results.items()
            if task in by_task
        }
        for ref, result in by_ref.items():
            section = study.adaptation(ref)
            base = by_ref.get(section.base) if section else None
            margin = study.abilities.margin
            rows.append(
                AbilityRow(
                    task=task,
                    model=ref,
                    metric=result.metric,
                    chance=result.chance,
                    failed=result.failed,
                    framing=_framed(study),
                    margin=margin,
                    **score(result)._asdict(),
                    base=section.base if section and base else None,
                    kept=kept(base, result, margin) if base else None,
                )
            )
    return tuple(rows)


def ability_cautions(rows: Sequence[AbilityRow]) -> Iterator[str]:
    """Yield tasks that can show nothing, each with its base."""
    for row in rows:
        if row.base is None and not row.above_chance:
            yield (
                f"On the task '{row.task}' the model '{row.model}' is not shown to do "
                f"better than a guess ({row.value:.2f}, chance {row.chance:.2f}), so the "
                "task cannot show what an adaptation keeps or loses."
            )


def _ask(place: Workplace, ref: str, task: str) -> None:
    """Ask a task of a model, unless the run holds what it brought."""
    engine = place.models.engine(ref)
    settings, system = place.study.abilities, _system(place.study)
    key = _digest(engine.identity.digest, system, settings.limit, list(map(str, settings.include)))
    results = place.store.fact("abilities") or {}
    if results.get(ref, {}).get(task, {}).get("key") == key:
        return
    runner = place.runner({"model": ref})

    def carry(requests: Sequence[Request]) -> list[Reply | None]:
        options = not all(hasattr(request, "sampling") for request in requests)
        if options and not engine.can_choose:
            raise EngineError(
                f"The model '{engine.identity.model}' gives no option probabilities, which the "
                f"task '{task}' is asked by: name tasks whose answers are written (gsm8k, ifeval)."
            )
        runner.run(AbilityStage(ability_name(task, ref), tuple(requests)))
        return [runner.lookup("model", request) for request in requests]

    result = ask_task(task, settings, system, carry)
    of_ref = {**results.get(ref, {}), task: {"key": key, "result": asdict(result)}}
    place.store.keep("abilities", {**results, ref: of_ref})


def _framed(study: Study) -> str:
    """Return how the tasks are asked, for the report; "" where nothing is said before a
    question.
    """
    settings = study.abilities
    if settings.framing == UNFRAMED:
        return ""
    return f"{settings.framing} ({settings.culture})" if settings.culture else settings.framing


def _system(study: Study) -> str:
    """Return the system prompt before each question; raises where the framing wants what is not
    there.
    """
    settings = study.abilities
    if settings.framing == UNFRAMED:
        return ""
    framing = find_framing(settings.framing, folders=study.answers.prompts)
    if framing.needs_culture and not settings.culture:
        raise ConfigError(
            f"abilities.framing '{settings.framing}' speaks of a culture: set abilities.culture, "
            "for example to 'CHN'."
        )
    if framing.needs_people or framing.needs_persona:
        raise ConfigError(
            f"abilities.framing '{settings.framing}' shows people's answers, and general tasks "
            "have none: use 'unaware', 'aware' or 'none'."
        )
    return framing.system(find_culture(settings.culture) if settings.culture else None)


def _digest(*parts: object) -> str:
    return text_digest(json.dumps(parts))
