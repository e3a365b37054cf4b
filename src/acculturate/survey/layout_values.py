"""Values that a layout may hold: names that can be seen, tags of languages, and conditions that
somebody can meet.
"""

import math
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from acculturate.patterns import TAG

LONGEST_NAME = 100
"""Characters of a name."""


def _seen(name: str) -> str:
    """Return a name that can be written down and read; raises `ValueError` for another."""
    if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        raise ValueError(f"expected a name of 1 to {LONGEST_NAME} characters that can be seen")
    return name


def _met(bounds: Any) -> Any:
    """Return a condition that somebody can meet; raises `ValueError` for another."""
    if isinstance(bounds, dict) and bounds.get("min", -math.inf) > bounds.get("max", math.inf):
        raise ValueError("expected a min that is not above max: nobody meets this condition")
    return bounds


Name = Annotated[str, AfterValidator(_seen)]
Tag = Annotated[str, Field(pattern=TAG)]
"""A language, by its BCP 47 tag."""
Bounds = Annotated[dict[Literal["min", "max"], float], AfterValidator(_met)]
Where = dict[str, list[str | int] | Bounds]
