"""One number of a result table, the same row in `--json`, in metrics.json and in the report.

>>> row = Score("aware", None, "aware", "en", "wvs7", "CHN", "alignment", 0.7, 0.65, 0.75, 48)
>>> row.side, row.known
(1, True)
"""

import math
from dataclasses import dataclass


class Estimate:
    """A figure: its value, the ends of its 95% interval, and the number `n` of what it is made of.

    `value` is None where the figure cannot be had, `low` and `high` where there is no interval.
    Every row that holds a figure is one, whatever else it holds.
    """

    __slots__ = ()

    value: float | None
    low: float | None
    high: float | None

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return self.value is not None and math.isfinite(self.value)

    @property
    def side(self) -> int | None:
        """1 where the interval lies above zero, -1 below, 0 where it holds zero; None without."""
        if self.low is None or self.high is None:
            return None
        return (self.low > 0) - (self.high < 0)


@dataclass(frozen=True, slots=True)
class Score(Estimate):
    """A metric's value for an arm held against a culture's people.

    `culture` is whose people the answers are held against ("" where it does not apply, null in
    JSON; "mean" for the mean over cultures). `low` and `high` bound the 95% interval. `n` counts
    the items scored, `refused` the unparsed answers over all items asked, with people's data or
    not.
    """

    arm: str
    model: str | None
    framing: str | None
    language: str | None
    survey: str
    culture: str | None
    metric: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    refused: int | None = None
