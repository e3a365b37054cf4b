"""What a command says, as text or as JSON: texts of models and of files are shown and do nothing.

A terminal obeys control characters in whatever it is sent (visible.py), and a reply, an item or a
title of somebody's survey may hold some.
"""

import json
import re
import shutil
import sys
import textwrap
from typing import Any

import typer

from acculturate.visible import visible

UNSEEN = re.compile(r"[^\x20-\x7e\n]")


def say(text: str, *, err: bool = False, whole: bool = False) -> None:
    """Print a text, to stderr with `err`, and a new line.

    On a terminal lines are broken between words; with `whole` they stay as they are.
    """
    text = visible(text, lines=True)
    stream = sys.stderr if err else sys.stdout
    if not whole and stream.isatty():
        text = broken(text, shutil.get_terminal_size().columns)
    typer.echo(text, err=err)


def say_waiting(text: str) -> None:
    """Print to a terminal, and nowhere else, what is under way while nothing else is printed."""
    if sys.stderr.isatty():
        say(text, err=True)


def broken(text: str, width: int) -> str:
    """Return a text with lines of at most `width` letters, and words that are longer whole.

    What goes on below a line stands two letters further in than it.
    """
    return "\n".join(
        textwrap.fill(
            line,
            width,
            subsequent_indent=" " * (len(line) - len(line.lstrip(" ")) + 2),
            break_long_words=False,
            break_on_hyphens=False,
            replace_whitespace=False,
            expand_tabs=False,
        )
        if len(line) > width
        else line
        for line in text.split("\n")
    )


def say_json(tree: Any, indent: int | None = None) -> None:
    """Print JSON values; characters that cannot be seen are escaped as JSON escapes them."""
    text = json.dumps(tree, ensure_ascii=False, indent=indent)
    typer.echo(UNSEEN.sub(_escaped, text))


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    return character if visible(character) == character else json.dumps(character)[1:-1]
