"""`acculturate survey ...`: surveys of one's own, their items, and cultures."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Surveys, their items, and cultures.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="A survey: 'acculturate survey list' names them.")]


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, Parquet, SPSS, Stata or Excel.")],
    name: Annotated[str, typer.Option(help="What the survey is to be called.")],
    format_: Annotated[str, typer.Option("--format", help="Told from the columns.")] = "auto",
    layout: Annotated[Path | None, typer.Option(help="TOML that says what columns mean.")] = None,
    delimiter: Annotated[str, typer.Option(help="Told from the file.")] = "",
    encoding: Annotated[str, typer.Option(help="Told from the file.")] = "",
    language: Annotated[str, typer.Option(help="Of the official wordings in the file.")] = "en",
    drop: Annotated[bool, typer.Option("--drop", help="Leave out what cannot be read.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Put it in an older one's place.")] = (
        False
    ),
) -> None:
    """Read a data file once and keep it under a name."""
    from acculturate.survey.shelf import import_survey

    entry = import_survey(
        file,
        name,
        format=format_,
        layout=layout,
        delimiter=delimiter,
        encoding=encoding,
        language=language,
        drop=drop,
        replace_old=replace,
    )
    for finding in entry.findings:
        typer.echo(f"{finding.kind}: {finding}")
    people = f"{entry.respondents:,} respondents, " if entry.respondents else ""
    typer.echo(
        f"Kept '{entry.name}': {people}{entry.items} items, {len(entry.cultures)} cultures. "
        f"Measure on it with --survey {entry.name}."
    )


@app.command("list")
def list_() -> None:
    """The surveys that are here."""
    from acculturate.errors import SurveyError
    from acculturate.survey import SURVEYS, load_survey
    from acculturate.survey.shelf import read_entry, shelf_names

    for name in SURVEYS:
        typer.echo(f"{name}: {load_survey(name).title}")
    for name in shelf_names():
        try:
            entry = read_entry(name)
            typer.echo(f"{name}: {entry.title} (imported from {entry.source})")
        except SurveyError as error:  # one that cannot be read does not hide the others
            typer.echo(f"{name}: {error}")


@app.command()
def show(
    name: Name = "wvs7-marginals",
    item: Annotated[
        str | None, typer.Option(help="Show only this item, with its options and answers.")
    ] = None,
    language: Annotated[
        str, typer.Option(help="Which texts of the items: en, de ...; with --item also all.")
    ] = "en",
) -> None:
    """Show a survey's source, terms, cultures and items."""
    from acculturate.survey import load_survey
    from acculturate.survey.summary import item_lines, listed, summary

    survey = load_survey(name)
    if item is not None:
        lines = item_lines(survey, item, language)
    else:
        lines = (*summary(survey), *listed(survey, language))
    for line in lines:
        typer.echo(line)


@app.command()
def check(name: Name) -> None:
    """An imported survey's checksum, findings, and distance from the built-in counts."""
    from acculturate.survey.shelf import check_survey

    for finding in check_survey(name):
        typer.echo(f"{finding.kind}: {finding}")
    typer.echo(f"'{name}' is whole.")


@app.command()
def cultures() -> None:
    """Every culture by its code."""
    from acculturate.culture import cultures as table

    for each in table().values():
        about = filter(None, (each.zone, ", ".join(each.languages)))
        typer.echo(f"{each.code}  {each.name} ({'; '.join(about)})")
