"""What a command leaves on the screen: tables and sentences, or the same rows as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from acculturate.cli.saying import say, say_json

if TYPE_CHECKING:
    from acculturate.records import Score
    from acculturate.records.results.run_results import RunMeta, RunResults
    from acculturate.result import Result
    from acculturate.study.comparing import Comparison
    from acculturate.study.costs.forecast import Estimate
    from acculturate.study.wiring import Outcome
    from acculturate.tuning.report import TuningReport

PRIMARY = "alignment"
META = (
    "study",
    "survey",
    "models",
    "arms",
    "primary",
    "cautions",
    "failures",
    "no_answer",
    "no_answers",
    "groups",
    "fidelity",
    "robustness",
    "bootstrap_items",
    "intervals",
)
"""What of a run's `meta` is printed with its rows as JSON."""
PERSONS = ("individual_hard_accuracy", "ranked_probability_skill")


def print_forecast(forecast: "Estimate", as_json: bool) -> None:
    """Print what a study or a training will take."""
    if as_json:
        say_json(forecast.as_json())
    else:
        say(forecast.text)


def print_outcome(outcome: "Outcome", primary: str, as_json: bool) -> None:
    """Print a study: its tables, verdict and cautions, and where its report lies."""
    from acculturate.cli.verdict_lines import print_verdict

    results = outcome.results
    if as_json:
        more = {"differences": results.differences, "verdict": results.meta.verdict}
        _print_json(results.rows, {**_json_meta(results.meta), **more})
        return
    if not outcome.fresh:
        say(f"Nothing is left to do in {outcome.folder}: this study has been carried out.")
    if results.meta.about:
        say(f"{results.meta.about}\n")
    _print_tables(results, primary)
    if results.meta.intervals:
        say(results.meta.intervals)
    if results.meta.verdict:
        print_verdict(results.meta.verdict)
    _print_cautions(results.meta.cautions)
    say(f"\nReport: {outcome.report}")
    print_no_charts(outcome.folder)


def _print_tables(results: "RunResults", primary: str) -> None:
    from acculturate.cli import terminal_tables as show

    meta = results.meta
    if not meta.tables:
        show.print_before_after(results, primary)
    for table in meta.tables:
        show.print_laid_out(table)
    show.print_references(results.rows, primary)
    show.print_measures(results.rows, _of_papers(results.rows))
    show.print_fidelity(meta.fidelity, results.rows)
    show.print_groups(meta.groups, results.rows)
    show.print_no_answer(meta.no_answer)
    show.print_no_answers(meta.no_answers)
    show.print_robustness(meta.robustness, primary)
    show.print_asking(meta.asking)
    show.print_abilities(meta.abilities)
    show.print_neutral(meta.neutral)
    show.print_costs(meta.costs)


def print_result(result: "Result", metric: list[str] | None, as_json: bool) -> None:
    """Print scores: a table for each of the metrics that were asked for, or for the first ones."""
    from acculturate.cli import terminal_tables as show

    meta = result.meta
    scores = [row for row in result.scores if not metric or row.metric in metric]
    if as_json:
        _print_json(scores, _json_meta(meta) if result.folder else _meta_of_file(meta))
        return
    show.print_scores(scores, metric or _shown(scores))
    if not metric:
        show.print_measures(scores, _of_papers(scores))
        show.print_fidelity(meta.fidelity, scores)
    show.print_groups(meta.groups, result.scores)
    show.print_no_answer(meta.no_answer)
    show.print_no_answers(meta.no_answers)
    if any(row.source != "order" for row in meta.robustness):  # the order varies by default
        show.print_robustness(meta.robustness, meta.primary or PRIMARY)
    _print_cautions(result.cautions)
    if result.meta.intervals:
        say(result.meta.intervals)
    for remark in result.meta.remarks:
        say(remark, err=True)
    if result.folder is not None:
        say(f"Kept in {result.folder}; report: {result.folder / 'report.html'}")
        print_no_charts(result.folder)


def print_no_charts(folder: Path) -> None:
    """Say what to type where a run's report has its tables alone."""
    from acculturate.report.figures import no_charts

    if remark := no_charts():
        say(f"{remark}, then acculturate report {folder}.", err=True)


def _print_cautions(cautions: Sequence[str]) -> None:
    """Print what the numbers above cannot show."""
    for caution in cautions:
        say(f"- {caution}")


def print_comparison(comparison: "Comparison", metric: list[str] | None, as_json: bool) -> None:
    """Print differences of arms: a table for each metric that was asked for, or for the primary
    one.
    """
    from acculturate.cli.terminal_tables import print_differences

    if as_json:
        _print_json(comparison.rows, {"primary": comparison.primary, "remarks": comparison.remarks})
        return
    print_differences(comparison.rows, metric or [comparison.primary])
    for remark in comparison.remarks:
        say(remark)


def print_tuning(report: "TuningReport", out: Path, as_json: bool) -> None:
    """Print what a training did, and where its adapter lies."""
    if as_json:
        say_json(asdict(report))
        return
    say(f"{report.rows} rows, {report.trained_tokens} trained tokens.")
    say(f"Trained in the first row: {report.first_row.trained!r}")
    if report.held_out:
        first, last = report.held_out[0].loss, report.held_out[-1].loss
        say(f"Loss on rows held out: {first:.4f} before, {last:.4f} at the end.")
    for remark in report.remarks:
        say(remark)
    say(f"Adapter: {out}")


def _shown(scores: Sequence["Score"]) -> list[str]:
    """Return the tables to print where no metric is named: nearness, and accuracy of single
    persons.
    """
    there = {row.metric for row in scores}
    return [PRIMARY, *(name for name in PERSONS if name in there)]


def _of_papers(scores: Sequence["Score"]) -> list[str]:
    """Return the measures that were asked for by group."""
    from acculturate.evaluation.catalogue import figures

    return [name for name in dict.fromkeys(row.metric for row in scores) if name not in figures()]


def _print_json(rows: Sequence[object], meta: Mapping[str, object]) -> None:
    from acculturate.records.results.metrics_file import SCHEMA
    from acculturate.records.results.plain import plain

    say_json({"schema": SCHEMA, "rows": plain(rows), "meta": plain(meta)})


def _json_meta(meta: "RunMeta") -> dict[str, object]:
    return {key: getattr(meta, key) for key in META}


def _meta_of_file(meta: "RunMeta") -> dict[str, object]:
    """Return what goes with the scores of a file of answers."""
    return {
        "survey": meta.survey.name if meta.survey else "",
        "remarks": meta.remarks,
        "no_answer": meta.no_answer,
        "groups": meta.groups,
        "fidelity": meta.fidelity,
        "bootstrap_items": meta.bootstrap_items,
        "intervals": meta.intervals,
    }
