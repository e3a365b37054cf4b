"""What every command's help shows to type: an example or two, with what it does."""

import typer

EXAMPLES = {
    "demo": ("acculturate demo",),
    "init": (
        "acculturate init",
        "acculturate init --yes --model org/model --cultures MEX --adapt clca",
    ),
    "run": (
        "acculturate run demo --profile smoke --dry-run",
        "acculturate run my-study.toml --set 'cultures.measure=[\"CHN\"]'",
    ),
    "measure": (
        "acculturate measure mock:noise --cultures CHN,DEU --items Q1,Q46",
        "acculturate measure org/one org/two --cultures MEX --language en,culture",
        "acculturate measure embedded --cultures CHN --framing unaware,aware",
    ),
    "score": ("acculturate score answers.csv --cultures CHN,DEU",),
    "compare": (
        "acculturate compare runs/demo adapted aware",
        "acculturate compare runs/one runs/two --metric skill",
    ),
    "report": ("acculturate report runs/demo",),
    "view": ("acculturate view runs/demo", "acculturate view runs --port 8765"),
    "export": (
        "acculturate export runs/demo --out demo-data",
        "acculturate export runs/demo --figures --tables --methods",
    ),
    "build": ("acculturate build demo culturespa --profile smoke",),
    "tune": ("acculturate tune rows.jsonl --out my-adapter --base embedded --dry-run",),
    "merge": ("acculturate merge runs/demo/adapters/culturespa --out merged",),
    "push": ("acculturate push runs/demo/adapters/culturespa --to name/model",),
    "doctor": ("acculturate doctor", "acculturate doctor --model org/model"),
    "studies list": ("acculturate studies list",),
    "studies show": ("acculturate studies show demo",),
    "studies copy": ("acculturate studies copy demo mine.toml",),
    "survey import": ("acculturate survey import mine.csv --name mine --layout mine.toml",),
    "survey list": ("acculturate survey list",),
    "survey show": ("acculturate survey show --item Q1",),
    "survey check": ("acculturate survey check mine",),
    "survey reword": (
        "acculturate survey reword --model org/model --items clca --out synonyms.toml",
    ),
    "survey cultures": ("acculturate survey cultures",),
    "clca presets": ("acculturate clca presets",),
    "clca scenarios list": ("acculturate clca scenarios list --domain family",),
    "clca scenarios show": (
        "acculturate clca scenarios show family-wedding-guests --culture MEX",
    ),
    "clca scenarios adapt": (
        "acculturate clca scenarios adapt family-wedding-guests --culture MEX \\",
        "    --model org/model --out mine.toml",
    ),
    "clca scenarios check": ("acculturate clca scenarios check mine.toml",),
    "clca verdicts sample": (
        "acculturate clca verdicts sample runs/clca-demo --out sheet.html",
    ),
    "clca verdicts compare": (
        "acculturate clca verdicts compare runs/clca-demo ana.csv ben.csv",
    ),
    "culturespa filter": ("acculturate culturespa filter questions.jsonl --explain",),
}  # fmt: skip
"""The lines to type, by a command's words."""


def put_examples(app: typer.Typer, words: str = "") -> None:
    """Have the help of every command of an app end with its examples."""
    for command in app.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "").replace("_", "-")
        lines = [f"  {line}" for line in EXAMPLES.get(f"{words} {name}".strip(), ())]
        if lines:
            head = "Examples:" if len(lines) > 1 else "Example:"
            command.epilog = "\n".join(["\b", head, *lines])
    for group in app.registered_groups:
        if group.typer_instance is not None:
            put_examples(group.typer_instance, f"{words} {group.name}".strip())
