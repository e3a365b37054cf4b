"""CultureSPA's signal: the answer with a culture in mind differs from the answer without."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Shift:
    """How a culture moved the answer to a (generated) item, and what is taught from it.

    All shares are over the item's codes in scale order. `unaware` and `aware` are the two answers,
    averaged over the orders in which the options were shown (one-hot where one text was drawn);
    `strength` is the distance between them (normalised Wasserstein on ordinal, total variation on
    nominal items, in [0, 1]); `sure` the probability of the aware answer's likeliest option, times
    the lower option mass. `in_order` is what is taught where the options stand in an order, given
    as places on the scale; `target` what is taught in any other. `masses` are the probabilities of
    all options together, by order, which are left as they are; 1 where texts were drawn.
    """

    item: str
    culture: str
    unaware: tuple[float, ...]
    aware: tuple[float, ...]
    target: tuple[float, ...]
    strength: float
    sure: float = 1.0
    in_order: Mapping[tuple[int, ...], tuple[float, ...]] = field(default_factory=dict)
    masses: Mapping[tuple[int, ...], float] = field(default_factory=dict)

    def taught(self, order: tuple[int, ...]) -> tuple[float, ...]:
        """Return what is taught where the options stand in this order."""
        return self.in_order.get(order, self.target)

    def mass(self, order: tuple[int, ...]) -> float:
        """Return the probability of all options together in this order."""
        return self.masses.get(order, 1.0)
