"""Results: every number of a run, of scores and differences and of the sections beside them.

They are records (`acculturate.records.results`), which metrics.json holds and the report shows.
"""

import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.canon import find_canon
from acculturate.evaluation.catalogue import INDIVIDUAL, figures
from acculturate.evaluation.draws import what_intervals_cover
from acculturate.evaluation.population_fidelity import fidelity_row
from acculturate.evaluation.seeds import seed_scores
from acculturate.evaluation.significance import out_of_reach, paired_tests
from acculturate.methods import Adaptation, Addition, Taught
from acculturate.records import Score
from acculturate.records.results.conclusion import Verdict
from acculturate.records.results.cut import ItemMove
from acculturate.records.results.described import (
    CultureNote,
    Environment,
    MetricNote,
    ModelNote,
    Rerun,
    SplitNote,
    SurveyNote,
)
from acculturate.records.results.differences import CorrectedDifference
from acculturate.records.results.general import AbilityRow
from acculturate.records.results.made import TuningRow
from acculturate.records.results.metrics_file import with_method_tables
from acculturate.records.results.plain import Row, row_of, widened
from acculturate.records.results.run_results import RunMeta, RunResults
from acculturate.statistics.bootstrap import Resampling
from acculturate.store import Store
from acculturate.study.abilities import ability_cautions, ability_rows
from acculturate.study.adaptation_costs import cost_rows, session_facts, stage_costs
from acculturate.study.adaptations import Adapted
from acculturate.study.arm_section import ArmSection
from acculturate.study.neutral_texts import neutral_cautions, neutral_rows
from acculturate.study.paper_tables import lay_out
from acculturate.study.people_groups import group_note, with_group_line
from acculturate.study.plan import Plan
from acculturate.study.results.arm_notes import arm_notes
from acculturate.study.results.asked_otherwise import asked_otherwise, asking_costs, robust_rows
from acculturate.study.results.cautions import of_adaptations, run_cautions
from acculturate.study.results.elsewhere import what_may_differ
from acculturate.study.results.failures import failure_rows
from acculturate.study.results.gain_split import parts_of
from acculturate.study.results.item_answers import asked_items, item_shares, sent_prompts
from acculturate.study.results.item_moves import most_changed
from acculturate.study.results.measured import Measured
from acculturate.study.results.mechanisms import directions, gains, relations, transfers
from acculturate.study.results.persons import person_differences, person_scores
from acculturate.study.results.planting import planting_cautions
from acculturate.study.results.result_sections import (
    breakdowns,
    culture_map,
    matrices,
    positions,
    reliabilities,
    text_agreements,
    variance,
    variance_of_asking,
)
from acculturate.study.results.scored_rows import arm_scores, tested_differences
from acculturate.study.results.seed_means import mean_differences, named_pairs, seed_tables
from acculturate.study.results.sides import known_items, sides, with_levels
from acculturate.study.results.verdict import Pair, verdict
from acculturate.study.schema import Study
from acculturate.study.training_seeds import named_arms, shown_name
from acculturate.survey import Survey


@dataclass(frozen=True, slots=True)
class Scored:
    """A study's arms with their scores and differences. `named` are all arms by the names under
    which they are shown: one of its seeds stands for an arm that has several.

    `single` are the tables but for those of arms on every adapter, which are many and stand in the
    matrix of transfer alone, and for those of several seeds. `against` gives each named arm that
    has one its control. `last` is the pair that the verdict is on: the last one that is no
    control's, or None.
    """

    study: Study
    tables: Mapping[str, ArmTable]
    single: Mapping[str, ArmTable]
    against: Mapping[str, str]
    scores: Sequence[Score]
    differences: Sequence[CorrectedDifference]
    drawn: Resampling

    @property
    def named(self) -> Mapping[str, ArmSection]:
        return named_arms(self.study)

    @property
    def last(self) -> tuple[str, str] | None:
        controls = [name for name, arm in self.named.items() if self.study.control(arm)]
        pairs = list(self.against.items())
        return next((pair for pair in pairs[::-1] if pair[0] not in controls), None)


