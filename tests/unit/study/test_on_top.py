"""An adaptation on top of another one's adapter: what it is trained from, asked of and named by."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from acculturate.config import validate
from acculturate.engines import ModelSpec, weights
from acculturate.errors import ConfigError, EngineError, TrainingError
from acculturate.store import Kept
from acculturate.study.checks import check
from acculturate.study.costs.machine import Machine
from acculturate.study.costs.study_estimate import estimate
from acculturate.study.doctor.serving import find_served
from acculturate.study.plan import Plan
from acculturate.study.schema import Study
from acculturate.study.wiring import build_rows, run_study
from acculturate.tuning.report import read_report

pytest.importorskip("peft")

MACHINE = Machine("cpu", "float32", peak=1e11, reads=1e10, memory=8 << 30)


def adaptation(name: str, base: str = "base", **more: Any) -> dict[str, Any]:
    own = {
        "questions": {"per_topic": 1, "round_size": 16},
        "shifts": {"strength": 0.0, "noise": "ignore"},
    }
    tuning = {"rank": 2, "max_length": 4096, "target": ["q_proj"], **more.pop("tuning", {})}
    return {
        "id": name, "base": base, "method": "culturespa", "teacher": "writer",
        "culturespa": own, "tuning": tuning, **more,
    }  # fmt: skip


def study(model: Path | str = "embedded", **sections: Any) -> Study:
    tree = {
        "study": {"name": "small", "draws": 100},
        "survey": {"items": ["Q1", "Q46", "Q49"]},
        "cultures": {"measure": ["CHN", "DEU"], "adapt": ["CHN", "DEU"]},
        "models": {
            "base": {"name": str(model), "dtype": "float32"},
            "writer": {"name": "mock:noise"},
        },
        "adapt": [adaptation("upper", "@lower"), adaptation("lower")],
        "arm": [{"id": "before"}, {"id": "after", "model": "@upper", "against": "before"}],
    }
    return validate(Study, tree | sections, "test")


def specific(base: str) -> list[dict[str, Any]]:
    return [adaptation("lower", grouping="specific"), adaptation("upper", base)]


def test_what_is_below_comes_first_and_needs_no_arm() -> None:
    plan = Plan.of(study())
    assert [section.id for section in plan.adaptations] == ["lower", "upper"]
    together = plan.generations(plan.adaptations)
    assert [[section.id for section in own] for own in together] == [["lower"], ["upper"]]
    sides = [adaptation("a"), adaptation("b"), adaptation("c", "@b")]
    arms = [{"id": name, "model": f"@{name}"} for name in "cab"]
    plan = Plan.of(study(adapt=sides, arm=arms))
    together = plan.generations(plan.adaptations)
    assert [sorted(section.id for section in own) for own in together] == [["a", "b"], ["c"]]


@pytest.mark.parametrize(
    ("bases", "said"),
    [
        (["@a"], r"\[\[adapt\]\] a is its own base"),
        (["@b", "@a"], r"\[\[adapt\]\] a and b are each other's base"),
        (["@b", "@c", "@a"], r"\[\[adapt\]\] a, b and c are each other's base"),
        (["@d"], r"base '@d' is not defined.*base, writer, @a"),
    ],
)
def test_a_base_that_is_none_is_told(bases: list[str], said: str) -> None:
    sections = [adaptation(name, base) for name, base in zip("abc", bases, strict=False)]
    with pytest.raises(ConfigError, match=said):
        study(adapt=sections, arm=[{"id": "x", "model": "@a"}])


def test_an_adaptation_below_nothing_is_used_by_no_arm() -> None:
    with pytest.raises(ConfigError, match="stray is used by no"):
        study(adapt=[adaptation("upper", "@lower"), adaptation("lower"), adaptation("stray")])


@pytest.mark.parametrize(
    ("base", "said"),
    [
        ("@lower", r"makes an adapter for each culture .*for example base = '@lower/CHN'"),
        ("@lower/*", r"makes an adapter for each culture"),
        ("@lower/FRA", r"makes no adapter 'FRA'.* It makes CHN, DEU"),
    ],
)
def test_one_of_several_adapters_has_to_be_named(base: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        Plan.of(study(adapt=specific(base)))
    named = Plan.of(study(adapt=specific("@lower/DEU")))
    assert [section.id for section in named.adaptations] == ["lower", "upper"]


def test_what_cannot_be_below_is_told_first() -> None:
    base = {"name": "embedded", "dtype": "bfloat16"}
    models = {"base": base, "writer": {"name": "mock:noise"}}
    whole = [adaptation("upper", "@lower"), adaptation("lower", tuning={"embeddings": True})]
    with pytest.raises(TrainingError, match="its base 'lower' trains the embeddings as well"):
        check(study(models=models, adapt=whole), fetch=False)
    check(study(adapt=whole), fetch=False)
    bits = [adaptation("upper", "@lower", tuning={"quantised": "4bit"}), adaptation("lower")]
    with pytest.raises(TrainingError, match=r"set tuning\.quantised to 'none'"):
        check(study(adapt=bits), fetch=False)
    with pytest.raises(ConfigError, match="on top of another is for the engine 'hf'"):
        check(study(models=models | {"base": {"name": "vllm:org/model"}}), fetch=False)


def identities(folder: Path, *refs: str) -> list[dict[str, str]]:
    kept = Kept(folder)
    return [kept.fact(f"identity {ref}") for ref in refs]


@pytest.fixture(scope="module")
def made(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, Path]:
    arms = [
        {"id": "before"},
        {"id": "half", "model": "@lower", "against": "before"},
        {"id": "after", "model": "@upper", "against": "half"},
    ]
    read = study(tiny_model, arm=arms)
    folder = tmp_path_factory.mktemp("run")
    run_study(read, folder)
    return read, folder


def test_the_upper_one_is_trained_from_the_lower_one_and_asked_on_it(
    made: tuple[Study, Path],
) -> None:
    _, folder = made
    files = [folder / "adapters" / name for name in ("lower", "upper")]
    lower, upper = (weights.adapter_digest(file) for file in files)
    base, half, after = identities(folder, "base", "@lower", "@upper")
    assert (half["weights"], half["adapter"]) == (base["weights"], lower)
    assert (after["weights"], after["adapter"]) == (f"{base['weights']}+{lower}", upper)
    report = read_report(files[1])
    assert (report.base_weights, report.base_adapters) == (after["weights"], ("lower",))
    assert read_report(files[0]).base_adapters == ()
    config = json.loads((files[1] / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"].endswith(" + lower")
    meta = json.loads((folder / "metrics.json").read_text())["meta"]
    assert {arm["id"]: arm["below"] for arm in meta["arms"]} == {
        "before": [], "half": [], "after": ["lower"]
    }  # fmt: skip
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert re.search(r">[^<]+ \+ lower \+ upper<", page)
    values = {
        row["arm"]: row["value"]
        for row in json.loads((folder / "metrics.json").read_text())["rows"]
        if (row["metric"], row["culture"]) == ("alignment", "CHN")
    }
    assert len({values[arm] for arm in ("before", "half", "after")}) == 3


def test_what_the_upper_one_asks_is_asked_of_the_lower_one(made: tuple[Study, Path]) -> None:
    read, folder = made
    kept = Kept(folder)
    counts = kept.counts()
    names = [name for name in counts if name.startswith("upper: ")]
    assert names
    result = estimate(check(read, fetch=False), folder, MACHINE)
    refs = {stage.work.ref for stage in result.stages if stage.work.name.startswith("upper: ")}
    assert refs - {"writer"} == {"@lower"}
    below = {stage.work.ref for stage in result.stages if stage.work.name.startswith("lower: ")}
    assert below - {"writer"} == {"base"}
    assert result.prompts.likely == sum(stage.work.answered for stage in result.asked)
    tuning = {
        stage.work.name: stage.cost.memory for stage in result.stages if stage.work.kind == "tune"
    }
    assert (tuning["upper: tuning"] or 0) > (tuning["lower: tuning"] or 0)


def test_nothing_is_made_twice_and_the_upper_one_follows_the_lower_one(
    made: tuple[Study, Path], tiny_model: Path
) -> None:
    read, folder = made
    times = {
        name: (folder / "adapters" / name / "acculturate.json").stat().st_mtime_ns
        for name in ("lower", "upper")
    }
    again = read.model_copy(update={"study": read.study.model_copy(update={"draws": 101})})
    run_study(again, folder)

    def changed() -> list[str]:
        files = {name: folder / "adapters" / name / "acculturate.json" for name in times}
        return [name for name, file in files.items() if file.stat().st_mtime_ns != times[name]]

    assert changed() == []
    lower = adaptation("lower", tuning={"seed": 5})
    arms = [arm.model_dump() for arm in read.arm]
    other = study(tiny_model, adapt=[adaptation("upper", "@lower"), lower], arm=arms)
    run_study(other, folder)
    assert changed() == ["lower", "upper"]
    digest = weights.adapter_digest(folder / "adapters" / "lower")
    assert read_report(folder / "adapters" / "upper").base_weights.endswith(f"+{digest}")


def test_rows_of_the_upper_one_need_the_lower_adapter(tiny_model: Path, tmp_path: Path) -> None:
    taught, file = build_rows(study(tiny_model), "upper", tmp_path)
    assert taught.rows
    assert file.is_file()
    assert (tmp_path / "adapters" / "lower" / "acculturate.json").is_file()
    assert not (tmp_path / "adapters" / "upper").exists()


def test_adapters_made_before_are_a_base_too(
    made: tuple[Study, Path], tiny_model: Path, tmp_path: Path
) -> None:
    """The chain of a run, given to another study as folders."""
    folders = [str(made[1] / "adapters" / name) for name in ("lower", "upper")]
    base = {"name": str(tiny_model), "dtype": "float32", "adapter": folders}
    models = {"base": base, "writer": {"name": "mock:noise"}}
    read = study(models=models, adapt=[adaptation("third")], arm=[{"id": "x", "model": "@third"}])
    run_study(read, tmp_path)
    [third] = identities(tmp_path, "@third")
    [upper] = identities(made[1], "@upper")
    assert third["weights"] == f"{upper['weights']}+{upper['adapter']}"
    assert read_report(tmp_path / "adapters" / "third").base_adapters == ("lower", "upper")
    alone = {"base": {**base, "adapter": folders[1]}}
    with pytest.raises(EngineError, match="give that one first"):
        run_study(study(models=alone, adapt=[], arm=[{"id": "a"}]), tmp_path / "alone")


def test_a_server_is_told_of_one_adapter_at_a_time(made: tuple[Study, Path]) -> None:
    [served] = find_served(str(made[1]))
    assert list(served.adapters) == ["lower"]
    with pytest.raises(ConfigError, match="is on top of another one"):
        find_served(str(made[1] / "adapters" / "upper"))


def test_a_spec_of_several() -> None:
    spec = ModelSpec("m").on_top(Path("a")).on_top(Path("b"))
    assert (spec.merged, spec.adapter, spec.adapters) == (
        (Path("a"),),
        Path("b"),
        (Path("a"), Path("b")),
    )
