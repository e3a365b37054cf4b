from dataclasses import replace

import numpy as np
import pytest

from acculturate.errors import SurveyError
from acculturate.evaluation.arm_table import build_table
from acculturate.evaluation.measures import METRICS, find_metrics
from acculturate.evaluation.reference_arms import reference_tables
from acculturate.evaluation.scores import score_table
from acculturate.records import Answer, Score
from acculturate.statistics.bootstrap import Resampling
from acculturate.survey import Survey

FEW = Resampling(draws=200, people_draws=100)
POINTS = [
    Answer("T1", "point", "aware", "XAA", code=3, text="3"),
    Answer("T2", "point", "aware", "XAA", code=2, text="2"),
    Answer("T3", "point", "aware", "XAA", text="I would rather not say."),
    Answer("T4", "point", "aware", "XAA", code=0, text="0"),
    Answer("T1", "point", "aware", "ZZZ", code=4, text="4"),
    Answer("T4", "point", "aware", "ZZZ", text="no"),
]


def at_large(copies: str = "abcde", culture: str = "XAA") -> list[Answer]:
    """One answer to each item of the large survey: 3 batteries a copy."""
    codes = {"T1": 3, "T2": 2, "T3": 2, "T4": 0}
    return [
        Answer(f"{key}{copy}", "point", "aware", culture, code=code)
        for copy in copies
        for key, code in codes.items()
    ]


def scored(rows: list[Score]) -> dict[tuple[str | None, str], Score]:
    return {(row.culture, row.metric): row for row in rows}


def test_rows_by_hand(survey: Survey) -> None:
    rows = scored(score_table(build_table(POINTS, survey, arm="arm", model="m"), None, FEW))
    # T1: people .1 .2 .5 .2 against option 3: (.1 + .3 + .2) / 3; T2: .6; T4: .5
    distance = (0.2 + 0.6 + 0.5) / 3
    row = rows["XAA", "alignment"]
    assert row.value == pytest.approx(1 - distance)
    assert (row.arm, row.model, row.framing, row.language) == ("arm", "m", "aware", "en")
    assert (row.n, row.refused, row.survey) == (3, 1, "toy")
    assert rows["XAA", "wasserstein"].n == 1
    assert rows["XAA", "total_variation"].value == pytest.approx((0.5 + 0.6 + 0.5) / 3)
    assert rows["XAA", "hard_accuracy"].value == pytest.approx((1 + 0 + 0.5) / 3)
    uniform = (abs(1 / 3 - 0.2) + abs(2 / 3 - 0.9)) / 2
    assert rows["XAA", "alignment_refused_as_uniform"].value == pytest.approx(
        1 - (3 * distance + uniform) / 4
    )


def test_refusals_count_items_without_people_and_the_mean_is_plain(survey: Survey) -> None:
    rows = scored(score_table(build_table(POINTS, survey, arm="arm"), None, FEW))
    one, two, mean = (rows[culture, "alignment"] for culture in ("XAA", "ZZZ", "mean"))
    assert (two.n, two.refused) == (1, 1)  # T4 was not asked in ZZZ
    assert one.value is not None
    assert two.value is not None
    assert mean.value == pytest.approx((one.value + two.value) / 2)
    assert (mean.n, mean.refused) == (3, 2)


def test_published_scores_read_texts_their_own_way(survey: Survey) -> None:
    answers = [*POINTS[:3], replace(POINTS[3], code=None, text="I say 0.5")]
    rows = scored(score_table(build_table(answers, survey, arm="arm"), None, FEW))
    published = rows["XAA", "alignment_as_published"]
    # T1 3 of 4, gold 3; T2 2, gold 1; T4 0, gold 1 by the published order of a tie
    assert published.value == pytest.approx(1 - np.sqrt(2) / np.sqrt(9 + 1 + 4))
    assert (published.n, published.refused) == (3, 1)
    assert rows["XAA", "alignment"].refused == 2


