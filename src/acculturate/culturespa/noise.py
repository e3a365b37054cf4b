"""Noise: how far an answer moves where no culture is named, by other words or by rounding.

Questions are asked in three wordings of the unaware framing, none of which names a culture. The
distances between the answers, in the measure of a shift's strength, are what a change of words does
that means nothing, and they hold what rounding does as well, since each prompt is computed anew. A
shift is held against the distance that 95 of 100 rewordings keep below: of what is no shift at all,
5 in 100 exceed it. Ordinal and nominal items have levels of their own where there are enough.

    >>> noise = Noise(ordinal=(0.01, 0.02), nominal=())
    >>> noise.told
    'other words for the unaware framing move 95% of 2 answers by at most 0.02'
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np

from acculturate.culturespa.answering import Rewording
from acculturate.culturespa.targets import strength
from acculturate.records import Item

QUANTILE = 0.95
FEWEST = 20
"""Rewordings of a kind of items that give it a level of its own."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Distances in [0, 1] between answers under neutral wordings, by kind of item."""

    ordinal: tuple[float, ...]
    nominal: tuple[float, ...]

    @classmethod
    def of(cls, rewordings: Iterable[Rewording]) -> Self | None:
        """Return the noise that rewordings show; None where there are none."""
        moves: dict[bool, list[float]] = {True: [], False: []}
        for item, first, other in rewordings:
            moves[item.ordinal].append(strength(first, other, ordinal=item.ordinal))
        noise = cls(tuple(moves[True]), tuple(moves[False]))
        return noise if noise._all else None

    def level(self, item: Item) -> float:
        """Return what an item's answer must move by more than, to be a shift."""
        own = self.ordinal if item.ordinal else self.nominal
        return _level(own if len(own) >= FEWEST else self._all)

    @property
    def told(self) -> str:
        """The noise in words."""
        levels = {_level(own) for own in (self.ordinal, self.nominal) if len(own) >= FEWEST}
        shown = " and ".join(f"{level:.2g}" for level in sorted(levels or {_level(self._all)}))
        count = len(self._all)
        return f"other words for the unaware framing move 95% of {count} answers by at most {shown}"

    @property
    def _all(self) -> tuple[float, ...]:
        return self.ordinal + self.nominal


def _level(distances: tuple[float, ...]) -> float:
    return float(np.quantile(distances, QUANTILE, method="higher"))
