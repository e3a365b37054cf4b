"""A base model kept from one use to the next: a study loads it once, whatever adapters it measures.

While a base is being kept, an engine that is closed leaves its model behind without the adapter,
and what is loaded next from the same files in the same way goes on with it. Only one is kept, and
it is let go as soon as another is loaded.

    with keeping_base():
        ...                     # open, ask and close engines, tune adapters
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Change:
    """What an adapter did to a model; `undo` is None where it cannot be taken off."""

    undo: Callable[[], Any] | None = None

    def take_off(self) -> bool:
        """Give the model back as it was; False where it has to be loaded again."""
        if self.undo is None:
            return False
        self.undo()
        return True


class Key(NamedTuple):
    """What two models must have in common to be one base."""

    folder: str
    weights: str
    dtype: str
    device: str
    quantised: str
    trust_remote_code: bool


@dataclass(frozen=True, slots=True)
class Base:
    """A model without adapter, its tokenizer, and the tokens that end a reply."""

    key: Key
    model: Any
    tokenizer: Any
    end_ids: tuple[int, ...]


class Keeper:
    """Keeps one base at most."""

    def __init__(self) -> None:
        self._base: Base | None = None

    def keep(self, base: Base) -> None:
        """Keep this one, and no other."""
        self._base = base

    def take(self, key: Key) -> Base | None:
        """Hand the base over, if it is the one; another is let go."""
        base, self._base = self._base, None
        return base if base is not None and base.key == key else None

    def drop(self) -> None:
        """Let go of what is kept."""
        self._base = None


_keepers: list[Keeper] = []
"""The innermost `keeping_base` of this process is asked."""


@contextmanager
def keeping_base() -> Iterator[Keeper]:
    """Keep the base of whatever was closed last, until the end."""
    keeper = Keeper()
    _keepers.append(keeper)
    try:
        yield keeper
    finally:
        _keepers.remove(keeper)
        keeper.drop()


def is_keeping() -> bool:
    """Return whether a base that is given back would be kept."""
    return bool(_keepers)


def kept_base(key: Key) -> Base | None:
    """Return the base that is kept, if it is this one: it is the caller's then. Any other is let
    go.
    """
    return _keepers[-1].take(key) if _keepers else None


def give_back(base: Base, change: Change) -> None:
    """Leave a base to the next, as it was before an adapter's `change`."""
    if _keepers and change.take_off():
        _keepers[-1].keep(base)
