"""`[survey]`: whose answers, to which items; what is held out, and by what people are parted."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from acculturate.config import Seed
from acculturate.study.arm_section import Section


class SplitSection(Section):
    """`[survey.split]`: what is held out to be measured, and not shown to any adaptation."""

    by: Annotated[
        Literal["battery", "topic", "item", "culture"],
        Field(description="whole batteries, topics or cultures; item: the easy case"),
    ]
    held_out: Annotated[
        tuple[str, ...] | Annotated[float, Field(gt=0, lt=1)] | Literal["measured"],
        Field(
            description="names of what is held out, a share of it, drawn with the seed, or "
            "measured: all that arms are asked"
        ),
    ] = 0.3
    seed: Annotated[Seed, Field(description="of the draw")] = 42
    measure: Annotated[
        Literal["held-out", "both"],
        Field(description="what arms are asked: what is held out, or the rest as well, apart"),
    ] = "held-out"

    @field_validator("held_out", mode="before")
    @classmethod
    def _a_part(cls, held_out: object) -> object:
        share = isinstance(held_out, float) and 0 < held_out < 1
        names = isinstance(held_out, list | tuple) and len(held_out) > 0
        if not (share or names or held_out == "measured"):
            raise ValueError(
                f"{held_out!r} is no part of what there is: write a share above 0 and below 1, a "
                "list of names, or 'measured'"
            )
        return held_out


MOST_CROSSED = 3
"""Columns of respondents that groups may be made of."""


class SurveySection(Section):
    """`[survey]`: which survey, and which of its items."""

    source: Annotated[
        str, Field(description="a built-in survey, or the name of one that you imported")
    ] = "wvs7-marginals"
    items: Annotated[
        str | tuple[str, ...],
        Field(description="attitudes, all, published, clca, or a list of items such as Q1"),
    ] = "attitudes"
    weights: Annotated[bool, Field(description="use the survey's weights, if it has any")] = True
    groups: Annotated[
        tuple[str, ...],
        Field(description="measure groups of people: columns of the respondents, crossed"),
    ] = ()
    split: Annotated[
        SplitSection | None, Field(description="measure on one part, adapt with the other")
    ] = None

    @field_validator("groups")
    @classmethod
    def _few_columns(cls, groups: tuple[str, ...]) -> tuple[str, ...]:
        if len(groups) > MOST_CROSSED:
            raise ValueError(
                f"{len(groups)} columns are named ({', '.join(groups)}), and at most "
                f"{MOST_CROSSED} can be crossed: the groups would be too small"
            )
        if twice := [name for name in groups if groups.count(name) > 1]:
            raise ValueError(f"the column '{twice[0]}' is named twice: name each once")
        return groups
