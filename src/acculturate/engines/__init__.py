"""Engines: each is one way to reach a model, with one record; `open_engine` opens one."""

from collections.abc import Callable

from acculturate.engines.kind import EngineKind, deciding_packages, kind_of, usable_kinds
from acculturate.engines.protocol import (
    DType,
    Engine,
    Identity,
    ModelSpec,
    Quantised,
    ReadsTexts,
    parse_model,
)
from acculturate.errors import ConfigError, telling_places

__all__ = [
    "DType",
    "Engine",
    "EngineKind",
    "Identity",
    "ModelSpec",
    "Quantised",
    "ReadsTexts",
    "deciding_packages",
    "find_model",
    "fitting_kind",
    "kind_of",
    "open_engine",
    "parse_model",
    "usable_kinds",
]


def find_model(spec: ModelSpec | str) -> None:
    """See that a model is there, without loading it; raises as `open_engine` does."""
    spec = parse_model(spec) if isinstance(spec, str) else spec
    kind = fitting_kind(spec)
    if kind.find is None:
        kind.open(spec).close()
    else:
        kind.find(spec)


@telling_places
def open_engine(spec: ModelSpec | str) -> Engine:
    """Open the model that `spec` names; raises `ConfigError` or `EngineError` in one sentence."""
    spec = spec if isinstance(spec, ModelSpec) else parse_model(spec)
    return fitting_kind(spec).open(spec)


def fitting_kind(spec: ModelSpec) -> EngineKind:
    """Return the record of a model's engine.

    Raises `ConfigError` for what that engine does not take.
    """
    kind = kind_of(spec)
    if (spec.device or spec.quantised) and not kind.places:
        raise ConfigError(
            f"'{spec.engine}:{spec.name}': device and quantised are for the engine "
            f"{_named(lambda kind: kind.places)}: take them out."
        )
    if spec.adapter and kind.adapters == "none":
        raise ConfigError(
            f"'{spec.engine}:{spec.name}': the engine '{spec.engine}' puts no adapter on a model: "
            "leave the adapter out, or name another model."
        )
    if spec.merged and not kind.stacks:
        raise ConfigError(
            f"'{spec.engine}:{spec.name}': an adapter on top of another is for the engine "
            f"{_named(lambda kind: kind.stacks)}: name the model without '{spec.engine}:'."
        )
    return kind


def _named(can: Callable[[EngineKind], bool]) -> str:
    """Return the names of the engines whose record says so, for a sentence."""
    return " or ".join(f"'{name}'" for name, kind in usable_kinds() if can(kind))
