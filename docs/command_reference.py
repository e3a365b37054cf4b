"""The reference of the command line, made from the parsers themselves."""

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import typer
from docs.study_reference import KEYS, PLAIN

from acculturate.cli.examples_of_commands import EXAMPLES
from acculturate.cli.main import app

INTRODUCTION = """# Command line

Every command has `--help`. Exit codes: 0; 2 where something has to be changed, with one sentence
that says what; 130 after Ctrl-C. A run that was stopped continues where it was when you type the
same command again.

This page is made from the commands themselves.
"""


def commands_page() -> str:
    """Return the page in Markdown."""
    return "\n".join([INTRODUCTION, *_command(typer.main.get_command(app), "acculturate")])


def _command(command: Any, name: str) -> Iterator[str]:
    """Yield a command, or a group's commands each after the other."""
    below = getattr(command, "commands", {})
    for part, inner in below.items():
        if not inner.hidden:
            yield from _command(inner, f"{name} {part}")
    if not below:
        yield f"## {name}\n"
        yield f"{' '.join((command.help or '').split())}\n"
        yield f"```text\n{_usage(command, name)}\n```\n"
        if lines := EXAMPLES.get(name.partition(" ")[2]):
            yield "\n".join(["```text", *lines, "```", ""])
        rows = [_row(parameter) for parameter in command.params if parameter.name != "help"]
        if rows:
            head = ["| option | default | what it does |", "|---|---|---|"]
            yield "\n".join([KEYS, "", *head, *rows, "", "</div>", ""])


def _usage(command: Any, name: str) -> str:
    arguments = [
        _argument(param) for param in command.params if param.param_type_name == "argument"
    ]
    return " ".join([name, *arguments, "[OPTIONS]"])


def _argument(parameter: Any) -> str:
    name = (parameter.metavar or parameter.name or "").upper()
    return name if parameter.required or "[" in name else f"[{name}]"


def _row(parameter: Any) -> str:
    """Return a parameter's row: its names and what it takes, its default, what it says."""
    if parameter.param_type_name == "argument":
        names = f"`{_argument(parameter)}`"
    else:
        names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
        names += "" if parameter.is_flag else f" {_taken(parameter)}"
    text = " ".join((parameter.help or "").split()).replace("|", "\\|").replace("<", "&lt;")
    return f"| {names} | {_default(parameter)} | {text} |"


def _taken(parameter: Any) -> str:
    """Return what an option takes: choices, or its type in words."""
    annotation = parameter.type_descriptor.annotation
    choices = get_args(annotation) if get_origin(annotation) is Literal else ()
    taken = ", ".join(f"`{choice}`" for choice in choices) or PLAIN.get(annotation, "text")
    return f"{taken}, more than once" if parameter.multiple else taken


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    flag = getattr(parameter, "is_flag", False)
    plain = isinstance(parameter.default, str | int | float) and not flag
    return f"`{parameter.default}`" if plain and parameter.default != "" else ""
