"""The `[answers]` section of a study: how answers are asked for."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from acculturate.asking.presentation import Labels, Orders
from acculturate.framing import BackdropSettings
from acculturate.records import Sampling

Kind = Literal["expected", "sampled"]
"""Answers that are one option, or probabilities of being it: what a shift is made of."""

AskKind = Literal["expected", "sampled", "stated"]
"""Every kind that a model can be asked for."""


class AnswerSettings(BaseModel):
    """How the model answers items."""

    model_config = ConfigDict(extra="forbid", frozen=True)

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
        int, Field(ge=1, description="how many orders of an item, where they are random")
    ] = 4
    labels: Annotated[Labels, Field(description="numbers or letters beside the options")] = (
        "numbers"
    )
    languages: Annotated[
        tuple[str, ...],
        Field(
            min_length=1,
            description="BCP 47 tags, in which framings and items need files; or culture: its own",
        ),
    ] = ("en",)
    wordings: Annotated[int, Field(ge=1, description="how many wordings of each item")] = 1
    framing_wordings: Annotated[int, Field(ge=1, description="how many wordings of a framing")] = 1
    samples: Annotated[int, Field(ge=1, description="texts per prompt, unless expected")] = 1
    temperature: Annotated[float, Field(ge=0, description="of texts")] = 0.6
    top_p: Annotated[float, Field(gt=0, le=1, description="of texts")] = 0.9
    max_tokens: Annotated[int, Field(ge=1, description="of a sampled answer")] = 24
    stated_tokens: Annotated[int, Field(ge=1, description="of a stated answer")] = 200
    seed: Annotated[
        int, Field(ge=0, description="of texts, of random orders, and of the persons drawn")
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

    @property
    def sampling(self) -> Sampling:
        """How texts are drawn."""
        tokens = self.stated_tokens if self.kind == "stated" else self.max_tokens
        return Sampling(self.temperature, self.top_p, tokens, self.seed)

    @property
    def texts(self) -> int:
        """How often each prompt is asked: option probabilities are the same each time."""
        return 1 if self.kind == "expected" else self.samples
