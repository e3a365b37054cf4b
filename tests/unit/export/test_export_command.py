"""The command: what is named is written, where it is named, and what is wrong is one sentence."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from acculturate.cli.main import app
from acculturate.errors import AcculturateError, StoreError


def said(*words: str) -> str:
    done = CliRunner().invoke(app, ["export", *words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_without_options_every_table_is_written_beside(finished: Path, tmp_path: Path) -> None:
    output = said(str(finished))
    assert "Written to measured-export" in output
    files = {path.name for path in (tmp_path / "measured-export").iterdir()}
    assert {"answers.csv", "people.csv", "prompts.csv", "replies.csv", "README.md"} <= files
    assert "cells.csv" not in files


def test_parts_are_written_alone_and_folders_of_their_own(finished: Path, tmp_path: Path) -> None:
    output = said(
        str(finished), "--out", "paper", "--cells", "--tables", "--methods", "--format", "jsonl",
        "--lm-eval", "tasks", "--dataset", "set",
    )  # fmt: skip
    assert output.count("Written to") == 3
    names = {path.name for path in (tmp_path / "paper").iterdir()}
    assert names == {
        "cells.jsonl", "README.md", "tables", "methods.md", "methods.tex", "references.bib",
        "study.toml",
    }  # fmt: skip
    assert (tmp_path / "tasks" / "scoring.py").is_file()
    assert (tmp_path / "set" / "data" / "answers.parquet").is_file()


def test_what_is_wrong_is_one_sentence_and_leaves_nothing(finished: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x")
    for words, expected in (
        ((str(finished), "--out", "full"), "is not empty"),
        ((str(tmp_path / "none"),), "is no run folder"),
        ((str(finished), "--only", "anwers"), "Did you mean 'answers'"),
        ((str(finished), "--rows", "trl"), "has no adaptation"),
    ):
        with pytest.raises(AcculturateError, match=expected) as told:
            said(*words)
        assert "\n" not in str(told.value)
    assert {path.name for path in tmp_path.iterdir()} == {"full"}


def test_a_folder_that_cannot_be_made_is_told(finished: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be written"):
        said(str(finished), "--out", "file/inside")
