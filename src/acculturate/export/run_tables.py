"""The tables of a run: from each one's name to the function that yields its rows.

A table whose rows are records of the results has a line in `RECORDS`; its columns are named like
the records' fields (`kept_low` is `low` of `kept`). Tables of a method are its own
(`Adaptation.export_tables`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from acculturate.export.answer_rows import answer_rows, cell_rows, item_rows, people_rows
from acculturate.export.exchange_rows import prompt_rows, reply_rows
from acculturate.export.method_rows import human_verdict_rows, loss_rows, yield_rows
from acculturate.export.opened_run import OpenedRun
from acculturate.export.table_catalogue import brought_tables, find_table
from acculturate.methods.export_table import MadeIn
from acculturate.records.results.run_results import RunResults

Row = Mapping[str, Any]
Rows = Callable[[OpenedRun], Iterator[Row]]

RECORDS: Mapping[str, Callable[[RunResults], Iterable[Any]]] = {
    "scores": lambda results: results.rows,
    "differences": lambda results: results.differences,
    "moved_items": lambda results: results.meta.items,
    "parts": lambda results: results.meta.parts,
    "directions": lambda results: results.meta.directions,
    "fidelity": lambda results: results.meta.fidelity,
    "variance": lambda results: results.meta.variance,
    "reliability": lambda results: results.meta.reliability,
    "groups": lambda results: results.meta.groups.cells if results.meta.groups else (),
    "position": lambda results: results.meta.position,
    "abilities": lambda results: results.meta.abilities,
    "neutral": lambda results: results.meta.neutral,
    "costs": lambda results: results.meta.costs,
    "failures": lambda results: results.meta.failures,
}
MADE: Mapping[str, Rows] = {
    "answers": answer_rows,
    "people": people_rows,
    "items": item_rows,
    "prompts": prompt_rows,
    "replies": reply_rows,
    "human_verdicts": human_verdict_rows,
    "yields": yield_rows,
    "losses": loss_rows,
    "cells": cell_rows,
}


def rows_of(run: OpenedRun, name: str) -> Iterator[Row]:
    """Yield the rows of a table, each with all of its columns in their order.

    What a row has no value for is None. Raises `ConfigError` for a table that is not there.
    """
    table = find_table(name)
    for row in _rows(run, name):
        yield {column.name: row.get(column.name) for column in table.columns}


def _rows(run: OpenedRun, name: str) -> Iterator[Row]:
    if name in MADE:
        return MADE[name](run)
    if name in RECORDS:
        return record_rows(run.results, name)
    adaptations = tuple(section.id for section in run.plan.study.adapt)
    return brought_tables()[name].rows(MadeIn(run.folder, adaptations, run.results))


def record_rows(results: RunResults, name: str) -> Iterator[Row]:
    """Yield the rows of a table that are records of the results."""
    columns = [column.name for column in find_table(name).columns]
    for record in RECORDS[name](results):
        yield {column: _value(record, column) for column in columns}


def _value(record: Any, column: str) -> Any:
    """Return a field, or the field of a part: `kept_low` is `low` of `kept`, None without one."""
    if hasattr(record, column):
        return getattr(record, column)
    part, _, rest = column.partition("_")
    return getattr(getattr(record, part), rest, None)
