import time
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from acculturate.errors import SurveyError
from acculturate.evaluation.individual_scores import individual_scores
from acculturate.evaluation.personas import individual_tables
from acculturate.records import Answer, Score
from acculturate.statistics.bootstrap import Resampling
from acculturate.survey import Survey, load_survey

FEW = Resampling(draws=100, people_draws=100)
GIVEN = {
    "p": {"T1": 1, "T2": 1, "T3": -2},
    "q": {"T1": 4, "T2": 2, "T3": 3},
    "r": {"T1": 3, "T2": 1},
}


def persona(respondent: str, item: str, code: int | None, culture: str = "XAA") -> Answer:
    return Answer(item, "point", culture=culture, code=code, respondent=respondent)


ANSWERS = [
    persona("p", "T1", 2),
    persona("p", "T2", 1),
    persona("p", "T3", 1),
    persona("q", "T1", 4),
    persona("q", "T2", None),
    persona("r", "T1", 4),
    persona("r", "T2", 2),
]


def scored(rows: list[Score]) -> dict[tuple[str, str], Score]:
    return {(row.arm, row.metric): row for row in rows if row.culture == "XAA"}


def test_by_hand(survey: Survey) -> None:
    tables = individual_tables(ANSWERS, GIVEN, survey, arm="arm", model="m")
    rows = scored(individual_scores(tables, FEW))
    hard = rows["arm", "individual_hard_accuracy"]
    # T1 2 for 1, 4 for 4, 4 for 3; T2 1 for 1, 2 for 1; T3 of p is missing, T2 of q refused
    assert hard.value == pytest.approx(2 / 5)
    assert (hard.n, hard.refused, hard.model) == (5, 1, "m")
    soft = rows["arm", "individual_soft_accuracy"]
    assert soft.value == pytest.approx((2 / 3 + 1 + 2 / 3 + 1 + 0) / 5)
    mode = rows["reference:individual-mode", "individual_hard_accuracy"]
    # the country's modes, T1 3 and T2 1, on the same five cells
    assert mode.value == pytest.approx((0 + 0 + 1 + 1 + 1) / 5)
    assert (mode.n, mode.refused, mode.model) == (5, None, None)
    draws = rows["reference:individual-marginal", "individual_hard_accuracy"]
    assert draws.value == pytest.approx((0.1 + 0.2 + 0.5 + 0.6 + 0.6) / 5)
    skill = rows["reference:individual-marginal", "ranked_probability_skill"]
    assert skill.value == pytest.approx(0)
    assert rows["reference:individual-mode", "within_culture_correlation"].value is None


def people(n: int) -> tuple[dict[str, dict[str, int]], dict[str, Mapping[str, str]]]:
    """Persons whose leaning shows in all their answers, and in what is known of them."""
    survey, rng = load_survey(), np.random.default_rng(1)
    given: dict[str, dict[str, int]] = {}
    known: dict[str, Mapping[str, str]] = {}
    for k in range(n):
        lean = rng.normal()
        given[f"p{k}"] = {
            item.id: item.codes[
                int(
                    np.clip(
                        np.rint((0.5 + 0.2 * (lean + rng.normal())) * len(item.codes)),
                        0,
                        len(item.codes) - 1,
                    )
                )
            ]
            for item in survey.select(["Q1", "Q2", "Q46", "Q164"])
        }
        known[f"p{k}"] = {"wing": "high" if lean > 0 else "low"}
    return given, known


def test_personas_that_know_the_person_beat_those_that_know_another() -> None:
    given, known = people(150)
    answers = [
        Answer(item, "point", culture="NLD", code=code, respondent=person)
        for person, row in given.items()
        for item, code in row.items()
    ]
    survey = replace(load_survey(), counts={})
    tables = individual_tables(answers, given, survey, arm="arm", demographics=known)
    rows = {
        (row.arm, row.metric): row for row in individual_scores(tables, FEW) if row.culture == "NLD"
    }
    right = rows["arm", "within_culture_correlation"]
    wrong = rows["reference:shuffled:arm", "within_culture_correlation"]
    regression = rows["reference:individual-demographics", "within_culture_correlation"]
    assert right.value == pytest.approx(1)
    assert abs(wrong.value or 0) < 0.15
    assert 0.2 < (regression.value or 0) < 0.9
    assert (rows["arm", "ranked_probability_skill"].value or 0) == pytest.approx(1)
    level = rows["reference:individual-demographics", "ranked_probability_skill"].value
    assert level is not None
    assert level > 0.05
    for row in rows.values():
        if row.value is not None and row.low is not None and row.high is not None:
            assert row.low - 1e-9 <= row.value <= row.high + 1e-9


def test_accuracy_prefers_the_mode_to_the_marginals() -> None:
    """The figures of China on CLCA's 44 items, from counts alone."""
    survey = load_survey()
    items = survey.select([f"Q{n}" for n in range(1, 46) if n != 42])
    share_IK = survey.people(["CHN"], items).share_CIK[0]
    assert share_IK.max(-1).mean() == pytest.approx(0.654, abs=5e-4)
    assert (share_IK**2).sum(-1).mean() == pytest.approx(0.541, abs=5e-4)


def test_samples_of_one_cell_are_averaged_and_cultures_stand_apart(survey: Survey) -> None:
    answers = [
        persona("p", "T1", 1),
        persona("p", "T1", 2),
        persona("q", "T1", 4, "YYY"),
    ]
    tables = individual_tables(answers, GIVEN, survey, arm="arm")
    assert [table.culture for table in tables] == ["XAA", "YYY"]
    rows = individual_scores(tables, replace(FEW, items="fixed"))
    hard = [row for row in rows if (row.arm, row.metric) == ("arm", "individual_hard_accuracy")]
    assert [(row.culture, row.value, row.n) for row in hard] == [
        ("XAA", 0.5, 1),
        ("YYY", 1.0, 1),
        ("mean", 0.75, 2),
    ]


def test_what_cannot_be_joined_is_said(survey: Survey) -> None:
    with pytest.raises(SurveyError, match="without a respondent"):
        individual_tables([Answer("T1", "point", culture="XAA", code=1)], GIVEN, survey, arm="arm")
    with pytest.raises(SurveyError, match="no respondent 'z'"):
        individual_tables([persona("z", "T1", 1)], GIVEN, survey, arm="arm")
    with pytest.raises(SurveyError, match="has no answers"):
        individual_tables([], GIVEN, survey, arm="arm")
    with pytest.raises(SurveyError, match="not a code"):
        individual_tables([persona("p", "T1", 9)], GIVEN, survey, arm="arm")


def test_a_thousand_respondents_in_seconds() -> None:
    survey, rng = load_survey(), np.random.default_rng(3)
    items = survey.select([f"Q{n}" for n in range(1, 46) if n != 42])
    codes = [rng.choice(item.codes, (2, 1000)).tolist() for item in items]
    given = {
        f"p{k}": {item.id: code[0][k] for item, code in zip(items, codes, strict=True)}
        for k in range(1000)
    }
    answers = [
        Answer(item.id, "point", culture="CHN", code=code[1][k], respondent=f"p{k}")
        for item, code in zip(items, codes, strict=True)
        for k in range(1000)
    ]
    start = time.perf_counter()
    rows = individual_scores(individual_tables(answers, given, survey, arm="arm"))
    assert time.perf_counter() - start < 20
    assert rows[0].n == 44_000