def study_results(
    plan: Plan,
    store: Store,
    arms: Mapping[str, Measured],
    adapted: Mapping[str, Adapted],
    command: str,
) -> RunResults:
    """Return all results of a study that has been carried out."""
    study, survey = plan.study, plan.survey
    arms, trained = sides(plan, arms)
    scored = _score(plan, arms, trained)
    abilities = ability_rows(study, store)
    neutral = neutral_rows(plan, store)
    added = _additions(study, store.folder, adapted)
    cautions = (
        *planting_cautions(study, scored.tables, scored.scores),
        *run_cautions(study, survey, store, arms, scored.scores),
        *of_adaptations({name: adaptation.taught.cautions for name, adaptation in adapted.items()}),
        *(caution for addition in added for caution in addition.cautions),
        *ability_cautions(abilities),
        *neutral_cautions(neutral),
        *_reach(scored),
    )
    meta = replace(
        _described(study, survey, store, arms),
        verdict=_verdict(plan, scored, abilities),
        groups=group_note(survey, study.cultures.measure, scored.scores, study.study.primary),
        bootstrap_items=scored.drawn.items,
        intervals=what_intervals_cover(scored.drawn),
        cautions=cautions,
        failures=failure_rows(store),
        map=culture_map(arms, survey, study.cultures.measure, study.study.seed),
        variance=(*variance(arms), *variance_of_asking(arms, asked_otherwise(study), survey)),
        position=positions(arms),
        asking=tuple(asking_costs(plan, store)),
        robustness=tuple(robust_rows(study, arms, scored.drawn)),
        reliability=reliabilities(arms, scored.tables, scored.drawn),
        no_answers=tuple(row for arm in arms.values() for row in arm.no_answers),
        abilities=abilities,
        neutral=neutral,
        costs=cost_rows(study, store, adapted, scored.differences),
        rerun=_rerun(study, store, command),
        stages=stage_costs(store, adapted),
        **session_facts(store),
        tuning=tuple(
            widened(TuningRow, trained, adapt=name)
            for name, adaptation in adapted.items()
            for trained in adaptation.tuning
        ),
    )
    meta = with_method_tables(meta, _method_tables(adapted, added))
    meta = _examined(meta, scored)
    meta = replace(meta, prompts=tuple(sent_prompts(plan.parts, list(scored.single))))
    return RunResults(tuple(scored.scores), meta, tuple(scored.differences))


def _score(plan: Plan, arms: Mapping[str, Measured], trained: Mapping[str, ArmTable]) -> Scored:
    """Return scores of every arm, and its differences from its control; those of trained items
    apart.
    """
    study, s = plan.study, plan.study.study
    drawn = Resampling(items=s.bootstrap_items, draws=s.draws, seed=s.seed)
    tables = {name: arm.table for name, arm in arms.items()}
    both = [*tables.values(), *trained.values()]
    models = {name: "+".join(arm.refs) for name, arm in arms.items()}
    more, known = study.metrics.more, known_items(plan)
    scores = arm_scores(both, plan.survey, None, drawn, more, known, models)
    scores += person_scores([arm.persons for arm in arms.values()], tuple(INDIVIDUAL), drawn)
    single = {arm.id: tables[arm.id] for arm in study.arm if not arm.part_of}
    pairs = {arm.id: arm.against for arm in study.arm if arm.against}
    against = {arm: control for arm, control in pairs.items() if arm in single}
    differences = [
        row
        for arm, control in pairs.items()
        for row in tested_differences(
            tables[arm], tables[control], None if arm in single else [s.primary], drawn
        )
    ]
    for arm, control in against.items():
        if arm in trained:
            differences += tested_differences(trained[arm], trained[control], [s.primary], drawn)
        differences += person_differences(arms[arm].persons, arms[control].persons, drawn)
    seeded = seed_tables(study, tables)
    scores += [row for table in seeded.values() for row in seed_scores(table.seeds, None, drawn)]
    tables |= seeded
    against = named_pairs(study)
    differences += mean_differences(tables, against, drawn)
    return Scored(study, tables, single, against, scores, differences, drawn)


