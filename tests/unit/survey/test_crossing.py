"""Crossing: whose answers a group's counts are, who is left out, and what is told of it."""

from dataclasses import replace

import numpy as np
import pytest

from acculturate.errors import SurveyError
from acculturate.evaluation.arm_table import culture_blind_of
from acculturate.evaluation.reference_arms import COUNTRY, reference_tables
from acculturate.survey import Survey, load_survey
from acculturate.survey.crossing import BANDS, crossed, left_out
from acculturate.survey.fictitious import fictitious_survey
from acculturate.survey.respondents import MISSING, Group, Respondents, Trait

ITEMS = ("Q1", "Q2", "Q57")
SURVEY = fictitious_survey(1500, seed=3, cultures=["DEU", "NGA"], items=ITEMS)


def people_of(survey: Survey) -> Respondents:
    assert survey.respondents is not None
    return survey.respondents


def with_trait(name: str, index_N: np.ndarray, texts: tuple[str, ...]) -> Survey:
    people = people_of(SURVEY)
    traits = {**people.traits, name: Trait(index_N.astype(np.int32), texts)}
    return replace(SURVEY, respondents=replace(people, traits=traits))


def test_counts_are_the_weighted_answers_of_the_cells_people() -> None:
    survey = crossed(SURVEY, ["sex", "urban_rural"], ["DEU"])
    people = people_of(SURVEY)
    sex, place = people.trait("sex"), people.trait("urban_rural")
    row_N = np.flatnonzero(
        (people.culture_N == people.cultures.index("DEU"))
        & (sex.index_N == sex.texts.index("female"))
        & (place.index_N == place.texts.index("rural"))
    )
    answer_N, weight_N = people.answer_IN[0, row_N], people.weight_N[row_N].astype(float)
    known_N = answer_N >= 0
    shares = np.bincount(answer_N[known_N], weight_N[known_N], 4) / weight_N[known_N].sum()
    laid_out = survey.people(["DEU-female-rural"], survey.select("Q1"))
    assert laid_out.share_CIK[0, 0] == pytest.approx(shares)
    assert laid_out.n_CI[0, 0] == pytest.approx(known_N.sum())
    assert laid_out.effective_n_CI[0, 0] < laid_out.n_CI[0, 0], "weights cost people"
    assert survey.sample_sizes["DEU-female-rural"] == len(row_N)
    note = survey.groups
    assert note is not None
    assert note.by == ("sex", "urban_rural")
    cell = next(cell for cell in note.cells if cell.code == "DEU-female-rural")
    assert (cell.n, cell.of) == (len(row_N), "DEU")
    assert sum(cell.share for cell in note.cells) == pytest.approx(1.0)
    unknown = (people.culture_N == 0) & ((sex.index_N < 0) | (place.index_N < 0))
    assert note.unknown == unknown.sum() > 0


def test_unweighted_surveys_stay_unweighted() -> None:
    survey = crossed(SURVEY.reweighted(False), ["sex"], ["DEU"])
    laid_out = survey.people(["DEU-male"], survey.select("Q1"))
    assert not survey.weighted
    assert laid_out.kish_CI is None
    assert laid_out.count_CIK[0, 0] == pytest.approx(np.rint(laid_out.count_CIK[0, 0]))


def test_ages_are_parted_into_bands_of_ten_years() -> None:
    survey = crossed(SURVEY, ["age_band"], ["DEU"])
    people = people_of(SURVEY)
    note = survey.groups
    assert note is not None
    counted = {cell.traits["age_band"]: cell.n for cell in note.cells}
    assert list(counted) == list(BANDS)
    texts, index_N = people.trait("age").texts, people.trait("age").index_N[people.rows("DEU")]
    ages = np.array([float(texts[at]) for at in index_N if at >= 0])
    assert counted["under 30"] == (ages < 30).sum()
    assert counted["30-39"] == ((ages >= 30) & (ages < 40)).sum()
    assert counted["70 or older"] == (ages >= 70).sum()
    assert note.unknown == len(index_N) - len(ages)


def test_a_column_of_that_name_is_taken_as_it_is() -> None:
    young = np.arange(len(people_of(SURVEY))) % 2
    survey = crossed(with_trait("age_band", young, ("old", "young")), ["age_band"], ["NGA"])
    assert survey.groups is not None
    assert [cell.code for cell in survey.groups.cells] == ["NGA-old", "NGA-young"]


def test_small_cells_are_left_out_and_told() -> None:
    few = np.zeros(len(people_of(SURVEY)))
    few[people_of(SURVEY).rows("DEU")[:49]] = 1
    survey = crossed(with_trait("club", few, ("no", "yes")), ["club"], ["DEU"])
    note = survey.groups
    assert note is not None
    assert [(cell.code, cell.n) for cell in note.left_out] == [("DEU-yes", 49)]
    assert "DEU-yes" not in survey.cultures
    assert left_out(note, ["DEU-no"]) == (
        "1 of 2 groups have fewer than 50 people and are left out: DEU-yes (49)."
    )
    many = replace(note, cells=note.left_out * 12)
    assert left_out(many, ["DEU-no"]).endswith("DEU-yes (49) and 2 more.")
    few[people_of(SURVEY).rows("DEU")[49]] = 1
    more = crossed(with_trait("club", few, ("no", "yes")), ["club"], ["DEU"])
    assert "DEU-yes" in more.cultures
    assert more.groups is not None
    assert left_out(more.groups, ["DEU-no", "DEU-yes"]) == ""


