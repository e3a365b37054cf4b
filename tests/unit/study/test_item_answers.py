"""Item by item: what metrics.json holds of every answer, and what a run took."""

import pytest

from acculturate.evaluation.arm_table import ArmTable, build_table
from acculturate.records import Answer
from acculturate.study.peak_memory import peak_memory
from acculturate.study.results import item_answers
from acculturate.study.results.item_answers import asked_items, item_shares
from acculturate.survey import load_survey


def table(arm: str, code: int, cultures: tuple[str, ...] = ("CHN", "DEU")) -> ArmTable:
    survey = load_survey()
    answers = [Answer("Q1", "point", culture=culture, code=code) for culture in cultures]
    items = survey.select(["Q1", "Q2"])
    return build_table(answers, survey, arm=arm, cultures=("CHN", "DEU"), items=items)


def test_every_cell_has_the_people_and_each_arm() -> None:
    rows = item_shares({"before": table("before", 1), "after": table("after", 2)}, None)
    assert [(row.item, row.culture) for row in rows] == [
        ("Q1", "CHN"), ("Q1", "DEU"), ("Q2", "CHN"), ("Q2", "DEU"),
    ]  # fmt: skip
    first, *_, last = rows
    assert first.arms == {"before": (1, 0, 0, 0), "after": (0, 1, 0, 0)}
    assert sum(first.people) == pytest.approx(1, abs=0.002)
    options = zip((0, 1 / 3, 2 / 3, 1), first.people, strict=True)
    assert first.distances["before"] == pytest.approx(sum(o * s for o, s in options), abs=0.002)
    assert last.people
    assert (last.arms, last.distances) == ({}, {})  # not asked


def test_many_cells_are_means_over_cultures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(item_answers, "MOST_ROWS", 3)
    whole = table("arm", 1)
    rows = item_shares({"arm": whole}, None)
    assert [(row.item, row.culture) for row in rows] == [("Q1", "mean"), ("Q2", "mean")]
    means = whole.people.share_CIK[:, 0, :4].mean(axis=0)
    assert rows[0].people == pytest.approx(means, abs=0.001)


def test_the_arms_of_the_pair_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(item_answers, "MOST_ARMS", 2)
    tables = {name: table(name, 1) for name in ("other", "after", "before")}
    assert list(item_shares(tables, ("after", "before"))[0].arms) == ["before", "after"]
    assert item_shares({}, None) == ()


def test_items_are_told_in_words() -> None:
    (item,) = asked_items(load_survey().select(["Q1"]))
    assert item.item == "Q1"
    assert item.stem
    assert len(item.options) == 4


def test_peak_memory_is_in_gib() -> None:
    assert 0 < peak_memory().get("process", 0.05) < 1000
