"""What else moved answers: variance by source, the habit of position, texts and probabilities."""

from dataclasses import dataclass

from acculturate.records.score import Estimate


@dataclass(frozen=True)
class Source:
    """A source's variance and its share of all; `levels` is how many it has at most in an item."""

    source: str
    variance: float
    share: float
    levels: int


@dataclass(frozen=True)
class Habit:
    """How much of the answers go to the option shown first, and to the one shown last.

    1 / K of each would be none: `first` and `last` are means over items of K times the share, so
    that 1 is no habit and 0 never. `order_share` is the order's share of the variance, `n` counts
    the items.
    """

    first: float
    last: float
    order_share: float
    n: int


@dataclass(frozen=True)
class TextAgreement:
    """Mean total variation, what chance alone gives, and agreement of the modes.

    `p` is the share of chance draws whose mean distance reaches the observed one; `n` counts cells
    of culture and item, `texts` their mean number of texts.
    """

    distance: float
    chance: float
    modes: float
    p: float
    texts: float
    n: int


@dataclass(frozen=True)
class Reliability(Estimate):
    """How far answers agree over the ways of a `source`: an intraclass correlation of single ways.

    `of` says of what: the `answers` (ICC(1,1)), or what tells `cultures` apart within an item
    (ICC(3,1)). `ways` is how many there are at most, `n` counts the items, `of_mean` is the
    correlation of the mean over the ways, which is what scores are made of.
    """

    source: str
    of: str
    ways: int
    value: float | None
    low: float | None
    high: float | None
    n: int
    of_mean: float | None


@dataclass(frozen=True)
class OfArm:
    """What a row of an arm begins with."""

    arm: str


@dataclass(frozen=True)
class ArmSource(Source, OfArm):
    """A source of the variance of an arm's answers."""


@dataclass(frozen=True)
class ArmReliability(Reliability, OfArm):
    """How far an arm's answers agree over ways to ask."""


@dataclass(frozen=True)
class ArmHabit(Habit, OfArm):
    """An arm's habit of position."""


@dataclass(frozen=True)
class _Asked:
    expected: str
    sampled: str


@dataclass(frozen=True)
class ArmTexts(TextAgreement, _Asked):
    """The probabilities of the arm `expected` held against the texts of the arm `sampled`."""
