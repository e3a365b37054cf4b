"""A data set in the layout that `datasets` loads; nothing in it tells of a person who lives."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from acculturate.export import OpenedRun, open_run, rows_of
from acculturate.export.dataset_folder import tells_of_respondents, write_dataset


@pytest.fixture
def folder(run: OpenedRun, tmp_path: Path) -> Path:
    place = tmp_path / "set"
    place.mkdir()
    write_dataset(run, place)
    return place


def test_datasets_loads_every_table(
    folder: Path, run: OpenedRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets = pytest.importorskip("datasets")
    names = datasets.get_dataset_config_names(str(folder))
    assert {"answers", "people", "prompts", "scores", "cells"} <= set(names)
    answers = datasets.load_dataset(
        str(folder), "answers", split="train", cache_dir=str(tmp_path / "cache")
    )
    expected = list(rows_of(run, "answers"))
    assert answers.num_rows == len(expected)
    assert answers[0]["shares"] == list(expected[0]["shares"])
    default = datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))
    assert default["train"].column_names == answers.column_names


def test_the_card_says_terms_and_method(folder: Path) -> None:
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert card.startswith("---\npretty_name: ")
    for said in ("World Values Survey", "**Models.**", "| `option_mass` |", "non-profit"):
        assert said in card, said


def test_what_tells_of_respondents_is_left_out(run: OpenedRun, tmp_path: Path) -> None:
    assert not tells_of_respondents(run)
    import acculturate

    result: Any = acculturate.measure(
        "mock:first", "DEU", "persona", survey="fictitious-wvs7", items=["Q1"],
        out=tmp_path / "run", settings=["answers.backdrop.persons=2"],
    )  # fmt: skip
    with open_run(result.folder) as opened:
        assert not tells_of_respondents(opened)
        people = opened.finished.survey.respondents
        assert people is not None
        lived = replace(people, ids=[f"r{n}" for n in range(len(people.ids))])
        survey = replace(opened.finished.survey, respondents=lived)
        plan = replace(opened.plan, survey=survey)
        real = replace(opened, finished=replace(opened.finished, plan=plan))
        assert tells_of_respondents(real)
        place = tmp_path / "set"
        place.mkdir()
        write_dataset(real, place)
    files = {path.stem for path in (place / "data").iterdir()}
    assert "answers" in files
    assert not files & {"prompts", "replies"}
    rows = pq.read_table(place / "data" / "answers.parquet").column("respondent")
    assert set(rows.to_pylist()) == {None}
    assert "Prompts spoke of single" in (place / "README.md").read_text()
