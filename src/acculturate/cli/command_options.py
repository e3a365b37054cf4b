"""Options that several commands have, with what they say of them, and how lists are typed."""

import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import typer

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


def listed(typed: str | Iterable[str] | None) -> list[str]:
    """Return the names in one text or several, each with commas between its names."""
    texts = [typed] if isinstance(typed, str) else typed or ()
    return [name.strip() for text in texts for name in text.split(",") if name.strip()]


def typed_command() -> str:
    """Return the command line as it was typed, as a shell reads it."""
    return shlex.join(["acculturate", *sys.argv[1:]])
