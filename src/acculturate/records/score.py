"""One number of a result table, the same row in `--json`, in metrics.json and in the report."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Score:
    """A metric's value for an arm held against a culture's people.

    `culture` is whose people the answers are held against ("" where it does not apply, null in
    JSON; "mean" for the mean over cultures). `low` and `high` bound the 95% interval. `n` counts
    the items scored, `refused` the unparsed answers over all items asked, with people's data or
    not.
    """

    arm: str
    model: str | None
    framing: str | None
    language: str | None
    survey: str
    culture: str | None
    metric: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    refused: int | None = None
