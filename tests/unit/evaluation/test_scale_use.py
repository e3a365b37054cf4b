"""What is known of a people beyond how it uses a scale."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.baselines import scale_histogram
from acculturate.evaluation.reference_arms import reference_tables
from acculturate.evaluation.scale_use import NAME, scale_use_scores
from acculturate.metrics import specificity as measure
from acculturate.records import Item
from acculturate.statistics.bootstrap import Resampling
from acculturate.study.results.scored_rows import arm_scores
from acculturate.survey import load_survey

CODES = ["CHN", "DEU", "NGA", "USA", "BRA"]
ITEMS = "Q2,Q4,Q28,Q30,Q65,Q70"
KNOWN = "Q1,Q3,Q5,Q6,Q27,Q29,Q31,Q64,Q66,Q68"
Floats = NDArray[np.float64]


def people() -> ArmTable:
    [table] = reference_tables(load_survey(), CODES, items(), ["people"])
    return replace(table, arm="arm")


def items() -> Sequence[Item]:
    return load_survey().select(ITEMS)


def habit() -> Floats:
    known = load_survey().select(KNOWN)
    return scale_histogram(load_survey(), CODES, items(), own=True, known=known)


def answered(share_CIK: Floats) -> ArmTable:
    return replace(people(), share_CIK=share_CIK)


def beyond(share_CIK: Floats) -> float | None:
    row = scale_use_scores(answered(share_CIK), habit(), Resampling(draws=50))[-1]
    assert (row.metric, row.culture) == (NAME, "mean")
    return row.value


def test_it_is_the_partial_correlation_given_the_habit() -> None:
    rng = np.random.default_rng(0)
    mixed = 0.3 * people().share_CIK + 0.3 * habit() + 0.4 * rng.dirichlet(np.ones(4), (5, 6))
    table = answered(mixed)
    sides = (mixed, habit(), table.people.share_CIK)
    scales = table.people.size_I, table.people.ordinal_I
    known_CI = np.ones(mixed.shape[:2], bool)
    m, h, p = (measure.deviations(measure.profile(one, *scales), known_CI).ravel() for one in sides)

    def r(a: Floats, b: Floats) -> float:
        return float(a @ b / np.sqrt((a @ a) * (b @ b)))

    expected = (r(m, p) - r(m, h) * r(h, p)) / np.sqrt((1 - r(m, h) ** 2) * (1 - r(h, p) ** 2))
    assert beyond(mixed) == pytest.approx(expected)


def test_the_people_know_all_the_habit_nothing_and_its_opposite_less_than_nothing() -> None:
    own = people().share_CIK
    assert beyond(own) == pytest.approx(1)
    assert beyond(habit()) is None
    assert beyond(0.9 * habit() + 0.1 * own) == pytest.approx(1)
    assert beyond(2 * habit() - own) == pytest.approx(-1)


def test_a_study_tells_it_where_items_were_held_out() -> None:
    survey, known = load_survey(), load_survey().select(KNOWN)
    arms = [people()]

    def names(told: Sequence[Item]) -> set[str]:
        rows = arm_scores(arms, survey, None, Resampling(draws=50), known=told)
        return {row.arm for row in rows if row.metric == NAME}

    assert names(known) == {"arm"}
    assert names(()) == set()
    assert names([*known, items()[0]]) == set()
    rows = arm_scores(arms, survey, ["alignment"], Resampling(draws=50), known=known)
    assert not any(row.metric == NAME for row in rows)


def test_one_culture_has_none() -> None:
    assert scale_use_scores(people().of(CODES[:1]), habit()[:1]) == []
