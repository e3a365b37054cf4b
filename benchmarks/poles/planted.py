"""The planted study: CLCA on invented cultures that show in 50, 70 or 90% of the natives' moves.

The whole pipeline runs as in any study: situations, role-play, verdicts, intents, rows, tuning,
measuring. Only the teacher is a script (world), and the student a small model that knows none of
the cultures (learner). The figure is the deviation slope: 0 where answers do not follow the
culture's people, 1 where they do so as far as the people themselves; a dose of 50% must give
nothing, and more dose more. Whoever was born there is asked, and whoever came a month ago, whose
words showed nothing.

`swapped` is the published defect: the prompt names one person and the other one's lines are
trained. It can be switched on here and in tests alone.

    python -m benchmarks.poles.planted --folder FOLDER --seeds 0 1 2
"""

import argparse
import csv
import itertools
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from statistics import fmean, stdev
from typing import Any
from unittest import mock

import tomli_w
from scipy.stats import t as student_t

from acculturate.clca.scenarios.scenario import Character, Situation
from acculturate.config import validate
from acculturate.engines.mock import CHARACTERS
from acculturate.records import Generation
from acculturate.store import Store
from acculturate.study.schema import Study
from acculturate.study.wiring import run_study
from acculturate.survey.shelf import FOLDER, import_survey
from benchmarks.poles.learner import PROMPTS, make_learner
from benchmarks.poles.world import STAND, TOPICS, Teacher, World, situations, study_world

PEOPLE = 1000
"""People of each culture who answered each item."""
FRAMINGS = ("native", "newcomer")
TASKS: Mapping[str, Mapping[str, float]] = {
    "both": {"imitation": 1.0, "intents": 1.0},
    "dialogues": {"imitation": 1.0, "intents": 0.0},
    "intents": {"imitation": 0.0, "intents": 1.0},
}
"""What is taught, by the weights of tasks."""
ANSWERS: Mapping[str, Any] = {
    "kind": "sampled", "samples": 6, "temperature": 1.0, "top_p": 1.0, "max_tokens": 8,
}  # fmt: skip
"""Answers are texts: the learner says an option in words."""
TUNING: Mapping[str, Any] = {
    "rank": 16, "alpha": 32, "learning_rate": 5e-3, "epochs": 4, "batch": 32,
}  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """A study: its doses (shares of moves), what is taught, and dialogues of each culture."""

    doses: Sequence[float] = (0.5, 0.7, 0.9)
    tasks: str = "dialogues"
    dialogues: int = 100
    seed: int = 0
    swapped: bool = False
    tuning: Mapping[str, Any] = field(default_factory=lambda: dict(TUNING))

    @property
    def name(self) -> str:
        swapped = "-swapped" if self.swapped else ""
        return f"planted-{self.tasks}-{self.dialogues}-seed{self.seed}{swapped}"


def run_planted(planted: Planted, student: str, folder: Path) -> dict[str, "Effect"]:
    """Carry a planted study out in a folder; return what its arms show."""
    with at_hand(planted):
        study = planted_study(planted, student, folder)
        run_study(study, folder / planted.name, report=False)
    return effects(folder / planted.name)


@contextmanager
def at_hand(planted: Planted) -> Iterator[None]:
    """Let the teachers be models (`mock:poles90`), and speakers be swapped where that is asked."""
    world = study_world()
    scripts = {f"poles{percent(dose)}": Teacher(world, dose) for dose in planted.doses}
    with (
        mock.patch.dict(CHARACTERS, scripts),
        swapped_speakers() if planted.swapped else nullcontext(),
    ):
        yield


def planted_study(planted: Planted, student: str, folder: Path) -> Study:
    """Write down what the study needs, and return it."""
    import_poles(study_world(), folder)
    return validate(Study, study_tree(planted, student, folder), planted.name)


def percent(share: float) -> int:
    return round(100 * share)


def study_tree(planted: Planted, student: str, folder: Path) -> dict[str, Any]:
    """The study as its file would say it."""
    file = folder / f"situations-{planted.dialogues}-{planted.seed}" / "village.toml"
    write_situations(situations(study_world(), planted.dialogues, planted.seed), file)
    scenarios = {"folders": [str(file.parent)], "domains": ["village"], "adapt": "rule"}
    names = {f"d{percent(dose)}": f"poles{percent(dose)}" for dose in planted.doses}
    adapt = [
        {
            "id": name,
            "method": "clca",
            "teacher": teacher,
            "clca": {
                "scenarios": scenarios,
                "roleplay": {"exchanges": TOPICS},
                "judging": {"keep": "none", "least": 1, "stereotypes": False},
                "teaching": {**TASKS[planted.tasks], "relevance": 0.0},
            },
            "tuning": {"seed": planted.seed, **planted.tuning},
        }
        for name, teacher in names.items()
    ]
    arms = [
        {"id": f"{name}-{framing}", "model": model, "framing": framing, **against}
        for framing in FRAMINGS
        for name, model, against in (
            ("before", "base", {}),
            *((name, f"@{name}", {"against": f"before-{framing}"}) for name in names),
        )
    ]
    return {
        "study": {"name": planted.name, "seed": planted.seed, "draws": 2000},
        "survey": {"source": "poles", "items": "all"},
        "cultures": {"measure": list(study_world().stood), "adapt": list(study_world().stood)},
        "models": {
            "base": {"name": student, "dtype": "float32"},
            **{teacher: {"name": f"mock:{teacher}"} for teacher in names.values()},
        },
        "answers": {"prompts": [str(PROMPTS)], **ANSWERS},
        "neutral": {"read": False},
        "adapt": adapt,
        "arm": arms,
    }


