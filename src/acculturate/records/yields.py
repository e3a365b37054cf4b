"""What came out of each step: so many of so many, and why each of the others did not.

Every step of a method throws something away, and a small model's attempts mostly. The report shows
these rows, so that no adapter is taken for more than the data it was made of. What is counted adds
up: what came through a step and what was lost in it, by reasons, is what came in; and where a step
goes on with what another one left (`after`), it takes in just that.

    >>> told(Yield("dialogues were played", 7, 8, lost={"broke off": 1}))
    '7 of 8 dialogues were played; 1 broke off'
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

DROPS_SHOWN = 20
"""Reasons that a report counts."""


@dataclass(frozen=True)
class Yield:
    """`count` of `of` came through a step; `lost` counts the others by why they did not.

    `step` says what they did or are ("dialogues were played"), `after` names the step that they
    came from, "" where this one begins to count; `note` adds a remark. Where something was looked
    for instead, `found` of that kind are none that came through.
    """

    step: str
    count: int
    of: int
    note: str = ""
    found: bool = False
    lost: Mapping[str, int] = field(default_factory=dict)
    after: str = ""

    @property
    def share(self) -> float:
        """`count / of`, 0 where there was nothing."""
        return self.count / self.of if self.of else 0.0

    @property
    def adds_up(self) -> bool:
        """Whether what came through and what was lost is what came in."""
        return self.found or self.count + sum(self.lost.values()) == self.of


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


@dataclass(frozen=True)
class DropCount:
    """How often texts were not used for one reason, with one of them as the model wrote it."""

    reason: str
    count: int
    example: str


def counted(drops: Iterable[Drop]) -> tuple[DropCount, ...]:
    """Return the reasons of drops, the commonest first and at most `DROPS_SHOWN`."""
    by_reason: dict[str, list[Drop]] = {}
    for drop in drops:
        by_reason.setdefault(drop.reason, []).append(drop)
    commonest = sorted(by_reason.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return tuple(
        DropCount(reason, len(own), own[0].text) for reason, own in commonest[:DROPS_SHOWN]
    )


def funnel(
    of: int, steps: Iterable[tuple[str, Iterable[str]]], lost: Mapping[str, int], rest: str
) -> list[Yield]:
    """Return steps one after the other, each with the reasons for which something is lost in it.

    Reasons that no step names make a last step of their own, `rest`.
    """
    named = [(name, set(reasons)) for name, reasons in steps]
    other = set(lost).difference(*(reasons for _, reasons in named))
    tallies: list[Yield] = []
    for name, own in [*named, *([(rest, other)] if other else [])]:
        counts = ranked({reason: count for reason, count in lost.items() if reason in own})
        count, after = of - sum(counts.values()), tallies[-1].step if tallies else ""
        tallies.append(Yield(name, count, of, lost=counts, after=after))
        of = count
    return tallies


def ranked(counts: Mapping[str, int]) -> dict[str, int]:
    """Return counts by reason, the largest first; none of 0."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return {reason: count for reason, count in ordered if count}


def why(drops: Iterable[Drop]) -> dict[str, int]:
    """Return how often each reason was one of a drop, the commonest first."""
    return ranked(Counter(drop.reason for drop in drops))


def reasons(drops: Iterable[Drop]) -> str:
    """Return the reasons with their counts, the commonest first: `unreadable 12, duplicate 3`."""
    return ", ".join(f"{reason} {count}" for reason, count in why(drops).items())


def told(step: Yield) -> str:
    """Return a yield as a sentence: what came through, and why others did not."""
    count = step.count or ("none" if step.of else 0)
    text = f"{count} of {step.of} {step.step}"
    lost = ", ".join(f"{count} {reason}" for reason, count in step.lost.items())
    note = f" ({step.note})" if step.note else ""
    return f"{text}; {lost}{note}" if lost else text + note
