"""The settings of a CultureSPA adaptation, from questions to training rows.

`preset = "published"` sets what the paper's code does (Xu et al., NAACL 2025, arXiv 2410.12971):
1,000 questions a topic, of which only exact copies and bare digits fall away, answers drawn once at
temperature 0.6 in one order of options, every difference a shift, the bare number as the target.
The default keeps well-formed and new questions, asks for option probabilities over balanced orders,
keeps shifts by their strength, and trains a distribution that goes beyond the model's own answer. A
setting that is given stands above its preset.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator, model_validator

from acculturate.asking import AnswerSettings, Kind, Orders
from acculturate.config import Count, Heat, OverPreset, Seed, Settings, beside

WORDINGS = "wordings:"
Preset = Literal["default", "published"]
Select = Literal["threshold", "top", "published"]
Leaks = Literal["remove", "keep"]
OffTopic = Literal["drop", "count"]
Rules = Literal["default", "published", "none"]
Teach = Literal["shares", "number"]
Weight = Literal["equal", "strength"]
Position = Literal["keep", "forget"]
Noise = Literal["exclude", "report", "ignore"]
Precision = Literal["auto", "model", "float32", "bfloat16", "float16"]
Control = Literal["none", "unshifted", "random", "null", "shuffled"]


class QuestionSettings(Settings):
    """How new questions are written, or which are brought instead."""

    model_config = ConfigDict(serialize_by_alias=True)

    source: Annotated[
        str,
        Field(
            alias="from",
            description="a table of questions that are used, and none are written; or wordings:2, "
            "the survey's own items that may be seen, in their second wording",
        ),
    ] = ""
    items: Annotated[
        tuple[str, ...],
        Field(description="of wordings:2: which items; none: all that an adaptation may see"),
    ] = ()
    topics: Annotated[
        tuple[str, ...],
        Field(description="topics to write on; none: every topic of the survey items"),
    ] = ()
    per_topic: Annotated[Count, Field(description="questions wanted per topic")] = 20
    attempts: Annotated[
        Count, Field(description="at most so many attempts per question wanted")
    ] = 6
    round_size: Annotated[
        Count, Field(description="attempts per round; a multiple of the engine's batch")
    ] = 64
    survey_items: Annotated[int, Field(ge=0, description="survey items among the examples")] = 3
    pool: Annotated[
        int | None,
        Field(ge=0, description="survey items of each topic to draw them from; all without"),
    ] = None
    generated: Annotated[
        int, Field(ge=0, description="generated questions among the examples, once there are some")
    ] = 2
    shared: Annotated[
        Count, Field(description="attempts with the same examples: computed once, so much cheaper")
    ] = 4
    rules: Annotated[
        Rules,
        Field(
            description="which questions are used: well-formed and new ones; published: all but "
            "exact copies and bare digits that fit no scale; none: all but exact copies"
        ),
    ] = "default"
    similar: Annotated[
        float, Field(gt=0, le=1, description="default rules: from this similarity on it is a copy")
    ] = 0.8
    frames: Annotated[
        float,
        Field(gt=0, le=1, description="default rules: the share of a topic that may begin alike"),
    ] = 0.5
    off_topic: Annotated[
        OffTopic,
        Field(description="default rules: what seems to be on another topic: count it, or drop it"),
    ] = "count"
    self_judged: Annotated[
        float,
        Field(
            ge=0,
            lt=1,
            description="written questions are dropped that their writer finds worse than this "
            "share of the survey's own items; 0: it is not asked (it must give option "
            "probabilities)",
        ),
    ] = 0.0
    leaks: Annotated[
        Leaks, Field(description="questions that ask what the study measures on: remove or keep")
    ] = "remove"
    bound: Annotated[
        bool, Field(description="constrain replies to the JSON schema, where the engine can")
    ] = True
    encoder: Annotated[
        str,
        Field(
            description="of the leak check: minilm (extras train and dedup), hf:NAME or a folder; "
            "letters: words and letters alone"
        ),
    ] = "minilm"
    temperature: Annotated[Heat, Field(description="of the questions")] = 0.9
    top_p: Annotated[float, Field(gt=0, le=1, description="of the questions")] = 0.95
    max_tokens: Annotated[Count, Field(ge=16, description="the paper allows 256")] = 128

    @field_validator("source")
    @classmethod
    def _where(cls, source: str, info: ValidationInfo) -> str:
        if not source.startswith(WORDINGS):
            return beside(source, info)
        if not re.fullmatch(r"[1-9]\d?", source.removeprefix(WORDINGS)):
            raise ValueError(f"'{source}' names no wording: write the number of one, 'wordings:2'")
        return source

    @model_validator(mode="after")
    def _items_are_reworded(self) -> "QuestionSettings":
        if self.items and self.wording is None:
            raise ValueError(
                "questions.items names items of the survey, which are asked in another wording "
                "alone: set questions.from = 'wordings:2', or leave them out"
            )
        return self

    @property
    def wording(self) -> int | None:
        """Which wording of the survey's items (from 1) is used; None where none of them is."""
        named = self.source.startswith(WORDINGS)
        return int(self.source.removeprefix(WORDINGS)) if named else None

    @property
    def file(self) -> Path | None:
        """The table that questions are brought in, if they are."""
        return Path(self.source) if self.source and self.wording is None else None

    @model_validator(mode="before")
    @classmethod
    def _renamed(cls, given: Any) -> Any:
        """Read what earlier versions called `seeds`, in a study file or a run's folder."""
        if isinstance(given, dict) and "seeds" in given and "survey_items" not in given:
            return {"survey_items" if key == "seeds" else key: given[key] for key in given}
        return given

    @property
    def examples(self) -> int:
        """Examples in a prompt."""
        return self.survey_items + self.generated


