"""The list of runs, a run's overview, and scores of several runs side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from acculturate.errors import AcculturateError
from acculturate.records.score import Estimate
from acculturate.report.tables import Table, score_tables
from acculturate.viewer.asked_run import filters_of, run_of, shelf_of, show_run
from acculturate.viewer.run_shelf import ViewedRun
from acculturate.viewer.templating import show


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run as the list shows it; `split` is what follows the verdict's first sentence, `problem`
    why the run cannot be opened.
    """

    run: ViewedRun
    title: str = ""
    models: tuple[str, ...] = ()
    cultures: int = 0
    items: int = 0
    replies: int = 0
    failures: int = 0
    verdict: str = ""
    split: str = ""
    problem: str = ""


class ArmColumn(NamedTuple):
    """An arm of a run, in a table of several runs."""

    run: ViewedRun
    arm: str


def runs(request: Request) -> Response:
    """Show every run, and where to compare them."""
    shelf = shelf_of(request)
    lines = [run_line(run) for run in shelf.runs]
    return show("runs", lines=lines, left_out=shelf.left_out)


def run_line(run: ViewedRun) -> RunLine:
    """Return what the list says of a run."""
    try:
        finished, results, counts = run.finished, run.results, run.counts
    except AcculturateError as error:
        return RunLine(run, problem=str(error))
    study = finished.study
    sentence = results.meta.verdict.sentence if results and results.meta.verdict else ""
    first, stop, rest = sentence.partition(". ")
    return RunLine(
        run,
        study.study.title or study.study.name,
        tuple(dict.fromkeys(model.name for model in study.models.values())),
        len(finished.cultures),
        len(finished.items),
        sum(total for total, _ in counts.values()),
        sum(failed for _, failed in counts.values()),
        first + stop.strip(),
        rest,
    )


def overview(request: Request) -> Response:
    """Show what was asked of whom, how far it is, and its scores."""
    run, metric = run_of(request), filters_of(request, "metric")["metric"]
    tables = score_tables(run.results) if run.results else []
    table = next((one for one in tables if one.measure.name == metric), next(iter(tables), None))
    return show_run(
        request,
        "overview",
        line=run_line(run),
        arms=run.finished.plan.study.arm,
        stages=run.counts,
        table=own_columns(table) if table else None,
        labels=[(one.measure.name, one.measure.label) for one in tables],
    )


def own_columns(table: Table) -> Table:
    """Return a table without the columns that need no model."""
    kept = [at for at, column in enumerate(table.columns) if not column.reference]
    rows = tuple(
        replace(row, estimates=tuple(row.estimates[at] for at in kept)) for row in table.rows
    )
    return Table(table.measure, tuple(table.columns[at] for at in kept), rows)


def side_by_side(request: Request) -> Response:
    """Show the scores of every finished run in one table: a column for each arm."""
    asked = filters_of(request, "metric")["metric"]
    results = [(run, run.results) for run in shelf_of(request).runs]
    tables = {run: score_tables(read) for run, read in results if read}
    labels = {one.measure.name: one.measure for table in tables.values() for one in table}
    metric = asked if asked in labels else next(iter(labels), "")
    chosen = [
        (run, own_columns(one))
        for run, table in tables.items()
        for one in table
        if one.measure.name == metric
    ]
    return show(
        "side_by_side",
        labels=[(name, one.label) for name, one in labels.items()],
        chosen=labels.get(metric),
        columns=[ArmColumn(run, column.label) for run, one in chosen for column in one.columns],
        rows=list(_rows(chosen)),
        unfinished=[run for run, read in results if not read],
    )


def _rows(chosen: Sequence[tuple[ViewedRun, Table]]) -> Iterator[tuple[str, list[Estimate | None]]]:
    """Yield each culture's name with its estimates, None where a run has not measured it."""
    names = {row.culture: row.label for _, table in chosen for row in table.rows}
    for culture, name in names.items():
        cells: list[Estimate | None] = []
        for _, table in chosen:
            row = next((row for row in table.rows if row.culture == culture), None)
            cells += row.estimates if row else [None] * len(table.columns)
        yield name, cells
