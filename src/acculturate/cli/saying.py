"""What a command says, as text or as JSON: texts of models and of files are shown and do nothing.

A terminal obeys control characters in whatever it is sent (visible.py), and a reply, an item or a
title of somebody's survey may hold some.
"""

import json
import re
from typing import Any

import typer

from acculturate.visible import visible

UNSEEN = re.compile(r"[^\x20-\x7e\n]")


def say(text: str, *, err: bool = False) -> None:
    """Print a text, to stderr with `err`, and a new line."""
    typer.echo(visible(text, lines=True), err=err)


def say_json(tree: Any, indent: int | None = None) -> None:
    """Print JSON values; characters that cannot be seen are escaped as JSON escapes them."""
    text = json.dumps(tree, ensure_ascii=False, indent=indent)
    typer.echo(UNSEEN.sub(_escaped, text))


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    return character if visible(character) == character else json.dumps(character)[1:-1]
