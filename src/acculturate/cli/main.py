"""The command line. Each command is a short function that calls the same code as Python does.

Exit codes: 0; 2 for what the user can mend, told in one sentence; 130 for Ctrl-C and 143 for
SIGTERM; 70 for an error that nobody foresaw, with a file that says more. Heavy packages are
imported when a command needs them, so that `--help` is there at once.
"""

import shlex
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from acculturate.cli.clca import app as clca_app
from acculturate.cli.culturespa import app as culturespa_app
from acculturate.cli.ending import end_with
from acculturate.cli.export import export
from acculturate.cli.printing import (
    print_comparison,
    print_forecast,
    print_no_charts,
    print_outcome,
    print_result,
    print_tuning,
)
from acculturate.cli.saying import say, say_json
from acculturate.cli.sharing import merge, push
from acculturate.cli.studies import app as studies_app
from acculturate.cli.survey import app as survey_app
from acculturate.records.answer import AnswerKind

app = typer.Typer(
    name="acculturate",
    help="Measure how well a language model's answers agree with the people of a culture, and "
    "adapt the model to cultures.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
app.add_typer(studies_app, name="studies")
app.add_typer(survey_app, name="survey")
app.add_typer(clca_app, name="clca")
app.add_typer(culturespa_app, name="culturespa")
app.command()(export)
app.command()(merge)
app.command()(push)

AsJson = Annotated[bool, typer.Option("--json", help="Print the rows as JSON and nothing else.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]
Out = Annotated[Path | None, typer.Option(help="The folder of the run (default: runs/NAME).")]
Survey = Annotated[str, typer.Option(help="The survey: 'acculturate survey list' names them.")]
Sets = Annotated[
    list[str] | None, typer.Option("--set", help="Change a value of the study: section.key=value.")
]
BootstrapItems = Annotated[
    Literal["random", "fixed"],
    typer.Option(
        help="What the 95% intervals cover. random: other questions, drawn by battery (the group "
        "that they are asked in). fixed: these questions only, answered by other respondents."
    ),
]
Profile = Annotated[str | None, typer.Option(help="Use [profiles.NAME] of the study file.")]
RetryFailed = Annotated[bool, typer.Option("--retry-failed", help="Ask again what failed before.")]


@app.command()
def demo(out: Out = None, quiet: Quiet = False) -> None:
    """Run the demo study. Measures a small model, adapts it by CultureSPA, measures it again."""
    from acculturate.study.shipped_studies import demo_study

    _run(demo_study(), out, quiet)


@app.command()
def run(
    study: Annotated[
        Path, typer.Argument(help="A study file (TOML), or the name of a shipped study.")
    ],
    set_: Sets = None,
    profile: Profile = None,
    out: Out = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would take; ask nothing.")
    ] = False,
    retry_failed: RetryFailed = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Run a study to its end. What was cut off goes on where it was; a training starts again."""
    _run(study, out, quiet, set_, profile, dry_run, retry_failed, as_json)


@app.command()
def measure(
    model: Annotated[
        str,
        typer.Argument(help="A Hub id, a folder, or 'embedded'; in full [engine:]name[@revision]."),
    ],
    cultures: Annotated[str, typer.Option(help="Codes with commas between them, such as CHN,DEU.")],
    framing: Annotated[
        str,
        typer.Option(
            help="How the model is told of the culture; unaware: not at all. (default: aware, with "
            "--groups: group)"
        ),
    ] = "",
    groups: Annotated[
        str,
        typer.Option(
            help="Measure groups of each culture's people, by at most three columns of the "
            "survey's respondents, such as sex,age_band."
        ),
    ] = "",
    adapter: Annotated[
        list[Path] | None,
        typer.Option(
            help="The folder of an adapter to put on the model; again for one on top of it."
        ),
    ] = None,
    items: Annotated[
        str,
        typer.Option(help="Which items: attitudes, all, published, clca, or ids such as Q1,Q2."),
    ] = "attitudes",
    survey: Survey = "wvs7-marginals",
    metric: Annotated[
        list[str] | None, typer.Option(help="Print this metric (may be given more than once).")
    ] = None,
    dtype: Annotated[
        str, typer.Option(help="The number format: auto, float32, bfloat16 or float16.")
    ] = "auto",
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change what a study file could: section.key=value."),
    ] = None,
    bootstrap_items: BootstrapItems = "random",
    executor: Annotated[
        str,
        typer.Option(
            help="inline: in this process. ray: by workers, on the cluster at RAY_ADDRESS or here."
        ),
    ] = "inline",
    out: Out = None,
    retry_failed: RetryFailed = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Ask a model the survey and score it. Compares its answers with the people's, by culture."""
    from acculturate.api import measure as measure_model
    from acculturate.cli.command_progress import show_progress
    from acculturate.evaluation.catalogue import find_figures

    find_figures(metric)
    with show_progress(quiet or as_json) as progress:
        result = measure_model(
            model,
            _split(cultures),
            framing or (),
            items=items,
            survey=survey,
            groups=_split(groups) if groups else (),
            adapter=adapter,
            dtype=dtype,
            settings=tuple(set_ or ()),
            bootstrap_items=bootstrap_items,
            executor=executor,
            out=out,
            progress=progress,
            retry_failed=retry_failed,
            command=_command(),
            report=True,
        )
    print_result(result, metric, as_json)


@app.command()
def score(
    answers: Annotated[
        Path,
        typer.Argument(
            help="A file of answers: CSV, TSV, JSON lines, Parquet, Excel, SPSS or Stata."
        ),
    ],
    survey: Survey = "wvs7-marginals",
    cultures: Annotated[
        str | None, typer.Option(help="Compare with the people of these cultures only.")
    ] = None,
    metric: Annotated[
        list[str] | None, typer.Option(help="Print this metric (may be given more than once).")
    ] = None,
    measures: Annotated[
        str,
        typer.Option(help="Other papers' measures by group, such as subpop (docs/metrics.md)."),
    ] = "",
    kind: Annotated[
        AnswerKind | None,
        typer.Option(help="What the answers are, where the file does not show it."),
    ] = None,
    tolerance: Annotated[
        float, typer.Option(help="How far the sum of a row's probabilities may be from 1.")
    ] = 0.01,
    delimiter: Annotated[
        str, typer.Option(help="What separates the columns (default: as found).")
    ] = "",
    encoding: Annotated[str, typer.Option(help="Encoding of the text (default: as found).")] = "",
    bootstrap_items: BootstrapItems = "random",
    as_json: AsJson = False,
) -> None:
    """Score a file of answers. Compares them with the people's answers, culture by culture."""
    from acculturate.api import score as score_file
    from acculturate.statistics.bootstrap import Resampling

    result = score_file(
        answers,
        survey=survey,
        cultures=_split(cultures) if cultures else None,
        metrics=metric,
        measures=_split(measures) if measures else (),
        resampling=Resampling(items=bootstrap_items),
        kind=kind,
        tolerance=tolerance,
        delimiter=delimiter,
        encoding=encoding,
    )
    print_result(result, metric, as_json)


@app.command()
def compare(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN [RUN ...] [ARM ARM]",
            help="RUN ARM ARM: two arms of one run. RUN RUN: the arms that two runs share. "
            "RUN RUN ... ARM ARM: two arms in runs of several training seeds.",
        ),
    ],
    metric: Annotated[
        list[str] | None, typer.Option(help="Print this metric (may be given more than once).")
    ] = None,
    bootstrap_items: Annotated[
        Literal["random", "fixed"] | None,
        typer.Option(help="random or fixed, as in measure (default: as the study says)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare arms of finished runs. Prints the first minus the second, with exact tests."""
    from acculturate.study.comparing import compare as compare_runs

    comparison = compare_runs(*what, metrics=metric, bootstrap_items=bootstrap_items)
    print_comparison(comparison, metric, as_json)


@app.command()
def build(
    study: Annotated[
        Path, typer.Argument(help="A study file (TOML), or the name of a shipped study.")
    ],
    adapt: Annotated[str, typer.Argument(help="The id of an [[adapt]] entry.")],
    set_: Sets = None,
    profile: Profile = None,
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Make an adaptation's training rows. Nothing is tuned."""
    from acculturate.cli.command_progress import show_progress
    from acculturate.errors import TrainingError
    from acculturate.records.yields import told
    from acculturate.study.schema import load_study
    from acculturate.study.wiring import build_rows

    read = load_study(study, profile, tuple(set_ or ()))
    with show_progress(quiet) as progress:
        taught, file = build_rows(
            read, adapt, out or Path("runs") / read.run_name, progress=progress
        )
    for tally in taught.yields:
        say(told(tally))
    for said in taught.cautions:
        say(said)
    if not taught.rows:
        raise TrainingError(
            f"The adaptation '{adapt}' has no training rows: the steps say where they were lost."
        )
    say(f"Rows: {file}")


@app.command()
def tune(
    rows: Annotated[Path, typer.Argument(help="Training rows (JSON lines).")],
    out: Annotated[Path, typer.Option(help="The folder for the adapter: a new or an empty one.")],
    base: Annotated[str, typer.Option(help="The model to tune.")] = "embedded",
    preset: Annotated[
        str, typer.Option(help="default, published, published-specific or published-clca.")
    ] = ("default"),
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="Change a tuning setting: key=value.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would take; train nothing.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Tune a LoRA adapter on a file of training rows."""
    from acculturate.api import estimate_rows
    from acculturate.api import tune as tune_adapter
    from acculturate.cli.command_progress import show_progress
    from acculturate.tuning.ranks import find_ranks

    if dry_run:
        forecast = estimate_rows(rows, base, preset, tuple(set_ or ()))
        print_forecast(forecast, as_json)
        return
    ranks = find_ranks()
    with show_progress(quiet or as_json or not ranks.first) as progress:
        report = tune_adapter(rows, out, base, preset, tuple(set_ or ()), progress=progress)
    if ranks.first:
        print_tuning(report, out, as_json)


@app.command()
def report(folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")]) -> None:
    """Write a run's report.html again, from its metrics.json."""
    from acculturate.report.page import write_report

    say(f"Report: {write_report(folder)}")
    print_no_charts(folder)


@app.command()
def doctor(
    model: Annotated[
        str | None,
        typer.Option(help="Also try this model, or the models of an adapter's or a run's folder."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what this machine has and lacks. For what is missing it says what to type."""
    from acculturate.study.doctor import examine

    findings = examine(model)
    if as_json:
        say_json([finding._asdict() for finding in findings], indent=1)
        return
    for finding in findings:
        say(f"{'ok  ' if finding.ok else 'no  '} {finding.what}: {finding.said}")


def _run(
    path: Path,
    out: Path | None,
    quiet: bool,
    settings: list[str] | None = None,
    profile: str | None = None,
    dry_run: bool = False,
    retry_failed: bool = False,
    as_json: bool = False,
) -> None:
    from acculturate.cli.command_progress import show_progress
    from acculturate.study.checks import check, check_machine
    from acculturate.study.costs.study_estimate import estimate
    from acculturate.study.schema import load_study
    from acculturate.study.wiring import run_study

    study = load_study(path, profile, tuple(settings or ()))
    folder = out or Path("runs") / study.run_name
    if dry_run:
        check_machine(study)
        forecast = estimate(check(study, fetch=False), folder)
        print_forecast(forecast, as_json)
        return
    with show_progress(quiet or as_json) as progress:
        outcome = run_study(
            study, folder, progress=progress, retry_failed=retry_failed, command=_command()
        )
    print_outcome(outcome, study.study.primary, as_json)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _command() -> str:
    return shlex.join(["acculturate", *sys.argv[1:]])


def main() -> None:
    """Run the command line, and end it: in one sentence, whatever happened."""
    end_with(lambda: app(standalone_mode=False))


if __name__ == "__main__":
    main()
