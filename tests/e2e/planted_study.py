"""The planted study over a small world: CultureSPA is to find what was planted, and nothing else.

A world knows its cultures on the items `known` (half A) and not on the `other` ones (half B).
CultureSPA asks A's second wordings; A and B are measured in their first. Its effect is

    (A after - before) - (B after - before), true less shuffled labels

in deviation slopes (0 blind, 1 the people's own deviations), and is held against what theory says
of a model that has learned the targets p_aware (p_aware / p_unaware) wholly.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from acculturate.asking import AnswerSettings, answer, asks, choose_request
from acculturate.config import validate
from acculturate.engines import ModelSpec, open_engine, parse_model
from acculturate.evaluation.arm_table import build_table
from acculturate.evaluation.scores import MEAN
from acculturate.executors import work
from acculturate.framing import find_framing
from acculturate.metrics.specificity import deviation_slope, deviation_sums
from acculturate.records import Item
from acculturate.study.schema import Study
from acculturate.study.wiring import run_study

from .small_world import Floats, World

MOST_OFF = 0.1
"""How far a slope may lie from what was planted: beyond it the study is void."""
LEAST_RECOVERY = 0.8
LORA = {"rank": 8, "learning_rate": 1e-2, "epochs": 40, "batch": 64, "warmup": 0.0}


@dataclass(frozen=True)
class Halves:
    """A slope on the items that carry the planted cultures, and one on the others."""

    a: float
    b: float


def slope(world: World, items: Sequence[Item], share_CIK: Floats) -> float:
    """The deviation slope of shares against the people."""
    people = world.survey.people(world.cultures, items)
    sums = deviation_sums(share_CIK, people.share_CIK, people.size_I, people.ordinal_I)
    return float(deviation_slope(sums))


def halves(world: World, model: ModelSpec, framing: str = "aware", wording: int = 0) -> Halves:
    """The slopes of a model's answers in one wording of the items."""
    share_CIK = asked(world, model, framing, wording)
    n = len(world.known)
    return Halves(
        slope(world, world.known, share_CIK[:, :n]), slope(world, world.other, share_CIK[:, n:])
    )


def asked(world: World, model: ModelSpec, framing: str, wording: int = 0) -> Floats:
    """A model's shares. Shape (cultures, items, options)."""
    items = [_in_wording(item, wording) for item in world.items]
    cultures = [world.survey.culture(code) for code in world.cultures]
    every = list(asks(items, find_framing(framing), cultures, AnswerSettings()))
    requests = [choose_request(ask) for ask in every]
    engine = open_engine(model)
    try:
        replies = {request.id: reply for request, reply in work(engine, requests)}
    finally:
        engine.close()
    answers = [
        answer(ask, replies[request.id]) for ask, request in zip(every, requests, strict=True)
    ]
    table = build_table(answers, world.survey, arm="", cultures=world.cultures, items=world.items)
    return table.share_CIK


def _in_wording(item: Item, wording: int) -> Item:
    return replace(item, wordings={"en": (item.wording(number=wording),)})


def plain(folder: Path, adapter: Path | None = None) -> ModelSpec:
    """The world's model, or an adapted one."""
    return parse_model(f"hf:{folder}", dtype="float32", adapter=adapter)


def check_planted(world: World, folder: Path) -> Halves:
    """The manipulation check: raises `AssertionError` where a study over this model is void."""
    before = halves(world, plain(folder))
    again = halves(world, plain(folder), wording=1)
    off = {
        "A": before.a - world.strength,
        "A in second wordings": again.a - world.strength,
        "B": before.b,
    }
    wrong = {name: round(value, 3) for name, value in off.items() if abs(value) > MOST_OFF}
    assert not wrong, f"void: the model does not hold what was planted, off by {wrong}"
    return before


