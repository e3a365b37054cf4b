"""Population fidelity of arms: rows, intervals, differences, and what a verdict says of them."""

from dataclasses import replace

import numpy as np
import pytest

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.population_fidelity import (
    FIGURES,
    PUBLISHED,
    fidelity_differences,
    fidelity_row,
    fidelity_scores,
)
from acculturate.evaluation.reference_arms import reference_tables
from acculturate.records.results.differences import Difference
from acculturate.statistics.bootstrap import Resampling
from acculturate.study.results import sameness
from acculturate.study.results.sameness import sameness_line
from acculturate.study.results.verdict import Pair, verdict
from acculturate.survey import load_survey

DRAWN = Resampling(draws=400, seed=3)


@pytest.fixture(scope="module")
def people() -> ArmTable:
    survey = load_survey()
    cultures = ("CHN", "DEU", "MEX", "NGA", "USA")
    return reference_tables(survey, cultures, survey.select("attitudes"), ["people"])[0]


def flattened(table: ArmTable, part: float, arm: str) -> ArmTable:
    """The table with answers moved towards their mean over cultures."""
    mean_IK = np.nanmean(table.share_CIK, 0)
    return replace(table, arm=arm, share_CIK=(1 - part) * table.share_CIK + part * mean_IK)


def test_the_people_score_one_and_a_flattened_arm_by_its_adaptability(people: ArmTable) -> None:
    assert [row.value for row in fidelity_scores(people, DRAWN)] == pytest.approx([1.0] * 5)
    rows = {row.metric: row for row in fidelity_scores(flattened(people, 0.5, "flat"), DRAWN)}
    assert set(rows) == {*FIGURES, PUBLISHED}
    assert rows["fidelity_adaptability"].value == pytest.approx(0.5)
    assert rows["fidelity_structure"].value == pytest.approx(1.0)
    score = rows["population_fidelity"]
    assert score.low is not None
    assert score.high is not None
    assert score.value is not None
    assert 0 < score.low < score.value < score.high < 1
    assert {row.culture for row in rows.values()} == {"mean"}


def test_two_cultures_have_no_score(people: ArmTable) -> None:
    assert fidelity_scores(people.of(("CHN", "DEU")), DRAWN) == []
    assert fidelity_row(people.of(("CHN", "DEU"))) is None


def test_the_part_that_holds_the_score_down_is_named(people: ArmTable) -> None:
    flat = fidelity_row(flattened(people, 0.9, "flat"))
    assert flat is not None
    values = {
        row.metric: row.value for row in fidelity_scores(flattened(people, 0.9, "flat"), DRAWN)
    }
    assert (flat.arm, flat.binds, flat.adaptability_binds) == ("flat", "adaptability", flat.n)
    assert flat.held_by == f"adaptability ({flat.n} of {flat.n})"
    assert flat.population_fidelity == pytest.approx(values["population_fidelity"])
    assert flat.accuracy == pytest.approx(values["fidelity_accuracy"])
    assert flat.structure == pytest.approx(values["fidelity_structure"])
    exchanged = replace(people, share_CIK=people.share_CIK[[1, 0, 3, 2, 4]])
    other = fidelity_row(exchanged)
    assert other is not None
    assert other.binds == "structure", "the same distances between other cultures"
    assert other.accuracy_binds + other.adaptability_binds + other.structure_binds == other.n


def test_accuracy_bought_by_sameness_is_told(people: ArmTable) -> None:
    other = replace(people, arm="next", share_CIK=np.roll(people.share_CIK, 1, axis=0))
    flat = flattened(people, 0.9, "flat")
    gaps = {gap.metric: gap for gap in fidelity_differences(flat, other, DRAWN)}
    accuracy, adaptability = gaps["fidelity_accuracy"], gaps["fidelity_adaptability"]
    assert accuracy.low is not None
    assert accuracy.low > 0
    assert adaptability.high is not None
    assert adaptability.high < 0
    (line,) = sameness_line(flat, other, DRAWN)
    assert "is paid by adaptability" in line.said
    assert sameness_line(other, flat, DRAWN) == []


def test_differences_that_are_known_are_not_drawn_again(
    people: ArmTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(people, arm="next", share_CIK=np.roll(people.share_CIK, 1, axis=0))
    flat = flattened(people, 0.9, "flat")
    known = fidelity_differences(flat, other, DRAWN)
    line = sameness_line(flat, other, DRAWN)
    drawn: list[str] = []

    def draw(arm: ArmTable, *_: object) -> list[Difference]:
        drawn.append(arm.arm)
        return []

    monkeypatch.setattr(sameness, "fidelity_differences", draw)
    assert sameness_line(flat, other, DRAWN, known) == line
    pair = Pair("flat", "next", people.cultures)
    tables = {"flat": flat, "next": other}
    found = verdict(tables, "alignment", pair, DRAWN, known=known)
    assert found is not None
    assert drawn == []
    assert line[0] in found.lines
    part = replace(pair, cultures=people.cultures[:3])
    verdict(tables, "alignment", part, DRAWN, known=known)
    assert drawn == ["flat"], "of some of the cultures it is another figure"


def test_respondents_are_drawn_where_items_are_fixed(people: ArmTable) -> None:
    few = people.of(("CHN", "DEU", "NGA"))
    rows = fidelity_scores(flattened(few, 0.3, "flat"), Resampling(items="fixed", draws=100))
    by_name = {row.metric: row for row in rows}
    score = by_name["population_fidelity"]
    assert score.low is not None
    assert score.high is not None
    assert score.low < score.high


def test_a_resample_of_the_people_is_near_and_not_the_same() -> None:
    survey = load_survey()
    (table,) = reference_tables(survey, ("CHN", "DEU"), survey.select("all"), ["people-resampled"])
    gap = np.abs(table.share_CIK - table.people.share_CIK)
    assert 0 < np.nanmax(gap) < 0.1
    (again,) = reference_tables(survey, ("CHN", "DEU"), survey.select("all"), ["people-resampled"])
    assert np.array_equal(table.share_CIK, again.share_CIK, equal_nan=True)
