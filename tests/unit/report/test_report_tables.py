import math
from collections.abc import Callable
from typing import Any

import pytest

from acculturate.records import Score
from acculturate.records.results.metrics_file import results_of
from acculturate.records.results.moved import MetricFigure
from acculturate.records.results.run_results import RunMeta, RunResults
from acculturate.report import render
from acculturate.report.tables import difference_tables, measure, score_tables
from acculturate.report.typesetting import number


def test_the_primary_metric_and_the_mean_come_first(metrics: Any) -> None:
    tables = score_tables(results_of(metrics, "m"))
    assert [table.measure.name for table in tables] == ["alignment", "js_divergence"]
    assert [row.label for row in tables[0].rows] == ["Mean over cultures", "China", "Mexico"]


def test_arms_stand_in_the_order_of_the_study_and_references_last(metrics: Any) -> None:
    metrics["rows"].reverse()
    columns = score_tables(results_of(metrics, "m"))[0].columns
    assert [column.label for column in columns][:2] == ["base-aware", "adapted-aware"]
    assert {column.label for column in columns[2:]} == {"uniform", "culture blind"}
    assert [column.reference for column in columns] == [False, False, True, True]
    assert [column.adapted for column in columns] == [False, True, False, False]


def test_every_row_lands_in_its_own_cell(metrics: Any) -> None:
    table = score_tables(results_of(metrics, "m"))[0]
    china = next(row for row in table.rows if row.culture == "CHN")
    adapted = china.estimates[1]
    assert adapted is not None
    assert adapted.value == pytest.approx(0.761)
    assert isinstance(adapted, Score)
    assert (adapted.n, adapted.refused) == (216, 3)


def test_a_missing_score_is_an_empty_cell_and_null_is_missing(
    metrics: Any, score: Callable[..., Any]
) -> None:
    metrics["rows"] = [
        score("base-aware", "CHN", "alignment", 0.7),
        score("adapted-aware", "MEX", "alignment", 0.8),
        score("base-aware", "MEX", "alignment", None),
        score("adapted-aware", "CHN", "alignment", math.nan),
    ]
    china, mexico = score_tables(results_of(metrics, "m"))[0].rows
    assert [estimate is None for estimate in china.estimates] == [False, True]
    assert [estimate is None for estimate in mexico.estimates] == [True, False]


def test_two_languages_of_an_arm_are_two_columns(metrics: Any, score: Callable[..., Any]) -> None:
    metrics["rows"] = [
        score("base-aware", "CHN", "alignment", 0.7, language="en"),
        score("base-aware", "CHN", "alignment", 0.6, language="zh"),
    ]
    table = score_tables(results_of(metrics, "m"))[0]
    assert [column.label for column in table.columns] == ["base-aware (en)", "base-aware (zh)"]
    assert [estimate.value for estimate in table.rows[0].estimates if estimate] == [0.7, 0.6]


def test_a_score_without_a_culture_has_its_own_row(metrics: Any, score: Callable[..., Any]) -> None:
    metrics["rows"] = [score("base-aware", None, "option_mass", 0.9)]
    assert score_tables(results_of(metrics, "m"))[0].rows[0].label == "Not tied to a culture"


def test_the_verdicts_pair_comes_first(metrics: Any) -> None:
    other = [row | {"arm": "third", "value": 0.5} for row in metrics["differences"]]
    metrics["differences"] = other + metrics["differences"]
    columns = difference_tables(results_of(metrics, "m"))[0].columns
    assert [column.arm for column in columns] == ["adapted-aware", "third"]


def test_the_summary_is_the_mean_or_the_only_row(metrics: Any) -> None:
    whole = score_tables(results_of(metrics, "m"))[0].summary
    assert whole is not None
    assert whole.culture == "mean"
    metrics["rows"] = [row for row in metrics["rows"] if row["culture"] != "mean"]
    assert score_tables(results_of(metrics, "m"))[0].summary is None
    metrics["rows"] = [row for row in metrics["rows"] if row["culture"] == "MEX"]
    only = score_tables(results_of(metrics, "m"))[0].summary
    assert only is not None
    assert only.label == "Mexico"


@pytest.mark.parametrize(
    ("low", "high", "side"),
    [
        (0.1, 0.2, 1),
        (-0.2, -0.1, -1),
        (-0.1, 0.1, 0),
        (0.0, 0.1, 0),
        (None, 0.1, None),
    ],
)
def test_the_side_of_zero(low: float | None, high: float, side: int | None) -> None:
    assert MetricFigure("alignment", 0.1, low, high, 9).side == side


def test_an_unknown_metric_has_a_name_and_no_more() -> None:
    result = measure(RunMeta(), "js_distance")
    assert (result.label, result.text, result.higher_is_better) == ("js distance", "", None)


def test_nothing_gives_no_tables() -> None:
    assert score_tables(RunResults()) == []
    assert difference_tables(RunResults()) == []


@pytest.mark.parametrize("value", [None, "0.7", True, math.nan, math.inf])
def test_what_is_no_number(value: Any) -> None:
    assert number(value) is None


def test_fidelity_says_what_holds_each_arm_down(metrics: Any) -> None:
    names = ("population_fidelity", "fidelity_accuracy", "fidelity_adaptability")
    like = next(r for r in metrics["rows"] if (r["arm"], r["culture"]) == ("adapted-aware", "mean"))
    metrics["rows"] += [{**like, "metric": name, "value": 0.1234} for name in names]
    row = dict.fromkeys(("population_fidelity", "accuracy", "adaptability", "structure"), 0.1)
    binds = {"accuracy_binds": 1, "adaptability_binds": 7, "structure_binds": 2}
    metrics["meta"]["fidelity"] = [
        {"arm": "adapted-aware", **row, "binds": "adaptability", **binds, "n": 10}
    ]
    page = render(metrics)
    own = page[page.index('<section id="fidelity"') :]
    own = own[: own.index("</section>")]
    assert "Held down by" in own
    assert "<td>adaptability (7 of 10)</td>" in own
    assert "0.123" in own
    del metrics["meta"]["fidelity"]  # runs of before
    assert "adaptability (7" not in render(metrics)
