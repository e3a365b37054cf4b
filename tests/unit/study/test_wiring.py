"""Carrying a study out: what makes it complete, what is said of failures."""

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from acculturate.config import validate
from acculturate.culture import find_culture
from acculturate.culturespa import AnswerStage, CultureSpaSettings
from acculturate.culturespa.answering import Answers
from acculturate.engines.mock import CHARACTERS, MockEngine
from acculturate.errors import ConfigError, EngineError, TrainingError
from acculturate.executors import Inline
from acculturate.records import Failure, Request
from acculturate.runner import Silent
from acculturate.store import Store
from acculturate.study.checks import check
from acculturate.study.models import Models
from acculturate.study.schema import Study
from acculturate.study.wiring import run_study
from acculturate.study.workplace import Workplace
from acculturate.tuning import qlora


def study(**over: Any) -> Study:
    tree = {
        "study": {"name": "s", "draws": 100},
        "survey": {"items": ["Q1", "Q2", "Q46"]},
        "cultures": {"measure": ["CHN", "DEU"]},
        "models": {"base": {"name": "mock:noise"}},
        "arm": [{"id": "aware"}],
    }
    return validate(Study, {**tree, **over}, "s.toml")


def test_a_changed_study_in_the_same_folder_is_carried_out_anew(tmp_path: Path) -> None:
    first = run_study(study(), tmp_path)
    assert first.fresh
    assert not run_study(study(), tmp_path).fresh
    other = study(arm=[{"id": "unaware", "framing": "unaware"}])
    assert run_study(other, tmp_path).results.meta.arms[0].id == "unaware"
    again = run_study(study(), tmp_path)
    assert again.fresh
    assert again.results.rows == first.results.rows


def test_a_mark_that_is_wrong_loses_nothing(tmp_path: Path) -> None:
    first = run_study(study(), tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / "run.db")) as db, db:
        [wrong] = db.execute("SELECT name, value FROM facts WHERE name LIKE 'done part %'")
        db.execute("DELETE FROM replies WHERE request > '8'")
        db.execute("INSERT INTO facts VALUES (?, ?)", wrong)
        db.execute("UPDATE facts SET value = 'null' WHERE name = 'complete'")
    again = run_study(study(), tmp_path)
    assert again.fresh
    assert again.results.rows == first.results.rows


def test_failures_are_said_and_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = CHARACTERS["noise"]

    def flaky(request: Request) -> Any:
        return Failure("transient", "busy") if request.id < "2" else good(request)

    monkeypatch.setitem(CHARACTERS, "noise", flaky)
    read = study(survey={"items": [f"Q{n}" for n in range(1, 42)]})
    cautions = run_study(read, tmp_path).results.meta.cautions
    assert any("got no reply and count as refused" in caution for caution in cautions)
    monkeypatch.setitem(CHARACTERS, "noise", good)
    again = run_study(read, tmp_path)
    assert again.fresh
    assert not any("got no reply" in caution for caution in again.results.meta.cautions)


def test_a_primary_metric_that_cannot_be_had_is_said(tmp_path: Path) -> None:
    read = study(study={"name": "s", "primary": "alignment_as_published"})
    with pytest.raises(ConfigError, match="cannot be computed from answers"):
        run_study(read, tmp_path)


def test_what_this_machine_cannot_tune_is_told_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(qlora, "_has_gpu", lambda: False)
    adapt = {"id": "clca", "method": "clca", "preset": "published"}
    read = study(
        cultures={"measure": ["CHN"], "adapt": ["CHN"]},
        adapt=[adapt],
        arm=[{"id": "aware"}, {"id": "after", "model": "@clca"}],
    )
    with pytest.raises(TrainingError, match="needs a GPU"):
        run_study(read, tmp_path)
    assert not list(tmp_path.iterdir())


def test_an_engine_that_weighs_no_options_is_told_how_to_be_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MockEngine, "can_choose", False)
    with pytest.raises(EngineError, match=r"gives no option probabilities: set answers\.kind"):
        run_study(study(), tmp_path)


def test_a_wrong_mark_of_a_methods_round_loses_no_answer(tmp_path: Path) -> None:
    plan = check(study())
    cultures = [find_culture(code) for code in ("CHN", "DEU")]
    settings, own = CultureSpaSettings(), plan.context.answers
    asking = AnswerStage(plan.context.measured, cultures, settings, own)

    def carried() -> Answers:
        with Store(tmp_path) as store:
            place = Workplace(plan, store, Models(plan.study, tmp_path, Inline(), {}), Silent())
            answers: Answers = place.carry(asking, {"base": "base"})
            assert store.fact("counted answers to the questions")["requests"] == asking.total
            return answers

    first = carried()
    with contextlib.closing(sqlite3.connect(tmp_path / "run.db")) as db, db:
        [wrong] = db.execute("SELECT name, value FROM facts WHERE name LIKE 'done part %'")
        db.execute("DELETE FROM replies WHERE request > '8'")
        db.execute("INSERT INTO facts VALUES (?, ?)", wrong)
        db.execute("DELETE FROM facts WHERE name LIKE 'counted %'")
    assert carried() == first
    assert len(first.pairs) == 6
