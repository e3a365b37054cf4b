"""The table of measures: a line for each metric, mean over cultures, with arms and its change."""

from dataclasses import dataclass

from acculturate.records.score import Estimate
from acculturate.report.source import Source
from acculturate.report.tables import MEAN, Column, Measure, Row, Table

MOST_ARMS = 5
LEVELS = ("uniform", "culture blind")


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """A metric: values by the table's columns, and its change from before to after.

    `measured` says whether any arm has a value, and not reference levels alone.
    """

    measure: Measure
    values: tuple[Estimate | None, ...]
    change: Estimate | None
    measured: bool


@dataclass(frozen=True, slots=True)
class MeasureTable:
    """All metrics but the first: arms (the verdict's first), then two reference levels.

    `compared` says whether any has a change, `row` what the values are of.
    """

    columns: tuple[Column, ...]
    lines: tuple[MeasureLine, ...]
    compared: bool
    row: str


def measure_table(run: Source) -> MeasureTable | None:
    """Return every metric but the study's first; None where there is no other."""
    tables = [table for table in run.scores[1:] if table.rows]
    if not tables:
        return None
    columns = _columns(tables, run.pair)
    lines = tuple(line for table in tables if (line := _line(run, table, columns)).measured)
    if not lines:
        return None
    compared = any(line.change is not None for line in lines)
    return MeasureTable(columns, lines, compared, tables[0].rows[0].label)


def _columns(tables: list[Table], pair: list[str]) -> tuple[Column, ...]:
    there = {column.label: column for table in tables for column in table.columns}
    arms = [column for column in there.values() if not column.reference]
    arms.sort(key=lambda column: pair.index(column.arm) if column.arm in pair else len(pair))
    return (*arms[:MOST_ARMS], *(there[name] for name in LEVELS if name in there))


def _line(run: Source, table: Table, columns: tuple[Column, ...]) -> MeasureLine:
    row = table.rows[0]
    values = {
        column.label: estimate
        for column, estimate in zip(table.columns, row.estimates, strict=True)
    }
    changes = run.differences.get(table.measure.name)
    change = _change(changes, row, run.pair) if changes else None
    shown = tuple(values.get(column.label) for column in columns)
    measured = any(
        value is not None and not column.reference
        for value, column in zip(shown, columns, strict=True)
    )
    return MeasureLine(table.measure, shown, change, measured)


def _change(changes: Table, row: Row, pair: list[str]) -> Estimate | None:
    """Return the difference of the verdict's pair in a row."""
    for at, column in enumerate(changes.columns):
        if [column.against, column.arm] == pair:
            of = (other for other in changes.rows if other.culture == (row.culture or MEAN))
            return next((other.estimates[at] for other in of), None)
    return None
