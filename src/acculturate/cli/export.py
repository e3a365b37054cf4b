"""`acculturate export`: what a run holds, as files for other programs and for a paper."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from acculturate.cli.saying import say

Run = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a finished run.")]


def export(
    folder: Run,
    out: Annotated[
        Path | None, typer.Option(help="A new folder (default: NAME-export, after the run).")
    ] = None,
    format_: Annotated[
        Literal["csv", "parquet", "jsonl"], typer.Option("--format", help="Of the data files.")
    ] = "csv",
    only: Annotated[
        str, typer.Option(help="Only these tables, such as answers,scores (docs/export.md).")
    ] = "",
    cells: Annotated[
        bool, typer.Option("--cells", help="Shares in the long form: a row for each option.")
    ] = False,
    figures: Annotated[
        bool, typer.Option("--figures", help="Every figure of the report: SVG, PDF and PNG.")
    ] = False,
    tables: Annotated[
        bool, typer.Option("--tables", help="Every table of it: LaTeX, Markdown and CSV.")
    ] = False,
    methods: Annotated[
        bool, typer.Option("--methods", help="A paragraph for a methods section, and its BibTeX.")
    ] = False,
    rows: Annotated[
        Literal["trl", "llama-factory"] | None,
        typer.Option(help="The training rows as messages that this trainer takes."),
    ] = None,
    copies: Annotated[
        int, typer.Option(min=1, help="Of a training row that teaches shares: see docs/export.md.")
    ] = 10,
    lm_eval: Annotated[
        Path | None,
        typer.Option("--lm-eval", help="A new folder for the survey as tasks of lm-eval."),
    ] = None,
    dataset: Annotated[
        Path | None,
        typer.Option(help="A new folder for every table as a data set with a card."),
    ] = None,
) -> None:
    """Export a run. Writes its answers, prompts, replies and scores as data files.

    With any of the other options, only what they name is written.
    """
    from acculturate.export.exporting import DATA, ExportSettings, export_run

    asked = {
        "cells": cells,
        "figures": figures,
        "tables": tables,
        "methods": methods,
        f"rows-{rows}": rows is not None,
    }
    parts = [part for part, wanted in asked.items() if wanted]
    named = tuple(name.strip() for name in only.split(",") if name.strip())
    own = {"lm-eval": lm_eval, "dataset": dataset}
    apart = {part: place for part, place in own.items() if place is not None}
    if named or not (parts or apart):
        parts.insert(0, DATA)
    places = {place: [part] for part, place in apart.items()}
    if parts:
        places = {out or Path(f"{folder.resolve().name}-export"): parts, **places}
    for place, wanted in places.items():
        exported = export_run(folder, place, wanted, ExportSettings(format_, named, copies))
        for said in exported.said:
            say(said)
        say(f"Written to {exported.folder}")
