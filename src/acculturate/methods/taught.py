"""What a method built: training rows, and how they came about, as rows for the report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from acculturate.records import TrainingRow
from acculturate.records.yields import Drop

Rows = list[dict[str, Any]]
DROPS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Taught:
    """Training rows, and what a report says of them.

    `tables` are a method's own rows by the name that they have in metrics.json (`shifts`,
    `dialogues`), `files` texts to be kept in the run folder by the ending of their names.
    """

    rows: tuple[TrainingRow, ...]
    yields: Rows
    drops: Rows
    tables: Mapping[str, Rows] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()


def drop_rows(drops: Sequence[Drop]) -> Rows:
    """Reasons of drops with their counts, each with one example of the model's text."""
    by_reason: dict[str, list[Drop]] = {}
    for drop in drops:
        by_reason.setdefault(drop.reason, []).append(drop)
    ranked = sorted(by_reason.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return [
        {"reason": reason, "count": len(found), "example": found[0].text}
        for reason, found in ranked[:DROPS_SHOWN]
    ]
