"""CultureSPA's signal: the answer with a culture in mind differs from the answer without."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shift:
    """How a culture moved the answer to a (generated) item.

    `unaware` and `aware` are probabilities over the item's codes in scale order (one-hot where
    the answers were sampled); `target` is what is trained; `strength` the distance between the two
    answers (normalised Wasserstein on ordinal, total variation on nominal items, in [0, 1]);
    `sure` the probability of the aware answer's likeliest option, times the lower option mass.
    """

    item: str
    culture: str
    unaware: tuple[float, ...]
    aware: tuple[float, ...]
    target: tuple[float, ...]
    strength: float
    sure: float = 1.0
