"""`acculturate clca ...`: the situations that dialogues are played in."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from acculturate.clca.scenario import Scenario, Seed

app = typer.Typer(help="Cultural learning by dialogues: its scenarios.", no_args_is_help=True)
scenarios_app = typer.Typer(help="Situations: ours, yours, adapted ones.", no_args_is_help=True)
app.add_typer(scenarios_app, name="scenarios")

Folder = Annotated[
    list[Path] | None, typer.Option("--folder", help="A folder of your own scenario files.")
]
Id = Annotated[str, typer.Argument(help="'acculturate clca scenarios list' names them.")]
Language = Annotated[str, typer.Option(help="en, zh, de, ja, es, or culture: its own.")]


@scenarios_app.command("list")
def list_(
    folder: Folder = None,
    domain: Annotated[list[str] | None, typer.Option(help="Only this domain.")] = None,
) -> None:
    """Every situation with its domain and what it turns on."""
    from acculturate.clca.seeds import load_seeds

    for seed in load_seeds(folder or (), domain or ()).values():
        typer.echo(f"{seed.id} ({seed.domain}): {seed.tension}")


@scenarios_app.command()
def show(
    name: Id,
    culture: Annotated[str | None, typer.Option(help="Put names of this culture in.")] = None,
    language: Language = "en",
    folder: Folder = None,
) -> None:
    """A situation whole: setting, tension, both people with goals and secrets."""
    from acculturate.clca.scenario import fill
    from acculturate.clca.words import spoken
    from acculturate.culture import find_culture

    seed = _find(name, folder)
    if culture is None:
        _print(seed)
        return
    found = find_culture(culture)
    _print(fill(seed, found, spoken(found, language), 0, 42))


@scenarios_app.command()
def adapt(
    name: Id,
    culture: Annotated[str, typer.Option(help="The culture to set it in.")],
    model: Annotated[str, typer.Option(help="The teacher: [engine:]name[@revision].")],
    out: Annotated[Path, typer.Option(help="The TOML file to write.")],
    language: Language = "en",
    variants: Annotated[int, typer.Option(help="How many versions.")] = 1,
    folder: Folder = None,
) -> None:
    """Let a model set a situation in a culture, and write it down as a scenario file."""
    import tempfile

    from acculturate.clca.adapting import AdaptStage
    from acculturate.clca.seeds import dump_scenarios
    from acculturate.clca.settings import ClcaSettings
    from acculturate.culture import find_culture
    from acculturate.engines import open_engine
    from acculturate.errors import EngineError
    from acculturate.runner import Runner, Silent
    from acculturate.store import Store

    seed, found = _find(name, folder), find_culture(culture)
    settings = ClcaSettings.model_validate(
        {"language": language, "scenarios": {"variants": variants, "fallback": False}}
    )
    stage = AdaptStage([found], settings, {seed.id: seed})
    engine = open_engine(model)
    try:
        with tempfile.TemporaryDirectory() as scratch, Store(Path(scratch)) as store:
            runner = Runner(store, {"teacher": engine}, Silent())
            runner.run(stage)
            made = stage.collect(runner.lookup)
    finally:
        engine.close()
    if not made.scenarios:
        raise EngineError(
            f"{model} wrote no readable scenario ({made.yields[0].note}): use a model that "
            "follows instructions."
        )
    out.write_text(dump_scenarios(made.scenarios), encoding="utf-8")
    typer.echo(f"{len(made.scenarios)} of {variants} written to {out}.")


@scenarios_app.command()
def check(folder: Annotated[Path, typer.Argument(help="A scenario file, or a folder.")]) -> None:
    """Read your own scenario files and say what is in them."""
    from acculturate.clca.seeds import read_folder

    found = read_folder(folder)
    domains = ", ".join(sorted({seed.domain for seed in found.values()}))
    finished = sum(bool(seed.culture) for seed in found.values())
    typer.echo(f"{len(found)} situations ({domains}), {finished} of them set in a culture.")


def _find(name: str, folders: list[Path] | None) -> "Seed":
    from acculturate.clca.seeds import load_seeds
    from acculturate.errors import ConfigError, nearest

    seeds = load_seeds(folders or ())
    if name not in seeds:
        raise ConfigError(
            f"There is no situation '{name}'.{nearest(name, seeds)} "
            "`acculturate clca scenarios list` names all."
        )
    return seeds[name]


def _print(found: "Seed | Scenario") -> None:
    typer.echo(f"{found.id} ({found.domain})\n{found.setting}\n{found.tension}")
    for slot, who in (("first", found.first), ("second", found.second)):
        typer.echo(
            f"\n{who.name or slot}, {who.occupation}. {who.background}\n"
            f"  goal: {who.goal}\n  secret: {who.secret}"
        )
