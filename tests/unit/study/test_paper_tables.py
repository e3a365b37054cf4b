"""Tables that a study asks for: which arm stands in which cell."""

from typing import Any

import pytest

from acculturate.config import validate
from acculturate.errors import AcculturateError
from acculturate.records import Score
from acculturate.records.results.cut import Cell, LaidOut
from acculturate.records.results.differences import Difference
from acculturate.study.paper_tables import TableSection, check_table, lay_out

ARMS = ("base", "tuned")


def score(arm: str, metric: str, culture: str, value: float | None) -> Score:
    return Score(arm, None, None, None, "s", culture, metric, value, low=0.1, n=7)


SCORES = [
    score(arm, metric, culture, place + 0.1 * (arm == "tuned"))
    for arm in ARMS
    for metric in ("alignment", "skill")
    for place, culture in enumerate(("CHN", "DEU", "mean"))
]
DIFFERENCES = [Difference("alignment", "mean", "tuned", "base", 0.1, None, None, 7)]


def laid_out(**section: Any) -> tuple[LaidOut, ...]:
    read = validate(TableSection, {"title": "T", **section}, "test")
    return lay_out([read], SCORES, DIFFERENCES, ARMS, ("CHN", "DEU"), "alignment")


def values(table: LaidOut) -> list[list[float | None]]:
    return [[cell.value if cell else None for cell in row.cells] for row in table.rows]


def test_cultures_stand_in_columns_and_arms_in_rows() -> None:
    [table] = laid_out()
    assert table.columns == ("CHN", "DEU", "mean")
    assert [row.label for row in table.rows] == list(ARMS)
    assert values(table) == [[0, 1, 2], [0.1, 1.1, 2.1]]
    assert table.rows[0].cells[0] == Cell("base", None, "alignment", "CHN", 0, low=0.1, n=7)
    first, second = laid_out(metrics=["alignment", "skill"], rows={"Tuned": "tuned"})
    assert (first.metric, second.metric) == ("alignment", "skill")
    assert values(second) == [[0.1, 1.1, 2.1]]


def test_metrics_or_arms_stand_in_columns() -> None:
    [table] = laid_out(columns="metrics", metrics=["alignment", "skill"])
    assert (table.metric, table.columns) == (None, ("alignment", "skill"))
    assert values(table) == [[2, 2], [2.1, 2.1]]
    [grid] = laid_out(columns=["P1", "P2"], rows={"a": ["base", "tuned"], "b": ["", "tuned"]})
    assert values(grid) == [[2, 2.1], [None, 2.1]]


def test_differences_have_the_arms_that_are_against_another() -> None:
    [table] = laid_out(show="differences")
    assert [row.label for row in table.rows] == ["tuned"]
    assert values(table) == [[None, None, 0.1]]


def test_a_table_without_a_number_is_left_out() -> None:
    assert laid_out(metrics=["alignment_as_published"]) == ()


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"rows": {"a": "bas"}}, "no arm 'bas'. Did you mean 'base'"),
        ({"metrics": ["alignmnt"]}, "no metric 'alignmnt'. Did you mean 'alignment'"),
        ({"columns": ["P1", "P2"], "rows": {"a": ["base"]}}, "names 1 arms and there are 2"),
        ({"columns": ["P1"]}, "need rows that name an arm"),
    ],
)
def test_what_is_wrong_is_told(section: dict[str, Any], said: str) -> None:
    read = validate(TableSection, {"title": "T", **section}, "test")
    with pytest.raises(AcculturateError, match=said):
        check_table(read, ARMS)


def test_a_reference_level_may_stand_in_a_row() -> None:
    read = validate(TableSection, {"title": "T", "rows": {"a": "reference:uniform"}}, "test")
    check_table(read, ARMS)
