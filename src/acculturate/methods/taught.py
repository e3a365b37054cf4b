"""What a method built: training rows, and how they came about.

Steps and drops are records. Tables of a method's own are rows of JSON values, which
`acculturate.records.results.plain.row_of` makes of a frozen dataclass.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from acculturate.records import TrainingRow
from acculturate.records.results.plain import Row
from acculturate.records.yields import DropCount, Yield

Tables = Mapping[str, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Taught:
    """Training rows, and what a report says of them.

    `tables` are a method's own rows by the name that they have in metrics.json (`shifts`,
    `dialogues`), `files` texts to be kept in the run folder by the ending of their names.
    """

    rows: Sequence[TrainingRow]
    yields: Sequence[Yield]
    drops: Sequence[DropCount]
    tables: Tables = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()
