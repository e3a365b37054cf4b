"""Arms that are asked in different ways: from the study file to results, and on after a stop."""

from pathlib import Path
from typing import Any

import pytest

from acculturate.asking import AnswerSettings
from acculturate.config import validate
from acculturate.engines.mock import MockEngine
from acculturate.evaluation.survey_taking import SurveyTaking
from acculturate.records import Answer, ChooseRequest, Request
from acculturate.runner import Runner, Silent
from acculturate.store import Store
from acculturate.study.results.asked_otherwise import asked_otherwise
from acculturate.study.schema import Study
from acculturate.study.wiring import run_study
from acculturate.survey import load_survey

ITEMS = ["Q1", "Q2", "Q3", "Q46", "Q57"]
WAYS: dict[str, dict[str, Any]] = {
    "single": {},
    "perturbed": {"perturb": ["typos", "spaces"]},
    "battery": {"presentation": "battery"},
    "interview": {"presentation": "interview", "samples": 2},
    "letters": {"labels": "letters"},
    "no-answer": {"no_answer": "offered"},
    "thought": {"reason": True},
}


def study() -> Study:
    arms = [
        {"id": name, "answers": own, **({} if name == "single" else {"against": "single"})}
        for name, own in WAYS.items()
    ]
    tree = {
        "study": {"name": "ways", "draws": 100},
        "survey": {"items": ITEMS},
        "cultures": {"measure": ["CHN", "DEU"]},
        "models": {"base": {"name": "mock:noise"}},
        "neutral": {"read": False},
        "arm": arms,
    }
    return validate(Study, tree, "ways.toml")


def test_a_study_of_ways_to_ask(tmp_path: Path) -> None:
    outcome = run_study(study(), tmp_path / "run", report=True)
    meta = outcome.results.meta
    sources = {(row.arm, row.source) for row in meta.robustness}
    assert ("perturbed", "perturbation") in sources
    assert ("single + battery + interview", "presentation") in sources
    assert ("single + letters", "labels") in sources
    assert ("single + thought", "thought") in sources
    assert ("single + no-answer", "no answer") in sources
    together = {row.source for row in meta.variance if row.arm == " + ".join(WAYS)}
    assert {"presentation", "labels", "reasoned", "no answer", "perturbation"} <= together
    costs = {row.arm: row for row in meta.asking}
    assert costs["thought"].written > 0
    assert costs["thought"].replies == 2 * 20
    assert costs["interview"].read > costs["single"].read
    assert {row.arm for row in meta.no_answers} == {"no-answer"}
    compared = {row.arm for row in outcome.results.differences}
    assert compared == set(WAYS) - {"single"}
    page = outcome.report.read_text(encoding="utf-8")
    assert "What each way of asking took" in page
    again = run_study(study(), tmp_path / "run", report=True)
    assert not again.fresh


def test_arms_of_other_models_or_kinds_are_not_held_beside() -> None:
    given = study()
    assert asked_otherwise(given) == [tuple(WAYS)]
    other = given.arm[1].model_copy(update={"kind": "sampled"})
    assert asked_otherwise(given.model_copy(update={"arm": (given.arm[0], other)})) == []


class StoppedError(Exception):
    """Raised in the middle of an interview."""


def weighed(request: Request) -> list[float]:
    """Probabilities that depend on all that was said before."""
    assert isinstance(request, ChooseRequest)
    first = int(request.id[:4], 16) / 16**4 * 0.6 + 0.2
    return [first, *[(1 - first) / (len(request.labels) - 1)] * (len(request.labels) - 1)]


def interviewed(folder: Path, stop_after: int = 10_000) -> list[Answer]:
    asked = 0

    def say(request: Request) -> list[float]:
        nonlocal asked
        asked += 1
        if asked > stop_after:
            raise StoppedError
        return weighed(request)

    settings = AnswerSettings(presentation="interview", samples=2, interviews_at_once=3)
    survey = load_survey()
    stage = SurveyTaking.of("arm", survey, ITEMS, ["CHN", "DEU"], "aware", settings)
    with Store(folder) as store:
        runner = Runner(store, {"base": MockEngine(say, name="interviewed")}, Silent())
        runner.run(stage)
        return list(stage.answers(runner.lookup))


def test_an_interview_goes_on_where_it_was_cut_off(tmp_path: Path) -> None:
    whole = interviewed(tmp_path / "whole")
    assert len(whole) == len(ITEMS) * 2 * 2 * 2
    for stop in (1, 7, 25):
        with pytest.raises(StoppedError):
            interviewed(tmp_path / f"cut {stop}", stop)
        assert interviewed(tmp_path / f"cut {stop}") == whole
