"""Shift rate against gain: which points there are, and when they are correlated."""

from typing import Any

import pytest

from acculturate.config import validate
from acculturate.records.results.differences import CorrectedDifference
from acculturate.records.results.made import ShiftRow
from acculturate.records.results.moved import GainPoint
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


def counts(*shifts: int) -> list[ShiftRow]:
    return [
        ShiftRow("spa", code, "Work", 10, count) for code, count in zip(CODES, shifts, strict=True)
    ]


def differences(*values: float | None) -> list[CorrectedDifference]:
    return [
        CorrectedDifference("alignment", code, "after", "before", value, None, None, 9)
        for code, value in zip(CODES, values, strict=True)
    ]


def test_ranks_are_correlated_over_cultures() -> None:
    [row] = gains(study(), counts(1, 2, 3, 4), differences(0.1, 0.2, 0.3, 9.0), [])
    assert (row.arm, row.by, row.n) == ("after", "culture", 4)
    assert row.r == pytest.approx(1)
    assert row.p == pytest.approx(2 / 24, abs=0.02)  # the two of 24 orders that are as far
    assert row.points[1] == GainPoint("DEU", 10, 2, 0.2, 0.2)


def test_few_points_have_no_correlation_and_equal_rates_no_row() -> None:
    [row] = gains(study(), counts(1, 2, 3, 4), differences(0.1, None, None, 0.2), [])
    assert (row.n, row.r, row.p) == (2, None, None)
    assert gains(study(), counts(3, 3, 3, 3), differences(0.1, 0.2, 0.3, 0.4), []) == ()


def test_controls_are_left_out() -> None:
    result = gains(study(control="null"), counts(1, 2, 3, 4), differences(0.1, 0.2, 0.3, 0.4), [])
    assert result == ()
