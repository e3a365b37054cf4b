"""Whether an arm knows a group, or only its country: planted, absent, and by chance."""

from dataclasses import replace

import numpy as np
import pytest

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.group_specificity import group_scores
from acculturate.evaluation.reference_arms import COUNTRY, reference_tables
from acculturate.evaluation.specificity_scores import deviation_scores
from acculturate.metrics.specificity import less_block_means
from acculturate.statistics.bootstrap import Resampling
from acculturate.statistics.permutation import orders_within
from acculturate.survey.crossing import crossed
from acculturate.survey.fictitious import fictitious_survey

DRAWN = Resampling(draws=200, seed=3)
ITEMS = [f"Q{n}" for n in (1, 7, 18, 27, 33, 46, 48, 57, 64, 106, 112, 122, 131, 142, 164, 171)]
CELLS = ("DEU-male", "DEU-female", "NGA-male", "NGA-female")


def table(name: str) -> ArmTable:
    people = fictitious_survey(1200, cultures=["DEU", "NGA"], items=ITEMS)
    survey = crossed(people, ["sex"], ["DEU", "NGA"])
    return reference_tables(survey, CELLS, survey.select("all"), [name])[0]


def pooled(arm: ArmTable) -> dict[str, float | None]:
    return {row.metric: row.value for row in group_scores(arm, DRAWN) if row.culture == "mean"}


def test_the_people_themselves_correlate_fully() -> None:
    rows = group_scores(table("people"), DRAWN)
    assert [row.culture for row in rows[:5]] == [*CELLS, "mean"]
    assert rows[4].value == pytest.approx(1.0)
    values = pooled(table("people"))
    assert values["group_correlation_p"] == pytest.approx(0.25, abs=0.05), "4 arrangements"


def test_knowing_the_country_is_no_knowledge_of_its_groups() -> None:
    country = table(COUNTRY)
    assert pooled(country) == {"group_correlation": None}
    rows = deviation_scores(country, DRAWN)
    own = {row.metric: row.value for row in rows if row.culture == "mean"}["deviation_correlation"]
    assert own is not None
    assert own > 0.8, "which the deviation correlation does not show"


def test_a_lean_that_is_planted_within_countries_is_found() -> None:
    people = table("people")
    share_CIK = people.people.share_CIK
    country_CIK = share_CIK.reshape(2, 2, *share_CIK.shape[1:]).mean(1).repeat(2, axis=0)
    half = replace(people, share_CIK=country_CIK + 0.5 * (share_CIK - country_CIK))
    assert pooled(half)["group_correlation"] == pytest.approx(1.0)
    against = replace(people, share_CIK=country_CIK - 0.5 * (share_CIK - country_CIK))
    assert pooled(against)["group_correlation"] == pytest.approx(-1.0)


def test_cultures_without_groups_have_none() -> None:
    people = table("people")
    whole = replace(people.people, wholes=people.people.cultures)
    assert group_scores(replace(people, people=whole), DRAWN) == []
    assert group_scores(people.of(["DEU-male", "NGA-male"]), DRAWN) == [], "one group of each"


def test_block_means_are_those_of_the_common_support() -> None:
    model = np.array([[[0.2, 0.8]], [[0.6, 0.4]], [[np.nan, np.nan]], [[0.5, 0.5]]])
    people = np.array([[[0.1, 0.9]], [[0.3, 0.7]], [[0.8, 0.2]], [[0.4, 0.6]]])
    left, own = less_block_means(model, people, ["a", "a", "a", "b"])
    assert left[:, 0, 0] == pytest.approx([-0.2, 0.2, np.nan, 0.0], nan_ok=True)
    assert own[:, 0, 0] == pytest.approx([-0.1, 0.1, np.nan, 0.0], nan_ok=True)


def test_orders_stay_within_blocks() -> None:
    order_BN = orders_within(["a", "b", "a", "b", "c"], 200, seed=1)
    assert set(order_BN[:, 0]) == {0, 2}
    assert set(order_BN[:, 3]) == {1, 3}
    assert set(order_BN[:, 4]) == {4}
    assert (np.sort(order_BN, axis=1) == np.arange(5)).all()
