"""A run folder says what was set otherwise when its texts were drawn."""

from pathlib import Path
from typing import Any

import pytest

from acculturate.config import validate
from acculturate.records import (
    Choice,
    ChooseRequest,
    GenerateRequest,
    Generation,
    Message,
    Reply,
    Request,
    Sampling,
)
from acculturate.store import Store
from acculturate.study.changes import changed, remember
from acculturate.study.schema import Study
from acculturate.study.wiring import run_study

ASKED = (Message("user", "Hi."),)
TEXT = GenerateRequest(ASKED, Sampling(1.0, 1.0, 8, 1))
CHOICE = ChooseRequest(ASKED, ("1", "2"))


def study(model: str = "embedded", exchanges: int = 10, **sections: Any) -> Study:
    tree = {
        "study": {"name": "small", "draws": 100},
        "cultures": {"measure": ["CHN", "DEU"], "adapt": ["CHN", "DEU"]},
        "models": {"base": {"name": model}},
        "adapt": [
            {"id": "talk", "method": "clca", "clca": {"roleplay": {"exchanges": exchanges}}},
        ],
        "arm": [{"id": "before"}, {"id": "after", "model": "@talk"}],
    }
    return validate(Study, tree | sections, "test")


def told(folder: Path, *made: Study, kept: Request = TEXT) -> list[str]:
    """What is said when studies are carried out one after the other in a folder."""
    reply: Reply = Generation("Hi.", 1, 1, "end") if kept is TEXT else Choice((0.0, -9.0), 1)
    for study in made:
        with Store(folder) as store:
            remember(study, store)
            store.commit("model", "talk: role-play", [(kept, reply)])
            said = list(changed(store))
    return said


def test_more_exchanges_in_the_same_folder_are_told(tmp_path: Path) -> None:
    [said] = told(tmp_path, study(), study(exchanges=4))
    assert "(adapt.talk.clca.roleplay.exchanges: 10, now 4)" in said
    assert "--out" in said
    assert told(tmp_path, study(exchanges=4)) == [said]  # typed again, it is no less true
    assert told(tmp_path, study()) == []  # as they were drawn


def test_other_changes_of_what_is_asked_together_are_told(tmp_path: Path) -> None:
    more = {"measure": ["CHN", "DEU"], "adapt": ["CHN", "DEU", "MEX"]}
    [said] = told(tmp_path, study(), study(cultures=more))
    assert "(cultures.adapt: CHN, DEU, now CHN, DEU, MEX)" in said


@pytest.mark.parametrize(
    "other",
    [
        study(arm=[{"id": "after", "model": "@talk"}]),
        study(study={"name": "small", "draws": 300, "executor": "ray"}),
        study(adapt=[{"id": "new", "method": "clca"}], arm=[{"id": "after", "model": "@new"}]),
    ],
)
def test_what_decides_no_text_is_not(tmp_path: Path, other: Study) -> None:
    assert told(tmp_path, study(), other) == []


def test_nothing_is_told_where_no_text_depends_on_others(tmp_path: Path) -> None:
    assert told(tmp_path / "choices", study(), study(exchanges=4), kept=CHOICE) == []
    mock = study("mock:noise"), study("mock:noise", exchanges=4)
    assert told(tmp_path / "mock", *mock) == []


def test_a_run_says_it_in_its_report(tmp_path: Path, tiny_model: Path) -> None:
    for items in (["Q1", "Q2"], ["Q1", "Q2", "Q3"]):
        made = study(
            str(tiny_model),
            survey={"items": items},
            answers={"kind": "sampled", "max_tokens": 2},
            adapt=[],
            arm=[{"id": "before"}],
        )
        outcome = run_study(made, tmp_path)
        said = [caution for caution in outcome.results.meta.cautions if "survey.items" in caution]
        assert len(said) == (len(items) == 3)
