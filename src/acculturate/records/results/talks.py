"""Dialogues as they were played and judged, their audit, and how far raters agree on them."""

from dataclasses import dataclass
from typing import Literal

from acculturate.records.results.made import OfAdaptation

Asked = Literal["quality", "fit", "review", "stereotype"]
Table = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Person:
    """A character."""

    name: str
    occupation: str
    goal: str
    secret: str


@dataclass(frozen=True)
class Move:
    """What a character says or does; `intent` is "" where none was asked for."""

    speaker: str
    kind: str
    text: str
    intent: str = ""


@dataclass(frozen=True)
class Decision:
    """A judge's answer to one question about a dialogue.

    `good` is the good case of every question. `confidence` is None where a written verdict does not
    state it. `probability` is that of good, where it was weighed and not written.
    """

    question: Asked
    good: bool
    confidence: str | None = None
    critique: str = ""
    probability: float | None = None


@dataclass(frozen=True)
class AuditFinding:
    """Words that a pattern of a kind found in the move at `place` (from 0)."""

    place: int
    kind: str
    words: str


@dataclass(frozen=True)
class DialogueRecord:
    """A dialogue: people, moves with their intents, verdicts, those of a `second` judge, and what
    the audit found.

    `adapted` says that the situation was set in the culture, beyond its names. `dropped` is why it
    was not used ("" where it was kept), `taught` whether it is trained on.
    """

    id: str
    culture: str
    language: str
    domain: str
    adapted: bool
    setting: str
    people: tuple[Person, ...]
    end: str
    moves: tuple[Move, ...]
    verdicts: tuple[Decision, ...] = ()
    second: tuple[Decision, ...] = ()
    findings: tuple[AuditFinding, ...] = ()
    dropped: str = ""
    taught: bool = True


@dataclass(frozen=True)
class DialogueRow(DialogueRecord, OfAdaptation):
    """A dialogue of an adaptation."""


@dataclass(frozen=True)
class AuditCount:
    """Of a culture's `dialogues`, in how many patterns found something of each kind; of `judged`
    ones, how many the judge finds `biased`, or is `unsure` of.
    """

    culture: str
    dialogues: int
    slur: int
    generalisation: int
    judged: int
    biased: int
    unsure: int = 0


@dataclass(frozen=True)
class AuditRow(AuditCount, OfAdaptation):
    """The audit of an adaptation's dialogues of one culture."""


@dataclass(frozen=True)
class Agreement:
    """Two raters on one question, over the `n` dialogues that both judged.

    `table` has the left one's good and bad in rows, the right one's in columns; `share` of the
    verdicts are equal. `kappa` (Cohen's, with the 95% interval `low` to `high`) is None where
    chance alone would agree fully. `run_kappa` is weighed to everything that the left one judged;
    None where nothing is to be weighed, where a verdict is not in the sample, and where the left
    one gives one verdict throughout.
    """

    question: Asked
    left: str
    right: str
    n: int
    table: Table
    share: float
    kappa: float | None
    low: float | None
    high: float | None
    run_kappa: float | None = None
    run_low: float | None = None
    run_high: float | None = None


@dataclass(frozen=True)
class RaterRow(Agreement, OfAdaptation):
    """Two raters on the dialogues of an adaptation.

    `left_good` and `right_good` are the shares that each finds good; `few` says that these are too
    few dialogues for kappa to say much.
    """

    left_good: float = 0.0
    right_good: float = 0.0
    few: bool = False
