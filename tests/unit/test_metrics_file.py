"""metrics.json: what is written is read back, and what does not fit is told with file and key."""

import json
from pathlib import Path
from typing import Any

import pytest

import acculturate
from acculturate.errors import ConfigError, StoreError
from acculturate.records.results.made import ShiftRow
from acculturate.records.results.metrics_file import (
    read_results,
    results_of,
    results_text,
    results_tree,
    with_method_tables,
)
from acculturate.records.results.plain import Row
from acculturate.records.results.run_results import RunMeta, RunResults

ROW = {"arm": "a", "model": None, "framing": None, "language": None, "survey": "s"}
SCORE = {**ROW, "culture": "CHN", "metric": "alignment", "value": 0.7}


def tree(**meta: Any) -> dict[str, Any]:
    return {"schema": 1, "rows": [SCORE], "meta": meta, "differences": []}


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    acculturate.measure("mock:noise", ["CHN", "DEU"], items=["Q1", "Q2"], out=tmp_path)
    text = (tmp_path / "metrics.json").read_text(encoding="utf-8")
    results = read_results(tmp_path)
    assert results_text(results) == text
    assert results.meta.arms[0].id == "aware"
    assert {row.culture for row in results.rows} == {"CHN", "DEU", "mean"}


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"rows": 5}, r"'rows': expected a list, and it is 5\."),
        ({"rows": [SCORE, 5]}, r"'rows\[1\]': expected a row \(\{\.\.\.\}\), and it is 5\."),
        ({"rows": [{**SCORE, "value": "high"}]}, r"'rows\[0\]\.value': .*, and it is \"high\"\."),
        ({"rows": [ROW]}, r"the key 'rows\[0\]\.culture' is missing\."),
        ({"meta": 5}, r"'meta': expected a row"),
        (tree(verdict=5), r"'meta\.verdict': expected a row"),
        (tree(cautions="careful"), r"'meta\.cautions': expected a list"),
        (tree(arms=[{"id": "a"}]), r"the key 'meta\.arms\[0\]\.model' is missing"),
        (tree(no_answer=[0.1]), r"'meta\.no_answer': expected a table"),
    ],
)
def test_what_was_changed_by_hand_is_told(over: dict[str, Any], said: str, tmp_path: Path) -> None:
    (tmp_path / "metrics.json").write_text(json.dumps(tree() | over), encoding="utf-8")
    with pytest.raises(StoreError, match=rf"metrics\.json: {said}.*Run the study again"):
        acculturate.load_run(tmp_path)


def test_parts_that_are_null_or_absent_are_empty_and_others_are_left_unread() -> None:
    results = results_of({"schema": 1, "rows": None, "meta": {"arms": None, "new": 5}}, "m.json")
    assert results == RunResults()
    assert results_of({"schema": 1}, "m.json") == RunResults()


def test_tables_of_methods_are_kept_and_ours_are_records() -> None:
    shift: Row = {"adapt": "a", "culture": "CHN", "topic": "Work", "questions": 9, "shifts": 2}
    own: Row = {"adapt": "a", "songs": 3, "titles": ["One", None]}
    meta = with_method_tables(RunMeta(), {"shifts": [shift], "songs": [own]})
    assert meta.shifts == (ShiftRow("a", "CHN", "Work", 9, 2),)
    assert meta.method_tables == {"songs": (own,)}
    written = results_tree(RunResults(meta=meta))
    assert written["meta"]["songs"] == [own]
    assert results_of(json.loads(json.dumps(written)), "m.json").meta == meta


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"verdict": [{"adapt": "a"}]}, "is called 'verdict', which is another part"),
        ({"shifts": [{"adapt": "a"}]}, r"the key 'shifts\[0\]\.culture' is missing"),
    ],
)
def test_a_methods_table_that_does_not_fit_is_told(tables: Any, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        with_method_tables(RunMeta(), tables)