def test_several_samples_have_no_published_score_and_only_choices_have_a_mass(
    survey: Survey,
) -> None:
    twice = [replace(point, kind="sampled", sample=n) for point in POINTS for n in (0, 1)]
    names = {row.metric for row in score_table(build_table(twice, survey, arm="arm"), None, FEW)}
    assert names == {name for name, m in METRICS.items() if m.reading == "ours"} - {"option_mass"}
    assert score_table(build_table(twice, survey, arm="arm"), ["alignment_as_published"]) == []
    expected = [Answer("T2", "expected", probabilities=(0.5, 0.5), mass=0.9)]
    rows = scored(score_table(build_table(expected, survey, arm="arm"), None, FEW))
    assert rows["mean", "option_mass"].value == pytest.approx(0.9)


def test_intervals_hold_the_value_and_come_back_with_the_seed(large: Survey) -> None:
    table = build_table(at_large(), large, arm="arm")
    for resampling in (FEW, replace(FEW, people=True), replace(FEW, items="fixed")):
        first = score_table(table, ["alignment", "skill"], resampling)
        assert first == score_table(table, ["alignment", "skill"], resampling)
        row = scored(first)["XAA", "alignment"]
        assert row.low is not None
        assert row.high is not None
        assert row.value is not None
        assert row.low < row.value < row.high


def test_fixed_items_leave_only_the_respondents_to_chance(large: Survey) -> None:
    """With a million respondents behind each figure nothing is left to draw."""
    counts = {
        culture: {item: tuple(1e5 * n for n in counts) for item, counts in table.items()}
        for culture, table in large.counts.items()
    }
    table = build_table(at_large(), replace(large, counts=counts), arm="arm")
    widths = []
    for resampling in (replace(FEW, people=True), replace(FEW, items="fixed")):
        row = scored(score_table(table, ["alignment"], resampling))["XAA", "alignment"]
        assert row.low is not None
        assert row.high is not None
        widths.append(row.high - row.low)
    assert widths[0] > 0.02
    assert 0 < widths[1] < 0.002


def test_no_interval_where_nothing_can_be_drawn(survey: Survey, large: Survey) -> None:
    """Few batteries say little of others; a fixed item says nothing of its mode."""
    table = build_table(POINTS, survey, arm="arm")
    assert {row.low for row in score_table(table, None, FEW)} == {None}
    # 12 batteries in one culture and 9 in another: the mean is no surer than the latter
    table = build_table([*at_large("abcd"), *at_large("abc", "YYY")], large, arm="arm")
    rows = scored(score_table(table, ["alignment"], FEW))
    assert rows["XAA", "alignment"].low is not None
    assert rows["YYY", "alignment"].low is None
    assert rows["mean", "alignment"].low is None
    table = build_table(POINTS[:2], survey, arm="arm")
    fixed = score_table(table, ["alignment_as_published"], replace(FEW, items="fixed"))
    assert all((row.low, row.high) == (None, None) for row in fixed)


def test_a_culture_without_scored_items_has_no_value(survey: Survey) -> None:
    rows = scored(score_table(build_table(POINTS[-1:], survey, arm="arm"), None, FEW))
    row = rows["ZZZ", "alignment"]
    assert (row.value, row.low, row.n, row.refused) == (None, None, 0, 1)
    assert rows["mean", "alignment"].value is None


def test_references_bracket_what_answers_can_reach(survey: Survey) -> None:
    tables = reference_tables(survey, survey.cultures, survey.select("all"))
    rows = {
        (row.arm, row.metric): row
        for table in tables
        for row in score_table(table, None, FEW)
        if row.culture == "mean"
    }
    assert rows["reference:mode", "alignment_as_published"].value == 1
    assert rows["reference:mode", "soft_accuracy_as_published"].value == 1
    assert rows["reference:culture-blind", "skill"].value == pytest.approx(0)
    assert ("reference:uniform", "alignment_as_published") not in rows
    assert {row.refused for row in rows.values()} == {None}
    assert {row.model for row in rows.values()} == {None}
    values = {arm: row.value for (arm, metric), row in rows.items() if metric == "soft_accuracy"}
    assert max(values, key=lambda arm: values[arm] or 0) == "reference:mode"


def test_an_unknown_metric_names_the_nearest() -> None:
    with pytest.raises(SurveyError, match=r"no metric 'aligment'\. Did you mean 'alignment'"):
        find_metrics(["aligment"])
    assert list(find_metrics(["skill", "alignment", "skill"])) == ["skill", "alignment"]
