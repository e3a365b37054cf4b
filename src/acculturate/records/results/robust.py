"""How far scores move with the way of asking."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RobustRow:
    """The spread of a metric (mean over cultures) over the `levels` of a source, on `n` items.

    `least` and `most` are the levels with the smallest and the largest score; `low` and `high` the
    95% interval of their paired difference, for the study's first metric.
    """

    arm: str
    source: str
    metric: str
    levels: int
    least: str
    least_value: float
    most: str
    most_value: float
    spread: float
    low: float | None
    high: float | None
    n: int

    @property
    def minded(self) -> bool:
        """Whether the interval excludes no difference."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high
