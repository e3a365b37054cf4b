"""Scoring: the rows of arms, of answerers that need no model, and of single persons.

One table of rows serves `score`, `measure` and studies, so that a figure means the same wherever it
is printed. Baselines that were told something (the wording of other items, their histograms) hold
items out by topic, and by battery where there is but one topic: held out by chance, an item would
meet its neighbours in a grid.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.baselines import Split, baseline_tables, scale_histogram
from acculturate.evaluation.canon import canon_scores, steered_scores
from acculturate.evaluation.catalogue import FIDELITY, SPECIFICITY, Asked, find_figures
from acculturate.evaluation.company import Company, companies, reference_scores, scored_cells
from acculturate.evaluation.comparison import compare
from acculturate.evaluation.group_specificity import group_scores
from acculturate.evaluation.population_fidelity import fidelity_differences, fidelity_scores
from acculturate.evaluation.reference_arms import COUNTRY, REFERENCES, RESAMPLED, reference_tables
from acculturate.evaluation.scale_use import NAME as BEYOND_SCALE_USE
from acculturate.evaluation.scale_use import scale_use_scores
from acculturate.evaluation.scores import score_table
from acculturate.evaluation.significance import paired_tests
from acculturate.evaluation.specificity_scores import specificity_scores
from acculturate.records import Item, Score
from acculturate.records.results.differences import CorrectedDifference
from acculturate.records.results.plain import widened
from acculturate.statistics.bootstrap import Resampling
from acculturate.survey import Survey

CANON_LEVELS = ("uniform", "mode", RESAMPLED)
KNOW_NO_PEOPLE = tuple(name for name in REFERENCES if name != RESAMPLED)
MAKERS = (
    (SPECIFICITY.keys(), specificity_scores),
    (SPECIFICITY.keys(), group_scores),
    (FIDELITY.keys(), fidelity_scores),
)
"""Figures of all cultures of an arm together, and who makes them."""


def arm_scores(
    tables: Sequence[ArmTable],
    survey: Survey,
    metrics: Sequence[str] | None,
    resampling: Resampling,
    more: Sequence[str] = (),
    known: Sequence[Item] = (),
    models: Mapping[str, str] = MappingProxyType({}),
) -> list[Score]:
    """Return rows of arms that were asked the same, then of the reference answerers beside them.

    `metrics` are names of `evaluation.catalogue`, all without; those of single persons are made
    elsewhere (`persons`). `more` are groups of `evaluation.canon`. `known` are the items that the
    study has trained on: where arms were asked none of them, baselines are told just those.
    `models` names the model of each arm, where that is known: those of one may be one steered in
    several ways. Raises `SurveyError` for an unknown name, `ConfigError` for an unknown group.
    """
    asked = find_figures(metrics)
    rows: list[Score] = []
    for company in companies(tables):
        rows += [row for table in company.arms for row in table_scores(table, asked, resampling)]
        told = () if {*known} & {*company.arms[0].items} else known
        rows += _references(company, survey, asked, resampling, told)
        if BEYOND_SCALE_USE in asked.together and told:
            rows += _beyond_scale_use(company, survey, resampling, told)
        rows += _canon(company, survey, more, resampling)
        rows += _steered(company, more, resampling, models)
    return rows


def _steered(
    company: Company, groups: Sequence[str], resampling: Resampling, models: Mapping[str, str]
) -> Iterator[Score]:
    """Yield rows of the field's measures that take several arms of one model."""
    families: dict[str, list[ArmTable]] = {}
    for table in company.arms:
        if table.arm in models:
            families.setdefault(models[table.arm], []).append(table)
    for tables in families.values():
        yield from steered_scores(tables, groups, resampling)


def _canon(
    company: Company, survey: Survey, groups: Sequence[str], resampling: Resampling
) -> Iterator[Score]:
    """Yield rows of the field's measures, of arms and of the levels that they are read against."""
    if not groups:
        return
    cultures, items = company.arms[0].cultures, company.arms[0].items
    read_CI = scored_cells(company.arms, "alignment")
    levels = [
        replace(table, arm=company.named(table.arm)).only(read_CI)
        for table in reference_tables(survey, cultures, items, CANON_LEVELS)
    ]
    for table in (*company.arms, *levels):
        # what people have among themselves stands once, beside the people drawn anew
        of_people = table is levels[-1]
        yield from canon_scores(table, groups, resampling, people_alone=of_people)


def _references(
    company: Company,
    survey: Survey,
    asked: Asked,
    resampling: Resampling,
    told_items: Sequence[Item],
) -> Iterator[Score]:
    """Yield rows of every reference answerer beside arms that were asked the same."""
    cultures, items = company.arms[0].cultures, company.arms[0].items
    for table in reference_tables(survey, cultures, items, KNOW_NO_PEOPLE):
        named = replace(table, arm=company.named(table.arm))
        yield from reference_scores(named, company.arms, asked.metrics, resampling)
    read_CI = scored_cells(company.arms, "alignment")
    # items of one topic alone can only be held out by the grids they are asked in
    by: Split = "topic" if len({item.topic for item in items}) > 1 else "battery"
    told_names = [RESAMPLED, COUNTRY] if company.arms[0].people.parted else [RESAMPLED]
    told_people = [
        *baseline_tables(survey, cultures, items, by, resampling.seed, told_items),
        *reference_tables(survey, cultures, items, told_names),
    ]
    for table in told_people:
        named = replace(table, arm=company.named(table.arm))
        told = reference_scores(named, company.arms, asked.metrics, resampling)
        told += table_scores(named.only(read_CI), asked._replace(metrics=()), resampling)
        yield from (row for row in told if row.value is not None)


def _beyond_scale_use(
    company: Company, survey: Survey, resampling: Resampling, told: Sequence[Item]
) -> Iterator[Score]:
    """Yield what arms know beyond how each people uses a scale, which `told` items say."""
    cultures, items = company.arms[0].cultures, company.arms[0].items
    habit_CIK = scale_histogram(survey, cultures, items, own=True, known=told)
    for table in company.arms:
        yield from scale_use_scores(table, habit_CIK, resampling)


def table_scores(table: ArmTable, asked: Asked, resampling: Resampling) -> list[Score]:
    """Return rows of one arm: what was asked for, as far as it applies."""
    rows = score_table(table, asked.metrics, resampling) if asked.metrics else []
    for names, scores_of in MAKERS:
        if names & set(asked.together):
            made = scores_of(table, resampling)
            rows += [row for row in made if row.metric in asked.together]
    return rows


def tested_differences(
    arm: ArmTable, control: ArmTable, metrics: Sequence[str] | None, resampling: Resampling
) -> list[CorrectedDifference]:
    """Return paired differences: `against` was subtracted, `p` is of a permutation test.

    `holm` is `p` after Holm's correction over the cultures; the mean over cultures has none.
    Raises `SurveyError` for arms that cannot be compared and for an unknown metric.
    """
    tests = {
        (test.metric, test.culture): test
        for test in paired_tests(arm, control, metrics, seed=resampling.seed)
    }
    rows = [
        widened(CorrectedDifference, difference, p=test.p, holm=test.holm)
        for difference in compare(arm, control, metrics, resampling)
        if (test := tests[difference.metric, difference.culture])
    ]
    if metrics is None:
        together = fidelity_differences(arm, control, resampling)
        rows += [widened(CorrectedDifference, difference) for difference in together]
    return rows
