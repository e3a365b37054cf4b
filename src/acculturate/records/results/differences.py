"""Differences: one arm less another on the questions that both answered, and their tests."""

from dataclasses import dataclass

from acculturate.records.score import Estimate


@dataclass(frozen=True)
class Difference(Estimate):
    """`metric` of `arm` minus that of `against`, held against the people of `culture`.

    `culture` is "mean" for the mean over cultures. `low` and `high` bound the 95% interval, `n`
    counts the items that both answered. `least` and `most` are the smallest and the largest
    difference that is left when one battery is left out.
    """

    metric: str
    culture: str
    arm: str
    against: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class TestedDifference(Difference):
    """A difference with the `p` of its permutation test, in (0, 1]; None where there is no test."""

    __test__ = False  # pytest: this is no test of ours

    p: float | None = None


@dataclass(frozen=True)
class CorrectedDifference(TestedDifference):
    """`holm` is `p` after Holm's correction over the cultures; None for the mean over cultures."""

    holm: float | None = None
