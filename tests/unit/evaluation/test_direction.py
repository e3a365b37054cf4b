"""Which way answers moved: towards the people, and each culture's towards its own."""

from dataclasses import replace

import pytest

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.direction import directions
from acculturate.evaluation.reference_arms import reference_tables
from acculturate.statistics.bootstrap import Resampling
from acculturate.survey import load_survey

CULTURES = ("CHN", "DEU", "MEX", "NGA")
DRAWN = Resampling(draws=300)


@pytest.fixture(scope="module")
def uniform() -> ArmTable:
    survey = load_survey()
    tables = reference_tables(survey, CULTURES, survey.select("Q1,Q7,Q46,Q57,Q106,Q165,Q240"))
    return next(table for table in tables if table.arm == "reference:uniform")


def moved(table: ArmTable, order: tuple[int, ...], share: float = 0.5) -> ArmTable:
    """Answers that went a part of the way to the people of the culture at each place."""
    aim = table.people.share_CIK[list(order)]
    return replace(
        table, share_CIK=(1 - share) * table.share_CIK + share * aim, common=False, arm="moved"
    )


def value(arm: ArmTable, control: ArmTable, metric: str, culture: str = "mean") -> float | None:
    rows = directions(arm, control, DRAWN)
    return next((r.value for r in rows if (r.metric, r.culture) == (metric, culture)), None)


def test_half_the_way_to_the_people_is_straight_to_them(uniform: ArmTable) -> None:
    arm = moved(uniform, (0, 1, 2, 3))
    for culture in (*CULTURES, "mean"):
        assert value(arm, uniform, "towards", culture) == pytest.approx(1)
        assert value(arm, uniform, "own", culture) == pytest.approx(1)
    assert value(moved(uniform, (0, 1, 2, 3), -0.2), uniform, "towards") == pytest.approx(-1)


def test_the_way_of_another_people_is_towards_but_not_own(uniform: ArmTable) -> None:
    arm = moved(uniform, (2, 3, 0, 1))
    towards, own = value(arm, uniform, "towards"), value(arm, uniform, "own")
    assert towards is not None
    assert own is not None
    assert towards > 0.2  # no people is uniform, and they lean from it alike
    assert own < 0.2
    assert (value(arm, uniform, "own_p") or 0) > 0.05


def test_one_movement_of_all_cultures_is_nobodys_own(uniform: ArmTable) -> None:
    arm = moved(uniform, (0, 0, 0, 0))
    assert value(arm, uniform, "towards") is not None
    assert value(arm, uniform, "own") is None
    assert directions(uniform, uniform, DRAWN) == []
