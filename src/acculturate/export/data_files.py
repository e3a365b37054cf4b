"""Data files: the tables of a run in a folder, with a page that says what their columns hold."""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from acculturate.export.opened_run import OpenedRun
from acculturate.export.run_tables import rows_of
from acculturate.export.sheet_files import Format, write_sheet
from acculturate.export.table_catalogue import export_tables, find_table
from acculturate.methods.export_table import ExportTable
from acculturate.visible import in_markdown

README = "README.md"


def data_tables(only: Sequence[str] = ()) -> tuple[ExportTable, ...]:
    """Return the tables that are named, or all but the long form, which tells nothing more.

    Raises `ConfigError` for a name that is not there.
    """
    if only:
        return tuple(find_table(name) for name in dict.fromkeys(only))
    return tuple(table for table in export_tables().values() if table.group != "cells")


def write_tables(
    run: OpenedRun, tables: Sequence[ExportTable], folder: Path, how: Format
) -> dict[str, int]:
    """Write each table that has a row, and return how many rows each one has, in their order.

    Raises `OSError` where the folder cannot be written, else as the tables do.
    """
    counts = {}
    for table in tables:
        rows = rows_of(run, table.name)
        first = next(rows, None)
        if first is not None:
            path = folder / f"{table.name}.{how}"
            counts[table.name] = write_sheet(path, table, chain([first], rows), how)
    return counts


def columns_page(run: OpenedRun, counts: dict[str, int], how: Format) -> str:
    """Return a page in Markdown that says what the files of an export hold."""
    return "\n".join(_lines(run, counts, how))


def _lines(run: OpenedRun, counts: dict[str, int], how: Format) -> Iterator[str]:
    meta = run.results.meta
    yield f"# {in_markdown(meta.title or meta.study or 'A run')}: its data"
    yield ""
    yield (
        f"Written by `acculturate export`. Files are UTF-8, one row a line, with an empty cell "
        f"where a value does not apply. {HOW[how]}"
    )
    yield ""
    yield from (f"- {in_markdown(caution)}" for caution in meta.cautions)
    if meta.cautions:
        yield ""
    for name, count in counts.items():
        yield f"## {name}.{how} ({count:,} rows)"
        yield ""
        yield from table_page(export_tables()[name])
        yield ""
    if meta.survey and meta.survey.notice:
        yield "## Source and terms of the survey"
        yield ""
        yield from map(in_markdown, meta.survey.notice.splitlines())
        yield ""


HOW = {
    "csv": "Lists are JSON. A text that a spreadsheet would take for a formula has an apostrophe "
    "in front.",
    "jsonl": "Each line is a JSON object; an empty cell is null.",
    "parquet": "Columns have their types; an empty cell is null.",
}


def table_page(table: ExportTable) -> Iterator[str]:
    """Yield what a table is and what its columns hold, as lines of Markdown."""
    yield table.about
    yield ""
    yield "| column | kind | what it holds |"
    yield "|---|---|---|"
    for column in table.columns:
        yield f"| `{column.name}` | {column.kind} | {column.text.replace('|', '/')} |"
