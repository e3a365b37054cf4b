"""What was asked of whom, in names: arms, cultures, survey, models, metrics, failed requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ArmNote:
    """An arm: a model (an id of the study, `@` before an adaptation) asked under a framing.

    `adapter` is the adaptation that made it and `control` what it is a control by; None without.
    `part_of` is the arm on every adapter that it is a part of. `kind` is that of its answers.
    `below` are the adapters of the study that its own one is on top of, the lowest first; `seeds`
    the training seeds whose mean an arm is, which has an arm for each of them as its parts.
    """

    id: str
    model: str
    framing: str = ""
    adapter: str | None = None
    control: str | None = None
    part_of: str | None = None
    kind: str = ""
    below: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()


@dataclass(frozen=True)
class CultureNote:
    """A culture's code and its name."""

    code: str
    name: str


@dataclass(frozen=True)
class SplitNote:
    """What was held out of adaptations: names of topics, batteries or items, as `by` says.

    `measure` says whether arms were asked the rest as well.
    """

    by: str
    held_out: tuple[str, ...]
    measure: str = "held-out"


@dataclass(frozen=True)
class SurveyNote:
    """A survey, the number of `items` asked, its terms (`notice`), and how counts are weighted."""

    name: str
    title: str = ""
    items: int | None = None
    notice: str = ""
    weights: str = ""
    split: SplitNote | None = None


@dataclass(frozen=True)
class ModelNote:
    """A model by its `id` in the study, and what was really used: digests of weights, of the chat
    template and of the adapter ("" where there is none), and the number format.
    """

    id: str
    model: str
    weights: str = ""
    dtype: str = ""
    template: str = ""
    adapter: str | None = ""
    revision: str = ""


@dataclass(frozen=True)
class MetricNote:
    """What a metric says: `ideal` is its best value where neither more nor less is better, `group`
    the section in which it is shown.
    """

    text: str = ""
    higher_is_better: bool | None = None
    ideal: float | None = None
    group: str = ""


@dataclass(frozen=True)
class FailureRow:
    """The `count` requests of a stage that failed for one `reason`, of `failed` among `requests`.

    `kind` is "transient" where they may go well another time, else "content".
    """

    stage: str
    requests: int
    failed: int
    kind: str
    reason: str
    count: int


@dataclass(frozen=True)
class Environment:
    """Versions by package (None: not installed), the version of Python, and the machine."""

    python: str = ""
    packages: Mapping[str, str | None] = field(default_factory=dict)
    machine: str = ""


@dataclass(frozen=True)
class Rerun:
    """How to run it again: the command, the study file as resolved, every seed, and what may differ
    then.
    """

    command: str = ""
    study: str = ""
    environment: Environment = field(default_factory=Environment)
    seeds: tuple[int, ...] = ()
    elsewhere: str = ""
