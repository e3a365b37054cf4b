"""All results of a run, as metrics.json holds them: scores, differences, and what they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from acculturate.records.results.answered import AskedItem, ItemShares, SentPrompt
from acculturate.records.results.conclusion import Verdict
from acculturate.records.results.cut import ItemMove, LaidOut, Matrix, PartRow
from acculturate.records.results.described import (
    ArmNote,
    CultureNote,
    FailureRow,
    MetricNote,
    ModelNote,
    Rerun,
    SurveyNote,
)
from acculturate.records.results.differences import CorrectedDifference
from acculturate.records.results.faithful import FidelityRow
from acculturate.records.results.general import AbilityRow, NeutralRow
from acculturate.records.results.grouped import GroupNote
from acculturate.records.results.kinship import Relations
from acculturate.records.results.made import (
    CostRow,
    DropRow,
    OverlapRow,
    ShiftRow,
    StageCost,
    TuningRow,
    YieldRow,
)
from acculturate.records.results.moved import DirectionRow, GainRow, Transfer
from acculturate.records.results.placed import CultureMap
from acculturate.records.results.plain import LEFT_OUT, Row
from acculturate.records.results.robust import AskingCost, RobustRow
from acculturate.records.results.silent import NoAnswerRow
from acculturate.records.results.talks import AuditRow, DialogueRow, RaterRow
from acculturate.records.results.varied import ArmHabit, ArmReliability, ArmSource, ArmTexts
from acculturate.records.score import Score


@dataclass(frozen=True)
class RunMeta:
    """What a reader needs to judge a run's numbers and to repeat them; parts that it lacks are
    empty.

    `about` is what the study file says to a reader. `cultures` are those that answers are held
    against, `adapted_to` those that adaptations learn. `no_answer` is the share of the people, by
    culture, who gave no answer, `no_answers` how often the arms gave none where they were offered
    to. `intervals` says what
    intervals cover, `cautions` what the run cannot show, `remarks` how a file of answers was read.
    `robustness` is how far scores move with the way of asking, `asking` what each way took.
    `items` are those whose answers moved most, `asked` all of them in words, `shares` their
    answers, `prompts` a few as they were sent. `fidelity` is the population fidelity of each arm,
    with the part that holds it down.
    `stages` are what each took, `memory` the most that the run held at once, in GiB, of the
    process and of the GPU, where they are known.
    `minutes` is how long it took, `date` the day on which it was last worked on (ISO 8601).
    `method_tables` are tables that methods of other packages bring, by their names, each row with
    its adaptation's id.
    """

    study: str = ""
    title: str = ""
    about: str = ""
    profile: str | None = None
    primary: str = ""
    arms: tuple[ArmNote, ...] = ()
    cultures: tuple[CultureNote, ...] = ()
    adapted_to: tuple[CultureNote, ...] = ()
    survey: SurveyNote | None = None
    no_answer: Mapping[str, float] = field(default_factory=dict)
    groups: GroupNote | None = None
    models: tuple[ModelNote, ...] = ()
    metrics: Mapping[str, MetricNote] = field(default_factory=dict)
    verdict: Verdict | None = None
    bootstrap_items: str = ""
    intervals: str = ""
    cautions: tuple[str, ...] = ()
    remarks: tuple[str, ...] = field(default=(), metadata=LEFT_OUT)
    failures: tuple[FailureRow, ...] = ()
    items: tuple[ItemMove, ...] = ()
    asked: tuple[AskedItem, ...] = field(default=(), metadata=LEFT_OUT)
    shares: tuple[ItemShares, ...] = field(default=(), metadata=LEFT_OUT)
    prompts: tuple[SentPrompt, ...] = field(default=(), metadata=LEFT_OUT)
    fidelity: tuple[FidelityRow, ...] = field(default=(), metadata=LEFT_OUT)
    tables: tuple[LaidOut, ...] = ()
    matrices: tuple[Matrix, ...] = ()
    parts: tuple[PartRow, ...] = ()
    directions: tuple[DirectionRow, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    gains: tuple[GainRow, ...] = ()
    relations: Relations | None = None
    agreement: tuple[ArmTexts, ...] = ()
    map: CultureMap | None = None
    variance: tuple[ArmSource, ...] = ()
    position: tuple[ArmHabit, ...] = ()
    robustness: tuple[RobustRow, ...] = ()
    asking: tuple[AskingCost, ...] = ()
    reliability: tuple[ArmReliability, ...] = ()
    no_answers: tuple[NoAnswerRow, ...] = ()
    raters: tuple[RaterRow, ...] = field(default=(), metadata=LEFT_OUT)
    abilities: tuple[AbilityRow, ...] = ()
    neutral: tuple[NeutralRow, ...] = ()
    costs: tuple[CostRow, ...] = ()
    stages: tuple[StageCost, ...] = field(default=(), metadata=LEFT_OUT)
    memory: Mapping[str, float] = field(default_factory=dict)
    rerun: Rerun = field(default_factory=Rerun)
    minutes: float | None = None
    date: str = ""
    yields: tuple[YieldRow, ...] = field(default=(), metadata=LEFT_OUT)
    drops: tuple[DropRow, ...] = field(default=(), metadata=LEFT_OUT)
    shifts: tuple[ShiftRow, ...] = field(default=(), metadata=LEFT_OUT)
    overlaps: tuple[OverlapRow, ...] = field(default=(), metadata=LEFT_OUT)
    dialogues: tuple[DialogueRow, ...] = field(default=(), metadata=LEFT_OUT)
    audit: tuple[AuditRow, ...] = field(default=(), metadata=LEFT_OUT)
    method_tables: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    tuning: tuple[TuningRow, ...] = ()


@dataclass(frozen=True)
class RunResults:
    """Every number of a run: scores in `rows`, paired differences with their tests."""

    rows: tuple[Score, ...] = ()
    meta: RunMeta = field(default_factory=RunMeta)
    differences: tuple[CorrectedDifference, ...] = ()
