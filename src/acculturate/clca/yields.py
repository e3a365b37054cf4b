"""What came out of each step: so many of so many, and why the rest fell away.

Every failure on the way is a record: a scenario that could not be read, a move without words, a
verdict out of form. The report shows their counts, each with an example.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Yield:
    """`count` of `of` came through a step; `note` says in words what became of the rest."""

    step: str
    count: int
    of: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Drop:
    """A text that was not used: the `reason` in a few words, the text, what it was to be."""

    reason: str
    text: str
    topic: str


def reasons(drops: Iterable[Drop]) -> str:
    """The reasons with their counts, the commonest first: `empty 12, out of form 3`."""
    counts = Counter(drop.reason for drop in drops)
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{reason} {count}" for reason, count in ordered)
