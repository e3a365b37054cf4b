"""What is printed where an object stands at the end of a cell: short, whatever it holds."""

from pathlib import Path

import pytest

import acculturate
from acculturate.errors import ConfigError


def test_a_survey_is_named_with_its_size() -> None:
    printed = repr(acculturate.load_survey())
    assert printed.startswith("Survey 'wvs7-marginals'")
    assert "259 items" in printed
    assert len(printed) < 200


def test_a_comparison_has_a_line_for_each_culture(tmp_path: Path) -> None:
    result = acculturate.measure(
        ["mock:first", "mock:uniform"], cultures=["CHN"], items=["Q1", "Q2"], out=tmp_path / "run"
    )
    compared = acculturate.compare(result, *result.arms[:2])
    head, *rows = repr(compared).splitlines()
    assert head == f"Comparison of alignment (all {len(compared.rows)} rows: .frame())"
    assert any(", CHN: " in row and row.endswith(", 2 items") for row in rows)
    assert len(rows) < 10


def test_a_text_is_no_script_of_a_mock_engine() -> None:
    with pytest.raises(ConfigError, match=r"open_engine\('mock:uniform'\)"):
        acculturate.MockEngine("uniform")
