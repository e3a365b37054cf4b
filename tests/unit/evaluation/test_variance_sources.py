import numpy as np
import pytest

from acculturate.errors import SurveyError
from acculturate.evaluation.arm_table import build_table
from acculturate.evaluation.text_agreement import text_agreement
from acculturate.evaluation.variance_sources import position_habit, variance_by_source
from acculturate.records import Answer
from acculturate.statistics.variance import components
from acculturate.survey import Survey

FORWARD, BACK = (0, 1, 2, 3), (3, 2, 1, 0)


def answer(
    first: float, culture: str = "XAA", wording: int = 0, order: tuple[int, ...] = ()
) -> Answer:
    rest = (1 - first) / 3
    shares = (first, rest, rest, rest)
    return Answer(
        "T1", "expected", culture=culture, wording=wording, order=order, probabilities=shares
    )


def test_sources_are_told_apart(survey: Survey) -> None:
    answers = [
        answer(
            0.2 + 0.3 * (culture == "YYY") + 0.1 * wording, culture, wording=wording, order=order
        )
        for culture in ("XAA", "YYY")
        for wording in (0, 1)
        for order in (FORWARD, BACK)
    ]
    result = {source.source: source for source in variance_by_source(answers, survey)}
    assert list(result) == ["culture", "wording", "order"]
    assert result["culture"].share == pytest.approx(0.9)
    assert result["wording"].share == pytest.approx(0.1)
    assert result["order"].share == pytest.approx(0)
    assert result["culture"].levels == 2
    assert sum(source.share for source in result.values()) == pytest.approx(1)


def test_samples_are_the_rest_and_seeds_a_source(survey: Survey) -> None:
    rng = np.random.default_rng(1)
    by_seed = {
        str(seed): [
            Answer("T2", "sampled", culture="XAA", sample=n, code=1 + int(rng.random() < share))
            for n in range(200)
        ]
        for seed, share in enumerate((0.2, 0.5, 0.8))
    }
    result = {source.source: source for source in variance_by_source(by_seed, survey)}
    assert set(result) == {"seed", "rest"}
    # two nominal options, each with the variance .09 between and p (1 - p) within
    assert result["seed"].variance == pytest.approx(0.18, rel=0.25)
    assert result["rest"].variance == pytest.approx(2 * (0.16 + 0.25 + 0.16) / 3, rel=0.1)
    with pytest.raises(SurveyError, match="Nothing was answered"):
        variance_by_source([Answer("T1", "point")], survey)


def test_habits_of_position(survey: Survey) -> None:
    """A model that always takes what stands first, and one that does not look at places."""
    first = [
        Answer("T1", "sampled", code=(1, 2, 3, 4)[order[0]], order=order)
        for order in (FORWARD, BACK)
    ]
    habit = position_habit(first, survey)
    assert (habit.first, habit.last, habit.order_share) == pytest.approx((4, 0, 1))
    fair = position_habit([answer(0.4, order=order) for order in (FORWARD, BACK)], survey)
    assert fair.first == fair.last == pytest.approx(4 * (0.4 + 0.2) / 2)
    assert fair.order_share == pytest.approx(0)
    with pytest.raises(SurveyError, match="no orders"):
        position_habit([answer(0.4)], survey)


@pytest.mark.parametrize(("share", "low", "high"), [(0.7, 0.05, 1.0), (0.2, 0.0, 0.05)])
def test_texts_that_say_what_probabilities_say(
    survey: Survey, share: float, low: float, high: float
) -> None:
    rng = np.random.default_rng(2)
    cultures = ("XAA", "YYY", "ZZZ")
    told = [
        Answer("T2", "expected", culture=culture, probabilities=(0.7, 0.3)) for culture in cultures
    ]
    texts = [
        Answer("T2", "sampled", culture=culture, sample=n, code=1 if rng.random() < share else 2)
        for culture in cultures
        for n in range(60)
    ]
    tables = build_table(told, survey, arm="told"), build_table(texts, survey, arm="texts")
    agreement = text_agreement(*tables)
    assert low <= agreement.p <= high
    assert (agreement.n, agreement.texts) == (3, 60)
    assert agreement.chance == pytest.approx(0.047, abs=0.015)
    assert agreement.distance == pytest.approx(abs(share - 0.7), abs=0.1)
    with pytest.raises(SurveyError, match="Expected answers"):
        text_agreement(tables[1], tables[0])


def test_means_and_squares_say_what_all_answers_would(survey: Survey) -> None:
    """Gathered answers against every answer as an observation of its own."""
    rng = np.random.default_rng(4)
    cultures = ("XAA", "YYY")
    answers = [
        answer(
            float(rng.random()), cultures[n % 2], wording=n % 3, order=(FORWARD, BACK)[n // 7 % 2]
        )
        for n in range(90)
    ]
    shares = np.array([answer.probabilities for answer in answers])
    value_ND = np.cumsum(shares, axis=1)[:, :3] / np.sqrt(3)
    factors = {
        "culture": np.array([cultures.index(answer.culture) for answer in answers]),
        "wording": np.array([answer.wording for answer in answers]),
        "order": np.array([int(answer.order == BACK) for answer in answers]),
    }
    expected = components(value_ND, np.zeros(90, int), factors)
    result = {source.source: source.variance for source in variance_by_source(answers, survey)}
    assert result == pytest.approx(expected)
