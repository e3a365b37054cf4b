"""The verdict says improvement only where every question that applies has a yes."""

from typing import Any

import numpy as np
import pytest

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.reference_arms import reference_table
from acculturate.statistics.bootstrap import Resampling
from acculturate.study.results.verdict import verdict
from acculturate.survey import load_survey

DRAWN = Resampling(draws=300)
CULTURES = ["CHN", "DEU", "MEX", "NGA"]


def arm(name: str, own: float, mankind: float = 0.0) -> ArmTable:
    """Answers of uniform guess, of people in general and of each culture's own, mixed."""
    survey = load_survey()
    items = [item for item in survey.select("published") if item.id not in ("Q111",)]
    people = survey.people(CULTURES, items)
    asked_I = people.n_CI.min(0) > 0
    kept = [item for item, asked in zip(items, asked_I, strict=True) if asked]
    people = survey.people(CULTURES, kept)
    share_CIK = people.share_CIK
    even_IK = (np.arange(share_CIK.shape[-1]) < people.size_I[:, None]) / people.size_I[:, None]
    mixed = own * share_CIK + mankind * share_CIK.mean(0) + (1 - own - mankind) * even_IK
    return reference_table(survey, CULTURES, kept, name, mixed)


def judged(
    after: ArmTable, before: ArmTable, adapted: bool = True, **controls: ArmTable
) -> dict[str, Any]:
    tables = {"after": after, "before": before, **controls}
    found = verdict(tables, "alignment", "after", "before", list(controls), adapted, DRAWN)
    assert found is not None
    return found


def answers(found: dict[str, Any]) -> list[Any]:
    return [(step["question"], step["answer"]) for step in found["steps"]]


def test_nearer_specific_and_better_than_its_control_is_an_improvement() -> None:
    found = judged(arm("a", 0.4), arm("b", 0.0), shuffled=arm("s", 0.1, 0.2))
    assert answers(found) == [("nearer", True), ("specific", True), ("control", True)]
    assert found["improved"] is True
    assert found["headline"] == "after improves on before."
    assert found["sentence"].endswith("That is an improvement.")


def test_without_a_control_it_is_not_yet_one() -> None:
    found = judged(arm("a", 0.4), arm("b", 0.0))
    assert answers(found) == [("nearer", True), ("specific", True), ("control", None)]
    assert found["improved"] is False
    assert "not yet an improvement" in found["headline"]
    assert found["sentence"].endswith("not yet an improvement.")
    assert "no shuffled-culture control" in found["sentence"]


def test_a_framing_needs_no_control() -> None:
    found = judged(arm("a", 0.4), arm("b", 0.0), adapted=False)
    assert answers(found) == [("nearer", True), ("specific", True)]
    assert found["improved"] is True


def test_a_gain_for_everybody_is_not_specific() -> None:
    found = judged(arm("a", 0.0, 0.6), arm("b", 0.0), adapted=False)
    assert answers(found) == [("nearer", True), ("specific", False)]
    assert found["improved"] is False


def test_the_hardest_control_decides() -> None:
    hard, easy = arm("h", 0.5), arm("e", 0.0)
    found = judged(arm("a", 0.4), arm("b", 0.0), easy=easy, hard=hard)
    assert answers(found)[-1] == ("control", False)
    assert found["steps"][-1]["figures"]["against"] == "reference:h"


@pytest.mark.parametrize(("own", "said"), [(0.4, "is shown: mean"), (0.1, "further from")])
def test_what_is_not_nearer_is_asked_nothing_more(own: float, said: str) -> None:
    found = judged(arm("a", own), arm("b", 0.4))
    assert len(found["steps"]) == 1
    assert said in found["sentence"]
    assert found["improved"] is False
