"""The `[answers.backdrop]` section of a study: what prompts draw from the survey's people."""

from typing import Annotated

from pydantic import Field

from acculturate.config import Count, Settings
from acculturate.framing.neighbours import Distance


class BackdropSettings(Settings):
    """Neighbours, answered examples and persons that framings speak of."""

    neighbours: Annotated[
        Count, Field(description="how many similar cultures, and how many different ones")
    ] = 3
    distance: Annotated[
        Distance, Field(description="alignment: of all answers; published: of the modal ones")
    ] = "alignment"
    pool: Annotated[
        tuple[str, ...],
        Field(description="codes of who may be a neighbour; none: every culture of the survey"),
    ] = ()
    neighbour_items: Annotated[
        str | tuple[str, ...], Field(description="items that decide who is a neighbour")
    ] = "attitudes"
    examples: Annotated[Count, Field(description="answered items that a prompt shows")] = 5
    example_items: Annotated[
        str | tuple[str, ...], Field(description="items that examples are chosen from")
    ] = "all"
    persons: Annotated[Count, Field(description="respondents per culture, as personas")] = 100
    weighted: Annotated[
        bool, Field(description="draw persons in proportion to the survey's weights")
    ] = False
    traits: Annotated[
        tuple[str, ...],
        Field(description="demographics that a persona is told; none: those of CLCA"),
    ] = ()