class AnsweringSettings(Settings):
    """How the questions are answered, without a culture and with each."""

    framing: Annotated[str, Field(description="of the answers with a culture")] = "aware"
    kind: Annotated[
        Kind, Field(description="expected: option probabilities; sampled: as published")
    ] = "expected"
    orders: Annotated[Orders, Field(description="of the options: balanced, or forward alone")] = (
        "balanced"
    )
    samples: Annotated[Count, Field(description="texts per prompt, where sampled")] = 1
    temperature: Annotated[Heat, Field(description="where sampled")] = 0.6
    top_p: Annotated[float, Field(gt=0, le=1, description="where sampled")] = 0.9
    max_tokens: Annotated[Count, Field(description="where sampled")] = 24
    dtype: Annotated[
        Precision,
        Field(
            description="number format for these answers; model: that of the model; auto: float32 "
            "for a small model of transformers, else that of the model"
        ),
    ] = "auto"


class ShiftSettings(Settings):
    """Which differences count, and what is taught from them."""

    train_framing: Annotated[str, Field(description="of the prompts that are trained")] = "aware"
    gain: Annotated[
        float,
        Field(
            ge=0,
            description="size of the target's shift: 1 is the shift as found; 0 is no shift, a "
            "control",
        ),
    ] = 1.0
    position: Annotated[
        Position,
        Field(
            description="keep: the shift is added to the answer in the order shown; forget: to the "
            "average over orders, so that the position of options is unlearned as well"
        ),
    ] = "keep"
    select: Annotated[
        Select,
        Field(description="threshold: by strength; top: the strongest; published: any difference"),
    ] = "threshold"
    strength: Annotated[float, Field(ge=0, le=1, description="the least, for threshold")] = 0.01
    top: Annotated[float, Field(gt=0, le=1, description="the share kept per culture, for top")] = (
        0.5
    )
    noise: Annotated[
        Noise,
        Field(
            description="noise is how much answers vary with the wording of the unaware framing; "
            "exclude: differences within it are no shifts; report: it is only measured; ignore: it "
            "is not measured"
        ),
    ] = "exclude"
    quantity: Annotated[
        float, Field(ge=0, le=1, description="share of the selected shifts that is used")
    ] = 1.0
    teach: Annotated[
        Teach, Field(description="shares: the target's distribution; number: its likeliest option")
    ] = "shares"
    weight: Annotated[
        Weight,
        Field(
            description="of a question, spread over its rows: the same for all, or by the strength "
            "of its shift"
        ),
    ] = "equal"
    control: Annotated[
        Control,
        Field(
            description="what is taught instead of the shifts: unshifted or random questions of "
            "equal number, null shifts between two unaware answers, or another culture's shifts"
        ),
    ] = "none"
    control_seed: Annotated[Seed, Field(description="of what a control draws")] = 0


PRESETS: dict[str, dict[str, Any]] = {
    "default": {},
    "published": {
        "questions": {
            "per_topic": 1000,
            "max_tokens": 256,
            "shared": 1,
            "rules": "published",
            "bound": False,
            "leaks": "keep",
        },
        "answering": {"kind": "sampled", "orders": "forward", "dtype": "model"},
        "shifts": {"select": "published", "gain": 0.0, "teach": "number", "noise": "ignore"},
    },
}


class CultureSpaSettings(OverPreset):
    """The `[adapt]` tables of method `culturespa`."""

    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = PRESETS

    preset: Annotated[Preset, Field(description="default, or published: as the paper's code")] = (
        "default"
    )
    seed: Annotated[Seed, Field(description="of every draw, choice and order")] = 42
    questions: QuestionSettings = QuestionSettings()
    answering: AnsweringSettings = AnsweringSettings()
    shifts: ShiftSettings = ShiftSettings()

    @model_validator(mode="after")
    def _agree(self) -> "CultureSpaSettings":
        if self.questions.examples == 0:
            raise ValueError(
                "questions.survey_items and questions.generated are both 0: name examples, or set "
                "questions.pool = 0 to begin without any"
            )
        if self.shifts.control in ("null", "shuffled") and self._adds_nothing:
            raise ValueError(
                f"shifts.control = '{self.shifts.control}' with shifts.gain = 0 teaches no shift: "
                "give the gain of the arm that it is to be compared with"
            )
        return self

    @property
    def _adds_nothing(self) -> bool:
        return self.shifts.gain == 0 and self.answering.kind == "expected"

    @property
    def control(self) -> str | None:
        """What it is a control by, such as `shuffled`; None for an adaptation that is none.

        Without a gain the model's own answers are taught, and nothing else: `gain-0`; or their
        average over orders, and so to forget the position of options: `position`.
        """
        if self.shifts.control != "none":
            return self.shifts.control
        if not self._adds_nothing or self.shifts.teach != "shares":
            return None
        if self.shifts.train_framing != self.answering.framing:
            return None  # answers under one framing, taught under another, are something
        return "gain-0" if self.shifts.position == "keep" else "position"

    def answers(self, base: AnswerSettings) -> AnswerSettings:
        """Return the study's answer settings with this method's own kind, orders and
        draws in them.
        """
        own = self.answering.model_dump(
            include={"kind", "orders", "samples", "temperature", "top_p", "max_tokens"}
        )
        return base.model_copy(update={**own, "seed": self.seed})
