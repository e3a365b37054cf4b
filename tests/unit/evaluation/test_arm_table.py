import numpy as np
import pytest

from acculturate.errors import SurveyError
from acculturate.evaluation.arm_table import build_table
from acculturate.records import Answer
from acculturate.survey import Survey


def test_samples_become_a_distribution_and_refusals_stay_apart(survey: Survey) -> None:
    codes = [1, 1, 2, None]
    answers = [
        Answer("T1", "sampled", "aware", "XAA", sample=n, code=code) for n, code in enumerate(codes)
    ]
    table = build_table(answers, survey, arm="a")
    assert table.share_CIK[0, 0] == pytest.approx([2 / 3, 1 / 3, 0, 0])
    assert (table.asked_CI[0, 0], table.refused_CI[0, 0], table.read_CI[0, 0]) == (4, 1, 0.75)
    assert table.filled_CIK[0, 0] == pytest.approx([0.5625, 0.3125, 0.0625, 0.0625])
    assert table.published is None
    assert (table.framing, table.kind) == ("aware", "sampled")


def test_orders_are_averaged_and_mass_off_the_options_counts_as_unread(survey: Survey) -> None:
    answers = [
        Answer("T2", "expected", culture="XAA", probabilities=(0.9, 0.1), mass=0.8),
        Answer("T2", "expected", culture="XAA", probabilities=(0.5, 0.5), mass=0.6),
        Answer("T3", "sampled", culture="XAA"),  # a failed request
    ]
    table = build_table(answers, survey, arm="a")
    assert table.kind == "expected"
    assert table.share_CIK[0, 0, :2] == pytest.approx([0.7, 0.3])
    assert table.mass_CI[0, 0] == pytest.approx(0.7)
    assert table.filled_CIK[0, 0, :2] == pytest.approx([0.7 * 0.7 + 0.15, 0.7 * 0.3 + 0.15])
    assert np.isnan(table.share_CIK[0, 1]).all()
    assert table.filled_CIK[0, 1] == pytest.approx([1 / 3] * 3)


def test_codes_are_put_in_scale_order(survey: Survey) -> None:
    table = build_table([Answer("T3", "point", culture="XAA", code=2)], survey, arm="a")
    assert table.share_CIK[0, 0].tolist() == [0, 0, 1]


def test_answers_without_a_culture_are_held_against_all(survey: Survey) -> None:
    answers = [Answer("T1", "point", code=1)]
    table = build_table(answers, survey, arm="a")
    assert table.common
    assert table.cultures == ("XAA", "YYY", "ZZZ")
    assert build_table(answers, survey, arm="a", cultures=["YYY"]).cultures == ("YYY",)


def test_cultures_asked_for_keep_their_order_and_must_have_answers(survey: Survey) -> None:
    answers = [Answer("T1", "point", culture=culture, code=1) for culture in ("YYY", "XAA")]
    assert build_table(answers, survey, arm="a").cultures == ("YYY", "XAA")
    table = build_table(answers, survey, arm="a", cultures=["XAA", "ZZZ"])
    assert table.cultures == ("XAA",)
    with pytest.raises(SurveyError, match="has no answers for ZZZ: it has YYY, XAA"):
        build_table(answers, survey, arm="a", cultures=["ZZZ"])


def test_items_can_be_given_for_a_common_axis(survey: Survey) -> None:
    items = survey.select("all")
    table = build_table([Answer("T2", "point", code=1)], survey, arm="a", items=items)
    assert [item.id for item in table.items] == ["T1", "T2", "T3", "T4"]
    assert np.isnan(table.read_CI[:, [0, 2, 3]]).all()


def test_the_published_reading_is_of_codes_and_knows_shown_order(survey: Survey) -> None:
    answers = [
        Answer("T1", "point", order=(3, 2, 1, 0), text="I choose 1.", code=4),
        Answer("T2", "point", text="I cannot answer, call 1-800-555-0100."),
        Answer("T3", "point", code=3),
        Answer("T4", "point", text="9 is my answer"),
    ]
    read = build_table(answers, survey, arm="a").published
    assert read is not None
    assert read.code_CI[0].tolist() == [4, 1, 3, 9]
    assert np.isnan(read.strict_CI[0]).tolist() == [False, True, False, False]
    assert read.gold_CI[0].tolist() == [3, 1, 3, 1]
    assert read.share_CI[0].tolist() == [0.2, 0.6, 0.7, 0.0]
    assert np.isnan(read.share_CI[2, 3])


def test_letters_have_no_published_reading(survey: Survey) -> None:
    answers = [
        Answer("T1", "sampled", order=(0, 1, 2, 3), text="A", code=1, labels="letters"),
        Answer("T3", "sampled", order=(0, 1, 2), text="B", code=3, labels="letters"),
    ]
    table = build_table(answers, survey, arm="a")
    assert table.published is None
    assert table.read_CI[0].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ([Answer("T9", "point", code=1)], "no item 'T9'"),
        ([Answer("T1", "point", code=9)], "9 is not a code of item T1: it has 1, 2, 3, 4"),
        ([Answer("T1", "point", culture="XAB", code=1)], "for 'XAB'. Did you mean 'XAA'"),
        (
            [Answer("T1", "point", code=1), Answer("T1", "point", culture="XAA", code=1)],
            "with a culture and answers without",
        ),
        (
            [
                Answer("T1", "point", code=1),
                Answer("T2", "expected", probabilities=(0.5, 0.5)),
            ],
            "kinds expected and point",
        ),
    ],
)
def test_what_cannot_stand_in_one_arm(answers: list[Answer], message: str, survey: Survey) -> None:
    with pytest.raises(SurveyError, match=message):
        build_table(answers, survey, arm="a")


def test_answers_may_come_one_by_one(survey: Survey) -> None:
    answers = [Answer("T1", "point", culture=culture, code=1) for culture in ("YYY", "XAA")]
    streamed = build_table((answer for answer in answers), survey, arm="a")
    listed = build_table(answers, survey, arm="a")
    assert streamed.cultures == listed.cultures
    assert (streamed.share_CIK == listed.share_CIK).all()
    assert streamed.published is not None


def test_answers_that_give_none_are_in_no_score_and_no_refusals(survey: Survey) -> None:
    given = Answer("T1", "sampled", culture="XAA", code=1, no_answer=(0.0, 0.0))
    none = Answer("T1", "sampled", culture="XAA", no_answer=(1.0, 0.0))
    refused = Answer("T1", "sampled", culture="XAA", text="")
    table = build_table([given, none, none, refused], survey, arm="a")
    assert (table.asked_CI[0, 0], table.refused_CI[0, 0], table.read_CI[0, 0]) == (2, 1, 0.5)
    assert table.share_CIK[0, 0].tolist() == [1, 0, 0, 0]
    assert table.published is None
