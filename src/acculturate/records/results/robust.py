"""How far scores move with the way of asking, and what each way costs."""

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


@dataclass(frozen=True)
class AskingCost:
    """What an arm took: replies that were got for it, tokens read and written, seconds.

    What another arm had asked in the same words is not counted again.
    """

    arm: str
    replies: int
    read: int
    written: int
    seconds: float
