"""`acculturate clca ...`: situations that dialogues are played in, and verdicts of people."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from acculturate.cli.saying import say, say_json

if TYPE_CHECKING:
    from acculturate.clca.scenarios.adapting import AdaptStage
    from acculturate.clca.scenarios.scenario import Scenario, Situation
    from acculturate.culture import Culture
    from acculturate.records.results.talks import RaterRow

app = typer.Typer(help="CLCA: situations for dialogues, and verdicts.", no_args_is_help=True)
scenarios_app = typer.Typer(help="List, show, adapt and check situations.", no_args_is_help=True)
app.add_typer(scenarios_app, name="scenarios")
verdicts_app = typer.Typer(help="Let people judge a run's dialogues.", no_args_is_help=True)
app.add_typer(verdicts_app, name="verdicts")

Folder = Annotated[
    list[Path] | None, typer.Option("--folder", help="A folder of your own scenario files.")
]
Id = Annotated[str, typer.Argument(help="Its id: 'acculturate clca scenarios list' names them.")]
Run = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")]
Language = Annotated[str, typer.Option(help="en, zh, de, ja, es, or culture (the culture's own).")]


@app.command()
def presets() -> None:
    """List what the published presets change. Prints the settings of data and of tuning."""
    from acculturate.clca.clca_settings import ClcaSettings
    from acculturate.tuning.tuning_settings import resolve

    pairs = {
        "": (ClcaSettings(), ClcaSettings(preset="published")),
        "tuning.": (resolve(), resolve("published-clca")),
    }
    say(f"{'[adapt.clca] and [adapt.tuning]':34}{'default':22}published")
    for room, (default, published) in pairs.items():
        ours, theirs = (
            dict(_flat(settings.model_dump(mode="json"))) for settings in (default, published)
        )
        for key in ours:
            if ours[key] != theirs[key]:
                say(f"{room + key:34}{_said(ours[key]):22}{_said(theirs[key])}")


@scenarios_app.command("list")
def list_(
    folder: Folder = None,
    domain: Annotated[list[str] | None, typer.Option(help="Show only this domain.")] = None,
) -> None:
    """List all situations. Each has its domain and its tension beside it."""
    from acculturate.clca.scenarios.situations import load_situations

    for situation in load_situations(folder or (), domain or ()).values():
        say(f"{situation.id} ({situation.domain}): {situation.tension}")


@scenarios_app.command()
def show(
    name: Id,
    culture: Annotated[str | None, typer.Option(help="Fill in names of this culture.")] = None,
    language: Annotated[
        str | None, typer.Option(help="With --culture: en (default), zh, de, ja, es, or culture.")
    ] = None,
    folder: Folder = None,
) -> None:
    """Show one situation. Prints setting, tension, and both people with goals and secrets."""
    from acculturate.clca.scenarios.scenario import fill
    from acculturate.clca.words import spoken
    from acculturate.culture import find_culture
    from acculturate.errors import ConfigError

    situation = _find(name, folder)
    if culture is None:
        if language is not None:
            raise ConfigError(
                f"--language {language} is of a situation that is set in a culture: name one too, "
                "such as --culture MEX."
            )
        _print(situation)
        return
    place, language = find_culture(culture), language or "en"
    _check_place(situation, culture)
    _check_language(language)
    _tell_language(place, language)
    filled = fill(situation, place, spoken(place, language), 0, 42)
    _print(filled)
    if not filled.adapted:
        say(
            "\nOnly the names were put in. To have a model set it in the culture and its language: "
            f"acculturate clca scenarios adapt {name} --culture {culture} --language {language} "
            "--model MODEL --out FILE.toml"
        )


@scenarios_app.command()
def adapt(
    name: Id,
    culture: Annotated[str, typer.Option(help="The culture's code.")],
    model: Annotated[str, typer.Option(help="The model that writes: [engine:]name[@revision].")],
    out: Annotated[Path, typer.Option(help="The TOML file to write.")],
    language: Language = "en",
    variants: Annotated[int, typer.Option(help="How many versions to write.")] = 1,
    folder: Folder = None,
) -> None:
    """Let a model adapt a situation to a culture. Writes a scenario file."""
    from acculturate.clca.clca_settings import ClcaSettings
    from acculturate.clca.scenarios.adapting import AdaptStage
    from acculturate.clca.scenarios.situations import dump_scenarios
    from acculturate.config import validate
    from acculturate.culture import find_culture
    from acculturate.errors import ConfigError

    situation, place = _find(name, folder), find_culture(culture)
    _check_place(situation, culture)
    check_out(out, ".toml")
    _tell_language(place, language)
    if situation.culture:
        raise ConfigError(f"The situation '{name}' is set in {culture} already: use it as it is.")
    tree = {"language": language, "scenarios": {"variants": variants, "fallback": False}}
    settings = validate(ClcaSettings, tree, "adapt")
    stage = AdaptStage([place], settings, {situation.id: situation})
    tries = settings.scenarios.tries
    say(f"Asking {model}, {tries} tries at most for each of {stage.total}.", err=True)
    scenarios = _written(stage, model)
    out.write_text(dump_scenarios(scenarios), encoding="utf-8")
    say(f"{len(scenarios)} of {variants} written to {out}. To use what is there:")
    say(f'scenarios.folders = ["{out}"] under [adapt.clca] in a study file.')


def _written(stage: "AdaptStage", model: str) -> tuple["Scenario", ...]:
    """Return the scenarios that a model writes; raises `EngineError` where it writes none."""
    import tempfile

    from acculturate.clca.play.dialogue import one_line
    from acculturate.engines import open_engine
    from acculturate.errors import EngineError
    from acculturate.records.yields import reasons
    from acculturate.runner import Runner, Silent
    from acculturate.store import Store

    with (
        closing(open_engine(model)) as engine,
        tempfile.TemporaryDirectory() as scratch,
        Store(Path(scratch)) as store,
    ):
        runner = Runner(store, {"teacher": engine}, Silent())
        runner.run(stage)
        made = stage.collect(runner.lookup)
    for drop in made.drops:
        say(f"Not readable ({drop.reason}): {one_line(drop.text)[:100]}", err=True)
    if not made.scenarios:
        raise EngineError(
            f"{model} wrote no readable scenario in {len(made.drops)} tries "
            f"({reasons(made.drops)}): use a model that follows instructions, or "
            'scenarios.adapt = "rule" in a study, which puts names in and nothing else.'
        )
    return made.scenarios


@scenarios_app.command()
def check(folder: Annotated[Path, typer.Argument(help="A scenario file, or a folder.")]) -> None:
    """Check scenario files of your own. Prints what is in them."""
    from acculturate.clca.scenarios.situations import read_folder

    situations = read_folder(folder)
    domains = ", ".join(sorted({situation.domain for situation in situations.values()}))
    finished = sum(bool(situation.culture) for situation in situations.values())
    say(f"{len(situations)} situations ({domains}), {finished} of them set in a culture.")


@verdicts_app.command()
def sample(
    run: Run,
    out: Annotated[Path, typer.Option(help="A sheet to fill in: FILE.html, or FILE.csv.")],
    n: Annotated[int, typer.Option("--n", min=1, help="How many dialogues to draw.")] = 50,
    seed: Annotated[int, typer.Option(help="The seed of the draw.")] = 1,
    adapt: Annotated[str, typer.Option(help="Which adaptation, where there are several.")] = "",
) -> None:
    """Draw dialogues for people to judge. Writes a page or a CSV, without the judge's verdicts."""
    from acculturate.clca.judges.verdict_sheets import dump_sample
    from acculturate.study.finished import FinishedRun

    check_out(out, ".html", ".csv")
    page = out.suffix == ".html"

    def find(code: str) -> "Culture":
        return FinishedRun.of(run).survey.culture(code)

    text, count = dump_sample(run, n, seed, find, page=page, adaptation=adapt)
    # spreadsheets take a CSV for UTF-8 by its mark only
    out.write_text(text, encoding="utf-8" if page else "utf-8-sig")
    all_ = ", all that the judge judged" if count < n else ""
    say(f"{count} dialogues in {out}{all_}. When it is filled in, type")
    say(f"acculturate clca verdicts compare {run} NAME.csv")


