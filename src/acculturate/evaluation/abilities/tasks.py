"""Tasks: where their questions come from.

lm-eval has some 10^4 tasks and fetches their questions from the hub; `everyday` is ours and comes
with this package; folders of a user's own hold files in lm-eval's format.

    load_task("everyday", ())
"""

import functools
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any

from acculturate.errors import ConfigError, EngineError, SurveyError, first_line, nearest
from acculturate.extras import lacking

EVERYDAY = "everyday"
ALIKE = 0.8
"""How near a task's name has to be to one among some 10^4 to be meant."""


def check_installed() -> None:
    """Raise `EngineError` where the extra `lm-eval` is missing."""
    if missing := lacking("General abilities need", "lm-eval", "lm_eval"):
        raise EngineError(f"{missing}.")


def load_task(task: str, include: Sequence[Path]) -> Any:
    """Return a task with its questions as lm-eval takes it, from folders or from those that lm-eval
    has.

    Raises `ConfigError` for an unknown task, `SurveyError` where its questions cannot be had.
    """
    folders = tuple(map(str, include))
    manager = _manager(folders, shipped=False)
    if task != EVERYDAY and task not in manager.all_tasks:
        manager = _manager(folders, shipped=True)
        if task not in manager.all_tasks:
            raise ConfigError(
                f"abilities.tasks: lm-eval {version('lm_eval')} has no task '{task}'."
                f"{nearest(task, manager.all_tasks, ALIKE)} `lm-eval ls tasks` lists those that it "
                f"has, '{EVERYDAY}' comes with this package, and abilities.include takes folders "
                "of your own."
            )
    # what a hub, a file or a task's own code raises is of any kind
    with told(task, OSError, ImportError, ValueError, RuntimeError):
        loaded = manager.load([_everyday() if task == EVERYDAY else task])
    for entry in loaded["tasks"].values():
        if getattr(entry, "UNSAFE_CODE", False) or getattr(entry, "MULTIMODAL", False):
            raise ConfigError(
                f"abilities.tasks: '{task}' runs code that the model writes, or shows pictures, "
                "which is not done here: name another, such as mmlu, gsm8k or ifeval."
            )
    return loaded


@functools.cache
def _manager(folders: tuple[str, ...], shipped: bool) -> Any:
    """Return lm-eval's list of tasks; of those that it ships it reads some 10^4 files."""
    from lm_eval.tasks import TaskManager

    return TaskManager(include_path=list(folders) or None, include_defaults=shipped)


@contextmanager
def told(task: str, *kinds: type[Exception]) -> Iterator[None]:
    """Say in a sentence what keeps a task's questions away."""
    try:
        yield
    except kinds as problem:
        if isinstance(problem, ModuleNotFoundError):
            raise SurveyError(
                f"The task '{task}' needs {problem.name}, which is not installed: type pip install "
                f"{problem.name}."
            ) from problem
        raise SurveyError(
            f"The questions of the task '{task}' cannot be had ({first_line(problem)[:160]}): "
            f"lm-eval fetches them from the hub; '{EVERYDAY}' needs none."
        ) from problem


@contextmanager
def offline() -> Iterator[None]:
    """Have the hub's client and `datasets` look only at what is on this machine."""
    import datasets
    from huggingface_hub import constants

    places: tuple[Any, ...] = (datasets.config, constants)
    before = [module.HF_HUB_OFFLINE for module in places]
    for module in places:
        module.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        for module, value in zip(places, before, strict=True):
            module.HF_HUB_OFFLINE = value


def _everyday() -> dict[str, Any]:
    """Return the task of this project: 274 questions on words, numbers and plain facts."""
    return {
        "task": EVERYDAY,
        "custom_dataset": _everyday_questions,
        "test_split": "test",
        "output_type": "multiple_choice",
        "doc_to_text": (
            "{{question}}\n{% for option in options %}{{'ABCD'[loop.index0]}}. {{option}}\n"
            "{% endfor %}Answer with the letter alone."
        ),
        "doc_to_choice": ["A", "B", "C", "D"],
        "doc_to_target": "answer",
        "metric_list": [{"metric": "acc", "aggregation": "mean", "higher_is_better": True}],
    }


def _everyday_questions(**_: Any) -> dict[str, Any]:
    from datasets import Dataset

    held = resources.files(__package__).joinpath("everyday.jsonl").read_text(encoding="utf-8")
    return {"test": Dataset.from_list([json.loads(line) for line in held.splitlines()])}