def _described(study: Study, survey: Survey, store: Store, arms: Mapping[str, Measured]) -> RunMeta:
    """Return what was asked of whom, in names."""
    s, items = study.study, next(iter(arms.values())).table.items

    def named(codes: Sequence[str]) -> tuple[CultureNote, ...]:
        return tuple(CultureNote(code, survey.culture(code).label) for code in codes)

    refs = dict.fromkeys(ref for arm in arms.values() for ref in arm.refs)
    return RunMeta(
        study=s.name,
        title=s.title or s.name,
        about=s.about,
        profile=s.profile,
        primary=s.primary,
        arms=arm_notes(study),
        cultures=named(study.cultures.measure),
        adapted_to=named(study.cultures.adapt),
        survey=SurveyNote(
            survey.name, survey.title, len(items), survey.notice, survey.weights, _split(study)
        ),
        no_answer=survey.no_answer_means(study.cultures.measure, items),
        models=tuple(ModelNote(ref, **store.fact(f"identity {ref}")) for ref in refs),
        metrics=metric_notes(study.metrics.more),
    )


def _examined(meta: RunMeta, scored: Scored) -> RunMeta:
    """Return what tables, differences and shifts show between them."""
    study, tables, single, drawn = scored.study, scored.tables, scored.single, scored.drawn
    primary = study.study.primary
    pairs = {arm: control for arm, control in scored.against.items() if arm in single}
    pairs = {arm: control for arm, control in pairs.items() if control in single}
    by_part = breakdowns(single, pairs, primary, drawn)
    asked = [(arm.id, arm.model, arm.framing) for arm in study.arm]
    laid_out = (study.table, scored.scores, scored.differences)
    return replace(
        meta,
        items=_most_changed(scored),
        asked=asked_items(next(iter(tables.values())).items),
        shares=item_shares(single, scored.last),
        fidelity=tuple(filter(None, map(fidelity_row, single.values()))),
        tables=lay_out(*laid_out, list(scored.named), study.cultures.measure, primary),
        matrices=matrices(single),
        parts=by_part,
        directions=directions(single, pairs, drawn),
        transfers=transfers(study, tables, scored.scores, scored.differences, drawn),
        gains=gains(study, meta.shifts, scored.differences, by_part),
        relations=relations(single, drawn),
        agreement=text_agreements(asked, tables, study.study.seed),
    )


def _rerun(study: Study, store: Store, command: str) -> Rerun:
    environment = json.loads((store.folder / "environment.json").read_text())
    return Rerun(
        command,
        (store.folder / "study.toml").read_text(encoding="utf-8"),
        Environment(**environment),
        _seeds(study),
        what_may_differ(study),
    )


def _reach(scored: Scored) -> list[str]:
    """Return whether the last pair's tests can reach .05 at all."""
    if scored.last is None:
        return []
    arm, against = (scored.tables[name] for name in scored.last)
    if arm.seeds or against.seeds:
        return []  # a mean over seeds has no such test
    tests = paired_tests(arm, against, [scored.study.study.primary], seed=scored.drawn.seed)
    return [sentence for sentence in (out_of_reach(tests),) if sentence]


def _verdict(plan: Plan, scored: Scored, abilities: Sequence[AbilityRow]) -> Verdict | None:
    """Return the verdict on the last pair, beside the abilities of its models; None
    without a pair.
    """
    if scored.last is None:
        return None
    study, (arm, against) = scored.study, scored.last
    own = [section.id for section in study.arm if shown_name(section) == arm]
    refs = {part.ref for name in own for part in plan.parts[name]}
    rows = [row for row in abilities if row.model in refs]
    pair = verdict_pair(plan, arm, against)
    primary, drawn = study.study.primary, scored.drawn
    people = plan.survey.fictitious
    concluded = verdict(scored.tables, primary, pair, drawn, rows, people, scored.differences)
    if concluded is None:
        return None
    if pair.adapted:
        concluded = with_levels(concluded, plan, scored.tables, drawn)
    return with_group_line(concluded, plan.survey.groups, scored.scores)


