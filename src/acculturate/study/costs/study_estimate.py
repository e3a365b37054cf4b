"""What a study will take, before it asks: prompts, tokens, minutes, memory, and money.

Prompts of arms are counted exactly. What an adaptation asks depends on what models write, so it has
a likely number and the most that it can be. What has been answered in the run folder is taken off.
Minutes and memory are of models on this machine, money of servers with a price; where a model is
not here, a sentence says what is missing, and nothing is guessed. docs/scale.md has the arithmetic,
and estimates held against measurements.

    acculturate run studies/demo.toml --dry-run
"""

import functools
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from acculturate.asking import request
from acculturate.engines import Identity, ModelSpec
from acculturate.engines.server.server_settings import ServerSettings
from acculturate.errors import SurveyError
from acculturate.evaluation.survey_taking import SurveyTaking
from acculturate.methods import Adaptation
from acculturate.methods.context import IN
from acculturate.methods.workload import (
    BATCH,
    SAMPLED,
    Amount,
    Reader,
    Work,
    rows_work,
    spread,
    work_of,
)
from acculturate.records import GenerateRequest, Request, TrainingRow
from acculturate.store import Kept
from acculturate.study.abilities import ability_name, ability_refs, ability_requests
from acculturate.study.costs.cost import in_all
from acculturate.study.costs.counter import Counter
from acculturate.study.costs.forecast import Estimate, Stage
from acculturate.study.costs.machine import Machine
from acculturate.study.costs.sharing import Sharing
from acculturate.study.costs.wording import amount, size
from acculturate.study.models import plain_spec
from acculturate.study.parts import Part
from acculturate.study.plan import Plan
from acculturate.study.schema import Study
from acculturate.tuning.report import REPORT_FILE
from acculturate.tuning.rows import read_rows
from acculturate.tuning.tuning_settings import TuningSettings

LOOKED_UP = 20_000
"""Of an arm with more prompts, replies are counted by its name, not looked up one by one."""


def estimate(plan: Plan, folder: Path | None = None, machine: Machine | None = None) -> Estimate:
    """Count everything that a study asks and tunes; `folder` is where its run may lie.

    `machine` is probed where it is not given and a model of the study is on it.
    """
    study = plan.study
    counter = Counter(functools.partial(plain_spec, study), machine)
    if study.study.executor == "ray":
        counter.say("Minutes are those of one worker: divide them by the workers of the cluster.")
    sharing = Sharing(functools.partial(_who, study))
    works: list[Work] = []
    for parts in plan.parts.values():
        for part in parts:
            own = sharing.own([_arm_work(part, counter)])
            works += (_answered(work, part.stage, folder) for work in own)
    made = {section.id: _made(plan, section, counter) for section in plan.adaptations}
    sharing.meet(work for named in made.values() for work in named)
    for section in plan.adaptations:
        asked = list(sharing.own(made[section.id]))
        works += _done(asked, plan, section, folder, counter.reader(section.base), sharing)
    works += _ability_works(plan, counter, folder)
    if sharing.note:
        counter.say(sharing.note)
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
    works = [counter.as_computed(each) for each in works]
    stages = tuple(Stage(each, counter.spec(each.ref).name, counter.cost(each)) for each in works)
    machines = list(counter.machines.values())
    return Estimate(
        stages,
        tuple(counter.notes),
        tuple(_warnings(stages, counter)),
        machines[0] if machines else None,
    )


def _who(study: Study, ref: str) -> str:
    """Return a name of the model that answers for a reference; two names may stand for one."""
    name = ref.partition(IN)[0]
    return f"{name if study.adaptation(name) else ''} {plain_spec(study, ref)!r}"


def _arm_work(part: Part, counter: Counter) -> Work:
    ref, stage = part
    s = stage.settings
    written = Amount(min(2, s.max_tokens), s.max_tokens)
    if s.kind == "stated":
        written = Amount(s.stated_tokens / 2, s.stated_tokens)
    asks = _asked(stage)
    found = counter.sizes(ref, " ".join(asks), lambda: _arm_batches(stage))
    sample = next(stage.requests())
    work = work_of(stage.name, ref, Amount.of(stage.total), found, sample, written)
    return replace(work, asks=asks)


