"""The settings of survey tuning: which answers of the people are taught, and under which prompts.

`preset = "published"` shows every item in one order, as SubPOP does (arXiv 2502.16761); its tuning
has SubPOP's rank, alpha and learning rate, and what else it holds is ours. The default shows both
directions of a scale.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from acculturate.asking import AnswerSettings, Orders
from acculturate.config import Count, OverPreset, Seed

Control = Literal["none", "shuffled", "neutral"]

PRESETS: dict[str, dict[str, Any]] = {"default": {}, "published": {"orders": "forward"}}


class SurveyTuningSettings(OverPreset):
    """The `[adapt]` tables of method `survey`."""

    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = PRESETS

    preset: Annotated[
        Literal["default", "published"], Field(description="default, or published: as SubPOP")
    ] = "default"
    seed: Annotated[Seed, Field(description="of random orders, and of a shuffled control")] = 42
    items: Annotated[
        tuple[str, ...],
        Field(description="items whose answers are taught; none: all that the split leaves"),
    ] = ()
    framings: Annotated[
        tuple[str, ...], Field(min_length=1, description="of the prompts that are trained")
    ] = ("country",)
    languages: Annotated[
        tuple[str, ...],
        Field(min_length=1, description="of the prompts: tags, or culture: each culture's own"),
    ] = ("en",)
    orders: Annotated[Orders, Field(description="of the options, as in [answers]")] = "balanced"
    random_orders: Annotated[
        Count, Field(description="how many orders of an item, where they are random")
    ] = 4
    wordings: Annotated[Count, Field(description="how many wordings of each item")] = 1
    framing_wordings: Annotated[Count, Field(description="how many wordings of a framing")] = 1
    mix: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="the part of a target that is the culture's own people; the rest is the "
            "mean over the cultures adapted to, which a framing without a culture is taught whole",
        ),
    ] = 1.0
    prior: Annotated[
        float,
        Field(
            ge=0,
            lt=1,
            description="the part of a target that is the same people's mean answer to the other "
            "items of the same scale: what an item that was never taught is best answered with "
            "where nothing of it is known",
        ),
    ] = 0.0
    oversample: Annotated[
        int,
        Field(
            ge=1,
            description="how often an item is seen in an epoch at most: more often, the further "
            "its peoples differ",
        ),
    ] = 1
    control: Annotated[
        Control,
        Field(
            description="shuffled: each culture is taught the people of another; neutral: "
            "questions about numbers are taught in the place of the items"
        ),
    ] = "none"
    control_seed: Annotated[Seed, Field(description="of what a control draws")] = 0

    def answers(self, base: AnswerSettings) -> AnswerSettings:
        """Return the study's answer settings with this method's own ways of showing an item."""
        own = self.model_dump(include={"orders", "random_orders", "wordings", "framing_wordings"})
        return base.model_copy(update={**own, "kind": "expected", "seed": self.seed})
