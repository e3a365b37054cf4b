"""`acculturate survey ...`: surveys of one's own, their items, and cultures."""

from pathlib import Path
from typing import Annotated

import typer

from acculturate.cli.saying import say, say_waiting

app = typer.Typer(help="Import, list and show surveys and cultures.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The survey: 'acculturate survey list' names them.")]


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="The data: CSV, TSV, Parquet, SPSS, Stata or Excel.")
    ],
    name: Annotated[str, typer.Option(help="A name for the survey.")],
    format_: Annotated[
        str, typer.Option("--format", help="The file's format; auto: found by its columns.")
    ] = "auto",
    layout: Annotated[
        Path | None, typer.Option(help="A TOML file that says what the columns mean.")
    ] = None,
    delimiter: Annotated[
        str, typer.Option(help="What stands between columns (default: found out).")
    ] = "",
    encoding: Annotated[
        str, typer.Option(help="The encoding of the text (default: found out).")
    ] = "",
    language: Annotated[
        str, typer.Option(help="The language of the questions' texts in the file.")
    ] = "en",
    drop: Annotated[
        bool, typer.Option("--drop", help="Leave out rows and cells that cannot be read.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace a survey of this name.")
    ] = False,
) -> None:
    """Read a data file and keep it under a name."""
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
        say(f"{finding.kind}: {finding}")
    people = f"{entry.respondents:,} respondents, " if entry.respondents else ""
    say(
        f"Kept '{entry.name}': {people}{entry.items} items, {len(entry.cultures)} cultures. "
        f"Measure on it with --survey {entry.name}."
    )


@app.command("list")
def list_() -> None:
    """List the surveys on this machine."""
    from acculturate.errors import SurveyError
    from acculturate.survey import load_survey
    from acculturate.survey.shelf import read_entry, shelf_names
    from acculturate.survey.shipped import SURVEYS

    for name in SURVEYS:
        say(f"{name}: {load_survey(name).title}")
    for name in shelf_names():
        try:
            entry = read_entry(name)
            say(f"{name}: {entry.title} (imported from {entry.source})")
        except SurveyError as error:  # one that cannot be read does not hide the others
            say(f"{name}: {error}")


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
    """Show a survey. Prints its source, terms, cultures and items."""
    from acculturate.survey import load_survey
    from acculturate.survey.summary import item_lines, listed, summary

    survey = load_survey(name)
    if item is not None:
        lines = item_lines(survey, item, language)
    else:
        lines = (*summary(survey), *listed(survey, language))
    for line in lines:
        say(line)


@app.command()
def check(name: Name) -> None:
    """Check an imported survey. Prints what its import found, and how far it is from our counts."""
    from acculturate.survey.shelf import check_survey

    for finding in check_survey(name):
        say(f"{finding.kind}: {finding}")
    say(f"'{name}' is whole.")


@app.command()
def reword(
    model: Annotated[str, typer.Option(help="The model that says items in other words.")],
    out: Annotated[Path, typer.Option(help="The file of other words, for answers.synonyms.")],
    items: Annotated[
        str, typer.Option(help="Which items: attitudes, all, clca, or ids such as Q1,Q2.")
    ] = "attitudes",
    languages: Annotated[str, typer.Option(help="Tags with commas between them: en,de.")] = "en",
    survey: Annotated[str, typer.Option(help="The survey.")] = "wvs7-marginals",
    tries: Annotated[int, typer.Option(min=1, max=100, help="Draws for each item, at most.")] = 3,
) -> None:
    """Let a model say items in other words. What changes a number or a negation is dropped."""
    from acculturate.asking.rewording import check_new, write_synonyms
    from acculturate.cli.command_options import listed
    from acculturate.engines import open_engine
    from acculturate.survey import load_survey

    chosen = load_survey(survey).select(items if "," not in items else listed(items))
    check_new(out)
    say_waiting(f"Asking {model} ...")
    engine = open_engine(model)
    try:
        for line in write_synonyms(engine, chosen, listed(languages), out, tries):
            say(line)
    finally:
        engine.close()


@app.command()
def cultures() -> None:
    """List every culture by its code."""
    from acculturate.culture import cultures as table

    for territory in table().values():
        about = filter(None, (territory.zone, ", ".join(territory.languages)))
        say(f"{territory.code}  {territory.name} ({'; '.join(about)})")
