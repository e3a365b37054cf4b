"""What a study's results hold beyond rows, on a mock that answers at random."""

import json
from pathlib import Path
from typing import Any

import pytest

import acculturate
from acculturate.config import validate
from acculturate.evaluation.culture_map import map_items
from acculturate.records.results.metrics_file import results_text
from acculturate.report import render
from acculturate.report.page import write_report
from acculturate.runner import Silent
from acculturate.study.schema import Study
from acculturate.study.wiring import run_study

ITEMS = [*map_items(), "Q1", "Q2", "Q46", "Q106", "Q107", "Q108"]


def study(**over: Any) -> Study:
    tree = {
        "study": {"name": "s", "draws": 200},
        "survey": {"items": list(dict.fromkeys(ITEMS))},
        "cultures": {"measure": ["CHN", "DEU", "MEX", "NGA"]},
        "models": {"base": {"name": "mock:noise"}},
        "arm": [
            {"id": "unaware", "framing": "unaware"},
            {"id": "aware", "against": "unaware"},
            {"id": "texts", "kind": "sampled"},
        ],
    }
    return validate(Study, {**tree, **over}, "s.toml")


@pytest.fixture(scope="module")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("run")
    return json.loads(results_text(run_study(study(), folder).results))


def test_specificity_and_baselines_are_rows(metrics: Any) -> None:
    result = {(row["arm"], row["metric"]) for row in metrics["rows"] if row["culture"] == "mean"}
    for metric in ("deviation_correlation", "double_centred_diagonal", "pair_share"):
        assert ("aware", metric) in result
        assert ("reference:wording-lookup", metric) in result
    assert ("reference:scale-histogram", "alignment") in result


def test_differences_have_tests_and_holm_over_cultures(metrics: Any) -> None:
    rows = [row for row in metrics["differences"] if row["metric"] == "alignment"]
    assert {row["culture"] for row in rows} == {"CHN", "DEU", "MEX", "NGA", "mean"}
    for row in rows:
        assert 0 < row["p"] <= 1
        assert (row["holm"] is None) == (row["culture"] == "mean")
        assert row["holm"] is None or row["holm"] >= row["p"]


def test_sections_are_there_where_they_apply(metrics: Any) -> None:
    meta = metrics["meta"]
    assert [matrix["arm"] for matrix in meta["matrices"]] == ["aware", "texts"]
    assert {part["by"] for part in meta["parts"]} == {"topic", "map", "continent"}
    assert {person["culture"] for person in meta["map"]["people"]} == {"CHN", "DEU", "MEX", "NGA"}
    assert {arm["arm"] for arm in meta["map"]["arms"]} >= {"unaware", "aware"}
    assert {row["source"] for row in meta["variance"]} >= {"culture", "order"}
    assert {row["arm"] for row in meta["position"]} == {"unaware", "aware", "texts"}
    (pair,) = meta["agreement"]
    assert (pair["expected"], pair["sampled"]) == ("aware", "texts")
    assert all(arm["control"] is None for arm in meta["arms"])


def test_the_page_shows_them_with_a_sentence_each(metrics: Any) -> None:
    page = render(metrics)
    for name in ("specificity", "map", "parts", "asking"):
        assert f'<section id="{name}"' in page
    assert '<section id="persons"' not in page
    assert "wording lookup" in page
    assert "The shorter the\nlines" in page or "The shorter the lines" in page


def test_sections_that_do_not_apply_are_left_out(tmp_path: Path) -> None:
    one = study(
        cultures={"measure": ["DEU"]},
        survey={"items": ["Q1", "Q2"]},
        answers={"orders": "forward"},
        arm=[{"id": "aware"}],
    )
    meta = run_study(one, tmp_path).results.meta
    assert meta.map is None
    assert not any((meta.matrices, meta.parts, meta.variance, meta.position, meta.agreement))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    for name in ("specificity", "map", "parts", "asking", "persons"):
        assert f'<section id="{name}"' not in page


def test_personas_are_held_against_their_persons(tmp_path: Path) -> None:
    read = study(
        survey={"source": "fictitious-wvs7", "items": ["Q1", "Q2", "Q46"]},
        cultures={"measure": ["CHN", "DEU"]},
        answers={"backdrop": {"persons": 8}},
        arm=[{"id": "persona", "framing": "persona"}],
    )
    results = run_study(read, tmp_path).results
    rows = {(row.arm, row.metric) for row in results.rows if row.culture == "mean"}
    assert ("persona", "individual_hard_accuracy") in rows
    assert ("reference:individual-mode", "individual_hard_accuracy") in rows
    assert '<section id="persons"' in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_two_kinds_of_answer_are_not_held_against_each_other() -> None:
    with pytest.raises(Exception, match="a difference between two kinds of answer says nothing"):
        study(arm=[{"id": "a"}, {"id": "b", "kind": "sampled", "against": "a"}])


def test_reliability_over_orders_stands_in_results_and_page(tmp_path: Path) -> None:
    result = acculturate.measure(
        "mock:first",
        ["CHN", "DEU"],
        items=["Q1", "Q46", "Q106", "Q57"],
        settings=["answers.wordings=2"],
        out=tmp_path,
        progress=Silent(),
    )
    rows = {(row.source, row.of): row for row in result.meta.reliability}
    assert set(rows) == {("order", "answers")}, "neither wordings nor cultures differ"
    order = rows["order", "answers"]
    assert order.value == pytest.approx(-1.0), "the first of either order: both ends of the scale"
    assert (order.ways, order.n) == (2, 3)
    assert "Do the answers stay when the asking changes?" in write_report(tmp_path).read_text()
