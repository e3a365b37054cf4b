"""How likely a whole text is to a model."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextNats:
    """The natural-log probability of a text, with its sign turned, over its `tokens`."""

    nats: float
    tokens: int
