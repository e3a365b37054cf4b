"""What an adaptation built is read back where all is as it was, and built anew where it is not."""

import contextlib
import dataclasses
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from acculturate.clca.adaptation import ClcaAdaptation
from acculturate.engines.mock import CHARACTERS, MockEngine
from acculturate.methods import Taught
from acculturate.records import Failure, Request
from acculturate.store import Beside, Store
from acculturate.study import built
from acculturate.study.schema import Study, load_study
from acculturate.study.wiring import build_rows
from acculturate.tuning.rows import rows_digest

from .small_studies import CLCA, talker


@pytest.fixture(autouse=True)
def _talker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CHARACTERS, "talker", talker)


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The adaptations whose method was called, in order."""
    called: list[str] = []
    method = ClcaAdaptation.build

    def build(self: ClcaAdaptation, *args: Any) -> Taught:
        called.append(self.id)
        return method(self, *args)

    monkeypatch.setattr(ClcaAdaptation, "build", build)
    return called


@pytest.fixture
def study(tmp_path: Path, tiny_model: Path) -> Study:
    return small(tmp_path, tiny_model)


def small(folder: Path, model: Path, *settings: str) -> Study:
    path = folder / "study.toml"
    path.write_text(CLCA.format(model=str(model)))
    return load_study(path, settings=settings)


def made(study: Study, folder: Path) -> Taught:
    return build_rows(study, "clca", folder)[0]


def changed(folder: Path, command: str) -> None:
    with contextlib.closing(sqlite3.connect(folder / "run.db")) as db, db:
        assert db.execute(command).rowcount


def test_what_is_kept_is_what_was_built(study: Study, tmp_path: Path, builds: list[str]) -> None:
    first, again = made(study, tmp_path / "run"), made(study, tmp_path / "run")
    assert builds == ["clca"]
    assert list(again.rows) == list(first.rows)
    assert len(again.rows) == len(first.rows) > 0
    assert rows_digest(again.rows) == rows_digest(first.rows)
    for field in ("yields", "drops", "cautions"):
        assert tuple(getattr(again, field)) == tuple(getattr(first, field)), field
    assert again.tables == first.tables
    # what is said of failures is known without a stage
    with Beside(tmp_path / "run") as store:
        assert store.facts("counted clca: ")


@pytest.mark.parametrize(
    "setting", ["adapt.clca.clca.seed=7", "adapt.clca.clca.roleplay.exchanges=3"]
)
def test_a_changed_study_is_built_anew(
    study: Study, tmp_path: Path, tiny_model: Path, builds: list[str], setting: str
) -> None:
    first = made(study, tmp_path / "run")
    other = made(small(tmp_path, tiny_model, setting), tmp_path / "run")
    assert builds == ["clca"] * 2
    assert list(other.rows) != list(first.rows)
    assert list(made(study, tmp_path / "run").rows) == list(first.rows)


def test_another_program_builds_anew(
    study: Study, tmp_path: Path, builds: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made(study, tmp_path / "run")
    monkeypatch.setattr(built, "_source", lambda package: "another")
    made(study, tmp_path / "run")
    assert builds == ["clca"] * 2


def test_another_model_builds_anew(
    study: Study, tmp_path: Path, builds: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made(study, tmp_path / "run")

    def named(name: str) -> MockEngine:
        engine = MockEngine(CHARACTERS[name], name)
        engine.identity = dataclasses.replace(engine.identity, weights="others")
        return engine

    monkeypatch.setattr(MockEngine, "named", named)
    made(study, tmp_path / "run")
    assert builds == ["clca"] * 2


@pytest.mark.parametrize(
    "command",
    [
        "DELETE FROM replies WHERE request = (SELECT MIN(request) FROM replies)",
        "UPDATE replies SET stage = 'x' WHERE request = (SELECT MIN(request) FROM replies)",
        "UPDATE facts SET value = '[1]' WHERE name = 'done part of clca'",
        "UPDATE facts SET value = replace(value, 'rows.jsonl', 'rows') WHERE name LIKE '%of clca'",
    ],
)
def test_a_database_that_somebody_wrote_into_is_read_anew(
    study: Study, tmp_path: Path, builds: list[str], command: str
) -> None:
    first = made(study, tmp_path / "run")
    changed(tmp_path / "run", command)
    assert list(made(study, tmp_path / "run").rows) == list(first.rows)
    assert builds == ["clca"] * 2


@pytest.mark.parametrize("ending", [".rows.jsonl", ".built.json", ".dialogues.jsonl"])
@pytest.mark.parametrize("gone", [True, False])
def test_a_file_that_is_not_as_it_was_is_written_anew(
    study: Study, tmp_path: Path, builds: list[str], ending: str, gone: bool
) -> None:
    first, path = made(study, tmp_path / "run"), tmp_path / "run" / f"clca{ending}"
    before = path.read_bytes()
    path.unlink() if gone else path.write_bytes(before[:-2])
    assert list(made(study, tmp_path / "run").rows) == list(first.rows)
    assert path.read_bytes() == before
    assert builds == ["clca"] * 2


def test_what_failed_in_passing_is_asked_again(
    study: Study, tmp_path: Path, builds: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def flaky(request: Request) -> Any:
        return Failure("transient", "busy") if request.id < "1" else talker(request)

    monkeypatch.setitem(CHARACTERS, "talker", flaky)
    first = made(study, tmp_path / "run")
    with Store(tmp_path / "run") as store:
        assert store.has_failures(["transient"])
    monkeypatch.setitem(CHARACTERS, "talker", talker)
    again = made(study, tmp_path / "run")
    assert builds == ["clca"] * 2
    assert again.yields != first.yields
    assert again == made(study, tmp_path / "nothing failed")
