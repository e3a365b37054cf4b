"""Adaptations made once for each of several seeds: what is spread, shared, averaged and said."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from acculturate.config import validate
from acculturate.errors import ConfigError
from acculturate.store import Kept
from acculturate.study.plan import Plan
from acculturate.study.schema import Study, load_study
from acculturate.study.training_seeds import named_arms
from acculturate.study.wiring import run_study

pytest.importorskip("peft")

ARMS = [
    {"id": "before"},
    {"id": "shuffled", "model": "@shuffled", "against": "before"},
    {"id": "after", "model": "@true", "against": "before"},
]


GIVEN = {"from": "wordings:2", "leaks": "keep", "items": ["Q1", "Q46", "Q49", "Q57", "Q171"]}
"""Questions of a user: no seed changes them."""


def adaptation(name: str, base: str = "base", **more: Any) -> dict[str, Any]:
    control = "shuffled" if name == "shuffled" else "none"
    shifts = {"strength": 0.0, "noise": "ignore", "control": control}
    tuning = {"rank": 2, "max_length": 4096, "target": ["q_proj"], "learning_rate": 0.01}
    own = {"questions": GIVEN, "shifts": shifts}
    return {
        "id": name, "base": base, "method": "culturespa", "culturespa": own, "tuning": tuning,
        **more,
    }  # fmt: skip


def several(model: Path | str = "embedded", **sections: Any) -> Study:
    """A study of two seeds with a shuffled control."""
    tree = {
        "study": {"name": "seeds", "draws": 200, "seeds": [1, 2]},
        "survey": {"items": ["Q1", "Q46", "Q49", "Q57", "Q171", "Q182"]},
        "cultures": {"measure": ["CHN", "DEU"], "adapt": ["CHN", "DEU"]},
        "models": {"base": {"name": str(model), "dtype": "float32"}},
        "adapt": [adaptation("shuffled"), adaptation("true")],
        "arm": ARMS,
    }
    return validate(Study, tree | sections, "test")


def test_adaptations_and_their_arms_are_spread() -> None:
    read = Plan.of(several()).study
    assert [arm.id for arm in read.arm] == [
        "before", "shuffled-seed1", "shuffled-seed2", "after-seed1", "after-seed2",
    ]  # fmt: skip
    after = read.arm[-1]
    assert (after.model, after.against, after.part_of, after.seed) == (
        "@true-seed2", "before", "after", 2,
    )  # fmt: skip
    assert list(named_arms(read)) == ["before", "shuffled", "after"]
    seeds = {section.id: section.seeds() for section in read.adapt}
    assert seeds["true-seed2"] == (2, 2)
    assert [section.own.shifts.control_seed for section in read.adapt] == [1, 2, 1, 2]
    assert Plan.of(read).study == read


def test_what_is_on_top_is_spread_with_its_base() -> None:
    stacked = [adaptation("upper", "@lower"), adaptation("lower")]
    arms = [{"id": "low", "model": "@lower"}, {"id": "up", "model": "@upper", "against": "low"}]
    read = Plan.of(several(adapt=stacked, arm=arms)).study
    assert [(section.id, section.base) for section in read.adapt] == [
        ("upper-seed1", "@lower-seed1"), ("upper-seed2", "@lower-seed2"),
        ("lower-seed1", "base"), ("lower-seed2", "base"),
    ]  # fmt: skip
    assert {arm.id: arm.against for arm in read.arm}["up-seed2"] == "low-seed2"


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"adapt": [], "arm": [{"id": "a"}]}, r"this study has no \[\[adapt\]\]"),
        (
            {"arm": [{"id": "a", "against": "b"}, {"id": "b", "model": "@true"}]},
            r"\[\[arm\]\] a: 'b' is made once for each of study\.seeds, and this arm is not",
        ),
        ({"study": {"name": "s", "seeds": [1, 1]}}, r"study\.seeds names a seed twice"),
    ],
)
def test_what_has_no_mean_is_told(sections: dict[str, Any], said: str) -> None:
    if "arm" in sections and sections.get("adapt") is None:
        sections = {**sections, "adapt": [adaptation("true")]}
    with pytest.raises(ConfigError, match=said):
        Plan.of(several(**sections))


def test_an_arm_on_every_adapter_has_no_mean() -> None:
    adapt = [adaptation("true", grouping="specific")]
    with pytest.raises(ConfigError, match=r"name one adapter, or '@true'"):
        Plan.of(several(adapt=adapt, arm=[{"id": "each", "model": "@true/*"}]))


def test_one_seed_alone_leaves_the_names() -> None:
    plan = Plan.of(several(study={"name": "s", "seeds": [7]}))
    plain = Plan.of(several(study={"name": "s"}))
    assert list(plan.parts) == list(plain.parts)
    seeds = {section.tuning.seed for section in plan.study.adapt}
    assert seeds == {7} != {section.tuning.seed for section in plain.study.adapt}


@pytest.fixture(scope="module")
def carried(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    folder = tmp_path_factory.mktemp("seeds")
    run_study(several(tiny_model), folder)
    return folder, json.loads((folder / "metrics.json").read_text(encoding="utf-8"))


def values(rows: list[dict[str, Any]], arm: str, **wanted: str) -> dict[str, float]:
    return {
        row["metric"]: row["value"]
        for row in rows
        if row["arm"] == arm and all(row[key] == value for key, value in wanted.items())
    }


def test_results_are_means_over_seeds(carried: tuple[Path, Any]) -> None:
    _, metrics = carried
    whole = values(metrics["rows"], "after", culture="mean")
    parts = [values(metrics["rows"], f"after-seed{n}", culture="mean") for n in (1, 2)]
    assert parts[0] != parts[1]
    for metric in ("alignment", "skill"):
        assert whole[metric] == pytest.approx(np.mean([part[metric] for part in parts]))
    gained = values(metrics["differences"], "after", culture="mean", against="before")
    before = values(metrics["rows"], "before", culture="mean")
    assert gained["alignment"] == pytest.approx(whole["alignment"] - before["alignment"])
    notes = {arm["id"]: arm for arm in metrics["meta"]["arms"]}
    assert notes["after"]["seeds"] == [1, 2]
    assert (notes["after"]["model"], notes["after"]["adapter"]) == ("@true", "true")


def test_the_verdict_is_on_the_mean(carried: tuple[Path, Any]) -> None:
    folder, metrics = carried
    verdict = metrics["meta"]["verdict"]
    assert (verdict["arm"], verdict["against"], verdict["p"]) == ("after", "before", None)
    assert "mean of 2 training seeds" in verdict["sentence"]
    cautions = " ".join(metrics["meta"]["cautions"])
    assert "2 training seeds (1, 2)" in cautions
    assert "this adapter only, not of the method" not in cautions
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "mean of training seeds 1, 2" in page
    assert "@true/*" not in page


def test_what_no_seed_changes_is_asked_once(carried: tuple[Path, Any]) -> None:
    folder, _ = carried
    asked = {name: count for name, count in Kept(folder).counts().items() if count}
    stages = [name for name in asked if ": " in name]
    assert stages
    assert {name.partition(": ")[0] for name in stages} == {"shuffled-seed1"}
    assert [name for name in asked if name.startswith("arm before")] == ["arm before"]


def test_what_was_written_is_the_same_study(carried: tuple[Path, Any]) -> None:
    folder, _ = carried
    again = load_study(folder / "study.toml")
    assert Plan.of(again).study == Plan.of(again).study == again
    assert not run_study(again, folder).fresh
