"""What an adaptation was made of: yields of its steps, drops, shifts, and its trainings."""

from dataclasses import dataclass

from acculturate.records.yields import DropCount, Yield


@dataclass(frozen=True)
class OfAdaptation:
    """What a row of an adaptation begins with: its id."""

    adapt: str


@dataclass(frozen=True)
class YieldRow(Yield, OfAdaptation):
    """A step of an adaptation."""


@dataclass(frozen=True)
class DropRow(DropCount, OfAdaptation):
    """What an adaptation did not use for one reason."""


@dataclass(frozen=True)
class ShiftCount:
    """How many of the questions on a topic a culture's shifts were used of."""

    culture: str
    topic: str
    questions: int
    shifts: int


@dataclass(frozen=True)
class ShiftRow(ShiftCount, OfAdaptation):
    """Shifts of an adaptation on one topic."""


@dataclass(frozen=True)
class WrittenQuestion:
    """A question that a model wrote, or that was brought; `options` are in scale order."""

    id: str
    topic: str
    question: str
    options: tuple[str, ...]
    scale: str = ""


@dataclass(frozen=True)
class QuestionRow(WrittenQuestion, OfAdaptation):
    """A written question of an adaptation."""


@dataclass(frozen=True)
class MovedAnswer:
    """How far a culture moved the answer to the question `item`: shares of its options without and
    with the culture.

    `strength` is the distance between them, in [0, 1]; `noise` how far answers to this question
    move when the unaware prompt has other words, None where that was not measured. `taught` says
    whether it is trained on, `target` what is taught, None for the others.
    """

    item: str
    culture: str
    unaware: tuple[float, ...]
    aware: tuple[float, ...]
    strength: float
    noise: float | None = None
    taught: bool = False
    target: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Overlap:
    """Two cultures over the `questions` that both answered.

    `shifts` and `other_shifts` are each one's own, `both` are shared; `likeness` is shared over
    either's, `chance` the same for shifts that fall independently, both None without shifts.
    `direction` is the cosine of the two movements away from the unaware answer over all questions,
    in [-1, 1]; None where one did not move.
    """

    culture: str
    other: str
    questions: int
    shifts: int
    other_shifts: int
    both: int
    likeness: float | None
    chance: float | None
    direction: float | None


@dataclass(frozen=True)
class OverlapRow(Overlap, OfAdaptation):
    """Shifts of two cultures in an adaptation."""


@dataclass(frozen=True)
class FirstRow:
    """The first trained row as the model saw it: the rendered prompt, and what bears loss."""

    prompt: str
    trained: str


@dataclass(frozen=True)
class StepLoss:
    """The loss after a step, in mean nats per token or row."""

    step: int
    loss: float


@dataclass(frozen=True)
class Trained:
    """An adapter's training: `rows` given, of which `truncated` were cut and `dropped` left out.

    `losses` are mean nats per trained token or row, one per step; `held_out` the same on rows that
    were not trained on, where some were held out. `seconds` are 0 where they are not known.
    """

    adapter: str
    rows: int
    trained_tokens: int
    truncated: int
    dropped: int
    losses: tuple[float, ...] = ()
    held_out: tuple[StepLoss, ...] = ()
    first_row: FirstRow | None = None
    seconds: float = 0.0
    halved: int = 0


@dataclass(frozen=True)
class TuningRow(Trained, OfAdaptation):
    """A training of an adaptation."""


@dataclass(frozen=True)
class CostRow:
    """An adapted arm: its gain over `against` in the study's primary metric, and what its
    adaptation took.

    `gain`, with the ends of its 95% interval, is None where the arm is against none, `money` where
    no model that was asked has a price.
    """

    arm: str
    against: str
    adapt: str
    metric: str
    gain: float | None
    low: float | None
    high: float | None
    asking_seconds: float
    tuning_seconds: float
    read_tokens: int
    written_tokens: int
    trained_tokens: int
    money: float | None


@dataclass(frozen=True)
class StageCost:
    """What a stage took: seconds in which models were asked or tuned, and tokens of its replies.

    `money` is None where no model that was asked has a price.
    """

    stage: str
    seconds: float
    read_tokens: int
    written_tokens: int
    money: float | None
