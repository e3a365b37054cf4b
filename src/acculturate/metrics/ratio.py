"""A metric as a ratio of two sums over items, which is what makes it cheap to resample.

Every figure of this package is ``finish(sum_i top_i / sum_i bottom_i)``: a plain mean has
``bottom = 1``, alignment is one minus a mean, skill divides by the distances of a reference, the
published score divides by squared scale lengths and takes a root. A bootstrap draw weighs both sums
by the same counts of items, so that a thousand draws are two matrix products.

    >>> import numpy as np
    >>> mean(np.array([0.2, np.nan, 0.4])).value().round(3).item()
    0.3
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from acculturate.metrics.divergence import Bools, Floats

Finish = Callable[[Floats], Floats]


class Ratio(NamedTuple):
    """Two arrays with items on the last axis; NaN in either leaves the item out of both sums."""

    top_I: Floats
    bottom_I: Floats

    @property
    def scored_I(self) -> Bools:
        """Items that count."""
        return np.isfinite(self.top_I) & np.isfinite(self.bottom_I)

    def only(self, keep_I: Bools) -> "Ratio":
        """Return the same ratio without the items that are not kept."""
        return Ratio(np.where(keep_I, self.top_I, np.nan), np.where(keep_I, self.bottom_I, np.nan))

    def filled(self) -> "Ratio":
        """Return the ratio with zeros in place of items left out, ready for sums."""
        scored_I = self.scored_I
        return Ratio(
            np.where(scored_I, self.top_I, 0.0),
            np.where(scored_I, np.broadcast_to(self.bottom_I, scored_I.shape), 0.0),
        )

    def with_sum(self) -> "Ratio":
        """Return the same with a last row, both sums over all rows before it (rows on the axis
        before the items'); an item that no row has is left out.
        """
        top_CI, bottom_CI = self.filled()
        any_I = self.scored_I.any(-2)
        sums = (np.where(any_I, part.sum(-2), np.nan) for part in (top_CI, bottom_CI))
        parts = np.broadcast_arrays(*self)
        return Ratio(
            *(
                np.concatenate([part, sum_[..., None, :]], axis=-2)
                for part, sum_ in zip(parts, sums, strict=True)
            )
        )

    def value(self) -> Floats:
        """Return the quotient of the sums; NaN where no item is left."""
        top_I, bottom_I = self.filled()
        return divide(top_I.sum(-1), bottom_I.sum(-1))


def divide(top: Floats, bottom: Floats) -> Floats:
    """Return `top / bottom`, NaN (without a warning) where the divisor is zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(bottom == 0, np.nan, top / bottom))


def mean(value_I: Floats) -> Ratio:
    """Return the plain mean over items that have a value."""
    return Ratio(value_I, np.ones_like(value_I))


def plain(ratio: Floats) -> Floats:
    """Finish a mean: return the ratio itself."""
    return ratio


def complement(ratio: Floats) -> Floats:
    """Finish a distance as an agreement: return one minus the ratio."""
    return np.asarray(1.0 - ratio)


def root_complement(ratio: Floats) -> Floats:
    """Finish the published score: return one minus the root of the ratio."""
    return np.asarray(1.0 - np.sqrt(ratio))
