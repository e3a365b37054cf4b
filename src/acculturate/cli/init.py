"""`acculturate init`: a few questions, and a study file with comments."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from acculturate.cli.command_options import Survey, listed
from acculturate.cli.saying import say


class Question(NamedTuple):
    """What is asked where no option says it, and what refuses an answer."""

    text: str
    default: str
    check: Callable[[str], object]


def init(
    file: Annotated[
        Path | None, typer.Argument(help="The file to write (default: NAME.toml).")
    ] = None,
    name: Annotated[str | None, typer.Option(help="A name for the study and its run.")] = None,
    model: Annotated[
        str | None, typer.Option(help="The model: a Hub id, a folder, embedded, server:NAME.")
    ] = None,
    cultures: Annotated[
        str | None, typer.Option(help="Codes with commas between them, such as CHN,DEU.")
    ] = None,
    items: Annotated[
        str | None,
        typer.Option(help="Which items: attitudes, all, published, clca, or ids such as Q1,Q2."),
    ] = None,
    adapt: Annotated[
        str | None, typer.Option(help="A method: culturespa, clca or survey; none: measure only.")
    ] = None,
    survey: Survey = "wvs7-marginals",
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing: take the defaults.")] = False,
) -> None:
    """Write a study file of your own. Asks a few questions, each with a default.

    What is given as an option is not asked. Without a terminal nothing is asked.
    """
    from acculturate.config import validate
    from acculturate.plugins import METHODS
    from acculturate.study.new_study import (
        NO_METHOD,
        NewStudy,
        check_method,
        check_model,
        write_study,
    )
    from acculturate.study.schema import StudySection
    from acculturate.survey import load_survey

    loaded = load_survey(survey)
    given = {"name": name, "model": model, "cultures": cultures, "items": items, "adapt": adapt}
    questions = {
        "name": Question(
            "Name of the study", "my-study", lambda typed: validate(
                StudySection, {"name": typed}, "init")),
        "model": Question(
            "Model: a Hub id, a folder, embedded, server:NAME", "embedded", check_model),
        "cultures": Question(
            "Cultures, by their codes", "CHN,DEU",
            lambda typed: loaded.check_cultures(listed(typed))),
        "items": Question(
            "Items: attitudes, all, or ids such as Q1,Q2", "attitudes", loaded.select),
        "adapt": Question(
            f"Adapt the model by {', '.join(METHODS.names)}, or none", NO_METHOD, check_method),
    }  # fmt: skip
    asking = not yes and _watched()
    wanted = {
        key: _answer(question, given[key], asking=asking) for key, question in questions.items()
    }
    target = file or Path(f"{wanted['name']}.toml")
    method = "" if wanted["adapt"] == NO_METHOD else wanted["adapt"]
    write_study(
        NewStudy(
            wanted["name"],
            wanted["model"],
            tuple(listed(wanted["cultures"])),
            wanted["items"],
            survey,
            method,
        ),
        target,
    )
    say(f"Written: {target}. To see what it would take:\n  acculturate run {target} --dry-run")


def _watched() -> bool:
    """Return whether somebody can type an answer."""
    return sys.stdin.isatty()


def _answer(question: Question, given: str | None, *, asking: bool) -> str:
    """Return what an option says, what is typed, or the default; asks again for what is refused.

    Raises the `AcculturateError` of an option that is refused.
    """
    from acculturate.errors import AcculturateError

    while True:
        typed = given
        if typed is None:
            typed = question.default
            if asking:
                typed = str(typer.prompt(question.text, default=typed)).strip()
        try:
            question.check(typed)
        except AcculturateError as error:
            if given is not None or not asking:
                raise
            say(str(error))
        else:
            return typed
