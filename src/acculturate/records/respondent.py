"""One person who answered a survey."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Respondent:
    """A person: `demographics` as texts by name (`age`: "34", `sex`: "female"), `answers` as codes.

    What the person was not asked or did not answer is absent from both. `weight` is the survey's
    weight within the culture, 1 where it has none.
    """

    id: str
    culture: str
    weight: float
    demographics: Mapping[str, str]
    answers: Mapping[str, int]
