import numpy as np
import pytest

from acculturate.errors import SurveyError
from acculturate.evaluation.baselines import (
    baseline_tables,
    folds,
    scale_histogram,
    wording_lookup,
)
from acculturate.evaluation.scores import score_table
from acculturate.metrics.specificity import deviation_correlation, deviation_sums
from acculturate.statistics.bootstrap import Resampling
from acculturate.survey import load_survey

CULTURES = ("USA", "CHN", "DEU", "IND", "KEN", "BRA")


def test_batteries_and_topics_are_held_out_whole() -> None:
    items = load_survey().select("all")
    for by, name in (("battery", "battery"), ("topic", "topic")):
        fold = folds(items, by)  # type: ignore[arg-type]
        seen: dict[str, set[int]] = {}
        for item, number in zip(items, fold, strict=True):
            seen.setdefault(getattr(item, name), set()).add(int(number))
        assert all(len(numbers) == 1 for key, numbers in seen.items() if key)
        assert len(set(fold)) == 5
    with pytest.raises(SurveyError, match="no split by 'kind'"):
        folds(items, "kind")  # type: ignore[arg-type]


def test_the_lookup_knows_neighbours_and_no_cultures() -> None:
    survey = load_survey()
    items = survey.select("all")
    people = survey.people(CULTURES, items)
    r = {}
    for by in ("random", "topic"):
        share = wording_lookup(survey, CULTURES, items, by)
        assert share.sum(-1) == pytest.approx(1)
        assert (share >= 0).all()
        sums = deviation_sums(share, people.share_CIK, people.size_I, people.ordinal_I)
        r[by] = float(deviation_correlation(sums))
    assert r["random"] > 0.4
    assert abs(r["topic"]) < 0.25


def test_histogram_is_the_mean_of_other_items_with_the_scale() -> None:
    survey = load_survey()
    items = survey.select(["Q1", "Q2", "Q3", "Q57"])
    share = scale_histogram(survey, CULTURES, items, "random", own=True)
    people = survey.people(CULTURES, items).share_CIK
    fold = folds(items, "random")
    others = [i for i in (1, 2) if fold[i] != fold[0]]
    assert share[:, 0] == pytest.approx(people[:, others].mean(1))
    assert share[:, 3, :2] == pytest.approx(0.5)  # nothing else has two options
    alike = scale_histogram(survey, CULTURES, items, "random")
    assert alike[0] == pytest.approx(alike[1])
    assert alike.sum(-1) == pytest.approx(1)


def test_they_are_arms_like_others() -> None:
    survey = load_survey()
    tables = baseline_tables(survey, CULTURES, survey.select("all"))
    assert [table.arm for table in tables] == [
        "reference:wording-lookup",
        "reference:scale-histogram",
    ]
    for table in tables:
        value = score_table(table, ["alignment"], Resampling(draws=10))[-1].value
        assert value is not None
        assert 0.7 < value < 0.85
        assert np.isfinite(table.share_CIK).all()


def test_baselines_of_known_items_use_those_alone() -> None:
    survey = load_survey()
    asked, known = survey.select(["Q1", "Q57"]), survey.select(["Q2", "Q3"])
    people = survey.people(CULTURES, known).share_CIK
    share = scale_histogram(survey, CULTURES, asked, own=True, known=known)
    assert share.shape == (len(CULTURES), 2, 4)
    assert share[:, 0] == pytest.approx(people.mean(1))
    assert share[:, 1, :2] == pytest.approx(0.5)
    [own] = [
        table
        for table in baseline_tables(survey, CULTURES, asked, known=known)
        if table.arm == "reference:own-scale-histogram"
    ]
    assert own.share_CIK == pytest.approx(share)
    lookup = wording_lookup(survey, CULTURES, asked, known=known)
    assert lookup.shape == share.shape
    assert lookup.sum(-1) == pytest.approx(1)
    # what else is asked changes how rare a word is, and nothing more
    alone = wording_lookup(survey, CULTURES, asked[:1], known=known)
    assert alone[:, 0] == pytest.approx(lookup[:, 0], abs=0.002)
