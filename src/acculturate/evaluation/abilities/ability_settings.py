"""`[abilities]`: which general tasks are asked of every model of a study, and how."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from acculturate.config import Count, Settings


class AbilitySettings(Settings):
    """Without tasks nothing is asked."""

    tasks: Annotated[
        tuple[str, ...],
        Field(
            description="everyday (needs no hub), or any of lm-eval's: mmlu, gsm8k, ifeval ...",
            max_length=50,
        ),
    ] = ()
    include: Annotated[
        tuple[Path, ...],
        Field(description="folders with task files of your own, in lm-eval's format"),
    ] = ()
    limit: Annotated[
        Count | None, Field(description="questions of each task; all of them without")
    ] = None
    framing: Annotated[
        str, Field(description="what the model is told before each question; none is nothing")
    ] = "none"
    culture: Annotated[str, Field(description="the culture that abilities.framing names")] = ""
    margin: Annotated[
        float, Field(gt=0, lt=1, description="a change of the score that is too small to matter")
    ] = 0.05
