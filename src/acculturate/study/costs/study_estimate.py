"""What a study will take, before it asks: prompts, tokens, minutes, memory, and money.

Prompts of arms are counted exactly. What an adaptation asks depends on what models write, so it has
a likely number and the most that it can be. What two stages ask alike is counted once, and what has
been answered in the run folder is taken off. Minutes and memory are of models on this machine,
money of servers with a price; where a model is not here, a sentence says what is missing, and
nothing is guessed. docs/scale.md has the arithmetic, and estimates held against measurements.

    acculturate run studies/demo.toml --dry-run
"""

import functools
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from acculturate.asking.conversation import likely
from acculturate.engines import Identity, ModelSpec, kind_of
from acculturate.engines.server.server_settings import ServerSettings
from acculturate.errors import SurveyError
from acculturate.evaluation.neutral import passages
from acculturate.evaluation.survey_taking import SurveyTaking
from acculturate.methods import Adaptation
from acculturate.methods.context import IN
from acculturate.methods.workload import Amount, Counter, Work, base_of, spread
from acculturate.records import GenerateRequest, Request, TrainingRow
from acculturate.store import Kept
from acculturate.study.abilities import ability_name, ability_refs, ability_requests
from acculturate.study.costs.cost import Cost, in_all, local_cost, server_cost
from acculturate.study.costs.forecast import Estimate, Stage, amount, size
from acculturate.study.costs.machine import Machine
from acculturate.study.languages import asked_in_english
from acculturate.study.models import plain_spec
from acculturate.study.neutral_texts import KEPT, neutral_languages, neutral_refs, reading_name
from acculturate.study.parts import Part
from acculturate.study.plan import Plan
from acculturate.study.schema import Study
from acculturate.tuning.report import REPORT_FILE
from acculturate.tuning.rows import read_rows
from acculturate.tuning.tuning_settings import TuningSettings

LOOKED_UP = 20_000
"""Of an arm with more prompts, replies are counted by its name, not looked up one by one."""
INTERVIEWS = 2
"""Of which the tokens are counted; the others are taken to be like them."""


def estimate(plan: Plan, folder: Path | None = None, machine: Machine | None = None) -> Estimate:
    """Count everything that a study asks and tunes; `folder` is where its run may lie.

    `machine` is probed where it is not given and a model of the study is on it.
    """
    study = plan.study
    counter = Counter(functools.partial(plain_spec, study))
    if study.study.executor == "ray":
        counter.say("Minutes are those of one worker: divide them by the workers of the cluster.")
    kept, asked_before = Kept(folder) if folder else None, _Sharing(study)
    works: list[Work] = []
    known: dict[object, Work] = {}
    for part in itertools.chain.from_iterable(plan.parts.values()):
        for work in asked_before.left([_arm_work(part, counter, known)]):
            works.append(_answered(work, part.stage, kept) if kept else work)
    made = {section.id: _made(plan, section, counter) for section in plan.adaptations}
    alike = asked_before.alike(itertools.chain.from_iterable(made.values()))
    for section in plan.adaptations:
        own = list(asked_before.left(made[section.id]))
        works += _built(own, plan, section, folder, counter, alike) if folder else own
    works += _ability_works(plan, counter, kept)
    works += _neutral_works(plan, counter, kept)
    if asked_before.repeated:
        counter.say(f"Asked before, and counted once: {'; '.join(asked_before.repeated)}.")
    for note in asked_in_english(study, plan.survey):
        counter.say(note)
    return _costed(works, counter, machine)


def estimate_tuning(
    rows: Sequence[TrainingRow],
    base: ModelSpec,
    settings: TuningSettings,
    machine: Machine | None = None,
) -> Estimate:
    """Count the same of tuning on rows that are there, as `acculturate tune` does it."""
    counter = Counter(lambda ref: base)
    return _costed([counter.tuning("base", rows, settings)], counter, machine)


