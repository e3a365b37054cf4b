"""The help of every command reads whole: no line of a list of commands is cut."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from acculturate.cli.main import app


def groups(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every command that has commands below it."""
    below = getattr(command, "commands", {})
    if below:
        yield words
    for name, each in below.items():
        yield from groups(each, (*words, name))


@pytest.mark.parametrize("words", [*groups(typer.main.get_command(app))], ids=" ".join)
def test_lists_of_commands_are_whole(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = CliRunner().invoke(app, [*words, "--help"]).output
    listed = shown.split("Commands:")[1]
    assert listed.strip()
    assert "..." not in listed
