"""Engines: each module is one way to reach a model; `open_engine` is the only door."""

from collections.abc import Callable

from acculturate.engines.base import (
    DType,
    Engine,
    Identity,
    ModelSpec,
    Quantised,
    parse_model,
)
from acculturate.errors import ConfigError, nearest

__all__ = [
    "DType",
    "Engine",
    "Identity",
    "ModelSpec",
    "Quantised",
    "find_model",
    "open_engine",
    "parse_model",
]


def _hf(spec: ModelSpec) -> Engine:
    from acculturate.engines.hf import HfEngine

    return HfEngine(spec)


def _server(spec: ModelSpec) -> Engine:
    from acculturate.engines.server import ServerEngine

    return ServerEngine(spec)


def _vllm(spec: ModelSpec) -> Engine:
    from acculturate.engines.vllm import VllmEngine

    return VllmEngine(spec)


def _mock(spec: ModelSpec) -> Engine:
    from acculturate.engines.mock import MockEngine

    return MockEngine.named(spec.name)


ENGINES: dict[str, Callable[[ModelSpec], Engine]] = {
    "hf": _hf,
    "mock": _mock,
    "server": _server,
    "vllm": _vllm,
}


def _find_hf(spec: ModelSpec) -> None:
    from acculturate.engines.loading import find_model

    find_model(spec)


def _find_server(spec: ModelSpec) -> None:
    from acculturate.engines.server import find_server

    find_server(spec)


def _find_vllm(spec: ModelSpec) -> None:
    from acculturate.engines.vllm import find_vllm

    find_vllm(spec)


def _find_mock(spec: ModelSpec) -> None:
    _mock(spec).close()


FINDERS: dict[str, Callable[[ModelSpec], None]] = {
    "hf": _find_hf,
    "mock": _find_mock,
    "server": _find_server,
    "vllm": _find_vllm,
}


def find_model(spec: ModelSpec | str) -> None:
    """See that a model is there, without loading it; raises as `open_engine` does."""
    spec = parse_model(spec) if isinstance(spec, str) else spec
    _check_engine(spec)
    FINDERS[spec.engine](spec)


def open_engine(spec: ModelSpec | str) -> Engine:
    """Open the model that `spec` names; raises `ConfigError` or `EngineError` in one sentence."""
    spec = parse_model(spec) if isinstance(spec, str) else spec
    _check_engine(spec)
    return ENGINES[spec.engine](spec)


def _check_engine(spec: ModelSpec) -> None:
    if spec.engine not in ENGINES:
        known = ", ".join(ENGINES)
        raise ConfigError(
            f"There is no engine '{spec.engine}' in this version: use one of {known}."
            f"{nearest(spec.engine, ENGINES)}"
        )
    if spec.engine != "hf" and (spec.device or spec.quantised):
        raise ConfigError(
            f"'{spec.engine}:{spec.name}': device and quantised are for the engine 'hf': take them "
            "out."
        )
