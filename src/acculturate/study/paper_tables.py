"""Tables that a study asks for, in the shape of a paper's: which arms stand in which cell.

    [[table]]
    title = "One adapter for all, or one for each"
    rows = { "joint" = "joint", "specific" = "specific" }     # label = arm; all arms without
    columns = "cultures"

    columns = "cultures"            a column for each culture and their mean (as it is without)
    columns = "metrics"             a column for each of `metrics`, mean over cultures
    columns = ["P1", "P2"]          a grid: each row names an arm for each column, "" for none

`metrics` are the study's primary one without; `show = "differences"` sets each arm's paired
difference from the arm that it is `against`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from acculturate.config import Settings
from acculturate.errors import ConfigError, nearest
from acculturate.evaluation.catalogue import find_figures
from acculturate.evaluation.scores import MEAN
from acculturate.records import Score
from acculturate.records.results.cut import Cell, LaidOut, TableLine
from acculturate.records.results.differences import Difference

Row = Score | Difference
Key = tuple[str, str, str | None]
REFERENCE = "reference:"


def _listed(given: Any) -> Any:
    return (given,) if isinstance(given, str) else given


class TableSection(Settings):
    """`[[table]]`: arms of the study laid out as a paper would."""

    title: Annotated[str, Field(description="the heading of the table")]
    metrics: Annotated[
        tuple[str, ...], Field(description="a table for each; the study's primary one without")
    ] = ()
    columns: Annotated[
        Literal["cultures", "metrics"] | tuple[str, ...],
        Field(description="cultures, metrics, or the labels of a grid of arms"),
    ] = "cultures"
    rows: dict[str, Annotated[tuple[str, ...], BeforeValidator(_listed)]] = Field(
        default={}, description="a label and its arm, or its arms where columns are labels"
    )
    show: Annotated[
        Literal["values", "differences"],
        Field(description="each arm's own values, or what it differs by from its `against`"),
    ] = "values"


def check_table(table: TableSection, arms: Sequence[str]) -> None:
    """Raise `ConfigError` for arms that are not there, `SurveyError` for such metrics."""
    where = f"[[table]] '{table.title}'"
    find_figures(table.metrics)
    wide = len(table.columns) if isinstance(table.columns, tuple) else 1
    if isinstance(table.columns, tuple) and not table.rows:
        raise ConfigError(f"{where}: columns of a grid need rows that name an arm for each.")
    for label, named in table.rows.items():
        if len(named) != wide:
            raise ConfigError(
                f"{where}: the row '{label}' names {len(named)} arms and there are {wide} columns."
            )
        for arm in named:
            if arm and arm not in arms and not arm.startswith(REFERENCE):
                raise ConfigError(
                    f"{where}: there is no arm '{arm}'.{nearest(arm, arms)} There are "
                    f"{', '.join(arms)}."
                )


def lay_out(
    sections: Sequence[TableSection],
    scores: Sequence[Score],
    differences: Sequence[Difference],
    arms: Sequence[str],
    cultures: Sequence[str],
    primary: str,
) -> tuple[LaidOut, ...]:
    """Return each table with its cells, as results keep them; a cell that cannot be had is None.

    A table without any cell (a metric that such answers do not have) is left out.
    """
    tables = []
    for section in sections:
        source: Sequence[Row] = differences if section.show == "differences" else scores
        cells = {(row.arm, row.metric, row.culture): row for row in source}
        there = {arm for arm, _, _ in cells}
        rows = section.rows or {arm: (arm,) for arm in arms if arm in there}
        for metrics in _metrics(section, primary):
            tables.append(_table(section, cells, rows, cultures, metrics))
    return tuple(table for table in tables if any(any(row.cells) for row in table.rows))


def _metrics(section: TableSection, primary: str) -> Iterator[tuple[str, ...]]:
    """Yield the metrics of each of a section's tables."""
    named = section.metrics or (primary,)
    if section.columns == "metrics":
        yield named
    else:
        yield from ((name,) for name in named)


def _table(
    section: TableSection,
    row_by_key: Mapping[Key, Row],
    rows: Mapping[str, tuple[str, ...]],
    cultures: Sequence[str],
    metrics: Sequence[str],
) -> LaidOut:
    def keys(named: tuple[str, ...]) -> list[Key]:
        if section.columns == "cultures":
            return [(named[0], metrics[0], culture) for culture in (*cultures, MEAN)]
        return [(arm, metric, MEAN) for arm in named for metric in metrics]

    labels = {"cultures": [*cultures, MEAN], "metrics": list(metrics)}
    return LaidOut(
        title=section.title,
        metric=metrics[0] if len(metrics) == 1 else None,
        show=section.show,
        columns=tuple(labels.get(str(section.columns)) or section.columns),
        rows=tuple(
            TableLine(label, tuple(_cell(row_by_key.get(key)) for key in keys(named)))
            for label, named in rows.items()
        ),
    )


def _cell(row: Row | None) -> Cell | None:
    if row is None or row.value is None:
        return None
    against = row.against if isinstance(row, Difference) else None
    return Cell(row.arm, against, row.metric, row.culture, row.value, row.low, row.high, row.n)
