"""What an engine lacks for the way in which an arm is asked is told in one sentence."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from acculturate.asking import AnswerSettings
from acculturate.config import validate
from acculturate.engines.mock import MockEngine
from acculturate.errors import EngineError
from acculturate.evaluation.survey_taking import SurveyTaking
from acculturate.records import Message
from acculturate.store import Kept
from acculturate.study.schema import Study
from acculturate.study.suited import check_suited
from acculturate.study.wiring import run_study
from acculturate.survey import load_survey

SURVEY = load_survey()


class Small(MockEngine):
    """A mock with room for so many words."""

    room = 400

    def length(self, messages: Sequence[Message]) -> int:
        return sum(len(message.text.split()) for message in messages)


def checked(engine: MockEngine, items: str | list[str] = "clca", **keys: Any) -> None:
    settings = AnswerSettings.model_validate(keys)
    check_suited(engine, SurveyTaking.of("arm", SURVEY, items, ["CHN"], "aware", settings))


def lacking(name: str, value: object) -> MockEngine:
    engine = MockEngine(["1"], name="lacking")
    setattr(engine, name, value)
    return engine


@pytest.mark.parametrize(
    ("engine", "keys", "said"),
    [
        (lacking("can_choose", False), {}, 'set answers.kind to "sampled"'),
        (
            lacking("can_write", False),
            {"reason": True},
            "writes no texts, but answers.reason",
        ),
        (lacking("counts_texts", True), {"labels": "texts", "by_length": True}, "no log-prob"),
        (Small(["1"]), {"presentation": "interview"}, "An interview of these items takes [0-9]+ "),
        (Small(["1"]), {"presentation": "battery", "kind": "sampled"}, "was made for 400 together"),
    ],
)
def test_what_an_engine_lacks_is_told(engine: MockEngine, keys: dict[str, Any], said: str) -> None:
    with pytest.raises(EngineError, match=said):
        checked(engine, **keys)


def test_a_later_arm_that_does_not_fit_is_told_before_the_first_is_asked(tmp_path: Path) -> None:
    engine = Small(["1"])
    tree = {
        "study": {"name": "small"},
        "survey": {"items": "clca"},
        "cultures": {"measure": ["CHN"]},
        "models": {"base": {"name": "mock:1"}},
        "arm": [{"id": "single"}, {"id": "talk", "answers": {"presentation": "interview"}}],
    }
    with pytest.raises(EngineError, match="An interview of these items takes"):
        run_study(validate(Study, tree, "test"), tmp_path, engines={"base": engine})
    assert not Kept(tmp_path).counts()


def test_what_fits_is_asked() -> None:
    checked(Small(["1"]), ["Q1", "Q2"], presentation="interview")
    checked(Small(["1"]))
    checked(lacking("counts_texts", True), labels="texts")
    checked(lacking("can_write", False))
