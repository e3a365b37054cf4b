"""Kinds of engines: one record for each, which says all that the rest asks about it.

The record stands beside its engine and is found by name (`plugins.ENGINES`), also those of other
packages. Nobody else lists engines.

    LAST = EngineKind(LastEngine, options="the share in its name")
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from acculturate.engines.protocol import Engine, ModelSpec
from acculturate.errors import ConfigError
from acculturate.plugins import ENGINES

if TYPE_CHECKING:
    from pydantic import BaseModel

Texts = Literal["alone", "batch", "company"]
"""What a text depends on besides its own request: nothing, what is asked in the same batch, or
whatever the model computes at the same time, so that it cannot be drawn again."""


@dataclass(frozen=True, slots=True)
class EngineKind:
    """One way to reach a model. Only `open` must be given; it raises `ConfigError` or `EngineError`
    in one sentence.

    find      sees that a model is there; without it the model is opened and closed
    unnamed   the model that is meant where the engine's name stands alone
    remote    the model is computed elsewhere: more processes would gain nothing
    files     the model's files are here or on the Hub: its size and tokenizer are read from them,
              vLLM can serve it, and it can be computed in another number format
    reopens   it takes little to open it once more in another number format
    places    it takes `device` and `quantised`
    stacks    it puts an adapter on top of others
    tuned     gives the model whose weights are tuned; without it there are none
    texts     what a text depends on besides its request
    weighs    it says how likely a whole text is
    settings  what `[models.X.NAME]` may say; `ModelSpec.told` gives it to the engine
    forget    forgets what was found out about a model before
    options, adapters     what the doctor says of how options are weighed, and of adapters
    packages  those whose versions decide its numbers
    """

    open: Callable[[ModelSpec], Engine]
    find: Callable[[ModelSpec], object] | None = None
    unnamed: str = ""
    remote: bool = False
    files: bool = False
    reopens: bool = False
    places: bool = False
    stacks: bool = False
    tuned: Callable[[ModelSpec], ModelSpec] | None = None
    texts: Texts = "company"
    weighs: bool = False
    settings: "type[BaseModel] | None" = None
    forget: Callable[[ModelSpec], None] | None = None
    options: str = "its own way"
    adapters: str = "none"
    packages: tuple[str, ...] = ()


def find_kind(name: str) -> EngineKind:
    """Return the record of an engine by its name.

    Raises `ConfigError` for a name that is not known and for a package that does not load.
    """
    kind = ENGINES.find(name)
    if not isinstance(kind, EngineKind):
        raise ConfigError(
            f"The engine '{name}' is no acculturate.engines.EngineKind: correct the entry point "
            f"'{name}' of the package that brings it, or take the package out."
        )
    return kind


def kind_of(model: ModelSpec) -> EngineKind:
    """Return the record of the engine that a model is asked through; raises as `find_kind`."""
    return find_kind(model.engine)


def deciding_packages() -> tuple[str, ...]:
    """Return the packages whose versions decide what engines compute."""
    return tuple(dict.fromkeys(name for _, kind in usable_kinds() for name in kind.packages))


def usable_kinds() -> Iterator[tuple[str, EngineKind]]:
    """Yield every engine's name and record, without those of packages that do not load."""
    for name in ENGINES.names:
        with suppress(ConfigError):
            yield name, find_kind(name)
