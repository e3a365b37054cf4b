"""What a command leaves on the screen: tables and sentences, or the same rows as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from acculturate.result import Result
    from acculturate.study.comparing import Comparison
    from acculturate.study.wiring import Outcome
    from acculturate.tuning.report import TuningReport

PRIMARY = "alignment"
META = (
    "study",
    "survey",
    "models",
    "arms",
    "primary",
    "remarks",
    "cautions",
    "failures",
    "no_answer",
    "bootstrap_items",
    "intervals",
)
"""What of a run's `meta` is printed with its rows as JSON."""
PERSONS = ("individual_hard_accuracy", "ranked_probability_skill")


def print_outcome(outcome: "Outcome", primary: str, as_json: bool) -> None:
    """A study: its tables, verdict and cautions, and where its report lies."""
    from acculturate.cli.terminal_tables import (
        print_abilities,
        print_before_after,
        print_costs,
        print_laid_out,
        print_neutral,
        print_no_answer,
        print_references,
    )

    if as_json:
        typer.echo(json.dumps(_rows(outcome.metrics)))
        return
    if not outcome.fresh:
        typer.echo(f"Nothing is left to do in {outcome.folder}: this study has been carried out.")
    meta = outcome.metrics["meta"]
    if not meta["tables"]:
        print_before_after(outcome.metrics, primary)
    for table in meta["tables"]:
        print_laid_out(table)
    print_references(outcome.metrics, primary)
    print_no_answer(meta.get("no_answer") or {})
    print_abilities(meta.get("abilities") or ())
    print_neutral(meta.get("neutral") or ())
    print_costs(meta.get("costs") or ())
    if meta.get("intervals"):
        typer.echo(meta["intervals"])
    if meta["verdict"]:
        typer.echo(f"\n{meta['verdict']['sentence']}")
    _print_cautions(meta)
    typer.echo(f"\nReport: {outcome.report}")
    print_no_charts(outcome.folder)


def print_result(result: "Result", metric: list[str] | None, as_json: bool) -> None:
    """Scores: a table for each of the metrics that were asked for, or for the first ones."""
    from acculturate.cli.terminal_tables import print_no_answer, print_scores
    from acculturate.study.results.scored_rows import as_json as rows_of

    scores = [row for row in result.scores if not metric or row.metric in metric]
    if as_json:
        typer.echo(json.dumps(rows_of(scores, _json_meta(result.meta))))
        return
    print_scores(scores, metric or _shown(scores))
    print_no_answer(result.meta.get("no_answer") or {})
    _print_cautions(result.meta)
    if result.meta.get("intervals"):
        typer.echo(result.meta["intervals"])
    for remark in result.meta.get("remarks", ()):
        typer.echo(remark, err=True)
    if result.folder is not None:
        typer.echo(f"Kept in {result.folder}; report: {result.folder / 'report.html'}")
        print_no_charts(result.folder)


def print_no_charts(folder: Path) -> None:
    """Say what to type where a run's report has its tables alone."""
    from acculturate.report.figures import no_charts

    if said := no_charts():
        typer.echo(f"{said}, then acculturate report {folder}.", err=True)


def _print_cautions(meta: dict[str, Any]) -> None:
    """What the numbers above cannot show."""
    for caution in meta.get("cautions", ()):
        typer.echo(f"- {caution}")


def print_comparison(found: "Comparison", metric: list[str] | None, as_json: bool) -> None:
    """Differences of arms: a table for each metric that was asked for, or for the primary one."""
    from acculturate.cli.terminal_tables import print_differences
    from acculturate.study.results.scored_rows import SCHEMA

    if as_json:
        meta = {"primary": found.primary, "remarks": found.remarks}
        typer.echo(json.dumps({"schema": SCHEMA, "rows": found.rows, "meta": meta}))
        return
    print_differences(found.rows, metric or [found.primary])
    for remark in found.remarks:
        typer.echo(remark)


def print_tuning(report: "TuningReport", out: Path, as_json: bool) -> None:
    """What a training did, and where its adapter lies."""
    if as_json:
        typer.echo(json.dumps(asdict(report), ensure_ascii=False))
        return
    typer.echo(f"{report.rows} rows, {report.trained_tokens} trained tokens.")
    typer.echo(f"Trained in the first row: {report.first_row.trained!r}")
    for remark in report.remarks:
        typer.echo(remark)
    typer.echo(f"Adapter: {out}")


def _shown(scores: Sequence[Any]) -> list[str]:
    """The tables to print where no metric is named: nearness, and accuracy of single persons."""
    there = {row.metric for row in scores}
    return [PRIMARY, *(name for name in PERSONS if name in there)]


def _json_meta(meta: dict[str, Any]) -> dict[str, Any]:
    return {key: meta[key] for key in META if key in meta}


def _rows(metrics: dict[str, Any]) -> dict[str, Any]:
    return {
        "schema": metrics["schema"],
        "rows": metrics["rows"],
        "meta": {
            **_json_meta(metrics["meta"]),
            "differences": metrics["differences"],
            "verdict": metrics["meta"]["verdict"],
        },
    }
