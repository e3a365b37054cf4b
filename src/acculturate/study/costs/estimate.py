"""What a study will take, before it asks: prompts, tokens, minutes, memory, and money.

Prompts of arms are counted exactly. What an adaptation asks depends on what models write, so it has
a likely number and the most that it can be. What has been answered in the run folder is taken off.
Minutes and memory are of models on this machine, money of servers with a price; where a model is
not here, a sentence says what is missing, and nothing is guessed. docs/scale.md has the arithmetic,
and estimates held against measurements.

    acculturate run studies/demo.toml --dry-run
"""

import functools
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from acculturate.engines import Identity, ModelSpec
from acculturate.engines.server.settings import ServerSettings
from acculturate.records import TrainingRow
from acculturate.store import Kept
from acculturate.study.costs.cost import in_all
from acculturate.study.costs.counter import Counter
from acculturate.study.costs.forecast import Estimate, Stage
from acculturate.study.costs.machine import Machine
from acculturate.study.costs.wording import amount, size
from acculturate.study.costs.workload import (
    Amount,
    Reader,
    Work,
    arm_batches,
    rows_work,
    sizes,
    work_of,
)
from acculturate.study.methods import METHODS
from acculturate.study.models import model_spec
from acculturate.study.parts import Part, adapter_names, arm_parts
from acculturate.study.schema import AdaptSection, Study
from acculturate.study.split import with_split
from acculturate.survey import Survey
from acculturate.tuning.report import REPORT_FILE
from acculturate.tuning.rows import read_rows
from acculturate.tuning.settings import TuningSettings

LOOKED_UP = 20_000
"""Of an arm with more prompts, replies are counted by its name, not looked up one by one."""


def estimate(
    study: Study, survey: Survey, folder: Path | None = None, machine: Machine | None = None
) -> Estimate:
    """Count everything that a study asks and tunes; `folder` is where its run may lie.

    `machine` is probed where it is not given and a model of the study is on it.
    """
    study = with_split(study, survey)
    counter = Counter(functools.partial(_plain_spec, study), machine)
    if study.study.executor == "ray":
        counter.say("Minutes are those of one worker: divide them by the workers of the cluster.")
    works = [
        _arm_work(part, counter, folder)
        for arm in study.arm
        for part in arm_parts(study, survey, arm)
    ]
    alike: dict[str, str] = {}
    for section in study.adapt:
        made = METHODS[section.method].estimate(study, survey, section, counter.reader)
        first = alike.setdefault(_asks(section), section.id)
        if first != section.id:
            counter.say(f"{section.id} asks what {first} asks: its prompts are counted once.")
            made = [work for work in made if work.kind == "tune"]
        works += _in_section(made, study, section, folder, counter.reader(section.base))
    return _costed(works, counter)


def estimate_tuning(
    rows: Sequence[TrainingRow],
    base: ModelSpec,
    settings: TuningSettings,
    machine: Machine | None = None,
) -> Estimate:
    """The same of tuning on rows that are there, as `acculturate tune` does it."""
    counter = Counter(lambda ref: base, machine)
    return _costed([rows_work("base", rows, counter.reader("base"), settings)], counter)


def _costed(works: Sequence[Work], counter: Counter) -> Estimate:
    stages = tuple(Stage(each, counter.spec(each.ref).name, counter.cost(each)) for each in works)
    machines = list(counter.machines.values())
    return Estimate(
        stages,
        tuple(counter.notes),
        tuple(_warnings(stages, counter)),
        machines[0] if machines else None,
    )


def _plain_spec(study: Study, ref: str) -> ModelSpec:
    """The model that answers for a reference, without its adapter."""
    section = study.adaptation(ref)
    return model_spec(study.models[section.base if section else ref])


def _arm_work(part: Part, counter: Counter, folder: Path | None) -> Work:
    ref, stage = part
    s = stage.settings
    written = Amount(min(2, s.max_tokens), s.max_tokens)
    if s.kind == "stated":
        written = Amount(s.stated_tokens / 2, s.stated_tokens)
    batches = list(arm_batches(stage))
    found = sizes(batches, counter.reader(ref))
    work = work_of(stage.name, ref, Amount.of(stage.total), found, batches[0][0], written)
    if folder is None:
        return work
    kept = Kept(folder)
    if stage.total > LOOKED_UP:
        return work.done(min(stage.total, kept.counts().get(stage.name, 0)))
    identity = kept.fact(f"identity {ref}")
    model = Identity(**identity).digest if identity else None
    return work.done(kept.count(stage.requests(), model))


def _asks(section: AdaptSection) -> str:
    """What decides the prompts of an adaptation: controls teach otherwise and ask the same."""
    said = section.model_dump(mode="json", exclude={"id", "tuning", "grouping", "groups"})
    said["culturespa"].pop("shifts")
    return json.dumps(said, sort_keys=True)


def _in_section(
    works: Sequence[Work], study: Study, section: AdaptSection, folder: Path | None, reader: Reader
) -> Iterator[Work]:
    """An adaptation's stages by its id, with what is done: the tuning where adapters are there,
    and what comes before a stage that has begun. Rows that are built are counted as they are.
    """
    kept = Kept(folder).counts() if folder else {}
    rows = folder / f"{section.id}.rows.jsonl" if folder else None
    if rows is not None and rows.is_file():
        works = [*works[:-1], rows_work(section.base, read_rows(rows), reader, section.tuning)]
    tuned = folder is not None and all(
        (folder / "adapters" / section.id / name / REPORT_FILE).is_file()
        for name in adapter_names(study, section)
    )
    begun = [kept.get(work.name, 0) > 0 or (tuned and work.kind == "tune") for work in works]
    for at, work in enumerate(works):
        done = kept.get(work.name, 0)
        if work.kind == "tune":
            done = round(work.prompts.most) if tuned else 0
        elif any(begun[at + 1 :]):
            work = replace(work, prompts=Amount.of(done))
        yield replace(work, name=f"{section.id}: {work.name}", answered=done)


def _warnings(stages: Sequence[Stage], counter: Counter) -> Iterator[str]:
    for ref in dict.fromkeys(each.work.ref for each in stages):
        yield from _beyond_limits(ref, [each for each in stages if each.work.ref == ref], counter)
    for each in stages:
        machine = counter.machines.get(counter.spec(each.work.ref).dtype)
        if machine and each.cost.memory and each.cost.memory > machine.memory:
            yield (
                f"Warning: {each.work.name} needs about {size(each.cost.memory)} of memory, and "
                f"this machine has {size(machine.memory)}: choose a smaller model"
                + (" or a smaller tuning.batch." if each.work.kind == "tune" else ".")
            )


def _beyond_limits(ref: str, stages: Sequence[Stage], counter: Counter) -> Iterator[str]:
    settings = counter.spec(ref).server or ServerSettings()
    for limit, name, found in (
        (settings.spending_limit, "spending_limit", [each.cost.money for each in stages]),
        (settings.token_limit, "token_limit", [each.cost.billed for each in stages]),
    ):
        total = in_all([each for each in found if each])
        if limit is not None and total.most > limit:
            sure = "will probably" if total.likely > limit else "may"
            yield (
                f"Warning: '{ref}' {sure} pass its {name} = {limit:,g}: {amount(total, ',.4g')}. "
                "The run stops there, keeps what was paid for, and goes on with a higher limit."
            )