def second_wordings(world: World, path: Path) -> Path:
    """A table of half A in its second wording, as a user would bring it."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "question", "options", "topic", "scale"])
        for item in world.known:
            wording = item.wording(number=1)
            options = json.dumps(wording.texts)
            rows.writerow([f"{item.id}-again", wording.stem, options, item.topic, item.scale])
    return path


def study(world: World, folder: Path, questions: Path, arms: Mapping[str, Any]) -> Study:
    """CultureSPA over a world's model, an adaptation for each name: its settings of shifts, and
    whether it makes an adapter for each culture.
    """
    adapt = [
        {
            "id": name,
            "method": "culturespa",
            "grouping": "specific" if shifts.get("train_framing") == "unaware" else "joint",
            "tuning": LORA,
            "culturespa": {
                "questions": {"from": str(questions), "rules": "none", "leaks": "keep"},
                # of a world that holds no culture every difference is taught as well
                "shifts": {"noise": "ignore", "strength": 0.0, **shifts},
            },
        }
        for name, shifts in arms.items()
    ]
    after = [{"id": name, "model": f"@{name}", "against": "aware"} for name in arms]
    tree = {
        "study": {"name": "planted", "draws": 100},
        "survey": {"items": [item.id for item in world.items]},
        "cultures": {"measure": world.cultures, "adapt": world.cultures},
        "models": {"base": {"name": f"hf:{folder}", "dtype": "float32"}},
        "neutral": {"read": False},  # a world reads nothing but its survey
        "adapt": adapt,
        "arm": [{"id": "aware"}, *after],
    }
    return validate(Study, tree, "the planted study")


def carried_out(world: World, folder: Path, room: Path, arms: Mapping[str, Any]) -> Path:
    """Carry the study out in `room`; returns the folder of its adapters."""
    room.mkdir(parents=True, exist_ok=True)
    questions = second_wordings(world, room / "again.csv")
    run_study(study(world, folder, questions, arms), room / "run", report=False)
    return room / "run" / "adapters"


def adapted(world: World, folder: Path, room: Path, **arms: Any) -> dict[str, Halves]:
    """The slopes of each adapted arm."""
    adapters = carried_out(world, folder, room, arms)
    return {name: halves(world, plain(folder, adapters / name)) for name in arms}


def by_default(world: World, folder: Path, room: Path, gain: float) -> float:
    """The slope on half A where no culture is named, each culture asked of its own adapter that
    was trained so.
    """
    shifts = {"train_framing": "unaware", "gain": gain}
    adapters = carried_out(world, folder, room, {"spa": shifts}) / "spa"
    specs = [plain(folder, adapters / code) for code in world.cultures]
    share_CIK = np.stack([asked(world, spec, "unaware")[c] for c, spec in enumerate(specs)])
    return slope(world, world.known, share_CIK[:, : len(world.known)])


def effect(before: Halves, true: Halves, shuffled: Halves | None = None) -> float:
    """What A gained beyond B; less what shuffled labels bring."""
    gained = (true.a - before.a) - (true.b - before.b)
    return gained if shuffled is None else gained - effect(before, shuffled)


def predicted(world: World) -> float:
    """What theory says A gains: the slope of the targets less that of the aware answers."""
    known = world.known
    taught = slope(world, known, world.taught(known))
    return taught - slope(world, known, world.aware(known))


def of_file(study: Study, run: Path) -> tuple[dict[str, Halves], list[str]]:
    """Carry out a study that measures both halves; returns each arm's slopes by its report, and
    the report's cautions.
    """
    run_study(study, run, report=False)
    metrics = json.loads((run / "metrics.json").read_text(encoding="utf-8"))
    result = {
        row["arm"]: row["value"]
        for row in metrics["rows"]
        if (row["metric"], row["culture"]) == ("deviation_slope", MEAN)
    }
    slopes = {arm.id: Halves(result[f"{arm.id}:trained"], result[arm.id]) for arm in study.arm}
    return slopes, metrics["meta"]["cautions"]


def predicted_shuffled(world: World, label: Mapping[str, str]) -> float:
    """What theory says A gains where each culture is taught the shift of another: `label` says
    under whose name a culture's shift is taught.
    """
    known = world.known
    aware_CIK, unaware_CIK = world.aware(known), world.unaware(known)
    place = {code: n for n, code in enumerate(world.cultures)}
    own = np.array([place[label[code]] for code in world.cultures])
    shift_CIK = np.ones_like(aware_CIK)
    shift_CIK[own] = (aware_CIK / np.where(unaware_CIK > 0, unaware_CIK, 1))[np.arange(len(own))]
    taught_CIK = aware_CIK * shift_CIK
    taught_CIK /= taught_CIK.sum(-1, keepdims=True)
    return slope(world, known, taught_CIK) - slope(world, known, aware_CIK)
