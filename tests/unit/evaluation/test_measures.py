"""Metrics that hold an arm's whole distribution against the people's, by hand on the toy survey."""

import numpy as np
import pytest

from acculturate.evaluation.arm_table import build_table
from acculturate.evaluation.comparison import compare
from acculturate.evaluation.draws import with_texts_drawn
from acculturate.evaluation.scores import score_table
from acculturate.metrics.published import kl_as_published
from acculturate.metrics.sampling_bias import js_divergence_corrected
from acculturate.metrics.spread import deviation, entropy
from acculturate.records import Answer
from acculturate.statistics.bootstrap import Resampling
from acculturate.survey import Survey

FEW = Resampling(draws=50, people_draws=50)
SHARES = {"XAA": (0.25, 0.25, 0.25, 0.25), "YYY": (0.7, 0.1, 0.1, 0.1)}


def told(survey: Survey, **shares: tuple[float, ...]) -> dict[tuple[str | None, str], float | None]:
    answers = [
        Answer("T1", "expected", culture=culture, probabilities=row)
        for culture, row in shares.items()
    ]
    rows = score_table(build_table(answers, survey, arm="arm"), None, FEW)
    return {(row.culture, row.metric): row.value for row in rows}


def test_diversity_is_the_models_over_the_peoples(survey: Survey) -> None:
    result = told(survey, **SHARES)
    model, people = np.array(SHARES["YYY"]), np.array([0.4, 0.4, 0.1, 0.1])
    size = np.array(4)
    assert result["YYY", "entropy_ratio"] == pytest.approx(entropy(model) / entropy(people))
    ratio = deviation(model, size) / deviation(people, size)
    assert result["YYY", "spread_ratio"] == pytest.approx(ratio)
    assert (result["XAA", "entropy_ratio"] or 0) > 1 > (result["YYY", "entropy_ratio"] or 2)


def test_slope_needs_two_cultures(survey: Survey) -> None:
    result = told(survey, XAA=(0.1, 0.2, 0.5, 0.2), YYY=(0.4, 0.4, 0.1, 0.1))
    assert result["mean", "deviation_slope"] == pytest.approx(1)
    assert ("XAA", "deviation_slope") not in told(survey, XAA=(0.1, 0.2, 0.5, 0.2))


def test_refusals_are_a_cell_of_the_published_divergence(survey: Survey) -> None:
    answers = [
        Answer("T1", "sampled", culture="XAA", code=code, sample=n)
        for n, code in enumerate((1, 1, 3, None))
    ]
    rows = score_table(build_table(answers, survey, arm="arm"), ["kl_as_published"], FEW)
    people, model = np.array([1.0, 2, 5, 2, 0]), np.array([2.0, 0, 1, 0, 1])
    assert rows[0].value == pytest.approx(kl_as_published(people, model))
    silent = [Answer("T1", "sampled", culture="XAA", sample=n) for n in range(3)]
    rows = score_table(build_table(silent, survey, arm="arm"), ["kl_as_published"], FEW)
    assert rows[0].value == pytest.approx(kl_as_published(people, np.eye(5)[4]))


def test_correction_is_for_texts_alone(survey: Survey) -> None:
    codes = (1, 1, 3, 4, 4, 4)
    answers = [
        Answer("T1", "sampled", culture="XAA", code=code, sample=n) for n, code in enumerate(codes)
    ]
    rows = score_table(build_table(answers, survey, arm="arm"), ["js_divergence_corrected"], FEW)
    count, people = np.array([2.0, 0, 1, 3]), np.array([0.1, 0.2, 0.5, 0.2])
    assert rows[0].value == pytest.approx(js_divergence_corrected(count, people))
    assert ("XAA", "js_divergence_corrected") not in told(survey, **SHARES)


def test_texts_are_drawn_anew_where_items_are_fixed(survey: Survey) -> None:
    rng = np.random.default_rng(1)
    answers = [
        Answer("T2", "sampled", code=int(code), sample=n)
        for n, code in enumerate(rng.integers(1, 3, 20))
    ]
    table = build_table(answers, survey, arm="arm", items=survey.select(["T1", "T2"]))
    drawn = with_texts_drawn(table, 400, rng)
    assert drawn.share_CIK.shape == (400, 3, 2, 4)
    assert np.isnan(drawn.share_CIK[:, :, 0]).all()
    # common answers are one set of texts, held against every culture
    assert np.array_equal(drawn.share_CIK[:, 0, 1], drawn.share_CIK[:, 2, 1])
    p = table.share_CIK[0, 1, 0]
    assert drawn.share_CIK[:, 0, 1, 0].var() == pytest.approx(p * (1 - p) / 19, rel=0.25)
    told = build_table([Answer("T2", "point", code=1)], survey, arm="told")
    assert with_texts_drawn(told, 5, rng) is told


def test_two_runs_of_one_model_differ_by_their_texts_alone(survey: Survey) -> None:
    rng = np.random.default_rng(2)
    tables = [
        build_table(
            [
                Answer(item, "sampled", culture="XAA", sample=n, code=int(rng.integers(1, 3)))
                for item in ("T1", "T2", "T3")
                for n in range(10)
            ],
            survey,
            arm=name,
        )
        for name in "ab"
    ]
    row = compare(tables[0], tables[1], ["alignment"], Resampling(items="fixed", people_draws=200))
    assert row[0].low is not None
    assert row[0].high is not None
    assert row[0].low < 0 < row[0].high