def verdict_pair(plan: Plan, arm: str, against: str) -> Pair:
    """Return what the verdict on an arm is about: the cultures it was adapted to, and its controls.

    Controls are the arms that are marked as such, of the same method and base, asked in the same
    way, and taught targets of the same kind.
    """
    study, named = plan.study, named_arms(plan.study)
    true = named[arm]
    section = study.adaptation(true.model)
    alike = {
        name: other for name, other in named.items() if name != arm and _alike(study, other, true)
    }
    controls = tuple(
        (name, kind)
        for name, other in alike.items()
        if (kind := study.control(other)) and _target(study, other) == _target(study, true)
    )
    if section is None or against in dict(controls):
        return Pair(arm, against, study.cultures.measure)
    parts = parts_of(study, arm, against, list(alike))
    return Pair(arm, against, plan.learned(true), True, controls, parts)


def _target(study: Study, arm: ArmSection) -> Hashable:
    """Return the kind of targets that an arm is taught."""
    section = study.adaptation(arm.model)
    return section.target if section else None


def _alike(study: Study, control: ArmSection, arm: ArmSection) -> bool:
    """Return whether a control was made by the method of an arm and asked as the arm was."""
    made = [
        section and (section.method, section.base)
        for section in map(study.adaptation, (control.model, arm.model))
    ]
    asked = control.framing == arm.framing and study.settings(control) == study.settings(arm)
    return asked and made[0] == made[1]


def _split(study: Study) -> SplitNote | None:
    split = study.survey.split
    if split is None:
        return None
    assert isinstance(split.held_out, tuple), "a plan names what is held out"
    return SplitNote(split.by, split.held_out, split.measure)


def _method_tables(
    adapted: Mapping[str, Adapted], added: Sequence[Addition]
) -> dict[str, list[Row]]:
    """Return the tables of methods by their names in the results, each row with its adaptation's
    id.
    """
    tables: dict[str, list[Row]] = {}
    for name, adaptation in adapted.items():
        for key, rows in _tables(adaptation.taught).items():
            tables.setdefault(key, []).extend({"adapt": name, **row} for row in rows)
    for addition in added:
        for key, rows in addition.rows.items():
            tables.setdefault(key, []).extend(rows)
    return tables


def _tables(taught: Taught) -> Mapping[str, Sequence[Row]]:
    """Return every table of what an adaptation was taught."""
    yields, drops = map(row_of, taught.yields), map(row_of, taught.drops)
    return {"yields": list(yields), "drops": list(drops), **taught.tables}


def _additions(study: Study, folder: Path, adapted: Mapping[str, Adapted]) -> list[Addition]:
    """Return what each method adds to the results, of all adaptations by it."""
    by_method: dict[type[Adaptation], dict[str, Taught]] = {}
    for section in study.adapt:
        if section.id in adapted:
            own = by_method.setdefault(type(section), {})
            own[section.id] = adapted[section.id].taught
    return [method.examine(folder, taught) for method, taught in by_method.items()]


def _most_changed(scored: Scored) -> tuple[ItemMove, ...]:
    """Return the items that moved most in the last pair; none for a mean over seeds."""
    if scored.last is None:
        return ()
    arm, against = (scored.tables[name] for name in scored.last)
    return () if arm.seeds or against.seeds else most_changed(arm, against)


def _seeds(study: Study) -> tuple[int, ...]:
    """Return every seed that something was drawn with."""
    own = [study.study.seed, study.answers.seed]
    own += [seed for section in study.adapt for seed in section.seeds()]
    return tuple(dict.fromkeys(own))


def metric_notes(more: Sequence[str] = ()) -> dict[str, MetricNote]:
    """Return what each figure says, those of the groups `more` of `evaluation.canon` last."""
    ours = {
        name: MetricNote(figure.description, figure.higher_is_better, figure.ideal, figure.group)
        for name, figure in figures().items()
    }
    theirs = {
        name: MetricNote(measure.description, measure.higher_is_better, None, "canon")
        for name, measure in find_canon(more).items()
    }
    return ours | theirs
