"""What came out of each step: so many of so many, and why the rest fell away.

Every step of a method throws something away, and a small model's attempts mostly. The report shows
these rows, so that no adapter is taken for more than the data it was made of.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Yield:
    """`count` of `of` came through a step; `note` says in words what became of the rest.

    Where something was looked for instead, `found` of that kind are none that came through.
    """

    step: str
    count: int
    of: int
    note: str = ""
    found: bool = False

    @property
    def share(self) -> float:
        """`count / of`, 0 where there was nothing."""
        return self.count / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Drop:
    """A text that was not used: the `reason` in a few words, the text, its topic or place.

    `like` is the text or the item that it is too like, `line` its line (from 1) in a file.
    """

    reason: str
    text: str
    topic: str
    like: str = ""
    line: int = 0


def reasons(drops: Iterable[Drop]) -> str:
    """The reasons with their counts, the commonest first: `unreadable 12, duplicate 3`."""
    counts = Counter(drop.reason for drop in drops)
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{reason} {count}" for reason, count in ordered)
