"""The settings of a CLCA adaptation, from scenarios to training rows.

`preset = "published"` does as the paper describes (Liu, Korhonen and Gurevych, ACL 2025,
arXiv 2504.02953): the whole history in one message, verdicts written and parsed, a filter that
uses two of the three, no task of relevance. The default plays in a chat, weighs verdicts as option
probabilities and uses all of them. A setting that is given stands above its preset.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from acculturate.clca.words import check_language
from acculturate.config import Count, Heat, OverPreset, Seed, Settings
from acculturate.culture.spoken import OWN
from acculturate.records.language import look_up

Preset = Literal["default", "published"]
Form = Literal["chat", "paper"]
Way = Literal["choose", "text"]
Filter = Literal["default", "lenient", "published", "none"]
Control = Literal["none", "shuffled"]


Bound = Annotated[
    bool, Field(description="constrain replies to a JSON schema, where the engine can")
]


class ScenarioSettings(Settings):
    """Which situations, and who sets them in a culture."""

    bound: Bound = True
    folders: Annotated[
        tuple[Path, ...], Field(description="folders of your own scenario files, before ours")
    ] = ()
    domains: Annotated[tuple[str, ...], Field(description="only these domains; none: all")] = ()
    count: Annotated[int, Field(ge=0, description="situations per culture; 0: all there are")] = 0
    variants: Annotated[Count, Field(description="versions of each situation")] = 1
    adapt: Annotated[
        Literal["teacher", "rule"],
        Field(description="teacher: a model sets it in the culture; rule: only names are put in"),
    ] = "teacher"
    fallback: Annotated[
        bool, Field(description="use the rule where no reply of the teacher can be read")
    ] = True
    tries: Annotated[Count, Field(description="attempts per scenario")] = 3
    temperature: Annotated[Heat, Field(description="of the scenario")] = 0.8
    top_p: Annotated[float, Field(gt=0, le=1, description="of the scenario")] = 0.95
    max_tokens: Annotated[Count, Field(ge=64, description="of one scenario")] = 700


class RoleplaySettings(Settings):
    """How the two characters play."""

    form: Annotated[
        Form, Field(description="chat: the other's words as the user's turn; paper: one message")
    ] = "chat"
    exchanges: Annotated[Count, Field(description="at most; one is a move of each")] = 10
    exchanges_in: dict[str, Count] = Field(
        default={}, description="another number for a language, such as zh = 5"
    )
    dialogues: Annotated[Count, Field(description="dialogues per scenario")] = 1
    tries: Annotated[Count, Field(description="attempts per move")] = 3
    similar: Annotated[
        float, Field(gt=0, le=1, description="two moves are repetitions from this similarity on")
    ] = 0.8
    temperature: Annotated[Heat, Field(description="of the moves")] = 0.8
    top_p: Annotated[float, Field(gt=0, le=1, description="of the moves")] = 0.9
    max_tokens: Annotated[Count, Field(ge=8, description="of one move")] = 160

    def moves(self, language: str) -> int:
        """Return the most moves that both make together."""
        own = look_up(self.exchanges_in, language)
        return 2 * (self.exchanges if own is None else own)


class JudgingSettings(Settings):
    """How dialogues are judged, and which are kept. A judge that is bound always states a verdict,
    also where it has none.
    """

    bound: Bound = False
    way: Annotated[
        Way, Field(description="choose: option probabilities; text: a written verdict, parsed")
    ] = "choose"
    keep: Annotated[
        Filter,
        Field(
            description="default: the judge is at least confident that it is good and fits; "
            "lenient: no verdict against it; published: as the paper; none: all"
        ),
    ] = "default"
    least: Annotated[Count, Field(description="exchanges; shorter dialogues are dropped")] = 2
    stereotypes: Annotated[bool, Field(description="also ask for stereotypes and slurs")] = True
    tries: Annotated[Count, Field(description="attempts per written verdict")] = 2
    temperature: Annotated[Heat, Field(description="of a written verdict")] = 0.0
    max_tokens: Annotated[Count, Field(ge=8, description="of a written verdict")] = 200

    @property
    def top_p(self) -> float:
        """A written verdict is drawn from all tokens."""
        return 1.0


class IntentSettings(Settings):
    """How the intent of an utterance is written down: one sentence, which needs no form."""

    bound: Bound = False
    tries: Annotated[Count, Field(description="attempts per utterance")] = 2
    longest: Annotated[Count, Field(ge=5, description="words (characters in zh, ja: twice)")] = 60
    temperature: Annotated[Heat, Field(description="of an intent")] = 0.3
    top_p: Annotated[float, Field(gt=0, le=1, description="of an intent")] = 0.9
    max_tokens: Annotated[Count, Field(ge=8, description="of one intent")] = 80


class TeachingSettings(Settings):
    """What is taught: the weight of each task's rows; 0 leaves a task out."""

    imitation: Annotated[float, Field(ge=0, description="saying what a character said")] = 1.0
    intents: Annotated[float, Field(ge=0, description="saying what was intended")] = 1.0
    relevance: Annotated[
        float, Field(ge=0, description="telling which exchanges carry culture; ours")
    ] = 0.5
    quantity: Annotated[
        float, Field(gt=0, le=1, description="share of the kept dialogues used")
    ] = 1.0
    control: Annotated[
        Control,
        Field(description="shuffled: each culture's dialogues are taught under another's name"),
    ] = "none"


PRESETS: dict[str, dict[str, Any]] = {
    "default": {},
    "published": {
        "roleplay": {
            "form": "paper",
            "exchanges_in": {"zh": 5},
            "temperature": 0.6,
            "top_p": 0.7,
            "max_tokens": 500,
        },
        "judging": {
            "way": "text",
            "keep": "published",
            "least": 1,
            "stereotypes": False,
        },
        "teaching": {"relevance": 0.0},
    },
}


class ClcaSettings(OverPreset):
    """The `[adapt]` tables of method `clca`."""

    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = PRESETS

    preset: Annotated[Preset, Field(description="default, or published: as the paper")] = "default"
    seed: Annotated[Seed, Field(description="of every draw, choice and order")] = 42
    language: Annotated[
        str,
        Field(
            description="of dialogues and rows: en, zh, de, ja, es, or culture: its own, else en"
        ),
    ] = "en"
    descriptors: Annotated[
        str,
        Field(
            description="the culture in words: own, none, a culture's code for all, or another: "
            "each culture in the words of another one that is adapted to"
        ),
    ] = "own"
    partner: Annotated[
        bool, Field(description="the second character is played by the model in role 'partner'")
    ] = False
    scenarios: ScenarioSettings = ScenarioSettings()
    roleplay: RoleplaySettings = RoleplaySettings()
    judging: JudgingSettings = JudgingSettings()
    intents: IntentSettings = IntentSettings()
    teaching: TeachingSettings = TeachingSettings()

    @field_validator("language")
    @classmethod
    def _has_prompts(cls, language: str) -> str:
        return language if language == OWN else check_language(language)

    @model_validator(mode="after")
    def _agree(self) -> "ClcaSettings":
        weights = self.teaching
        if weights.imitation == weights.intents == weights.relevance == 0:
            raise ValueError("all weights of teaching are 0: give one task a weight above 0")
        return self

    @property
    def roles(self) -> tuple[str, str]:
        """Who plays the first and the second character."""
        return "teacher", "partner" if self.partner else "teacher"

    @property
    def control(self) -> str | None:
        """What it is a control by, such as `shuffled`; None for an adaptation that is none."""
        return None if self.teaching.control == "none" else self.teaching.control