class _Sharing:
    """Knows what was counted before, by all that decides it and the model that answers."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._asked: dict[tuple[str, str], float] = {}
        self.repeated: list[str] = []
        """Stages that ask nothing of their own."""

    def left(self, works: Iterable[Work]) -> Iterator[Work]:
        """Yield what is left for each to ask, without those that ask nothing of their own."""
        for work in works:
            weights = [self._new(self._model(work), *part) for part in work.asks.items()]
            if not work.asks:
                yield work
            elif sum(weights):
                yield work.only(sum(weights) / sum(work.asks.values()))
            else:
                self.repeated.append(work.name)

    def alike(self, works: Iterable[Work]) -> dict[str, list[str]]:
        """Return for each stage's name the names of those that ask the same, its own among them."""
        named: dict[object, list[str]] = {}
        for work in works:
            named.setdefault((self._model(work), frozenset(work.asks) or work.name), []).append(
                work.name
            )
        return {name: names for names in named.values() for name in names}

    def _new(self, model: str, part: str, weight: float) -> float:
        """Return what is new of a part; of two sizes the smaller is taken to lie within
        the larger.
        """
        before = self._asked.get((model, part), 0.0)
        self._asked[model, part] = max(before, weight)
        return max(0.0, weight - before)

    def _model(self, work: Work) -> str:
        """Return the model that answers; two names may stand for one."""
        name = work.ref.partition(IN)[0]
        own = name if self._study.adaptation(name) else ""
        return f"{own} {plain_spec(self._study, work.ref)!r}"


def _costed(works: Sequence[Work], counter: Counter, given: Machine | None) -> Estimate:
    machines: dict[str, Machine] = {}
    stages = []
    for work in works:
        spec, shape, cost = counter.spec(work.ref), counter.shape(work.ref), Cost()
        if kind_of(spec).remote:
            cost = server_cost(work, spec.told(ServerSettings))
        elif shape:
            if spec.dtype not in machines:
                machines[spec.dtype] = given or Machine.probe(spec.dtype)
            work = work if shape.shares else work.apart()
            cost = local_cost(work, shape, machines[spec.dtype])
        stages.append(Stage(work, spec.name, cost))
    machine = next(iter(machines.values()), None)
    warnings = (
        *_beyond_limits(stages, counter),
        *_beyond_memory(stages, machine),
        *_beyond_room(stages, counter),
    )
    return Estimate(tuple(stages), tuple(counter.notes), warnings, machine)


def _arm_work(part: Part, counter: Counter, known: dict[object, Work]) -> Work:
    """Return an arm's work; what adapters of one base are asked alike is read once and kept in
    `known`.
    """
    ref, stage = part
    s, asks = stage.settings, _asked(stage)
    written = Amount(min(2, s.max_tokens), s.max_tokens)
    if s.kind == "stated":
        written = Amount(s.stated_tokens / 2, s.stated_tokens)
    if s.reason:  # every other reply is a thought
        written = Amount(s.reason_tokens / 3, s.reason_tokens / 2)
    key = base_of(counter.spec(ref)), frozenset(asks)
    if key not in known:
        shown = itertools.chain.from_iterable(spread(stage.conversations(), stage.held))
        prompts = Amount.of(stage.total)
        if stage.settings.presentation == "interview":
            talks = [list(likely(one)) for one in itertools.islice(shown, INTERVIEWS)]
            known[key] = counter.talking("", ref, prompts, talks, written)
        else:
            sample = [asked for one in shown for asked in likely(one)]
            known[key] = counter.asking("", ref, prompts, sample, written)
    return replace(known[key], name=stage.name, ref=ref, asks=asks)


def _asked(stage: SurveyTaking) -> dict[str, float]:
    """Return all that decides the prompts about each culture in each framing, and how many those
    are.
    """
    how = stage.settings.model_dump_json(exclude={"languages", "framing_wordings"})
    items = ",".join(item.id for item in stage.items)
    return {
        f"{how} {items} {framing.name} {framing.language} {framing.wording} {code}": count
        for framing in stage.framings
        for code, count in stage.askers(framing).items()
    }


def _answered(work: Work, stage: SurveyTaking, kept: Kept) -> Work:
    """Return an arm's work with what is done; what it shares with arms before was asked before."""
    if stage.total > LOOKED_UP or stage.whole:
        return work.done(kept.counts().get(stage.name, 0))
    return work.done(_looked_up(kept, work, stage.requests()))


def _looked_up(kept: Kept, work: Work, requests: Iterable[Request]) -> int:
    identity = kept.fact(f"identity {work.ref}")
    if not identity:  # a model that was never opened here, such as an adapter yet to be tuned
        return 0
    count = kept.count(requests, Identity(**identity).digest)
    return max(0, count - round(work.again.likely))


def _made(plan: Plan, section: Adaptation, counter: Counter) -> list[Work]:
    """Return an adaptation's stages by its id, with all that they ask."""
    works = section.estimate(plan.context, counter)
    return [replace(work, name=f"{section.id}: {work.name}") for work in works]


