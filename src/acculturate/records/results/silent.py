"""How often a model gives no answer where it may, and how often the people gave none."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NoAnswerRow:
    """Mean shares of "don't know" and of "no answer" in an arm's answers for a culture.

    `people` is the share of its people who gave no answer to these items; None where the survey
    does not tell. `n` counts the items.
    """

    arm: str
    culture: str
    dont_know: float
    no_answer: float
    people: float | None
    n: int
