"""Scoring: the rows of arms, of answerers that need no model, and of single persons.

One table of rows serves `score`, `measure` and studies, so that a figure means the same wherever it
is printed. Baselines that were told something (the wording of other items, their histograms) hold
items out by topic, and by battery where there is but one topic: held out by chance, an item would
meet its neighbours in a grid.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.baselines import Split, baseline_tables
from acculturate.evaluation.catalogue import Asked, find_figures
from acculturate.evaluation.comparison import compare
from acculturate.evaluation.reference_arms import reference_tables
from acculturate.evaluation.scores import score_table
from acculturate.evaluation.significance import paired_tests
from acculturate.evaluation.specificity import specificity_scores
from acculturate.records import Score
from acculturate.statistics.bootstrap import Resampling
from acculturate.study.results.verdict import difference_row
from acculturate.survey import Survey

SCHEMA = 1


def arm_scores(
    tables: Sequence[ArmTable],
    survey: Survey,
    metrics: Sequence[str] | None,
    resampling: Resampling,
) -> list[Score]:
    """Rows of every arm, and of the reference answerers on the same cultures and items.

    `metrics` are names of `evaluation.catalogue`, all without; those of single persons are made
    elsewhere (`persons`). Raises `SurveyError` for an unknown name.
    """
    asked = find_figures(metrics)
    rows = [row for table in tables for row in table_scores(table, asked, resampling)]
    if not tables:
        return rows
    cultures = list(dict.fromkeys(culture for table in tables for culture in table.cultures))
    items = tables[0].items
    for table in reference_tables(survey, cultures, items):
        rows += score_table(table, asked.metrics, resampling)
    # items of one topic alone can only be held out by the grids they are asked in
    by: Split = "topic" if len({item.topic for item in items}) > 1 else "battery"
    for table in baseline_tables(survey, cultures, items, by, resampling.seed):
        told = table_scores(table, asked, resampling)
        rows += [row for row in told if row.value is not None]
    return rows


def table_scores(table: ArmTable, asked: Asked, resampling: Resampling) -> list[Score]:
    """Rows of one arm: what was asked for, as far as it applies."""
    rows = score_table(table, asked.metrics, resampling) if asked.metrics else []
    if asked.specificity:
        found = specificity_scores(table, resampling)
        rows += [row for row in found if row.metric in asked.specificity]
    return rows


def tested_differences(
    arm: ArmTable, control: ArmTable, metrics: Sequence[str] | None, resampling: Resampling
) -> list[dict[str, Any]]:
    """Paired differences as rows: `against` was subtracted, `p` is of a permutation test.

    `holm` is `p` after Holm's correction over the cultures; the mean over cultures has none.
    Raises `SurveyError` for arms that cannot be compared and for an unknown metric.
    """
    tests = {
        (test.metric, test.culture): test
        for test in paired_tests(arm, control, metrics, seed=resampling.seed)
    }
    return [
        {**difference_row(each), "p": test.p, "holm": test.holm}
        for each in compare(arm, control, metrics, resampling)
        if (test := tests[each.metric, each.culture])
    ]


def score_rows(scores: Sequence[Score]) -> list[dict[str, Any]]:
    """Scores as rows of a table."""
    return [asdict(score) for score in scores]


def as_json(scores: Sequence[Score], meta: Mapping[str, Any]) -> dict[str, Any]:
    """What `--json` prints."""
    return {"schema": SCHEMA, "rows": score_rows(scores), "meta": dict(meta)}
