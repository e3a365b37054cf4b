"""The shipped studies: each can be read and planned, whole and under each of its profiles."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from acculturate.engines import ModelSpec
from acculturate.errors import EngineError, SurveyError
from acculturate.methods import workload
from acculturate.study.checks import check
from acculturate.study.costs.machine import Machine
from acculturate.study.costs.study_estimate import estimate
from acculturate.study.plan import Plan
from acculturate.study.schema import Study, load_study
from acculturate.study.shipped_studies import demo_study
from acculturate.survey import survey_names

MACHINE = Machine("cpu", "float32", peak=1e11, reads=1e10, memory=8 << 30)
STUDIES = sorted(demo_study().parent.glob("*.toml"))


def forms(*, whole_is_slow: bool = False) -> Iterator[Any]:
    """Every study whole, and under each of its profiles."""
    for path in STUDIES:
        profiles = tomllib.loads(path.read_text(encoding="utf-8")).get("profiles", {})
        yield pytest.param(path, None, marks=[pytest.mark.slow] if whole_is_slow else [])
        for profile in profiles:
            yield pytest.param(path, profile)


def name_of(part: Any) -> str:
    return getattr(part, "stem", part or "whole")


def looked_up(path: Path, profile: str | None) -> tuple[Study, Plan | None]:
    """A study with its plan; without one where it names a user's own download."""
    study = load_study(path, profile)
    if study.survey.source not in survey_names():
        with pytest.raises(SurveyError, match="acculturate survey import"):
            check(study, fetch=False)
        return study, None
    return study, check(study, fetch=False)


@pytest.fixture(autouse=True)
def _no_model_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens are counted by letters: what is looked at is the study, on any machine."""

    def lacking(spec: ModelSpec) -> NoReturn:
        raise EngineError(f"'{spec.name}' is not here.")

    monkeypatch.setattr(workload, "local_folder", lacking)


@pytest.mark.parametrize(("path", "profile"), list(forms()), ids=name_of)
def test_every_name_in_a_shipped_study_is_known(path: Path, profile: str | None) -> None:
    study, _ = looked_up(path, profile)
    assert study.study.name == path.stem
    assert study.study.profile == (profile or "")


@pytest.mark.parametrize(("path", "profile"), list(forms(whole_is_slow=True)), ids=name_of)
def test_a_shipped_study_can_be_planned(path: Path, profile: str | None) -> None:
    _, plan = looked_up(path, profile)
    if plan is None:
        return
    planned = estimate(plan, machine=MACHINE)
    assert all(stage.work.prompts.likely > 0 for stage in planned.stages)
    if profile == "smoke":
        arms = [stage.work for stage in planned.stages if stage.work.name.startswith("arm ")]
        assert sum(arm.prompts.most for arm in arms) < 2_000
