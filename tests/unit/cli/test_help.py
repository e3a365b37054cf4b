"""The help of every command reads whole and ends with examples; without words three are shown."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer
from tests.e2e.page_blocks import unknown
from typer.testing import CliRunner

import acculturate
from acculturate.cli.main import app


def groups(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every command that has commands below it."""
    below = getattr(command, "commands", {})
    if below:
        yield words
    for name, inside in below.items():
        yield from groups(inside, (*words, name))


@pytest.mark.parametrize("words", [*groups(typer.main.get_command(app))], ids=" ".join)
def test_lists_of_commands_are_whole(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = CliRunner().invoke(app, [*words, "--help"]).output
    listed = shown.split("Commands:")[1]
    assert listed.strip()
    assert "..." not in listed


def commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every command that has none below it."""
    below = getattr(command, "commands", {})
    if not below:
        yield words
    for name, inner in below.items():
        yield from commands(inner, (*words, name))


@pytest.mark.parametrize("words", [*commands(typer.main.get_command(app))], ids=" ".join)
def test_help_ends_with_examples_that_exist(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = CliRunner().invoke(app, [*words, "--help"]).output
    assert max(map(len, shown.splitlines())) <= 80
    _, head, examples = shown.rpartition("Example")
    assert head
    lines = [line.strip() for line in examples.replace("\\\n", " ").splitlines()[1:]]
    typed = [" ".join(line.split()) for line in lines if line]
    assert typed
    for line in typed:
        assert line.startswith(" ".join(["acculturate", *words]))
        assert not unknown(line)


def test_without_words_three_things_to_try() -> None:
    done = CliRunner().invoke(app, [])
    assert done.exit_code == 0
    typed = [" ".join(line.split()) for line in done.output.splitlines()]
    tried = [line for line in typed if line.startswith("acculturate ") and "--help" not in line]
    assert len(tried) == 4  # the first line says what it is
    assert all(not unknown(line) for line in tried[1:])
    assert max(map(len, done.output.splitlines())) <= 80


def test_the_version() -> None:
    done = CliRunner().invoke(app, ["--version"])
    assert (done.exit_code, done.output) == (0, f"acculturate {acculturate.__version__}\n")


def test_a_shell_completes_commands() -> None:
    asked = {"COMP_WORDS": "acculturate mea", "COMP_CWORD": "1"}
    done = CliRunner().invoke(
        app, [], prog_name="acculturate", env={"_ACCULTURATE_COMPLETE": "complete_bash", **asked}
    )
    assert done.output.split() == ["measure"]
