"""Cautions name the arms that they are about, and claim nothing that was not shown."""

from dataclasses import replace

import numpy as np

from acculturate.config import validate
from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.reference_arms import reference_table
from acculturate.records import Score
from acculturate.study.results.cautions import _below_a_guess, _of_asking, _of_options
from acculturate.study.schema import Study
from acculturate.survey import load_survey


def with_mass(mass: float) -> ArmTable:
    """Answers of an arm whose options hold so much of the probability."""
    survey = load_survey()
    items = list(survey.select("Q1,Q2"))
    table = reference_table(survey, ["CHN"], items, "x", survey.people(["CHN"], items).share_CIK)
    return replace(table, mass_CI=np.full_like(table.read_CI, mass))


def test_each_arm_whose_options_hold_little_is_named() -> None:
    tables = {"before": with_mass(0.31), "plain": with_mass(0.9), "after": with_mass(0.12)}
    [said] = _of_options(tables)
    assert "0.31 (before), 0.12 (after)" in said
    assert "plain" not in said


def test_arms_below_a_guess_are_said_to_show_no_knowledge_rather_than_to_have_none() -> None:
    scores = [
        Score(arm, None, None, None, "s", "mean", "alignment", value)
        for arm, value in (("before", 0.70), ("after", 0.72), ("reference:uniform", 0.78))
    ]
    [said] = _below_a_guess("alignment", ["before", "after"], scores)
    assert "this run does not show that a model knows these people" in said


def test_arms_that_are_asked_in_one_order_are_named_where_others_are_not() -> None:
    def said(orders: str) -> str:
        tree = {
            "study": {"name": "small"},
            "cultures": {"measure": ["CHN"]},
            "models": {"base": {"name": "mock:noise"}},
            "answers": {"orders": orders},
            "arm": [{"id": "usual"}, {"id": "forward", "answers": {"orders": "forward"}}],
        }
        return next(_of_asking(validate(Study, tree, "test")))

    assert said("balanced").startswith("One option order only (forward):")
    assert said("forward").startswith("One option order only:")
