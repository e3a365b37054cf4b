"""`[neutral]`: whether and how neutral texts are read before and after an adaptation."""

from typing import Annotated

from pydantic import Field

from acculturate.config import Settings


class NeutralSettings(Settings):
    """Read where a study adapts, by engines that can say how likely a text is."""

    read: Annotated[bool, Field(description="read neutral texts before and after adapting")] = True
    margin: Annotated[
        float, Field(gt=0, description="nats per token; a rise above it is told as a caution")
    ] = 0.05
