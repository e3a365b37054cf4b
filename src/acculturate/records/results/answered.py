"""What was asked and answered, item by item: shares of the people and of each arm, and prompts."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class AskedItem:
    """An item as it was asked in English or the survey's first language: its stem and options."""

    item: str
    topic: str
    stem: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class ItemShares:
    """Shares of an item's options, of the people and by arm, in the order of the options.

    `culture` is "mean" for means over cultures. `distances` are those of arms from the people, in
    lengths of the scale (nominal items: total variation). Who did not answer is left out.
    """

    item: str
    culture: str
    people: tuple[float, ...]
    arms: Mapping[str, tuple[float, ...]]
    distances: Mapping[str, float]


@dataclass(frozen=True)
class SentPrompt:
    """A prompt of an arm as it was sent: pairs of a role and a text."""

    arm: str
    messages: tuple[tuple[str, str], ...]
