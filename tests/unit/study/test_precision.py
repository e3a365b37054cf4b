"""In which number format shifts are asked, and what a study says of their noise."""

import json
import sqlite3
from pathlib import Path
from typing import Any, cast

import pytest

from acculturate.config import validate
from acculturate.culturespa import precision
from acculturate.culturespa.adaptation import CultureSpaAdaptation
from acculturate.culturespa.precision import shift_model
from acculturate.culturespa.shifts import ABOVE
from acculturate.engines import parse_model
from acculturate.errors import ConfigError
from acculturate.methods.context import in_precision
from acculturate.study.models import plain_spec
from acculturate.study.plan import Plan
from acculturate.study.schema import Study
from acculturate.study.wiring import build_rows


def study(model: str, dtype: str = "bfloat16", **adapt: Any) -> Study:
    questions = {"topics": ["Migration"], "per_topic": 2}
    own = {"questions": questions, "shifts": {"strength": 0.0, "noise": "ignore"}} | adapt
    tree = {
        "study": {"name": "small", "draws": 100},
        "survey": {"items": ["Q121", "Q122", "Q130"]},
        "cultures": {"measure": ["CHN", "DEU"], "adapt": ["CHN", "DEU"]},
        "models": {"base": {"name": model, "dtype": dtype}, "writer": {"name": "mock:noise"}},
        "adapt": [{"id": "spa", "method": "culturespa", "teacher": "writer", "culturespa": own}],
        "arm": [{"id": "after", "model": "@spa"}],
    }
    return validate(Study, tree, "test")


def asked_of(made: Study) -> str:
    plan = Plan.of(made)
    return shift_model(cast(CultureSpaAdaptation, made.adapt[0]), plan.context)


def test_a_reference_may_name_a_precision() -> None:
    made = study("embedded")
    ref = in_precision("base", "float32")
    assert ref == "base in float32"
    assert plain_spec(made, ref) == parse_model("embedded", dtype="float32")
    assert plain_spec(made, "@spa") == plain_spec(made, "base")
    assert plain_spec(made, "base").dtype == "bfloat16"


def test_small_models_are_asked_for_shifts_in_float32(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = str(tiny_model)
    assert asked_of(study(name)) == "base in float32"
    assert asked_of(study(name, "auto")) == "base in float32"
    assert asked_of(study(name, "float32")) == "base"
    assert asked_of(study(name, answering={"dtype": "model"})) == "base"
    assert asked_of(study(name, answering={"dtype": "float16"})) == "base in float16"
    assert asked_of(study(name, answering={"kind": "sampled"})) == "base"
    assert asked_of(study("mock:noise")) == "base"
    assert asked_of(study("org/not-here")) == "base"
    monkeypatch.setattr(precision, "MOST", 1000)
    assert asked_of(study(name)) == "base"


def test_an_engine_without_weights_computes_as_it_does() -> None:
    with pytest.raises(
        ConfigError, match=r"answering.dtype = 'float32', but 'base' is of .*'mock'"
    ):
        asked_of(study("mock:noise", answering={"dtype": "float32"}))


def rows(made: Study, folder: Path) -> list[dict[str, Any]]:
    build_rows(made, "spa", folder)
    return [json.loads(line) for line in (folder / "spa.rows.jsonl").read_text().splitlines()]


def test_shifts_do_not_depend_on_the_precision_of_arms(tiny_model: Path, tmp_path: Path) -> None:
    name = str(tiny_model)
    exact = rows(study(name, "float32"), tmp_path / "exact")
    assert exact
    assert rows(study(name), tmp_path / "half") == exact
    rounded = rows(study(name, answering={"dtype": "model"}), tmp_path / "rounded")
    assert [row["prompt"] for row in rounded] == [row["prompt"] for row in exact]
    assert rounded != exact
    db = sqlite3.connect(tmp_path / "half" / "run.db")
    asked = db.execute("SELECT COUNT(DISTINCT model) FROM replies WHERE stage LIKE 'spa: answers%'")
    assert asked.fetchone() == (1,)
    db.close()


@pytest.mark.parametrize("noise", ["exclude", "report"])
def test_a_caution_says_where_most_differences_are_noise(
    noise: str, tiny_model: Path, tmp_path: Path
) -> None:
    """A model of random weights cares for words, not for countries."""
    made = study(str(tiny_model), shifts={"strength": 0.0, "noise": noise})
    taught, _ = build_rows(made, "spa", tmp_path)
    [counted] = [tally for tally in taught.yields if tally.step == ABOVE]
    assert 2 * counted.count < counted.of
    [said] = taught.cautions
    left = counted.of - counted.count
    assert said.startswith(f"spa: {left} of {counted.of} differences between the answers")
    assert ("were left out" if noise == "exclude" else "may be taught") in said
    assert counted.note in said
    assert bool(taught.rows) == (noise == "report" or counted.count > 0)
