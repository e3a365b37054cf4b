"""Calls: what Python users say to `measure` and `adapt`, each one object with the study it makes.

    MeasureCall("embedded", "CHN", language=["en", "zh"]).study()

The fields of a call are the keywords of the function of its name (acculturate/api.py), where their
meaning is described; the command line passes the same keywords.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Any, Literal

from acculturate.asking import AnswerSettings
from acculturate.calling import as_path, as_texts, wrong_kind
from acculturate.config import apply_settings, validate
from acculturate.engines import Engine
from acculturate.engines.objects import as_models, labels, object_name
from acculturate.errors import ConfigError
from acculturate.files import text_digest
from acculturate.methods.adaptation import find_method
from acculturate.runner import Progress
from acculturate.study.schema import Study

RUNS = Path("runs")
OneOrMore = str | Sequence[str]
Models = OneOrMore | Engine | Sequence[str | Engine]
Adapters = Path | str | Sequence[Path | str] | None


@dataclass(frozen=True)
class MeasureCall:
    """What is measured, and how the measurement is carried out."""

    model: Models
    cultures: OneOrMore
    framing: OneOrMore = ()
    _: KW_ONLY
    language: OneOrMore = ()
    items: OneOrMore = "attitudes"
    survey: str = "wvs7-marginals"
    groups: OneOrMore = ()
    adapter: Adapters = None
    answers: AnswerSettings | None = None
    dtype: str = "auto"
    settings: OneOrMore = ()
    bootstrap_items: Literal["random", "fixed"] = "random"
    executor: str = "inline"
    out: Path | str | None = None
    progress: Progress | None = None
    retry_failed: bool = False
    command: str = ""
    report: bool = False

    def study(self) -> Study:
        """Return the study: an arm for each combination of a model, a framing and a language.

        Raises `ConfigError` for what is no model, and for keys and values that a study has not.
        """
        models, framings = self._models(), self._framings()
        languages = as_texts(self.language, "language")
        names = labels(list(models.values()))
        if (self.adapter or self.dtype != "auto") and not any(
            isinstance(model, str) for model in models.values()
        ):
            raise ConfigError(
                "adapter and dtype are for models that are named: give an engine object that has "
                "them."
            )
        arms = list(_arms(dict(zip(models, names, strict=True)), framings, languages))
        if twice := [id_ for id_, n in Counter(arm["id"] for arm in arms).items() if n > 1]:
            raise ConfigError(
                f"measure: two arms would have the name '{twice[0]}': give each model, framing and "
                "language once."
            )
        tree: dict[str, Any] = {
            "study": {
                "name": "measure",
                "title": f"{' and '.join(names)} under {' and '.join(framings)}",
                "executor": self.executor,
                "bootstrap_items": self.bootstrap_items,
            },
            "survey": _survey(self.survey, self.items)
            | {"groups": as_texts(self.groups, "groups")},
            "cultures": {"measure": _named(self.cultures, "measure")},
            "models": {
                ref: {"name": model, "adapter": self.adapter, "dtype": self.dtype}
                if isinstance(model, str)
                else {"name": object_name(model)}
                for ref, model in models.items()
            },
            "answers": self._answers(),
            "arm": arms,
        }
        settings = as_texts(self.settings, "settings")
        return validate(Study, apply_settings(tree, settings, Study), "measure")

    def folder(self, study: Study) -> Path:
        """Return the folder of the run."""
        return _folder(self.out, f"measure-{_digest(study)}")

    def engines(self, study: Study) -> dict[str, Engine]:
        """Return the engine objects that the study asks, by the names of its models."""
        return {
            ref: model
            for ref, model in self._models().items()
            if not isinstance(model, str) and study.models[ref].name == object_name(model)
        }

    def _models(self) -> dict[str, str | Engine]:
        """Return names and engine objects by the names that they have in the study."""
        return {
            f"model{n}" if n > 1 else "base": model
            for n, model in enumerate(as_models(self.model), start=1)
        }

    def _answers(self) -> dict[str, Any]:
        if self.answers is None:
            return {}
        if not isinstance(self.answers, AnswerSettings):
            raise wrong_kind("answers is an AnswerSettings", self.answers)
        return self.answers.model_dump(exclude_unset=True)

    def _framings(self) -> list[str]:
        groups = as_texts(self.groups, "groups")
        framings = as_texts(self.framing, "framing")
        if "" in framings:
            raise ConfigError("framing is empty: name one, such as 'aware', or leave it out.")
        return framings or ["group" if groups else "aware"]


@dataclass(frozen=True)
class AdaptCall:
    """What is adapted to which cultures and by which method, and how that is carried out."""

    model: str
    cultures: OneOrMore
    method: str = "culturespa"
    _: KW_ONLY
    measured: OneOrMore = ()
    teacher: str = ""
    grouping: Literal["joint", "specific"] = "joint"
    preset: Literal["default", "published"] = "default"
    items: OneOrMore = "attitudes"
    survey: str = "wvs7-marginals"
    adapter: Adapters = None
    settings: OneOrMore = ()
    out: Path | str | None = None
    progress: Progress | None = None
    report: bool = True

    def study(self) -> Study:
        """Return the study: the arm `before`, and the arm `after` on what was `adapted`.

        Raises `ConfigError` for keys and values that a study has not.
        """
        if not isinstance(self.method, str):
            raise wrong_kind("adapt() takes the name of a method", self.method)
        find_method(self.method)
        learned = _named(self.cultures, "adapt")
        adaptation = {
            "id": "adapted",
            "method": self.method,
            "grouping": self.grouping,
            "preset": self.preset,
        }
        models: dict[str, Any] = {"base": {"name": self.model, "adapter": self.adapter}}
        if self.teacher:
            models["teacher"] = {"name": self.teacher}
            adaptation["teacher"] = "teacher"
        tree: dict[str, Any] = {
            "study": {"name": f"adapt-{self.method}"},
            "survey": _survey(self.survey, self.items),
            "cultures": {
                "measure": as_texts(self.measured, "measured") or learned,
                "adapt": learned,
            },
            "models": models,
            "adapt": [adaptation],
            "arm": [{"id": "before"}, {"id": "after", "model": "@adapted", "against": "before"}],
        }
        settings = as_texts(self.settings, "settings")
        return validate(Study, apply_settings(tree, settings, Study), "adapt")

    def folder(self, study: Study) -> Path:
        """Return the folder of the run."""
        return _folder(self.out, f"{study.run_name}-{_digest(study)}")


def _named(cultures: OneOrMore, function: str) -> list[str]:
    """Return the cultures that a function was called with; raises `ConfigError` for none."""
    if not isinstance(cultures, Iterable):
        raise wrong_kind(f"{function}() takes the code of a culture, or several", cultures)
    codes = as_texts(cultures, "cultures")
    if not codes:
        raise ConfigError(
            f"{function}: cultures is empty: give the code of a culture, or several, such as "
            "['CHN', 'DEU']."
        )
    return codes


def _survey(source: str, items: OneOrMore) -> dict[str, Any]:
    """Return the section of a survey; one text may be a set of items, such as "attitudes"."""
    chosen = items if isinstance(items, str) else as_texts(items, "items")
    return {"source": source, "items": chosen}


def _folder(out: Path | str | None, name: str) -> Path:
    """Return the folder that was named, or the one of this name under `runs/`."""
    return RUNS / name if out is None else as_path(out, "out is the path of a folder")


def _arms(
    models: Mapping[str, str], framings: Sequence[str], languages: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Yield an arm for each combination of a model (by its reference), a framing and a language.

    An arm's id is what tells it from the others, its framing where there is one arm.
    """
    told = [len(models) > 1, len(framings) > 1 or len(models) == 1, len(languages) > 1]
    for (ref, model), framing, language in itertools.product(
        models.items(), framings, languages or [""]
    ):
        parts = itertools.compress([model, framing, language], told)
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", "-".join(parts)).lstrip("._-")
        arm: dict[str, Any] = {"id": name, "model": ref, "framing": framing}
        yield arm | ({"languages": [language]} if language else {})


def _digest(study: Study) -> str:
    """Return what tells the folder of this study from those of others."""
    asked = study.model_dump_json(exclude={"study": {"executor", "ray", "bootstrap_items"}})
    return text_digest(asked, 10)