@verdicts_app.command("compare")
def compare_(
    run: Run,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE ...]", help="Sheets that are filled in.")
    ] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of the files (default: as found).")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Compare people's and judges' verdicts. People's sheets are kept in the run."""
    from acculturate.cli.terminal_tables import print_raters
    from acculturate.records.results.metrics_file import SCHEMA
    from acculturate.records.results.plain import plain

    rows = _compared(run, files or (), encoding)
    if as_json:
        say_json({"schema": SCHEMA, "rows": plain(rows)})
        return
    if not rows:
        say("There is one judge and no sheet: nothing to compare.")
    print_raters(rows)


def _compared(run: Path, files: Sequence[Path], encoding: str) -> "list[RaterRow]":
    """Keep people's sheets in the run, compare all that it keeps, and write its report anew.

    Raises as `keep_sheets` does. A run that was cut off has no report yet.
    """
    from acculturate.clca.judges.verdict_sheets import check_sheets, keep_sheets
    from acculturate.records.results.metrics_file import METRICS_FILE, read_results, results_text
    from acculturate.report.page import write_report
    from acculturate.store import Store

    check_sheets(run, files, encoding)  # before a store is made in a folder that is no run
    with Store(run) as store:
        rows = keep_sheets(store, files, encoding)
        if (run / METRICS_FILE).is_file():
            results = read_results(run)
            meta = replace(results.meta, raters=tuple(rows))
            store.write(METRICS_FILE, results_text(replace(results, meta=meta)))
            write_report(run)
    return rows


