"""What `acculturate` says by itself: three things to try, and its version."""

from typing import Annotated

import typer

from acculturate.cli.saying import say

TRY = """\
acculturate measures how well a language model's answers agree with the people
of a culture, and adapts models to cultures. Three things to try:

  acculturate measure mock:noise --cultures CHN,DEU   a rule in place of a model
  acculturate run demo --profile smoke --dry-run      what a study would take
  acculturate init                                    a study file of your own

acculturate --help lists every command; each has --help with an example."""


def _say_version(wanted: bool) -> None:
    if wanted:
        import acculturate

        say(f"acculturate {acculturate.__version__}")
        raise typer.Exit


def welcome(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_say_version, is_eager=True, help="Print the version and stop."
        ),
    ] = False,
) -> None:
    """Say three things to try where no command is named."""
    if context.invoked_subcommand is None:
        say(TRY)