def test_a_group_that_nobody_asked_for_is_not_told_as_left_out() -> None:
    clubs = np.zeros(len(people_of(SURVEY)))
    for culture in ("DEU", "NGA"):
        row_N = people_of(SURVEY).rows(culture)
        clubs[row_N[:49]], clubs[row_N[49:200]] = 2, 1
    survey = crossed(with_trait("club", clubs, ("no", "one", "two")), ["club"], ["DEU", "NGA"])
    note = survey.groups
    assert note is not None
    assert left_out(note, ["DEU-one"]) == ""
    assert left_out(note, ["DEU-one", "NGA-no", "NGA-one"]) == (
        "1 of 4 groups have fewer than 50 people and are left out: NGA-two (49)."
    )


def test_texts_that_make_no_slug_or_the_same_have_their_number() -> None:
    three = np.arange(len(people_of(SURVEY))) % 3
    survey = crossed(with_trait("grade", three, ("A+", "A-", "男")), ["grade"], ["DEU"])
    assert survey.groups is not None
    codes = [cell.code for cell in survey.groups.cells]
    assert codes == ["DEU-grade-1", "DEU-grade-2", "DEU-grade-3"]


def test_a_group_of_a_layout_can_be_parted_too() -> None:
    people = people_of(SURVEY)
    town = replace(people, groups={"DEU-town": Group("DEU", {"urban_rural": ["urban"]})})
    own = {"DEU-town": replace(load_survey().culture("DEU"), code="DEU-town", name="German towns")}
    survey = replace(SURVEY, respondents=town, own=own).reweighted()
    parted = crossed(survey, ["sex"], ["DEU-town"])
    both = crossed(SURVEY, ["urban_rural", "sex"], ["DEU"])
    assert parted.counts["DEU-town-male"] == both.counts["DEU-urban-male"]
    assert parted.culture("DEU-town-male").label == "German towns: male"
    assert parted.whole("DEU-town-male") == "DEU-town"


def test_groups_are_compared_among_groups_and_countries_among_countries() -> None:
    survey = crossed(SURVEY, ["sex"], ["DEU", "NGA"])
    cells = ("DEU-male", "DEU-female", "NGA-male", "NGA-female")
    assert survey.peers(["DEU-male"]) == cells
    assert survey.peers(["DEU"]) == ("DEU", "NGA")
    people = survey.people(cells, survey.select("Q1"))
    blind = culture_blind_of(survey, people)[0, 0]
    assert blind == pytest.approx(people.share_CIK[1:, 0].mean(0))
    country = survey.people(["NGA", "DEU"], survey.select("Q1"))
    assert culture_blind_of(survey, country)[0, 0] == pytest.approx(country.share_CIK[1, 0])


def test_the_country_is_a_reference_of_its_groups() -> None:
    survey = crossed(SURVEY, ["sex"], ["DEU", "NGA"])
    cells = ["NGA-male", "DEU-male", "DEU-female"]
    (table,) = reference_tables(survey, cells, survey.select("all"), [COUNTRY])
    whole = survey.people(["DEU", "NGA"], survey.select("all")).share_CIK
    assert table.arm == "reference:country"
    assert np.array_equal(table.share_CIK, whole[[1, 0, 0]])


def test_what_cannot_be_parted_is_told() -> None:
    with pytest.raises(SurveyError, match="no respondents, so its people cannot be parted"):
        crossed(load_survey(), ["sex"], ["DEU"])
    with pytest.raises(SurveyError, match=r"no demographic 'sxe'\. Did you mean 'sex'"):
        crossed(SURVEY, ["sxe"], ["DEU"])
    with pytest.raises(SurveyError, match=r"no demographic 'colour'\. They have .*, age_band\."):
        crossed(SURVEY, ["colour"], ["DEU"])
    with pytest.raises(SurveyError, match=r"no culture 'DEU-male'.* measure --groups sex"):
        SURVEY.culture("DEU-male")
    with pytest.raises(SurveyError, match="holds no people's answers for 'FRA'"):
        crossed(SURVEY, ["sex"], ["FRA"])
    with pytest.raises(SurveyError, match=r"No group of NGA by sex and occupation and age_band"):
        crossed(SURVEY, ["sex", "occupation", "age_band"], ["NGA"])
    nobody = np.full(len(people_of(SURVEY)), MISSING)
    with pytest.raises(SurveyError, match=r"nobody of DEU whose club is known.* or leave DEU out"):
        crossed(with_trait("club", nobody, ("no", "yes")), ["club"], ["DEU"])
    people = people_of(SURVEY)
    ageless = {name: trait for name, trait in people.traits.items() if name != "age"}
    without = replace(SURVEY, respondents=replace(people, traits=ageless))
    with pytest.raises(SurveyError, match="no demographic 'age_band'"):
        crossed(without, ["age_band"], ["DEU"])
