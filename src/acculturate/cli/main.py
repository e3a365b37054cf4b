"""The command line. Each command is a short function that calls the same code as Python does.

Exit codes: 0; 2 for what the user can mend, told in one sentence; 130 for Ctrl-C and 143 for
SIGTERM; 70 for an error that nobody foresaw, with a file that says more. Heavy packages are
imported when a command needs them, so that `--help` is there at once.
"""

from pathlib import Path
from typing import Annotated

import typer

from acculturate.cli.clca import app as clca_app
from acculturate.cli.command_options import (
    AsJson,
    Out,
    Profile,
    Quiet,
    RetryFailed,
    Sets,
    typed_command,
)
from acculturate.cli.culturespa import app as culturespa_app
from acculturate.cli.ending import end_with
from acculturate.cli.examples_of_commands import put_examples
from acculturate.cli.export import export
from acculturate.cli.init import init
from acculturate.cli.measuring import compare, measure, score
from acculturate.cli.printing import print_forecast, print_no_charts, print_outcome, print_tuning
from acculturate.cli.saying import say, say_json, say_waiting
from acculturate.cli.sharing import merge, push
from acculturate.cli.studies import app as studies_app
from acculturate.cli.survey import app as survey_app
from acculturate.cli.view import view
from acculturate.cli.welcome import welcome


def demo(out: Out = None, quiet: Quiet = False) -> None:
    """Run the demo study. Measures a small model, adapts it by CultureSPA, measures it again."""
    from acculturate.study.shipped_studies import demo_study

    _run(demo_study(), out, quiet)


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

    with show_progress(quiet) as progress:
        from acculturate.study.schema import load_study
        from acculturate.study.wiring import build_rows

        read = load_study(study, profile, tuple(set_ or ()))
        taught, file = build_rows(
            read, adapt, out or Path("runs") / read.run_name, progress=progress
        )
    for tally in taught.yields:
        say(told(tally))
    for caution in taught.cautions:
        say(caution)
    if not taught.rows:
        raise TrainingError(
            f"The adaptation '{adapt}' has no training rows: the steps say where they were lost."
        )
    say(f"Rows: {file}")


def tune(
    rows: Annotated[Path, typer.Argument(help="Training rows (JSON lines).")],
    out: Annotated[
        Path, typer.Option(help="The adapter's folder: a new one, or an adapter to replace.")
    ],
    base: Annotated[str, typer.Option(help="The model to tune.")] = "embedded",
    preset: Annotated[
        str,
        typer.Option(help="default, published, survey, ...: a name that is not known lists them."),
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
    from acculturate.cli.command_progress import show_progress
    from acculturate.tuning.ranks import find_ranks

    ranks, settings = find_ranks(), tuple(set_ or ())
    with show_progress(quiet or as_json or not ranks.first) as progress:
        from acculturate import api

        if dry_run:
            forecast = api.estimate_rows(rows, base, preset, settings)
        else:
            report = api.tune(rows, out, base, preset, settings, progress=progress)
    if dry_run:
        print_forecast(forecast, as_json)
    elif ranks.first:
        print_tuning(report, out, as_json)


def report(folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")]) -> None:
    """Write a run's report.html again, from its metrics.json."""
    from acculturate.report.page import write_report

    say(f"Report: {write_report(folder)}")
    print_no_charts(folder)


def doctor(
    model: Annotated[
        str | None,
        typer.Option(help="Also try this model, or the models of an adapter's or a run's folder."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what this machine has and lacks. For what is missing it says what to type."""
    if model:
        say_waiting(f"Opening {model} ...")
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

    with show_progress(quiet or as_json) as progress:
        from acculturate.study.checks import check, check_machine
        from acculturate.study.costs.study_estimate import estimate
        from acculturate.study.schema import load_study
        from acculturate.study.wiring import run_study

        study = load_study(path, profile, tuple(settings or ()))
        folder = out or Path("runs") / study.run_name
        if dry_run:
            check_machine(study)
            forecast = estimate(check(study, fetch=False), folder)
        else:
            outcome = run_study(
                study, folder, progress=progress, retry_failed=retry_failed, command=typed_command()
            )
    if dry_run:
        print_forecast(forecast, as_json)
    else:
        print_outcome(outcome, study.study.primary, as_json)


app = typer.Typer(
    name="acculturate",
    help="Measure how well a language model's answers agree with the people of a culture, and "
    "adapt the model to cultures.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    callback=welcome,
)
for command in (
    demo, init, run, measure, score, compare, report, view, export, build, tune, merge, push, doctor
):  # fmt: skip
    app.command()(command)
app.add_typer(studies_app, name="studies")
app.add_typer(survey_app, name="survey")
app.add_typer(clca_app, name="clca")
app.add_typer(culturespa_app, name="culturespa")
put_examples(app)


def main() -> None:
    """Run the command line, and end it: in one sentence, whatever happened."""
    end_with(lambda: app(standalone_mode=False))


if __name__ == "__main__":
    main()
