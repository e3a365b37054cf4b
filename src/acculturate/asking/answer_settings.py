"""The `[answers]` section of a study: how answers are asked for."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from acculturate.asking.perturbing import Perturbation
from acculturate.asking.presentation import Labels, NoAnswer, Orders
from acculturate.config import Count, Heat, Seed, Settings
from acculturate.framing import BackdropSettings
from acculturate.records import Sampling

Kind = Literal["expected", "sampled"]
"""Answers that are one option, or probabilities of being it: what a shift is made of."""

AskKind = Literal["expected", "sampled", "stated"]
"""Every kind that a model can be asked for."""


Setting = Literal["single", "battery", "interview"]
"""In what company an item is put."""

LATER = frozenset(
    {
        "perturb",
        "synonyms",
        "by_length",
        "no_answer",
        "presentation",
        "interviews_at_once",
        "reason",
        "reason_tokens",
    }
)
"""Keys that came later than runs that are kept."""
NOT_TAUGHT = LATER
"""Keys that say how arms are asked, and nothing of what adaptations learn from."""


class AnswerSettings(Settings):
    """How the model answers items."""

    kind: Annotated[
        AskKind,
        Field(
            description="expected: option probabilities; sampled: texts, strictly parsed; stated: "
            "the shares of people that the model writes"
        ),
    ] = "expected"
    orders: Annotated[
        Orders,
        Field(
            description="balanced: averaged over option orders; forward: one order; random: drawn "
            "orders of nominal items, forward and reversed of scales"
        ),
    ] = "balanced"
    random_orders: Annotated[
        Count, Field(description="how many orders of an item, where they are random")
    ] = 4
    labels: Annotated[
        Labels,
        Field(
            description="numbers or letters beside the options; texts: the options' own texts are "
            "weighed, as base models are mostly asked"
        ),
    ] = "numbers"
    by_length: Annotated[
        bool,
        Field(description="with labels texts: a text's log-probability by its number of letters"),
    ] = False
    presentation: Annotated[
        Setting,
        Field(
            description="single: each item by itself; battery: with those of its grid in one "
            "prompt; interview: one after another, the answers before in sight"
        ),
    ] = "single"
    interviews_at_once: Annotated[
        int,
        Field(
            ge=1,
            description="interviews carried side by side: more take more memory here, and are "
            "faster on a GPU and over a server; no answer depends on it",
        ),
    ] = 8
    reason: Annotated[
        bool,
        Field(
            description="a thought is written first, and the answer weighed after it; in "
            "an interview it is not in sight of the items that follow"
        ),
    ] = False
    reason_tokens: Annotated[Count, Field(description="of such a thought, at most")] = 96
    perturb: Annotated[
        tuple[Perturbation, ...],
        Field(
            description="each item once more with typos, without capitals (case), with spaces, "
            "with synonyms: the meaning is kept"
        ),
    ] = ()
    synonyms: Annotated[
        Path | None, Field(description="the file of other words that the synonyms are taken from")
    ] = None
    no_answer: Annotated[
        NoAnswer, Field(description="offered: don't know and no answer stand among the options")
    ] = "left out"
    languages: Annotated[
        tuple[str, ...],
        Field(
            min_length=1,
            description="BCP 47 tags, in which framings and items need files; or culture: its own",
        ),
    ] = ("en",)
    wordings: Annotated[Count, Field(description="how many wordings of each item")] = 1
    framing_wordings: Annotated[Count, Field(description="how many wordings of a framing")] = 1
    samples: Annotated[Count, Field(description="texts per prompt, unless expected")] = 1
    temperature: Annotated[Heat, Field(description="of texts")] = 0.6
    top_p: Annotated[float, Field(gt=0, le=1, description="of texts")] = 0.9
    max_tokens: Annotated[Count, Field(description="of a sampled answer")] = 24
    stated_tokens: Annotated[Count, Field(description="of a stated answer")] = 200
    seed: Annotated[
        Seed, Field(description="of texts, of random orders, and of the persons drawn")
    ] = 42
    name_survey: Annotated[
        bool, Field(description="whether prompts name the survey, a cue to text seen in training")
    ] = False
    prompts: Annotated[
        tuple[Path, ...], Field(description="folders with framings of your own")
    ] = ()
    backdrop: Annotated[
        BackdropSettings, Field(description="what framings draw from the survey's people")
    ] = BackdropSettings()

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if why := self.contradiction:
            raise ValueError(why)
        return self

    @model_serializer(mode="wrap")
    def _without_unset(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out keys added later where they have their default: a study without them keeps its
        digest.
        """
        told: dict[str, Any] = write(self)
        fields = type(self).model_fields
        return {
            key: value
            for key, value in told.items()
            if key not in LATER or getattr(self, key) != fields[key].default
        }

    @property
    def contradiction(self) -> str:
        """Return what two keys say that does not fit together, and what to type; "" for nothing."""
        if self.by_length and self.labels != "texts":
            return 'by_length weighs the options\' texts: set labels = "texts", or leave it out'
        if self.by_length and self.kind != "expected":
            return f"by_length weighs probabilities, and kind is '{self.kind}': leave it out"
        if self.presentation == "battery" and self.kind == "stated":
            return "a battery has no stated shares: leave kind 'stated' or the presentation out"
        if len(set(self.perturb)) < len(self.perturb):
            return "perturb names a perturbation twice: name each once"
        return ""

    @property
    def taught(self) -> "AnswerSettings":
        """Return how adaptations ask: each item by itself, with the options of its scale."""
        fields = type(self).model_fields
        return self.model_copy(update={key: fields[key].default for key in NOT_TAUGHT})

    @property
    def sampling(self) -> Sampling:
        """How texts are drawn."""
        tokens = self.stated_tokens if self.kind == "stated" else self.max_tokens
        return Sampling(self.temperature, self.top_p, tokens, self.seed)

    @property
    def thinking(self) -> Sampling:
        """How thoughts are drawn."""
        return Sampling(self.temperature, self.top_p, self.reason_tokens, self.seed)

    @property
    def texts(self) -> int:
        """How often each item is asked in one way: option probabilities are the same each time,
        unless what comes before them is drawn.
        """
        drawn = self.kind != "expected" or self.reason or self.presentation == "interview"
        return self.samples if drawn else 1
