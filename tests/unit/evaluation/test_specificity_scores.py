from dataclasses import replace

import numpy as np
import pytest

from acculturate.errors import SurveyError
from acculturate.evaluation.arm_table import ArmTable, build_table
from acculturate.evaluation.reference_arms import ALL_REFERENCES, reference_tables
from acculturate.evaluation.specificity_scores import (
    adapters_agreement,
    agreement,
    matrix_scores,
    specificity_scores,
)
from acculturate.metrics.divergence import item_distance
from acculturate.records import Answer, Score
from acculturate.statistics.bootstrap import Resampling
from acculturate.survey import Survey, load_survey

FEW = Resampling(draws=200, people_draws=40)
CULTURES = ("USA", "CHN", "DEU", "IND", "KEN")


@pytest.fixture(scope="module")
def arms() -> dict[str, ArmTable]:
    survey = load_survey()
    tables = reference_tables(survey, CULTURES, survey.select("all"), ALL_REFERENCES)
    return {table.arm.removeprefix("reference:"): table for table in tables}


def pooled(rows: list[Score]) -> dict[str, Score]:
    return {row.metric: row for row in rows if row.culture == "mean"}


def test_the_people_are_specific_and_one_answer_set_is_not(arms: dict[str, ArmTable]) -> None:
    people = pooled(specificity_scores(arms["people"], FEW))
    uniform = pooled(specificity_scores(arms["uniform"], FEW))
    assert people["deviation_correlation"].value == pytest.approx(1)
    assert people["pair_share"].value == 1
    p = people["deviation_correlation_p"].value
    assert p is not None
    # one of 120 orders of five cultures is the true one
    assert p < 0.02
    assert uniform["deviation_correlation"].value is None
    assert uniform["pair_share"].value == 0.5
    assert uniform["double_centred_diagonal"].value == pytest.approx(0, abs=1e-12)


def test_intervals_hold_the_value_however_they_are_drawn(arms: dict[str, ArmTable]) -> None:
    for resampling in (FEW, replace(FEW, people=True), replace(FEW, items="fixed")):
        rows = pooled(specificity_scores(arms["mode"], resampling))
        for name in ("deviation_correlation", "double_centred_diagonal"):
            row = rows[name]
            assert row.low is not None
            assert row.high is not None
            assert row.value is not None
            assert row.low < row.value < row.high
    one = specificity_scores(arms["mode"], FEW)
    assert one == specificity_scores(arms["mode"], FEW)


def test_matrix_like_a_loop_with_gaps_left_out(arms: dict[str, ArmTable]) -> None:
    table = arms["mode"]
    result = agreement(table)
    people = table.people
    for a in range(len(CULTURES)):
        for b in range(len(CULTURES)):
            d = item_distance(
                table.share_CIK[a], people.share_CIK[b], people.size_I, people.ordinal_I
            )
            assert result.value_CC[a, b] == pytest.approx(1 - np.nanmean(d))
    assert result.cultures == CULTURES


def test_adapters_are_rows(arms: dict[str, ArmTable]) -> None:
    blind = arms["uniform"]
    tables = {culture: replace(arms["people"], arm=culture) for culture in CULTURES}
    assert adapters_agreement(tables).value_CC == pytest.approx(np.ones((5, 5)))
    own = {
        culture: replace(
            blind,
            share_CIK=np.broadcast_to(
                arms["people"].share_CIK[c], (5, 259, 11)[:1] + blind.share_CIK.shape[1:]
            ),
        )
        for c, culture in enumerate(CULTURES)
    }
    assert adapters_agreement(own).value_CC == pytest.approx(agreement(arms["people"]).value_CC)
    rows = pooled(matrix_scores(blind, FEW, adapters=own))
    assert rows["pair_share"].value == 1
    with pytest.raises(SurveyError, match="has no answers for XAA"):
        adapters_agreement({**tables, "XAA": blind})


def test_one_culture_has_no_specificity(survey: Survey) -> None:
    table = build_table([Answer("T1", "point", culture="XAA", code=1)], survey, arm="arm")
    assert specificity_scores(table, FEW) == []
    assert matrix_scores(table, FEW) == []


def test_published_run_of_eight_cultures() -> None:
    """What the published aware answers reach for eight of their eighteen cultures."""
    import json
    from pathlib import Path

    golden = json.loads((Path(__file__).parents[2] / "golden" / "culturespa.json").read_text())
    survey = load_survey()
    answers = [
        Answer(item, "point", culture=block["culture"], code=code)
        for block in golden["answers"]
        if block["framing"] == "aware"
        for item, code in zip(golden["items"], block["codes"], strict=True)
        if code in survey.items[item].codes
    ]
    rows = pooled(specificity_scores(build_table(answers, survey, arm="aware"), FEW))
    assert rows["deviation_correlation"].value == pytest.approx(0.0765, abs=5e-4)
    assert rows["pair_share"].value == pytest.approx(27 / 28)
    assert rows["distinctness_as_published"].value == pytest.approx(0.9538, abs=5e-4)
