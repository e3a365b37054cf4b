"""The models of a study by their references: `base`, `@adaptation`, or `base in float32`."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

from pydantic import BaseModel

from acculturate.engines import DType, Engine, ModelSpec, kind_of, parse_model
from acculturate.errors import TrainingError
from acculturate.executors import Executor
from acculturate.methods.context import IN
from acculturate.study.schema import ModelSection, Study


class Models:
    """Has opened what references name. Weights are big, so what is not asked for is closed.

    `given` are engine objects by their references, which whoever gave them closes.
    """

    def __init__(
        self, study: Study, folder: Path, executor: Executor, given: Mapping[str, Engine]
    ) -> None:
        self._study = study
        self._folder = folder
        self.executor = executor
        self._given = given
        self._open: dict[str, Engine] = {}

    def spec(self, ref: str) -> ModelSpec:
        """Return what a reference names: a model, or an adaptation's base with its adapter."""
        name, _, dtype = ref.partition(IN)
        section = self._study.adaptation(name)
        if section is None:
            return plain_spec(self._study, ref)
        spec = self.spec(section.base).on_top(self.adapter(name.removeprefix("@")))
        return replace(spec, dtype=cast(DType, dtype)) if dtype else spec

    def adapter(self, name: str) -> Path:
        """Return the folder of an adapter, `id` or `id/part`."""
        return self._folder / "adapters" / name

    def engine(self, ref: str) -> Engine:
        """Return the open engine of a reference; all others are closed."""
        return self.engines({ref: ref})[ref]

    def engines(self, refs: Mapping[str, str]) -> dict[str, Engine]:
        """Return the open engines of references, by role; all others are closed."""
        for ref in [ref for ref in self._open if ref not in refs.values()]:
            self._open.pop(ref).close()
        for ref in refs.values():
            if ref not in self._open and ref not in self._given:
                self._open[ref] = self.executor.open(self.spec(ref))
        there = {**self._open, **self._given}
        return {role: there[ref] for role, ref in refs.items()}

    def tunable(self, ref: str) -> ModelSpec:
        """Return the spec of a model whose weights can be tuned, its adapters merged into them.

        Raises `TrainingError` for others. What is open is closed first: tuning wants the memory.
        """
        spec = check_tunable(self.spec(ref)).on_top(None)
        self.close()
        return spec

    def close(self) -> None:
        """Give back the open engines' memory, wherever they are."""
        self.engines({})
        self.executor.close()


def plain_spec(study: Study, ref: str) -> ModelSpec:
    """Return the model that answers for a reference, without what was tuned in the study."""
    name, _, dtype = ref.partition(IN)
    section = study.adaptation(name)
    spec = plain_spec(study, section.base) if section else model_spec(study.models[name])
    return replace(spec, dtype=cast(DType, dtype)) if dtype else spec


def model_spec(model: ModelSection) -> ModelSpec:
    """Return what a `[models.X]` section names."""
    spec = parse_model(model.name, dtype=model.dtype, trust_remote_code=model.trust_remote_code)
    for adapter in model.adapters:
        spec = spec.on_top(adapter)
    return replace(
        spec,
        device=model.device,
        quantised=model.quantised,
        settings=tuple(value for _, value in model if isinstance(value, BaseModel)),
    )


def check_tunable(spec: ModelSpec) -> ModelSpec:
    """Return the spec to tune; raises `TrainingError` for a model without weights of its
    own here.
    """
    tuned = kind_of(spec).tuned
    if tuned is None:
        raise TrainingError(
            f"The model '{spec.name}' is asked through the engine '{spec.engine}', which has no "
            "weights to tune: name a Hub id, a folder or 'embedded'."
        )
    if spec.quantised:
        raise TrainingError(
            f"The model '{spec.name}' is quantised as a whole: leave quantised out of the base and "
            "set tuning.quantised; another [models.X] with quantised may name the adapter."
        )
    return tuned(spec)
