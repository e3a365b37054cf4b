"""What is looked at before a study begins: every name it uses, and whether it is already done.

A name that is wrong is told at once, not after an hour of asking, and nothing has been written.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from acculturate.engines import ModelSpec, find_model, fitting_kind, parse_model
from acculturate.engines.hf.loading import pick_dtype
from acculturate.engines.hf.placing import check_place
from acculturate.errors import ConfigError, EngineError, TrainingError
from acculturate.evaluation.canon import find_canon
from acculturate.evaluation.measures import find_metrics
from acculturate.executors import open_executor
from acculturate.files import text_digest
from acculturate.methods import Adaptation
from acculturate.study.abilities import check_abilities
from acculturate.study.environment import version
from acculturate.study.models import check_tunable, model_spec, plain_spec
from acculturate.study.paper_tables import check_table
from acculturate.study.plan import Plan
from acculturate.study.schema import Study
from acculturate.study.training_seeds import named_arms
from acculturate.tuning.qlora import check_quantised

MODEL_FILES = ("*.safetensors", "*.json", "*.jinja")


def check(study: Study, *, fetch: bool = True, given: Collection[str] = ()) -> Plan:
    """Look up every name that a study uses, and return its plan; raises the error of the first name
    that is wrong.

    Models on a hub are fetched, unless `fetch` is False. `given` are the references of models that
    are there as engine objects.
    """
    for folder in study.answers.prompts:
        if not folder.is_dir():
            raise ConfigError(f"answers.prompts names {folder}, which is no folder of prompts.")
    plan = Plan.of(study)
    study = plan.study
    _check_primary(study)
    find_canon(study.metrics.more)
    for table in study.table:
        check_table(table, [*named_arms(study), *(arm.id for arm in study.arm)])
    for section in study.adapt:
        _check_adaptation(plan, section)
    check_abilities(study)
    if fetch:
        _check_models(study, given)
    return plan


def check_machine(study: Study) -> None:
    """Raise, as the run would, where the study asks of this machine what it cannot do.

    On a cluster every worker looks at its own machine.
    """
    open_executor(study.study.executor, study.study.ray)  # raises where ray is missing
    if study.study.executor != "inline":
        return
    for section in study.adapt:
        check_quantised(section.tuning)
    for model in study.models.values():
        spec = model_spec(model)
        if spec.device or spec.quantised:
            check_place(spec.device, spec.quantised)


def _check_primary(study: Study) -> None:
    """Raise where the metric of the verdict is none that these answers have, or has no better and
    worse.
    """
    name, answers = study.study.primary, study.answers
    metric = find_metrics([name])[name]
    if metric.ideal is not None:
        raise ConfigError(
            f"study.primary '{name}' is best at {metric.ideal:g}, so more is not always better "
            "and a difference gives no verdict: name another, such as 'alignment'."
        )
    once = (answers.orders, answers.labels, answers.samples) == ("forward", "numbers", 1)
    once = once and answers.no_answer == "left out"
    once = once and (len(answers.languages), answers.wordings, answers.framing_wordings) == (1,) * 3
    published = answers.kind == "sampled" and once
    if not metric.fits(answers.kind, len(study.cultures.measure), published):
        raise ConfigError(
            f"study.primary '{name}' cannot be computed from answers as [answers] asks for them, "
            f"of {len(study.cultures.measure)} cultures: name another, such as 'alignment'."
        )


def _check_models(study: Study, given: Collection[str]) -> None:
    for model in [model for ref, model in study.models.items() if ref not in given]:
        for adapter in model.adapters:
            if not adapter.is_dir():
                raise EngineError(
                    f"There is no adapter folder {adapter}: give the folder that holds "
                    "adapter_model.safetensors."
                )
        find_model(model_spec(model))


def _check_adaptation(plan: Plan, section: Adaptation) -> None:
    spec = plain_spec(plan.study, section.base)
    check_tunable(spec)
    below = plan.study.adapters_of(section.base)
    if below or spec.adapter:
        _check_on_top(section, below, spec)
    if not plan.context.cultures:
        raise ConfigError(
            f"[[adapt]] {section.id} has no cultures to adapt to: set cultures.adapt, for "
            'example adapt = ["CHN", "DEU"].'
        )
    section.check(plan.context)


def _check_on_top(section: Adaptation, below: Sequence[Adaptation], spec: ModelSpec) -> None:
    """Raise where an adapter cannot be put on top of others: by its engine, its precision."""
    fitting_kind(replace(spec, merged=(Path(section.id),)))
    if section.tuning.quantised != "none":
        raise TrainingError(
            f"[[adapt]] {section.id}: its base has an adapter already, which cannot be merged into "
            f"weights in {section.tuning.quantised}: set tuning.quantised to 'none'."
        )
    for lower in below:
        if lower.tuning.embeddings and pick_dtype(spec.dtype, spec.device) != "float32":
            raise TrainingError(
                f"[[adapt]] {section.id}: its base '{lower.id}' trains the embeddings as well, and "
                "such an adapter can be below another one in float32 only: set the model's dtype "
                f"to 'float32', or adapt.{lower.id}.tuning.embeddings to false."
            )


def study_digest(plan: Plan) -> str:
    """Name what a run is of by a digest: study, version, survey, prompts, local models by size and
    time.
    """
    # where models are asked changes no record
    study = plan.study
    tree = study.model_dump(mode="json", exclude={"study": {"executor", "ray"}})
    parts: list[Any] = [tree, version("acculturate"), plan.survey.fingerprint]
    for own in plan.parts.values():
        for _, stage in own:
            parts += [framing.digest for framing in stage.framings]
    for section in study.adapt:
        parts += section.prompts(plan.context)
    for model in study.models.values():
        for folder in (Path(parse_model(model.name).name).expanduser(), *model.adapters):
            if folder.is_dir():
                files = sorted(file for shape in MODEL_FILES for file in folder.glob(shape))
                parts += [(f.name, f.stat().st_size, f.stat().st_mtime_ns) for f in files]
    return text_digest(json.dumps(parts, sort_keys=True))
