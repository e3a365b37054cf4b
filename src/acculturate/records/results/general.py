"""General abilities and neutral texts: what each model could do, and what an adaptation kept."""

from dataclasses import dataclass
from typing import Literal

from acculturate.records.score import Estimate

Outcome = Literal["nothing", "kept", "lost", "gained", "open"]
"""The base is at chance; no change beyond the margin; a loss; a gain; too few questions to say."""


TextOutcome = Literal["kept", "worse", "open"]
"""The change is shown to lie within the margin, to be a rise above it, or neither."""


@dataclass(frozen=True)
class Kept:
    """The change from before to after over `n` questions answered both times, in [-1, 1].

    [`low`, `high`] is its 95% interval, [`within_low`, `within_high`] the 90% one that equivalence
    is read from. `detectable` is the least margin within which this many questions would show, in
    4 of 5 runs, that nothing has changed.
    """

    difference: float
    low: float
    high: float
    within_low: float
    within_high: float
    detectable: float
    n: int
    outcome: Outcome


@dataclass(frozen=True)
class AbilityRow(Estimate):
    """The share of a task's `n` questions that a model gets right; `chance` is that of a guess.

    `failed` questions had no reply. `framing` says how they were asked ("" without one). `margin`
    is the change that is too small to matter. `base` is the model before it was adapted, and `kept`
    what became of the task; None where there is none.
    """

    task: str
    model: str
    metric: str
    chance: float
    failed: int
    framing: str
    margin: float
    value: float
    low: float
    high: float
    n: int
    above_chance: bool
    base: str | None = None
    kept: Kept | None = None


@dataclass(frozen=True)
class NeutralRow:
    """A model's reading of the passages in a language, in nats per token.

    `change` is how many more a token takes than with the model before it was adapted (`base`), with
    the ends of its 95% interval, `margin` the change that is too small to matter. `base` is None
    for a model that is not adapted, figures are None where they were not read.
    """

    model: str
    base: str | None
    language: str
    passages: int
    tokens: int | None
    nats: float | None
    change: float | None
    low: float | None
    high: float | None
    outcome: TextOutcome | Literal["before", "unread"]
    margin: float
