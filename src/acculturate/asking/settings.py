"""The `[answers]` section of a study: how answers are asked for."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from acculturate.asking.asking import Kind
from acculturate.asking.presentation import Labels, Orders


class AnswerSettings(BaseModel):
    """How the model answers items."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Annotated[
        Kind, Field(description="expected: option probabilities; sampled: texts, strictly parsed")
    ] = "expected"
    orders: Annotated[
        Orders, Field(description="balanced: averaged over option orders; forward: one order")
    ] = "balanced"
    labels: Annotated[Labels, Field(description="numbers or letters beside the options")] = (
        "numbers"
    )
    languages: Annotated[
        tuple[str, ...],
        Field(min_length=1, description="BCP 47 tags; framings and items need files in them"),
    ] = ("en",)
    wordings: Annotated[int, Field(ge=1, description="how many wordings of each item")] = 1
    framing_wordings: Annotated[int, Field(ge=1, description="how many wordings of a framing")] = 1
    samples: Annotated[int, Field(ge=1, description="texts per prompt of a sampled answer")] = 1
    temperature: Annotated[float, Field(ge=0, description="of a sampled answer")] = 0.6
    top_p: Annotated[float, Field(gt=0, le=1, description="of a sampled answer")] = 0.9
    max_tokens: Annotated[int, Field(ge=1, description="of a sampled answer")] = 24
    seed: Annotated[int, Field(ge=0, description="of a sampled answer")] = 42
    name_survey: Annotated[
        bool, Field(description="whether prompts name the survey, a cue to text seen in training")
    ] = False
    prompts: Annotated[
        tuple[Path, ...], Field(description="folders with framings of your own")
    ] = ()
