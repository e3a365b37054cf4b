"""A study on a planted model says where the planting did not take."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from acculturate.config import validate
from acculturate.evaluation.arm_table import ArmTable
from acculturate.records import Score
from acculturate.study.results.planting import planting_cautions
from acculturate.study.schema import Study


def study(mix: float = 0.5, base: str = "@plant", **survey: Any) -> Study:
    tree = {
        "study": {"name": "planted"},
        "cultures": {"measure": ["CHN", "DEU"], "adapt": ["CHN", "DEU"]},
        "models": {"base": {"name": "embedded"}},
        "adapt": [
            {"id": "plant", "method": "survey", "survey": {"mix": mix, **survey}},
            {"id": "spa", "method": "culturespa", "base": base},
        ],
        "arm": [
            {"id": "plant", "model": "@plant", "framing": "country"},
            {"id": "plain", "model": "@plant", "framing": "unaware"},
            {"id": "spa", "model": "@spa", "against": "plant"},
        ],
    }
    return validate(Study, tree, "test")


def said(made: Study, trained: float, held_out: float) -> list[str]:
    values = {"plant:trained": trained, "plant": held_out, "plain:trained": 0.0, "plain": 0.0,
              "spa:trained": 3.0, "spa": 3.0}  # fmt: skip
    scores = [
        SimpleNamespace(arm=arm, value=value, metric="deviation_slope", culture="mean")
        for arm, value in values.items()
    ]
    tables = {name: SimpleNamespace(common=name == "plain") for name in ("plant", "plain", "spa")}
    return list(
        planting_cautions(made, cast(dict[str, ArmTable], tables), cast(list[Score], scores))
    )


def test_nothing_is_said_where_the_planting_took() -> None:
    assert said(study(), 0.45, 0.05) == []


@pytest.mark.parametrize(("trained", "held_out"), [(0.3, 0.0), (0.8, 0.0), (0.5, 0.2)])
def test_a_planting_that_did_not_take_makes_the_study_void(trained: float, held_out: float) -> None:
    [caution] = said(study(), trained, held_out)
    assert caution.startswith("Void: plant should have a deviation slope of 0.5")
    assert f"It has {trained:.2f} and {held_out:.2f}" in caution


def test_a_model_that_nothing_is_built_on_is_no_manipulation() -> None:
    assert said(study(base="base"), 0.1, 0.0) == []
    assert said(study(control="shuffled"), 0.1, 0.0) == []
