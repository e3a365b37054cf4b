"""Data files: what is in them is what the run holds, whatever the format and however hostile."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import acculturate
from acculturate.culturespa.shift_files import kept_files
from acculturate.culturespa.shifts import Shifts
from acculturate.errors import ConfigError, StoreError
from acculturate.export import OpenedRun, rows_of
from acculturate.export.data_files import data_tables, write_tables
from acculturate.export.exporting import ExportSettings, export_run
from acculturate.export.out_folder import new_folder
from acculturate.export.run_tables import MADE, RECORDS
from acculturate.export.sheet_files import FORMATS, write_sheet
from acculturate.export.table_catalogue import brought_tables, export_tables, find_table
from acculturate.extras import frame_or_rows
from acculturate.records import Item, Shift, Wording
from acculturate.records.results.run_results import RunMeta, RunResults
from acculturate.records.results.talks import Decision, DialogueRow, Move, Person
from acculturate.store import Store


def test_every_table_has_columns_and_rows() -> None:
    assert set(export_tables()) == {*MADE, *RECORDS, *brought_tables()}
    assert not {*MADE, *RECORDS} & {*brought_tables()}


def test_answers_give_the_scores_again(run: OpenedRun) -> None:
    frame = frame_or_rows(rows_of(run, "answers"))
    assert set(frame.groupby("arm").size().items()) == {("unaware", 16), ("aware", 32)}
    q165 = frame[(frame.arm == "aware") & (frame["item"] == "Q165") & (frame.culture == "CHN")]
    shares = [sum(column) / len(q165) for column in zip(*q165.shares, strict=True)]
    people = q165.people.iloc[0]
    distance = sum(abs(a - b) for a, b in zip(shares, people, strict=True)) / 2
    scores = acculturate.measure(
        "mock:noise", "CHN", items=["Q165"], out=run.folder.parent / "again"
    )
    assert scores.value("total_variation") == pytest.approx(distance)


def test_cells_are_the_peoples_and_the_arms_shares(run: OpenedRun) -> None:
    frame = frame_or_rows(rows_of(run, "cells"))
    assert set(frame.source) == {"people", "unaware", "aware"}
    sums = frame.groupby(["source", "cell_id", "question"]).share.sum()
    assert sums.to_numpy() == pytest.approx(1)
    popfidelity = pytest.importorskip("popfidelity")
    own = frame[(frame.source == "people") & (frame.question == "Q1")]
    cells = popfidelity.Cells.from_long(own)
    assert cells.labels == ("CHN", "DEU")
    assert cells.options[0] == "1 Very important"


def test_prompts_stand_once_and_every_reply_has_its_own(run: OpenedRun) -> None:
    prompts, replies, answers = (
        frame_or_rows(rows_of(run, name)) for name in ("prompts", "replies", "answers")
    )
    assert prompts.request.is_unique
    assert set(replies.request) == set(prompts.request) == set(answers.request)
    assert set(replies.model) == {"mock:noise"}
    assert prompts.user.str.len().min() > 20


@pytest.mark.parametrize("how", FORMATS)
def test_formats_hold_the_same(run: OpenedRun, tmp_path: Path, how: Any) -> None:
    write_tables(run, data_tables(["answers"]), tmp_path, how)
    path, expected = tmp_path / f"answers.{how}", list(rows_of(run, "answers"))
    rows: list[dict[str, Any]]
    if how == "csv":
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [json.loads(row["shares"]) for row in rows] == [[*r["shares"]] for r in expected]
        assert {row["refused"] for row in rows} == {"false"}
        return
    if how == "parquet":
        rows = pq.read_table(path).to_pylist()
    else:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert rows == [json.loads(json.dumps(row)) for row in expected]


def test_hostile_texts_are_no_formulas_and_can_be_written(tmp_path: Path) -> None:
    table = find_table("moves")
    texts = ["=HYPERLINK(1)", "+1", "-1", "@x", "\tx", "\r=1", "＝1", "half \ud800", 'a "b",\nc']
    rows = [dict.fromkeys(c.name for c in table.columns) | {"text": text} for text in texts]
    assert write_sheet(tmp_path / "m.csv", table, rows, "csv") == len(texts)
    with (tmp_path / "m.csv").open(encoding="utf-8", newline="") as file:
        read = [row["text"] for row in csv.DictReader(file)]
    assert read == [*(f"'{text}" for text in texts[:7]), "half ?", texts[8]]
    for how in ("jsonl", "parquet"):
        assert write_sheet(tmp_path / f"m.{how}", table, rows, how) == len(texts)


def test_rows_are_written_as_they_come(tmp_path: Path) -> None:
    """Nothing but one batch is held: the file grows while rows are still made."""
    path, table, sizes = tmp_path / "losses.parquet", find_table("losses"), list[int]()

    def rows() -> Iterator[dict[str, Any]]:
        for step in range(12_000):
            sizes.append(path.stat().st_size)
            yield {"adapt": "a", "adapter": "a", "step": step, "loss": step / 7}

    write_sheet(path, table, rows(), "parquet")
    assert sizes[6_000] > sizes[0]


def test_an_export_is_whole_or_not_there(finished: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    exported = export_run(finished, out, settings=ExportSettings("csv", ["scores", "answers"]))
    assert {path.name for path in out.iterdir()} == {"answers.csv", "scores.csv", "README.md"}
    page = (out / "README.md").read_text(encoding="utf-8")
    assert "| `option_mass` | number |" in page
    assert "World Values Survey" in page
    assert "answers 48" in exported.said[0]
    with pytest.raises(StoreError, match="is not empty: name a new one"):
        export_run(finished, out)
    with pytest.raises(StoreError, match="cannot be written"), new_folder(tmp_path / "half") as at:
        (at / "missing" / "x").write_text("x")
    assert {path.name for path in tmp_path.iterdir()} == {"out"}


def test_what_cannot_be_exported_is_told(finished: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no table 'answer'\. Did you mean 'answers'"):
        export_run(finished, tmp_path / "a", settings=ExportSettings(only=["answer"]))
    with pytest.raises(ConfigError, match="no part of an export 'figure'"):
        export_run(finished, tmp_path / "a", ["figure"])
    with pytest.raises(StoreError, match="no rows for dialogues"):
        export_run(finished, tmp_path / "a", settings=ExportSettings(only=["dialogues"]))
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="is a file: name a folder"):
        export_run(finished, tmp_path / "file")
    with pytest.raises(StoreError, match="is no run folder"):
        export_run(tmp_path, tmp_path / "a")


def test_a_run_that_goes_on_or_is_of_another_version_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    result = acculturate.measure("mock:first", "CHN", items=["Q1"], out=folder)
    with Store(folder), pytest.raises(StoreError, match="Another process is working on"):
        result.answers()
    with Store(folder) as store:
        store.keep("complete", None)
    with pytest.raises(StoreError, match="is not finished, so it cannot be exported"):
        result.answers()
    with Store(folder) as store:
        store.keep("complete", "x")
        store._db.execute("PRAGMA user_version = 7")
    with pytest.raises(StoreError, match=r"another version .*: use the version that"):
        result.answers()


def test_replies_that_are_missing_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    result = acculturate.measure("mock:first", "CHN", items=["Q1"], out=folder)
    with Store(folder) as store, store._db:
        store._db.execute("DELETE FROM replies")
    with pytest.raises(StoreError, match="lacks 2 replies of its arm 'aware'"):
        result.answers()


def test_results_give_tables(finished: Path) -> None:
    result = acculturate.load_run(finished)
    assert list(result.answers().columns)[:4] == ["arm", "model", "culture", "item"]
    assert len(result.prompts()) == len(result.replies())
    assert len(result.table("scores")) == len(result.scores)
    answers = [{"culture": "CHN", "item": "Q1", "answer": 1}]
    scored = acculturate.score(answers)
    assert len(scored.table("scores")) == len(scored.scores)
    with pytest.raises(ConfigError, match="no run folder, so there is no table 'answers'"):
        scored.answers()


def test_questions_and_shifts_are_kept_and_exported(run: OpenedRun, tmp_path: Path) -> None:
    wording = {"en": (Wording("Do you?", ("Yes", "No")),)}
    items = [Item(key, "Work", (1, 2), "ordinal", wording) for key in ("g1", "g2")]
    low, high = (
        Shift(item.id, "CHN", (0.5, 0.5), (0.2, 0.8), (0.1, 0.9), strength)
        for item, strength in zip(items, (0.01, 0.3), strict=True)
    )
    files = kept_files(items, Shifts((high,), (), (), (), measured=(low, high)))
    shifts = [json.loads(line) for line in files[".shifts.jsonl"].splitlines()]
    assert [(row["item"], row["taught"], row["target"]) for row in shifts] == [
        ("g1", False, None), ("g2", True, [0.1, 0.9]),
    ]  # fmt: skip
    question = json.loads(files[".questions.jsonl"].splitlines()[0])
    assert question["options"] == ["Yes", "No"]


def test_dialogues_moves_and_verdicts(run: OpenedRun) -> None:
    people = (Person("Ana", "cook", "rest", ""), Person("Luis", "driver", "talk", ""))
    dialogue = DialogueRow(
        adapt="clca", id="d1", culture="MEX", language="en", domain="family", adapted=True,
        setting="A kitchen.", people=people, end="left", moves=(Move("Ana", "says", "=1+1"),),
        verdicts=(Decision("quality", True, "sure"), Decision("fit", False)), taught=False,
    )  # fmt: skip
    results = RunResults(meta=RunMeta(dialogues=(dialogue,)))
    opened = replace(run, results=results)
    (row,) = rows_of(opened, "dialogues")
    assert (row["first_person"], row["second_goal"], row["moves"]) == ("Ana, cook", "talk", 1)
    assert [row["text"] for row in rows_of(opened, "moves")] == ["=1+1"]
    verdicts = list(rows_of(opened, "verdicts"))
    assert [(v["rater"], v["question"], v["good"]) for v in verdicts] == [
        ("judge", "quality", True), ("judge", "fit", False),
    ]  # fmt: skip


def test_a_folder_that_cannot_be_written_is_read(
    finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {path.name for path in finished.iterdir()}
    with Store(finished):  # locked, as a folder of somebody else is not
        monkeypatch.setattr("os.access", lambda *_: False)
        assert len(acculturate.load_run(finished).answers()) == 48
    assert {path.name for path in finished.iterdir()} == names