def write_situations(drawn: Sequence[Situation], file: Path) -> None:
    """Write situations as a user's own file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    tree = {
        "domain": drawn[0].domain,
        "scenario": [
            {
                "id": situation.id,
                "setting": situation.setting,
                "tension": situation.tension,
                "first": _person(situation.first),
                "second": _person(situation.second),
            }
            for situation in drawn
        ],
    }
    file.write_text(tomli_w.dumps(tree), encoding="utf-8")


def _person(who: Character) -> dict[str, str]:
    parts = ("name", "occupation", "background", "goal", "secret")
    return {part: getattr(who, part) for part in parts}


def import_poles(world: World, folder: Path) -> None:
    """Put the people's answers on the shelf as a survey of one's own, `poles`."""
    folder.mkdir(parents=True, exist_ok=True)
    layout, table = folder / "poles.toml", folder / "poles.csv"
    tree = {
        "title": "Eight poles of invented cultures",
        "culture": [
            {"code": code, "name": world.cultures[code].name, "languages": ["en"]}
            for code in world.stood
        ],
        "items": {
            item.id: {
                "topic": item.topic,
                "battery": item.battery,
                "codes": list(item.codes),
                "stem": item.wording().stem,
                "options": list(item.wording().texts),
            }
            for item in world.items
        },
    }
    layout.write_text(tomli_w.dumps(tree), encoding="utf-8")
    with table.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(("culture", "item", "code", "count"))
        for code in world.stood:
            for item in world.items:
                first = round(PEOPLE * world.share(code, item))
                writer.writerows([(code, item.id, 1, first), (code, item.id, 2, PEOPLE - first)])
    import_survey(table, "poles", layout=layout, replace_old=True)


@contextmanager
def swapped_speakers() -> Iterator[None]:
    """Train each row under the name of whoever does not speak its lines, as was published."""
    # the package has a function of the module's name
    rows = import_module("acculturate.clca.dialogue_rows")
    right = rows._speaker

    def wrong(dialogue: Any, side: int, culture: Any) -> str:
        return str(right(dialogue, 1 - side, culture))

    with mock.patch.object(rows, "_speaker", wrong):
        yield


# -- what it shows --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Effect:
    """The deviation slope of an arm, mean of the poles, with its 95% interval over them (t), and
    the figure of the run's own results, which must be the same.
    """

    arm: str
    slope: float
    low: float
    high: float
    reported: float


def effects(folder: Path) -> dict[str, Effect]:
    """Return what each arm of a run shows, by its name.

    There are too few poles for the intervals of the results, which draw batteries.
    """
    tree = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    reported = {
        row["arm"]: row["value"]
        for row in tree["rows"]
        if (row["metric"], row["culture"]) == ("deviation_slope", "mean")
    }
    with Store(folder) as store:
        return {
            arm["id"]: _effect(arm["id"], by_pole(store, arm["id"]), reported[arm["id"]])
            for arm in tree["meta"]["arms"]
        }


def _effect(arm: str, slopes: Sequence[float], reported: float) -> Effect:
    middle = fmean(slopes)
    error = stdev(slopes) / len(slopes) ** 0.5
    half = float(student_t.ppf(0.975, len(slopes) - 1)) * error
    return Effect(arm, middle, middle - half, middle + half, reported)


def by_pole(store: Store, arm: str) -> list[float]:
    """Return the slope of each pole: how much more answers lie on the culture's side than on the
    other, over the people's own. As many cultures stand on one side of a pole as on the other, so
    what is answered for all cultures alike cancels.
    """
    world = study_world()
    items = {item.wording().stem: item for item in world.items}
    agreeing: dict[str, list[int]] = {pole: [] for pole in world.poles}
    for messages, reply in store.exchanges(f"arm {arm}"):
        item = items[messages[-1][1].splitlines()[0]]
        said = reply.text.strip() if isinstance(reply, Generation) else ""
        if said in item.wording().texts:
            side = 1 if said == item.wording().texts[0] else -1
            culture = world.named(messages[0][1])
            agreeing[item.battery].append(side * world.stand(culture, item.battery))
    return [fmean(counts) / (2 * STAND - 1) for counts in agreeing.values()]


def main() -> None:
    """Run the studies, and print a row for each arm."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--student", default="", help="a model; made from nothing by default")
    parser.add_argument("--seconds", type=float, default=80, help="of processor time, to make it")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--tasks", nargs="+", default=["dialogues"], choices=list(TASKS))
    parser.add_argument("--dialogues", type=int, nargs="+", default=[100])
    parser.add_argument("--doses", type=float, nargs="+", default=[0.5, 0.7, 0.9])
    parser.add_argument("--epochs", type=int, default=TUNING["epochs"])
    parser.add_argument("--rate", type=float, default=TUNING["learning_rate"])
    parser.add_argument("--swapped", choices=("no", "yes", "both"), default="both")
    given = parser.parse_args()
    os.environ.setdefault(FOLDER, str(given.folder / "data"))
    made = given.folder / "learner"
    student = given.student or str(make_learner(made, given.seconds, note=print))
    tuning = {**TUNING, "epochs": given.epochs, "learning_rate": given.rate}
    swaps = {"no": [False], "yes": [True]}.get(given.swapped, [False, True])
    result = []
    for seed, tasks, dialogues, swapped in itertools.product(
        given.seeds, given.tasks, given.dialogues, swaps
    ):
        planted = Planted(given.doses, tasks, dialogues, seed, swapped, tuning)
        for effect in run_planted(planted, student, given.folder).values():
            result.append({"study": planted.name, **asdict(effect)})
            print(json.dumps(result[-1]), flush=True)
    (given.folder / "results.json").write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