def check_out(out: Path, *endings: str) -> None:
    """Raise `ConfigError` for a file that could not be written, before anything is asked for it."""
    from acculturate.errors import ConfigError

    if out.suffix not in endings:
        raise ConfigError(f"--out {out} has to end in {' or '.join(endings)}.")
    if not out.absolute().parent.is_dir():
        raise ConfigError(f"--out {out}: there is no folder {out.parent}; make it first.")


def _check_language(language: str) -> None:
    from acculturate.clca.words import check_language
    from acculturate.culture.spoken import ENGLISH, OWN
    from acculturate.errors import ConfigError

    try:
        check_language(ENGLISH if language == OWN else language)
    except ValueError as error:
        raise ConfigError(f"--language: {error}, or culture.") from None


def _tell_language(culture: "Culture", language: str) -> None:
    """Say where English stands in for a culture's own language."""
    from acculturate.clca.words import has_prompts
    from acculturate.culture import language_name
    from acculturate.culture.spoken import OWN, without_own

    if language == OWN and without_own([culture], has_prompts):
        own = language_name(culture.languages[0])
        say(f"There are no prompts in {own}, so {culture.code} is met in English.", err=True)


def _check_place(situation: "Situation", culture: str) -> None:
    """Raise `ConfigError` for a situation that is set in another culture."""
    from acculturate.errors import ConfigError

    if situation.culture not in ("", culture):
        raise ConfigError(
            f"The situation '{situation.id}' is set in {situation.culture} and cannot be set in "
            f"{culture}: "
            "take the one it was made from."
        )


def _flat(tree: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield values of nested tables by their dotted keys; a table that users fill is a value."""
    for key, value in tree.items():
        if isinstance(value, dict) and not before:
            yield from _flat(value, f"{key}.")
        else:
            yield before + key, value


def _said(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _find(name: str, folders: list[Path] | None) -> "Situation":
    from acculturate.clca.scenarios.situations import load_situations
    from acculturate.errors import ConfigError, nearest

    situations = load_situations(folders or ())
    if name not in situations:
        raise ConfigError(
            f"There is no situation '{name}'.{nearest(name, situations)} "
            "`acculturate clca scenarios list` names all."
        )
    return situations[name]


def _print(shown: "Situation | Scenario") -> None:
    say(f"{shown.id} ({shown.domain})\n{shown.setting}\ntension: {shown.tension}")
    for slot, who in (("first", shown.first), ("second", shown.second)):
        say(
            f"\n{who.name or slot}, {who.occupation}. {who.background}\n"
            f"  goal: {who.goal}\n  secret: {who.secret}"
        )
