"""What neutral texts take before and after an adaptation, in nats per token.

The figure is the nats of all passages over their tokens; its interval comes from passages drawn
anew, the same ones before and after.

    >>> before = Readings((20.0, 30.0, 40.0), (10, 10, 10))
    >>> after = Readings((23.0, 33.0, 43.0), (10, 10, 10))
    >>> nats_per_token(before), round(change(before, after, margin=0.05).value, 9)
    (3.0, 0.3)
    >>> change(before, after, margin=0.05).outcome
    'worse'
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from acculturate.records import TextNats
from acculturate.records.results.general import TextOutcome

DRAWS, SEED = 2000, 0


@dataclass(frozen=True, slots=True)
class Readings:
    """What each passage took: nats, over so many tokens."""

    nats: tuple[float, ...]
    tokens: tuple[int, ...]

    @classmethod
    def of(cls, texts: Sequence[TextNats]) -> Self:
        return cls(tuple(text.nats for text in texts), tuple(text.tokens for text in texts))


@dataclass(frozen=True, slots=True)
class TextChange:
    """How many nats per token more a model takes than its base, with the 95% interval."""

    value: float
    low: float
    high: float
    outcome: TextOutcome


def nats_per_token(readings: Readings) -> float:
    """Return the nats of all passages over their tokens."""
    return sum(readings.nats) / sum(readings.tokens)


def change(before: Readings, after: Readings, margin: float) -> TextChange:
    """Return what became of the reading of the same passages by one tokenizer.

    Raises `ValueError` where the two did not read the same tokens.
    """
    if before.tokens != after.tokens:
        raise ValueError("the passages were not read in the same tokens before and after")
    more_T = np.array(after.nats) - np.array(before.nats)
    low, high = _interval(more_T, np.array(before.tokens, dtype=np.float64))
    value = float(more_T.sum() / sum(before.tokens))
    return TextChange(value, low, high, _outcome(low, high, margin))


def _interval(more_T: NDArray[np.float64], tokens_T: NDArray[np.float64]) -> tuple[float, float]:
    """Return percentiles of the ratio of sums, passages drawn with replacement."""
    drawn_BT = np.random.default_rng(SEED).integers(len(more_T), size=(DRAWS, len(more_T)))
    ratio_B = more_T[drawn_BT].sum(-1) / tokens_T[drawn_BT].sum(-1)
    low, high = np.quantile(ratio_B, (0.025, 0.975))
    return float(low), float(high)


def _outcome(low: float, high: float, margin: float) -> TextOutcome:
    if low > margin:
        return "worse"
    return "kept" if -margin < low and high < margin else "open"
