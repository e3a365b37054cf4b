from dataclasses import replace

import numpy as np
import pytest

from acculturate.errors import SurveyError
from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.breakdown import breakdown
from acculturate.evaluation.comparison import compare
from acculturate.evaluation.reference_arms import reference_tables
from acculturate.evaluation.scores import score_table
from acculturate.evaluation.seeds import seed_differences, seed_scores
from acculturate.evaluation.significance import out_of_reach, paired_tests
from acculturate.metrics.specificity import deviation_slope, deviation_sums
from acculturate.statistics.bootstrap import Resampling
from acculturate.survey import load_survey

FEW = Resampling(draws=200, people_draws=50)
CULTURES = ("USA", "CHN", "DEU", "KEN")


@pytest.fixture(scope="module")
def arms() -> dict[str, ArmTable]:
    survey = load_survey()
    tables = reference_tables(
        survey, CULTURES, survey.select("all"), ["uniform", "culture-blind", "people"]
    )
    return {table.arm.removeprefix("reference:"): table for table in tables}


def jittered(table: ArmTable, seed: int, size: float = 0.1) -> ArmTable:
    rng = np.random.default_rng(seed)
    raw = table.share_CIK * np.exp(size * rng.normal(size=table.share_CIK.shape))
    return replace(table, share_CIK=raw / raw.sum(-1, keepdims=True))


def test_a_real_difference_is_found_and_none_is_not(arms: dict[str, ArmTable]) -> None:
    rows = paired_tests(arms["culture-blind"], arms["uniform"], ["alignment"], permutations=500)
    assert [row.culture for row in rows] == [*CULTURES, "mean"]
    assert rows[-1].p == pytest.approx(1 / 501)
    differences = compare(arms["culture-blind"], arms["uniform"], ["alignment"], FEW)
    assert [row.value for row in rows] == pytest.approx([row.value for row in differences])
    assert all((row.holm or 0) >= (row.p or 1) for row in rows[:-1])
    assert rows[-1].holm is None
    same = paired_tests(arms["uniform"], arms["uniform"], ["alignment", "skill"], permutations=50)
    assert {row.p for row in same} == {1.0}


def test_tests_that_can_never_pass_are_named(arms: dict[str, ArmTable]) -> None:
    """Six batteries: p of the mean can be 1/32, of one of four cultures 1/8 after Holm."""
    blind, even = arms["culture-blind"], arms["uniform"]
    batteries = [item.battery or item.id for item in blind.items]
    six = list(dict.fromkeys(batteries))[:6]
    at = np.array([i for i, name in enumerate(batteries) if name in six])
    few = [whole.part(np.arange(4), at) for whole in (blind, even)]
    tests = paired_tests(few[0], few[1], ["alignment"])
    assert tests[-1].least == 1 / 32
    assert tests[0].least == 4 / 32
    said = out_of_reach(tests) or ""
    assert said.startswith("In USA, CHN, DEU, KEN no test can reach .05: with 6 batteries, Holm's")
    assert "no p below 0.125" in said
    two = [whole.part(np.arange(4), at[:2]) for whole in (blind, even)]
    assert "no test can reach .05, whatever was answered" in (
        out_of_reach(paired_tests(two[0], two[1], ["alignment"])) or ""
    )
    assert out_of_reach(paired_tests(blind, even, ["alignment"])) is None


def test_the_slope_of_all_cultures_is_sum_over_sum(arms: dict[str, ArmTable]) -> None:
    """One people that hardly leans must not weigh as much as one that leans far."""
    table, even = arms["culture-blind"], arms["uniform"]
    rows = score_table(table, ["deviation_slope"], FEW)
    people = table.people
    sums = deviation_sums(table.share_CIK, people.share_CIK, people.size_I, people.ordinal_I)
    assert rows[-1].culture == "mean"
    assert rows[-1].value == pytest.approx(float(deviation_slope(sums)))
    assert rows[-1].value != pytest.approx(np.mean([row.value or 0 for row in rows[:-1]]))
    for result in (
        compare(table, even, ["deviation_slope"], FEW),
        paired_tests(table, even, ["deviation_slope"], permutations=50),
        seed_scores([table, table], ["deviation_slope"], FEW),
    ):
        assert result[-1].value == pytest.approx(rows[-1].value)


def test_p_values_are_uniform_where_nothing_differs(arms: dict[str, ArmTable]) -> None:
    p = []
    for seed in range(60):
        one, two = (jittered(arms["culture-blind"], 2 * seed + k) for k in (0, 1))
        p.append(paired_tests(one, two, ["alignment"], permutations=199)[-1].p or 0.0)
    assert 0.3 < np.mean(p) < 0.7
    assert np.mean(np.array(p) <= 0.1) < 0.25


def test_parts_are_the_same_scores_on_fewer_items_or_cultures(arms: dict[str, ArmTable]) -> None:
    table = arms["culture-blind"]
    parts = breakdown(table, "topic", ["alignment"], FEW)
    survey = load_survey()
    items = [item for item in table.items if item.topic == "Migration"]
    alone = reference_tables(survey, CULTURES, items, ["culture-blind"])[0]
    expected = [row.value for row in score_table(alone, ["alignment"], FEW)]
    result = [part.score.value for part in parts if part.name == "Migration"]
    assert result == pytest.approx(expected)
    assert len({part.name for part in parts}) == 13
    whole = score_table(table, ["alignment"], FEW)
    places = {part.name: part.score for part in breakdown(table, "continent", ["alignment"], FEW)}
    assert list(places) == ["North America", "Asia", "Europe", "Africa"]
    assert places["Asia"].value == pytest.approx(whole[1].value)
    assert {part.name for part in breakdown(table, "zone", ["alignment"], FEW)} == {
        "English-Speaking",
        "Confucian",
        "Protestant Europe",
        "African-Islamic",
    }


def test_seeds_add_their_spread(arms: dict[str, ArmTable]) -> None:
    base = arms["culture-blind"]
    seeds = [jittered(base, k, size) for k, size in enumerate((0.2, 0.8, 1.6))]
    rows = {row.culture: row for row in seed_scores(seeds, ["alignment"], FEW)}
    single = [score_table(table, ["alignment"], FEW)[-1] for table in seeds]
    mean = rows["mean"]
    assert mean.value == pytest.approx(np.mean([row.value for row in single]))
    widths = [row.high - row.low for row in single if row.high is not None and row.low is not None]
    assert mean.high is not None
    assert mean.low is not None
    assert mean.high - mean.low > max(widths)
    one = seed_scores(seeds[:1], ["alignment"], FEW)[-1]
    assert (one.low, one.high) == (None, None)
    gain = seed_differences(seeds, [arms["uniform"]] * 3, ["alignment"], FEW)[-1]
    apart = [compare(table, arms["uniform"], ["alignment"], FEW)[-1].value for table in seeds]
    assert gain.value == pytest.approx(np.mean([value for value in apart if value is not None]))
    with pytest.raises(SurveyError, match="3 seeds"):
        seed_differences(seeds, [base])
    with pytest.raises(SurveyError, match="no seeds"):
        seed_scores([])
