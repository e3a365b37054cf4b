"""`acculturate export`: what a run holds, as files for other programs and for a paper."""

from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from acculturate.calling import called_with
from acculturate.cli.command_options import listed
from acculturate.cli.saying import say

Run = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a finished run.")]


@dataclass(frozen=True)
class ExportOptions:
    """What `export` is typed with."""

    folder: Run
    _: KW_ONLY
    out: Annotated[
        Path | None, typer.Option(help="A new folder (default: NAME-export, after the run).")
    ] = None
    format_: Annotated[
        Literal["csv", "parquet", "jsonl"], typer.Option("--format", help="Of the data files.")
    ] = "csv"
    only: Annotated[
        str | None, typer.Option(help="Only these tables, such as answers,scores (docs/export.md).")
    ] = None
    cells: Annotated[
        bool, typer.Option("--cells", help="Shares in the long form: a row for each option.")
    ] = False
    figures: Annotated[
        bool, typer.Option("--figures", help="Every figure of the report: SVG, PDF and PNG.")
    ] = False
    tables: Annotated[
        bool, typer.Option("--tables", help="Every table of it: LaTeX, Markdown and CSV.")
    ] = False
    methods: Annotated[
        bool, typer.Option("--methods", help="A paragraph for a methods section, and its BibTeX.")
    ] = False
    rows: Annotated[
        Literal["trl", "llama-factory"] | None,
        typer.Option(help="The training rows as messages that this trainer takes."),
    ] = None
    copies: Annotated[
        int,
        typer.Option(
            min=1, max=1000, help="Of a training row that teaches shares: see docs/export.md."
        ),
    ] = 10
    lm_eval: Annotated[
        Path | None,
        typer.Option("--lm-eval", help="A new folder for the survey as tasks of lm-eval."),
    ] = None
    dataset: Annotated[
        Path | None, typer.Option(help="A new folder for every table as a data set with a card.")
    ] = None

    def places(self, data: str) -> dict[Path, list[str]]:
        """Return the folders to be written, each with its parts; `data` where none is named."""
        asked = {
            "cells": self.cells,
            "figures": self.figures,
            "tables": self.tables,
            "methods": self.methods,
            f"rows-{self.rows}": self.rows is not None,
        }
        parts = [part for part, wanted in asked.items() if wanted]
        own = {"lm-eval": self.lm_eval, "dataset": self.dataset}
        apart = {place: [part] for part, place in own.items() if place is not None}
        if self.only or not (parts or apart):
            parts.insert(0, data)
        out = self.out or Path(f"{self.folder.resolve().name}-export")
        return {out: parts, **apart} if parts else apart


@called_with(ExportOptions)
def export(typed: ExportOptions) -> None:
    """Export a run. Writes its answers, prompts, replies and scores as data files.

    With any of the other options, only what they name is written.
    """
    from acculturate.export.exporting import DATA, ExportSettings, export_run

    settings = ExportSettings(typed.format_, tuple(listed(typed.only, "--only")), typed.copies)
    for place, parts in typed.places(DATA).items():
        exported = export_run(typed.folder, place, parts, settings)
        for note in exported.said:
            say(note)
        say(f"Written to {exported.folder}")
