"""The models of a study by their references, `base` or `@adaptation`, one open at a time."""

from dataclasses import replace
from pathlib import Path

from acculturate.engines import Engine, ModelSpec, open_engine, parse_model
from acculturate.errors import TrainingError
from acculturate.study.schema import ModelSection, Study


class Models:
    """Opens what a reference names. Weights are big, so opening one closes the other."""

    def __init__(self, study: Study, folder: Path) -> None:
        self._study = study
        self._folder = folder
        self._open: tuple[str, Engine] | None = None

    def spec(self, ref: str) -> ModelSpec:
        """What a reference names: a model, or an adaptation's base with its adapter."""
        section = self._study.adaptation(ref)
        if section is not None:
            return replace(self.spec(section.base), adapter=self.adapter(ref.removeprefix("@")))
        return model_spec(self._study.models[ref])

    def adapter(self, name: str) -> Path:
        """The folder of an adapter, `id` or `id/part`."""
        return self._folder / "adapters" / name

    def engine(self, ref: str) -> Engine:
        """The open engine of a reference."""
        if self._open is not None and self._open[0] == ref:
            return self._open[1]
        self.close()
        engine = open_engine(self.spec(ref))
        self._open = (ref, engine)
        return engine

    def tunable(self, ref: str) -> ModelSpec:
        """The spec of a model whose weights can be tuned; raises `TrainingError` for others.

        What is open is closed first: tuning wants the memory.
        """
        spec = check_tunable(self.spec(ref))
        self.close()
        return spec

    def close(self) -> None:
        """Give back the open engine's memory."""
        if self._open is not None:
            self._open[1].close()
            self._open = None


def model_spec(model: ModelSection) -> ModelSpec:
    """What a `[models.X]` section names."""
    return parse_model(
        model.name,
        dtype=model.dtype,
        adapter=model.adapter,
        trust_remote_code=model.trust_remote_code,
    )


def check_tunable(spec: ModelSpec) -> ModelSpec:
    """The same spec; raises `TrainingError` for a model without weights of its own here."""
    if spec.engine != "hf":
        raise TrainingError(
            f"The model '{spec.name}' is asked through the engine '{spec.engine}', which has no "
            "weights to tune: name a Hub id, a folder or 'embedded'."
        )
    return spec
