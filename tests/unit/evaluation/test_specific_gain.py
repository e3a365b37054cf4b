import numpy as np
import pytest

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.reference_arms import reference_table
from acculturate.evaluation.specific_gain import specific_gain
from acculturate.evaluation.specificity_scores import agreement
from acculturate.metrics.specificity import double_centred_diagonal
from acculturate.statistics.bootstrap import Resampling
from acculturate.survey import load_survey

FEW = Resampling(draws=300, people_draws=100)
CULTURES = ["CHN", "DEU", "MEX", "NGA"]


def arm(name: str, own: float) -> ArmTable:
    """`own` parts of each people's answers in answers that are else the same for all."""
    survey = load_survey()
    items = survey.select("published")
    people = survey.people(CULTURES, items)
    asked = people.n_CI.min(0) > 0
    share_CIK = people.share_CIK
    blind_IK = np.where(asked[:, None], np.nan_to_num(share_CIK).mean(0), np.nan)
    return reference_table(survey, CULTURES, items, name, own * share_CIK + (1 - own) * blind_IK)


def test_it_is_the_difference_of_the_diagonals() -> None:
    ours, theirs = arm("ours", 0.6), arm("theirs", 0.2)
    difference = specific_gain(ours, theirs, FEW)
    assert difference is not None
    both = [double_centred_diagonal(agreement(side).value_CC) for side in (ours, theirs)]
    assert difference.value == pytest.approx(float(both[0] - both[1]))
    assert difference.low is not None
    assert difference.value is not None
    assert 0 < difference.low < difference.value
    assert (difference.arm, difference.against) == ("reference:ours", "reference:theirs")


def test_a_gain_for_everybody_is_not_specific() -> None:
    survey = load_survey()
    items = survey.select("published")
    blind, one = (
        arm("blind", 0.0),
        reference_table(survey, CULTURES, items, "one", np.eye(11)[0]),
    )
    assert blind.share_CIK.shape == one.share_CIK.shape
    difference = specific_gain(blind, one, FEW)
    assert difference is not None
    assert difference.value == pytest.approx(0, abs=1e-12)


def test_respondents_can_be_drawn_too() -> None:
    fixed = Resampling(items="fixed", draws=50, people_draws=50)
    difference = specific_gain(arm("ours", 0.6), arm("theirs", 0.2), fixed)
    assert difference is not None
    assert difference.low is not None
    assert difference.low > 0


def test_one_culture_has_no_specificity() -> None:
    survey = load_survey()
    items = survey.select(["Q1", "Q2"])
    people = survey.people(["DEU"], items).share_CIK
    one = reference_table(survey, ["DEU"], items, "one", people)
    assert specific_gain(one, one, FEW) is None