def _arm_batches(stage: SurveyTaking, size: int = BATCH) -> Iterator[list[Request]]:
    """As `spread`, of an arm; prompts of batches that are not looked at are not made."""
    step = max(1, math.ceil(stage.total / size / SAMPLED))
    asks = stage.asks()
    for number in itertools.count():
        some = list(itertools.islice(asks, size))
        if not some:
            return
        if number % step == 0:
            s = stage.settings
            yield [request(ask, s.kind, s.sampling) for ask in some]


def _asked(stage: SurveyTaking) -> dict[str, float]:
    """All that decides the prompts about each culture in each framing, and how many those are."""
    how = stage.settings.model_dump_json(exclude={"languages", "framing_wordings"})
    items = ",".join(item.id for item in stage.items)
    each = {
        f"{how} {items} {framing.name} {framing.language} {framing.wording} {code}": count
        for framing in stage.framings
        for code, count in stage.askers(framing).items()
    }
    share = stage.total / sum(each.values())
    return {name: count * share for name, count in each.items()}


def _answered(work: Work, stage: SurveyTaking, folder: Path | None) -> Work:
    """An arm's work with what is done; what it shares with arms before was asked before."""
    if folder is None:
        return work
    kept = Kept(folder)
    if stage.total > LOOKED_UP:
        return work.done(kept.counts().get(stage.name, 0))
    return work.done(_looked_up(kept, work, stage.requests()))


def _looked_up(kept: Kept, work: Work, requests: Iterable[Request]) -> int:
    identity = kept.fact(f"identity {work.ref}")
    if not identity:  # a model that was never opened here, such as an adapter yet to be tuned
        return 0
    found = kept.count(requests, Identity(**identity).digest)
    return max(0, found - round(work.again.likely))


def _made(plan: Plan, section: Adaptation, counter: Counter) -> list[Work]:
    """An adaptation's stages by its id, with all that they ask."""
    made = section.estimate(plan.context, counter)
    return [replace(work, name=f"{section.id}: {work.name}") for work in made]


def _done(
    works: Sequence[Work],
    plan: Plan,
    section: Adaptation,
    folder: Path | None,
    reader: Reader,
    sharing: Sharing,
) -> Iterator[Work]:
    """What is done of an adaptation: the tuning where adapters are there, and what comes before a
    stage that has begun, whichever adaptation asked it. Rows that are built are counted as they
    are.
    """
    if folder is None:
        yield from works
        return
    kept, rows = Kept(folder).counts(), folder / f"{section.id}.rows.jsonl"
    *asking, tuning = works
    if rows.is_file():
        tuning = replace(tuning.all_of(0), open=False)
        if rows.read_text(encoding="utf-8").strip():  # else none was left, as the run says
            built = rows_work(section.base, read_rows(rows), reader, section.tuning)
            tuning = replace(built, name=tuning.name)
    tuned = all(
        (folder / "adapters" / section.id / name / REPORT_FILE).is_file()
        for name in plan.adapters[section.id]
    )
    have = [sum(kept.get(name, 0) for name in sharing.alike(work)) for work in asking]
    for at, (work, done) in enumerate(zip(asking, have, strict=True)):
        over = rows.is_file() or any(have[at + 1 :])
        yield work.all_of(done) if over else work.done(done)
    yield tuning.done(round(tuning.prompts.most) if tuned else 0)


def _ability_works(plan: Plan, counter: Counter, folder: Path | None) -> Iterator[Work]:
    """Each task of each model, where its questions are here; a sentence where they are not."""
    for task in plan.study.abilities.tasks:
        try:
            asked = ability_requests(plan.study, task)
        except SurveyError as problem:
            counter.say(f"{problem} Until then its prompts are left out.")
            continue
        for ref in ability_refs(plan):
            work = _ability_work(task, ref, asked, counter)
            yield work.done(_looked_up(Kept(folder), work, asked)) if folder else work


def _ability_work(task: str, ref: str, asked: Sequence[Request], counter: Counter) -> Work:
    found = counter.sizes(ref, f"ability {task}", lambda: spread(asked, len(asked)))
    room = asked[0].sampling.max_tokens if isinstance(asked[0], GenerateRequest) else 0
    name, written = ability_name(task, ref), Amount(room / 2, room)
    return work_of(name, ref, Amount.of(len(asked)), found, asked[0], written)


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
    settings = counter.spec(ref).told(ServerSettings)
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
