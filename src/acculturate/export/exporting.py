"""Exporting: the parts that are asked for, written into one new folder.

    export_run(Path("runs/demo"), Path("demo-data"))                     answers, prompts, scores
    export_run(Path("runs/demo"), Path("paper"), ["figures", "tables"])

A part is a function from a run and a folder, and a line in `PARTS`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from acculturate.errors import ConfigError, StoreError, unknown
from acculturate.export.chat_rows import COPIES, Trainer, write_chat_rows
from acculturate.export.data_files import README, columns_page, data_tables, write_tables
from acculturate.export.dataset_folder import write_dataset
from acculturate.export.harness_tasks import write_harness_tasks
from acculturate.export.methods_text import write_methods
from acculturate.export.opened_run import OpenedRun, open_run
from acculturate.export.out_folder import check_new, new_folder
from acculturate.export.print_figures import write_figures
from acculturate.export.print_tables import write_print_tables
from acculturate.export.sheet_files import FORMATS, Format
from acculturate.export.table_catalogue import find_table

DATA = "data"


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """How parts are written: the format of data files, which tables (all without any), and how many
    copies training rows have that teach shares.
    """

    format: Format = "csv"
    only: Sequence[str] = ()
    copies: int = COPIES


@dataclass(slots=True)
class Exported:
    """What was written: the folder, a sentence for each part, and what could not be had."""

    folder: Path
    said: list[str] = field(default_factory=list)


class Place(NamedTuple):
    """Where a part is written, from which run, and how."""

    run: OpenedRun
    folder: Path
    settings: ExportSettings


def export_run(
    folder: Path, out: Path, parts: Sequence[str] = (DATA,), settings: ExportSettings | None = None
) -> Exported:
    """Write parts of a finished run into a new folder, whole or not at all.

    Raises `ConfigError` for a part, table or format that is not there, `StoreError` for a run that
    cannot be exported and a folder that cannot be written, and what the parts raise.
    """
    chosen = settings or ExportSettings()
    for part in parts:
        if part not in PARTS:
            raise ConfigError(unknown("part of an export", part, PARTS))
    if chosen.format not in FORMATS:
        raise ConfigError(unknown("format", chosen.format, FORMATS))
    data_tables(chosen.only)
    check_new(out)
    exported = Exported(out)
    with open_run(folder) as run, new_folder(out) as place:
        for part in dict.fromkeys(parts):
            exported.said.append(PARTS[part](Place(run, place, chosen)))
    return exported


def _data(place: Place) -> str:
    run, folder, settings = place
    counts = write_tables(run, data_tables(settings.only), folder, settings.format)
    if not counts:
        raise StoreError(
            f"The run {run.folder} has no rows for {', '.join(settings.only)}: leave --only out to "
            "get every table that it has."
        )
    _write_page(place, counts)
    rows = ", ".join(f"{name} {count:,}" for name, count in counts.items())
    return f"{len(counts)} tables (rows: {rows})"


def _cells(place: Place) -> str:
    counts = write_tables(place.run, [find_table("cells")], place.folder, place.settings.format)
    if not (place.folder / README).exists():
        _write_page(place, counts)
    return f"cells.{place.settings.format} ({sum(counts.values()):,} rows)"


def _figures(place: Place) -> str:
    count = write_figures(place.run, place.folder / "figures")
    return f"{count} figures, each as SVG, PDF and PNG, in figures/"


def _print_tables(place: Place) -> str:
    count = write_print_tables(place.run, place.folder / "tables")
    return f"{count} tables, each as LaTeX, Markdown and CSV, in tables/"


def _methods(place: Place) -> str:
    count = write_methods(place.run, place.folder)
    return f"methods.md and methods.tex, with {count} references in references.bib"


def _chat_rows(trainer: Trainer) -> Callable[[Place], str]:
    def write(place: Place) -> str:
        folder = place.folder / f"rows-{trainer}"
        return write_chat_rows(place.run, folder, trainer, place.settings.copies)

    return write


def _write_page(place: Place, counts: dict[str, int]) -> None:
    text = columns_page(place.run, counts, place.settings.format)
    (place.folder / README).write_text(text, encoding="utf-8")


PARTS: Mapping[str, Callable[[Place], str]] = {
    DATA: _data,
    "cells": _cells,
    "figures": _figures,
    "tables": _print_tables,
    "methods": _methods,
    "rows-trl": _chat_rows("trl"),
    "rows-llama-factory": _chat_rows("llama-factory"),
    "lm-eval": lambda place: write_harness_tasks(place.run, place.folder),
    "dataset": lambda place: write_dataset(place.run, place.folder),
}
