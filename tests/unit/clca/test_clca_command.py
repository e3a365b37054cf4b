import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from acculturate.clca.seeds import read_folder
from acculturate.cli.main import app
from acculturate.engines.mock import MockEngine
from acculturate.errors import AcculturateError

from .test_clca_adapting import GOOD

SEED = "family-wedding-guests"


def type_in(*words: str) -> str:
    done = CliRunner().invoke(app, ["clca", "scenarios", *words])
    if isinstance(done.exception, AcculturateError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_list_and_show() -> None:
    lines = type_in("list").splitlines()
    assert len(lines) >= 60
    assert all(
        line.startswith("faith-") for line in type_in("list", "--domain", "faith").split("\n")[:-1]
    )
    assert "{first}" in type_in("show", SEED)
    shown = type_in("show", SEED, "--culture", "CHN", "--language", "culture")
    assert "{" not in shown
    assert "secret:" in shown
    with pytest.raises(AcculturateError, match=f"no situation 'family-weding-guests'.* '{SEED}'"):
        type_in("show", "family-weding-guests")


def test_adapt_writes_a_file_that_check_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "acculturate.engines.open_engine", lambda _: MockEngine(lambda _: json.dumps(GOOD))
    )
    out = tmp_path / "mine.toml"
    words = ("adapt", SEED, "--culture", "DEU", "--model", "mock:any", "--out", str(out))
    assert "2 of 2 written" in type_in(*words, "--variants", "2")
    assert {seed.culture for seed in read_folder(out).values()} == {"DEU"}
    assert type_in("check", str(out)).startswith("2 situations (family), 2 of them set")


def test_a_teacher_that_writes_no_scenario_is_told(tmp_path: Path) -> None:
    out = tmp_path / "mine.toml"
    with pytest.raises(AcculturateError, match="wrote no readable scenario"):
        type_in("adapt", SEED, "--culture", "DEU", "--model", "mock:uniform", "--out", str(out))
    assert not out.exists()
