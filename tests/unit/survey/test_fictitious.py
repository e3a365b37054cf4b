"""Invented respondents follow the counts they are drawn from, and are marked as invented."""

from pathlib import Path

import numpy as np
import pytest

from acculturate.errors import SurveyError
from acculturate.survey import Survey, load_survey
from acculturate.survey.fictitious import fictitious_survey, write_wvs7_csv

# the list of demographics that personas are described by
PERSONA = {
    *("settlement", "urban_rural", "sex", "age", "age_group", "born_in_country", "marital_status"),
    *("household_size", "education", "occupation", "employment", "social_class"),
}


@pytest.fixture(scope="module")
def drawn() -> Survey:
    return fictitious_survey(12_000, seed=7, cultures=["CHN", "DEU", "MEX"])


def test_marked_as_invented(drawn: Survey) -> None:
    assert drawn.name.startswith("fictitious")
    assert "invented" in drawn.notice
    assert "World Values Survey" in drawn.notice
    people = drawn.respondents
    assert people is not None
    assert set(people.traits) == PERSONA
    assert all(str(person).startswith("fictitious-") for person in people.ids)


def test_seeded(drawn: Survey) -> None:
    one = fictitious_survey(300, seed=1, items=["Q1", "Q57"]).respondents
    again = fictitious_survey(300, seed=1, items=["Q1", "Q57"]).respondents
    other = fictitious_survey(300, seed=2, items=["Q1", "Q57"]).respondents
    assert one is not None
    assert again is not None
    assert other is not None
    assert np.array_equal(one.answer_IN, again.answer_IN)
    assert one.record(17) == again.record(17)
    assert not np.array_equal(one.answer_IN, other.answer_IN)


def test_counts_follow_the_real_ones(drawn: Survey) -> None:
    real = load_survey()
    items = real.select("all")
    here = drawn.reweighted(False).people(drawn.cultures, items)
    there = real.people(drawn.cultures, items)
    assert ((here.n_CI == 0) == (there.n_CI == 0)).all()  # what was not asked is not answered
    far_CI = 0.5 * np.abs(here.share_CIK - there.share_CIK).sum(-1)
    assert np.nanmean(far_CI) < 0.02
    # they are a sample, not a copy: as far as a multinomial draw is, within a tenth
    rng = np.random.default_rng(0)
    share_CIK = np.nan_to_num(there.share_CIK, nan=1 / there.share_CIK.shape[-1])
    draw = rng.multinomial(np.maximum(here.n_CI, 1).astype(int), share_CIK)
    draw_CIK = draw / np.maximum(here.n_CI, 1)[..., None]
    known = there.n_CI > 0
    by_chance = 0.5 * np.abs(draw_CIK - share_CIK).sum(-1)[known].mean()
    assert far_CI[known].mean() == pytest.approx(by_chance, rel=0.1)


def test_sizes_and_missing_answers(drawn: Survey) -> None:
    real = load_survey()
    sizes = {culture: real.sample_sizes[culture] for culture in drawn.cultures}
    total = sum(sizes.values())
    for culture, n in drawn.sample_sizes.items():
        assert n == pytest.approx(12_000 * sizes[culture] / total, abs=1)
    answered = sum(drawn.counts["MEX"]["Q240"]) / drawn.sample_sizes["MEX"]
    assert answered == pytest.approx(sum(real.counts["MEX"]["Q240"]) / sizes["MEX"], abs=0.02)


def test_answers_of_one_battery_hang_together(drawn: Survey) -> None:
    people = drawn.respondents
    assert people is not None
    rows = people.rows("MEX")
    place = {item.id: i for i, item in enumerate(people.items)}

    def correlation(one: str, two: str) -> float:
        pair = people.answer_IN[[place[one], place[two]]][:, rows].astype(float)
        pair = pair[:, (pair >= 0).all(0)]
        return float(np.corrcoef(pair)[0, 1])

    assert correlation("Q66", "Q67") > 0.15
    assert abs(correlation("Q66", "Q184")) < 0.12


def test_weights_and_kish(drawn: Survey) -> None:
    people = drawn.people(["DEU"], drawn.select(["Q1"]))
    assert 0.8 < people.effective_n_CI[0, 0] / people.n_CI[0, 0] < 0.95


def test_the_shipped_one() -> None:
    survey = load_survey("fictitious-wvs7")
    assert survey.name == "fictitious-wvs7"
    assert len(survey.respondents or ()) == 3800
    assert len(survey.cultures) == 19
    assert load_survey("fictitious-wvs7", weighted=False).effective == {}


def test_only_invented_people_are_written(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="only fictitious"):
        write_wvs7_csv(load_survey(), tmp_path / "x.csv")
    with pytest.raises(SurveyError, match="no people's answers for 'DEV'"):
        fictitious_survey(10, cultures=["DEV"])
