"""What a task's answers say: how many are right, whether that is more than chance, what was kept.

A task on which the model is at chance cannot show that anything was lost, however little changes
there. Of the others it is asked whether the change is *shown to be small* (two one-sided tests at
5%: the 90% interval lies within the margin), which is more than not being shown to be there.

    >>> before = TaskResult("t", "acc", {str(n): float(n % 4 != 0) for n in range(200)}, 0.25)
    >>> change = kept(before, before, margin=0.05)
    >>> change.outcome, change.difference
    ('kept', 0.0)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np

from acculturate.records.results.general import Kept, Outcome

Z95, Z90, POWER90 = 1.959964, 1.644854, 1.281552
"""Normal quantiles: of the two intervals, and of the power that both one-sided tests need (90%
each, so that equivalence is shown with 80% where nothing has changed)."""


@dataclass(frozen=True, slots=True)
class TaskResult:
    """Scores in [0, 1] of a task's questions, and what a guess would get on average.

    `failed` questions got no reply and have no score.
    """

    task: str
    metric: str
    values: Mapping[str, float]
    chance: float
    failed: int = 0


class AbilityScore(NamedTuple):
    """A task's mean score with its 95% interval (Wilson's), and whether it beats a guess."""

    value: float
    low: float
    high: float
    n: int
    above_chance: bool


def score(result: TaskResult) -> AbilityScore:
    """Return the mean of a task; raises `ValueError` without a question."""
    if not result.values:
        raise ValueError(f"the task '{result.task}' has no score to take the mean of")
    value, n = float(np.mean(list(result.values.values()))), len(result.values)
    middle = (value + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 * sqrt(value * (1 - value) / n + Z95**2 / (4 * n**2)) / (1 + Z95**2 / n)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return AbilityScore(value, low, high, n, value > 0 and low > result.chance)


def kept(before: TaskResult, after: TaskResult, margin: float) -> Kept:
    """Return what became of a task, question by question; raises `ValueError` where they share
    none.

    Intervals are Bonett and Price's for paired proportions (2012): one question is added to the
    gains and one to the losses, so that no change at all is not taken for certainty.
    """
    shared = [key for key in before.values if key in after.values]
    if not shared:
        raise ValueError(f"no question of '{before.task}' was answered both before and after")
    change_Q = np.array([after.values[key] - before.values[key] for key in shared])
    n = len(shared)
    gained = (np.clip(change_Q, 0, None).sum() + 1) / (n + 2)
    lost = (np.clip(-change_Q, 0, None).sum() + 1) / (n + 2)
    middle, error = gained - lost, sqrt((gained + lost - (gained - lost) ** 2) / (n + 2))
    low, high = middle - Z95 * error, middle + Z95 * error
    interval_90 = (middle - Z90 * error, middle + Z90 * error)
    return Kept(
        float(change_Q.mean()),
        low,
        high,
        *interval_90,
        (Z90 + POWER90) * error,
        n,
        _outcome(score(before).above_chance, (low, high), interval_90, margin),
    )


def _outcome(
    above_chance: bool,
    interval_95: tuple[float, float],
    interval_90: tuple[float, float],
    margin: float,
) -> Outcome:
    if not above_chance:
        return "nothing"
    if -margin < interval_90[0] and interval_90[1] < margin:
        return "kept"
    if interval_95[1] < 0:
        return "lost"
    return "gained" if interval_95[0] > 0 else "open"
