"""`acculturate studies ...`: the study files that come with the package."""

from pathlib import Path
from typing import Annotated

import typer

from acculturate.cli.saying import say

app = typer.Typer(help="List, show and copy the studies of this package.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The study: 'acculturate studies list' names them.")]


@app.command("list")
def list_() -> None:
    """List the studies that come with this package."""
    from acculturate.study.shipped_studies import shipped_studies, study_title

    studies = shipped_studies()
    width = max(map(len, studies))
    for name, path in studies.items():
        say(f"{name:{width}}  {study_title(path)}")


@app.command()
def show(name: Name) -> None:
    """Print a study file."""
    from acculturate.study.shipped_studies import find_shipped

    say(find_shipped(name).read_text("utf-8").removesuffix("\n"), whole=True)


@app.command()
def copy(
    name: Name,
    target: Annotated[
        Path, typer.Argument(help="A new file, or a folder (default: the current folder).")
    ] = Path(),
) -> None:
    """Copy a study file, to change it."""
    from acculturate.study.shipped_studies import copy_shipped

    file = copy_shipped(name, target)
    say(f"Written: {file}. To see what it would take:\n  acculturate run {file} --dry-run")
