"""Options that several commands have, with what they say of them, and how lists are typed."""

import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import typer

from acculturate.errors import ConfigError

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
Profile = Annotated[
    str | None,
    typer.Option(help="Use [profiles.NAME] of the study file; A+B lays profile B over profile A."),
]
RetryFailed = Annotated[bool, typer.Option("--retry-failed", help="Ask again what failed before.")]


def listed(typed: str | Iterable[str] | None, option: str = "") -> list[str]:
    """Return the names in one text or several, each with commas between its names; [] where
    nothing was typed.

    Raises `ConfigError` where `option` was typed and names nothing, as "," does.
    """
    texts = [typed] if isinstance(typed, str) else list(typed or ())
    names = [name.strip() for text in texts for name in text.split(",") if name.strip()]
    if option and texts and not names:
        raise ConfigError(
            f"{option} names nothing: give names with commas between them, or leave it out."
        )
    return names


def typed_command() -> str:
    """Return the command line as it was typed, as a shell reads it."""
    return shlex.join(["acculturate", *sys.argv[1:]])
