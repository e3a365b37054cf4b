"""Who is like whom among peoples and in an arm's answers."""

from dataclasses import replace

import numpy as np
import pytest

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.reference_arms import reference_tables
from acculturate.evaluation.relations import relations
from acculturate.records.results.kinship import Relations
from acculturate.statistics.bootstrap import Resampling
from acculturate.survey import load_survey

CULTURES = ("CHN", "DEU", "GBR", "MEX", "NGA", "USA")
DRAWN = Resampling(draws=300)


@pytest.fixture(scope="module")
def uniform() -> ArmTable:
    survey = load_survey()
    tables = reference_tables(survey, CULTURES, survey.select("Q1,Q7,Q46,Q57,Q106,Q165,Q240"))
    return next(table for table in tables if table.arm == "reference:uniform")


def answering(table: ArmTable, share_CIK: np.ndarray) -> ArmTable:
    return replace(table, share_CIK=share_CIK, common=False, arm="arm")


def found(*tables: ArmTable) -> Relations:
    told = relations(tables, DRAWN)
    assert told is not None
    return told


def test_answers_half_as_far_apart_relate_as_the_peoples(uniform: ArmTable) -> None:
    people = uniform.people.share_CIK
    told = found(answering(uniform, 0.5 * people + 0.5 * people.mean(0)))
    [arm] = told.arms
    assert arm.r == pytest.approx(1)
    # r is 1 whatever is drawn: what cannot vary has no interval
    assert arm.low is None
    assert arm.p == pytest.approx(0, abs=0.02)
    assert arm.shared == 1
    assert told.chance == pytest.approx(2 / 5)
    # half the distances, so half the heights of the tree
    heights = [height for _, _, height in told.people.tree]
    assert [height for _, _, height in arm.kinship.tree] == pytest.approx(
        [height / 2 for height in heights]
    )
    assert len(heights) == len(CULTURES) - 1


def test_neighbours_are_the_most_similar_others(uniform: ArmTable) -> None:
    told = found(answering(uniform, uniform.people.share_CIK))
    for row, code, near in zip(
        told.people.similarity, CULTURES, told.people.neighbours, strict=True
    ):
        others = sorted((-value, c) for value, c in zip(row, CULTURES, strict=True) if c != code)
        assert near == tuple(c for _, c in others[:2])
        assert row[CULTURES.index(code)] == pytest.approx(1)


def test_other_cultures_answers_do_not_relate_so(uniform: ArmTable) -> None:
    people = uniform.people.share_CIK
    [arm] = found(answering(uniform, people[[4, 0, 3, 1, 2, 5]])).arms
    assert arm.r is not None
    assert arm.r < 0.5
    assert arm.p is not None
    assert arm.p > 0.05


def test_where_there_is_nothing_to_relate(uniform: ArmTable) -> None:
    assert relations([replace(uniform, common=True)], DRAWN) is None  # one set of answers for all
    same = np.broadcast_to(uniform.people.share_CIK[:1], uniform.share_CIK.shape)
    [arm] = found(answering(uniform, same)).arms
    assert (arm.r, arm.low, arm.p, arm.shared) == (None, None, None, None)