def _built(
    works: Sequence[Work],
    plan: Plan,
    section: Adaptation,
    folder: Path,
    counter: Counter,
    alike: dict[str, list[str]],
) -> Iterator[Work]:
    """Yield what is done of an adaptation: the tuning where adapters are there, and what comes
    before a stage that has begun, whichever adaptation asked it. Rows that are built are counted as
    they are.
    """
    counts, rows = Kept(folder).counts(), folder / f"{section.id}.rows.jsonl"
    *asking, tuning = works
    have = [sum(counts.get(name, 0) for name in alike[work.name]) for work in asking]
    for at, (work, done) in enumerate(zip(asking, have, strict=True)):
        over = rows.is_file() or any(have[at + 1 :])
        yield work.all_of(done) if over else work.done(done)
    if rows.is_file():
        filled = rows.read_text(encoding="utf-8").strip()  # else none was left, as the run says
        built = counter.tuning(section.base, read_rows(rows) if filled else [], section.tuning)
        tuning = replace(built, name=tuning.name)
    made = (folder / "adapters" / section.id / name for name in plan.adapters[section.id])
    tuned = all((adapter / REPORT_FILE).is_file() for adapter in made)
    yield tuning.done(round(tuning.prompts.most) if tuned else 0)


def _ability_works(plan: Plan, counter: Counter, kept: Kept | None) -> Iterator[Work]:
    """Yield each task of each model, where its questions are here; a sentence where they
    are not.
    """
    for task in plan.study.abilities.tasks:
        try:
            asked = ability_requests(plan.study, task)
        except SurveyError as problem:
            counter.say(f"{problem} Until then its prompts are left out.")
            continue
        room = asked[0].sampling.max_tokens if isinstance(asked[0], GenerateRequest) else 0
        for ref in ability_refs(plan):
            prompts, reply = Amount.of(len(asked)), Amount(room / 2, room)
            work = counter.asking(ability_name(task, ref), ref, prompts, asked, reply)
            yield work.done(_looked_up(kept, work, asked)) if kept else work


def _neutral_works(plan: Plan, counter: Counter, kept: Kept | None) -> Iterator[Work]:
    """Yield the neutral texts of each language for each model that can read them."""
    for ref in neutral_refs(plan):
        if not kind_of(counter.spec(ref)).weighs:
            continue
        read = kept is not None and kept.fact(KEPT + ref) is not None
        for language in neutral_languages(plan):
            texts = passages(language)
            work = counter.reading(reading_name(language, ref), ref, texts)
            yield work.done(len(texts) if read else 0)


def _beyond_memory(stages: Sequence[Stage], machine: Machine | None) -> Iterator[str]:
    for stage in stages:
        if machine and stage.cost.memory and stage.cost.memory > machine.memory:
            yield (
                f"Warning: {stage.work.name} needs about {size(stage.cost.memory)} of memory, and "
                f"this machine has {size(machine.memory)}: choose a smaller model"
                + (" or a smaller tuning.batch." if stage.work.kind == "tune" else ".")
            )


def _beyond_room(stages: Sequence[Stage], counter: Counter) -> Iterator[str]:
    for work in (stage.work for stage in stages if stage.work.kind in ("choose", "generate")):
        shape, longest = counter.shape(work.ref), work.sizes.longest + max(work.room, 1)
        if shape and shape.room and longest > shape.room:
            yield (
                f"Warning: a prompt of {work.name} and its reply take {longest:,} tokens, and its "
                f"model was made for {shape.room:,}: ask fewer items at once "
                '(answers.presentation = "single"), or name a model with more room.'
            )


def _beyond_limits(stages: Sequence[Stage], counter: Counter) -> Iterator[str]:
    for ref in dict.fromkeys(stage.work.ref for stage in stages):
        costs = [stage.cost for stage in stages if stage.work.ref == ref]
        settings = counter.spec(ref).told(ServerSettings)
        for limit, name, parts in (
            (settings.spending_limit, "spending_limit", [cost.money for cost in costs]),
            (settings.token_limit, "token_limit", [cost.billed for cost in costs]),
        ):
            total = in_all([part for part in parts if part])
            if limit is not None and total.most > limit:
                sure = "will probably" if total.likely > limit else "may"
                yield (
                    f"Warning: '{ref}' {sure} pass its {name} = {limit:,g}: "
                    f"{amount(total, ',.4g')}. The run stops there, keeps what was paid for, and "
                    "goes on with a higher limit."
                )
