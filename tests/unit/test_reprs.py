"""What is printed where an object stands at the end of a cell: short, whatever it holds."""

from dataclasses import replace
from html import escape
from pathlib import Path

import pytest

import acculturate
from acculturate.errors import ConfigError


def test_a_survey_is_named_with_its_size() -> None:
    printed = repr(acculturate.load_survey())
    assert printed.startswith("Survey 'wvs7-marginals'")
    assert "259 items" in printed
    assert len(printed) < 200


def test_a_study_is_named_with_its_arms(tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    arms = "".join(f'[[arm]]\nid = "a{number}"\n' for number in range(8))
    file.write_text(
        '[study]\nname = "mine"\n[cultures]\nmeasure = ["CHN", "DEU"]\n'
        f'[models.base]\nname = "mock:first"\n{arms}'
    )
    study = acculturate.load_study(file)
    assert repr(study) == (
        "Study 'mine' on wvs7-marginals: cultures 2, adaptations 0, "
        "arms a0, a1, a2, a3, a4, a5 and 2 more"
    )
    assert str(study) == repr(study)


def test_a_comparison_has_a_line_for_each_culture(tmp_path: Path) -> None:
    result = acculturate.measure(
        ["mock:first", "mock:uniform"], cultures=["CHN"], items=["Q1", "Q2"], out=tmp_path / "run"
    )
    compared = acculturate.compare(result, *result.arms[:2])
    head, columns, *rows = repr(compared).splitlines()
    assert head.startswith("Comparison of alignment")
    assert f"(all {len(compared.rows)} rows: .frame())" in head
    assert columns.split() == ["arm", "against", "culture", "alignment", "p"]
    assert any(" CHN " in row and " n 2 " in row for row in rows)
    assert len(rows) < 10


def test_a_comparison_is_a_table_in_a_notebook(tmp_path: Path) -> None:
    result = acculturate.measure(
        ["mock:first", "mock:uniform"], cultures=["CHN"], items=["Q1", "Q2"], out=tmp_path / "run"
    )
    compared = acculturate.compare(result, *result.arms[:2])
    html = compared._repr_html_()
    assert html.count("<tr>") == 1 + sum(row.metric == "alignment" for row in compared.rows)
    assert all(f"<p>{escape(remark)}</p>" in html for remark in compared.remarks)
    row = replace(compared.rows[0], arm="<script>", culture="MEX")
    hostile = replace(compared, rows=(row,) * 30)
    assert "<script>" not in hostile._repr_html_()
    assert "&lt;script&gt;" in hostile._repr_html_()
    assert "... and 18 rows more: see .frame()" in hostile._repr_html_()
    assert len(repr(hostile).splitlines()) == 2 + 12 + 1


def test_a_text_is_no_script_of_a_mock_engine() -> None:
    with pytest.raises(ConfigError, match=r"open_engine\('mock:uniform'\)"):
        acculturate.MockEngine("uniform")
