from dataclasses import replace

import pytest

from acculturate.errors import SurveyError
from acculturate.evaluation.arm_table import ArmTable, build_table
from acculturate.evaluation.comparison import compare, item_changes
from acculturate.evaluation.scores import score_table
from acculturate.records import Answer
from acculturate.statistics.bootstrap import Resampling
from acculturate.survey import Survey

FEW = Resampling(draws=300, people_draws=100)


def table(survey: Survey, arm: str, codes: dict[str, int | None]) -> ArmTable:
    answers = [
        Answer(item, "point", culture=culture, code=code)
        for culture in ("XAA", "YYY")
        for item, code in codes.items()
    ]
    return build_table(answers, survey, arm=arm, items=survey.select("all"))


def five(codes: dict[str, int | None]) -> dict[str, int | None]:
    return {f"{key}{copy}": code for copy in "abcde" for key, code in codes.items()}


def test_one_battery_that_carries_a_difference_is_seen(large: Survey) -> None:
    """The range that is left where each battery in turn is left out."""
    codes = five({"T1": 3, "T2": 1, "T3": 3, "T4": 0})
    arm = table(large, "arm", codes | {"T3a": 1})
    row = compare(arm, table(large, "control", codes), ["alignment"], FEW)[0]
    # T3 in XAA: distance .75 from its code 1, .45 from its code 3; the 19 others do not differ
    assert row.value == pytest.approx(-0.3 / 20)
    assert row.least == pytest.approx(-0.3 / 18)
    assert row.most == pytest.approx(0)


def test_difference_stands_on_what_both_answered(survey: Survey) -> None:
    arm = table(survey, "arm", {"T1": 3, "T2": 1, "T3": None, "T4": 0})
    control = table(survey, "control", {"T1": 1, "T2": 1, "T3": 3})
    rows = {(row.metric, row.culture): row for row in compare(arm, control, None, FEW)}
    row = rows["alignment", "XAA"]
    # T1: distances .2 and .9 / 3 + .7 / 3 + .2 / 3 = .6; T2: no difference
    assert row.value == pytest.approx(0.4 / 2)
    assert (row.n, row.arm, row.against) == (2, "arm", "control")
    assert rows["alignment", "mean"].value == pytest.approx(
        sum(rows["alignment", culture].value or 0 for culture in ("XAA", "YYY")) / 2
    )
    assert rows["alignment_as_published", "XAA"].n == 2


def test_an_arm_does_not_differ_from_itself(survey: Survey) -> None:
    arm = table(survey, "arm", {"T1": 3, "T2": 1, "T3": 2, "T4": 0})
    for resampling in (FEW, replace(FEW, people=True), replace(FEW, items="fixed")):
        rows = compare(arm, replace(arm, arm="again"), None, resampling)
        assert rows
        assert {row.value for row in rows} == {0.0}
        # what cannot vary has no interval: +.0000 to +.0000 would seem to prove something
        assert {row.low for row in rows} | {row.high for row in rows} == {None}


def test_the_difference_is_surer_than_two_scores_apart(large: Survey) -> None:
    """Items hard for both arms cancel: here every item differs by about as much."""
    arm = table(large, "arm", five({"T1": 3, "T2": 1, "T3": 3, "T4": 0}))
    control = table(large, "control", five({"T1": 3, "T2": 1, "T3": 1, "T4": 0}))
    paired = compare(arm, control, ["alignment"], FEW)[0]
    alone = [score_table(table, ["alignment"], FEW)[0] for table in (arm, control)]
    assert paired.low is not None
    assert paired.high is not None
    widths = [row.high - row.low for row in alone if row.high is not None and row.low is not None]
    assert len(widths) == 2
    assert paired.high - paired.low < sum(widths)
    assert paired.low <= (paired.value or 0) <= paired.high


def test_items_with_the_largest_change_come_first(survey: Survey) -> None:
    arm = table(survey, "arm", {"T1": 4, "T2": 1, "T3": 1})
    control = table(survey, "control", {"T1": 3, "T2": 1, "T3": 2, "T4": 0})
    changes = item_changes(arm, control)
    assert [(change.item, change.moved) for change in changes[:2]] == [("T3", 1.0), ("T3", 1.0)]
    first = changes[0]
    # XAA on T3: people .2 .7 .1 in scale order; from the last option (.55) to the first (.45)
    assert first.culture == "XAA"
    assert first.nearer == pytest.approx(0.1)
    assert {change.item for change in changes} == {"T1", "T2", "T3"}


def test_arms_on_different_ground_are_not_compared(survey: Survey) -> None:
    arm = table(survey, "arm", {"T1": 1})
    fewer = build_table([Answer("T1", "point", culture="XAA", code=1)], survey, arm="fewer")
    with pytest.raises(SurveyError, match="different cultures or items"):
        compare(arm, fewer)
    with pytest.raises(SurveyError, match="two kinds of answer"):
        compare(arm, replace(arm, arm="other", kind="expected"))
