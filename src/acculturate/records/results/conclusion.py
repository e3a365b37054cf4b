"""The verdict of a study: questions on its last pair of arms, and the lines beside them."""

from dataclasses import dataclass, field
from typing import Literal

from acculturate.records.results.differences import TestedDifference
from acculturate.records.results.plain import LEFT_OUT
from acculturate.records.score import Estimate

Question = Literal["nearer", "specific", "control"]


@dataclass(frozen=True)
class Step:
    """A question: `answer` is None where this run cannot say, and False where no yes is shown.

    `opposite` says that a no is shown. `said` is the answer as a sentence, `figures` the
    difference that it rests on, None where it rests on none.
    """

    question: Question
    answer: bool | None
    opposite: bool
    said: str
    figures: TestedDifference | None = field(default=None, metadata=LEFT_OUT)


@dataclass(frozen=True)
class SplitPart(Estimate):
    """A part of a gain (culture, position, training): `arm` less `against`, with the `p` of its
    permutation test.
    """

    part: str
    arm: str
    against: str
    value: float | None
    low: float | None
    high: float | None
    p: float | None


@dataclass(frozen=True)
class Line:
    """A sentence beside the verdict, on what `about` names; `parts` are those of a split gain,
    `levels` differences from answerers that need no model.
    """

    about: str
    said: str
    parts: tuple[SplitPart, ...] = field(default=(), metadata=LEFT_OUT)
    levels: tuple[TestedDifference, ...] = field(default=(), metadata=LEFT_OUT)


@dataclass(frozen=True)
class Verdict(TestedDifference):
    """The difference that a verdict is on, mean over `cultures`, and what follows from it.

    `uniform` is the same difference with refusals spread evenly over the options; None where
    nothing was refused. `improved` says that every question has a yes. `headline` is one short
    sentence, `sentence` all of it.
    """

    uniform: TestedDifference | None = None
    cultures: tuple[str, ...] = ()
    improved: bool = False
    headline: str = ""
    sentence: str = ""
    steps: tuple[Step, ...] = ()
    lines: tuple[Line, ...] = ()

    @property
    def steps_said(self) -> str:
        """What it says without the lines beside it, which can be shown by themselves."""
        sentence = self.sentence
        for line in self.lines:
            sentence = sentence.replace(line.said, "")
        return " ".join(sentence.split())
