"""Shift rate against gain: which points there are, and when they are correlated."""

from typing import Any

import pytest

from acculturate.config import validate
from acculturate.study.results.mechanisms import gains
from acculturate.study.schema import Study

CODES = ("CHN", "DEU", "GBR", "MEX")


def study(**control: Any) -> Study:
    tree = {
        "study": {"name": "s"},
        "survey": {"items": ["Q1"]},
        "cultures": {"measure": list(CODES), "adapt": list(CODES)},
        "models": {"base": {"name": "embedded"}},
        "adapt": [{"id": "spa", "method": "culturespa", "culturespa": {"shifts": control}}],
        "arm": [{"id": "before"}, {"id": "after", "model": "@spa", "against": "before"}],
    }
    return validate(Study, tree, "test")


def counts(*shifts: int) -> dict[str, list[dict[str, Any]]]:
    row = {"topic": "Work", "questions": 10}
    return {"spa": [{**row, "culture": c, "shifts": n} for c, n in zip(CODES, shifts, strict=True)]}


def differences(*values: float | None) -> list[dict[str, Any]]:
    row = {"arm": "after", "against": "before", "metric": "alignment", "low": None, "high": None}
    return [{**row, "culture": c, "value": v} for c, v in zip(CODES, values, strict=True)]


def test_ranks_are_correlated_over_cultures() -> None:
    [row] = gains(study(), counts(1, 2, 3, 4), differences(0.1, 0.2, 0.3, 9.0), [])
    assert (row["arm"], row["by"], row["n"], row["r"]) == ("after", "culture", 4, pytest.approx(1))
    assert row["p"] == pytest.approx(2 / 24, abs=0.02)  # the two of 24 orders that are as far
    assert row["points"][1] == {
        "name": "DEU",
        "questions": 10,
        "shifts": 2,
        "rate": 0.2,
        "gain": 0.2,
        "low": None,
        "high": None,
    }


def test_few_points_have_no_correlation_and_equal_rates_no_row() -> None:
    [row] = gains(study(), counts(1, 2, 3, 4), differences(0.1, None, None, 0.2), [])
    assert (row["n"], row["r"], row["p"]) == (2, None, None)
    assert gains(study(), counts(3, 3, 3, 3), differences(0.1, 0.2, 0.3, 0.4), []) == []


def test_controls_are_left_out() -> None:
    found = gains(study(control="null"), counts(1, 2, 3, 4), differences(0.1, 0.2, 0.3, 0.4), [])
    assert found == []
