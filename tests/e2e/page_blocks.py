"""The code blocks of README and docs, as a reader would use them: files, commands, Python.

A page is read from top to bottom in one folder:

- a block with `title="NAME"` is a file, and is written;
- `sh` holds commands, each of which has to succeed; `> FILE` keeps what it prints; of `make` the
  target has to exist;
- `console` holds commands after `$`, and all that they print; what begins with `acculturate:` is
  an error with exit code 2;
- `python` is run as it stands; the blocks of a page share their names.

A comment before a block says that it is not run with the others: `<!-- slow: why -->` (only by
`make test-all`) or `<!-- not run: why -->`, where it needs a GPU, a key, a cluster, or what is not
there. Of these the commands and their options have to exist all the same.
"""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple
from unittest.mock import patch

import typer

import acculturate
from acculturate.cli.main import app, main

ROOT = Path(acculturate.__file__).parents[2]
PAGES = {
    path.relative_to(ROOT).as_posix(): path
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
}
When = Literal["always", "slow", "never"]
BLOCK = re.compile(
    r"(?:^ *<!-- (?P<when>slow|not run): (?P<why>[^\n]+) -->\n)?"
    r"^(?P<indent> *)```(?P<language>\w*)(?: title=\"(?P<title>[^\"]+)\")?\n"
    r"(?P<text>(?:.*\n)*?)(?P=indent)```$",
    re.MULTILINE,
)
MARKS: Mapping[str | None, When] = {None: "always", "slow": "slow", "not run": "never"}


class Block(NamedTuple):
    """One block of a page."""

    line: int
    language: str
    title: str | None
    text: str
    when: When

    @property
    def commands(self) -> tuple[str, ...]:
        """Its command lines, each whole; empty for a block of another kind."""
        if self.title or self.language not in ("", "sh", "bash", "console"):
            return ()
        lines = self.text.replace("\\\n", " ").splitlines()
        prompt = "$ " if self.language == "console" else ""
        typed = (line.removeprefix(prompt) for line in lines if line.startswith(prompt))
        if self.language in ("sh", "bash", "console"):
            return tuple(line for line in typed if line.strip() and not line.startswith("#"))
        return tuple(line for line in typed if line.startswith("acculturate "))


def blocks(page: Path) -> Iterator[Block]:
    """Yield the blocks of a page from top to bottom."""
    text = page.read_text("utf-8")
    for match in BLOCK.finditer(text):
        body = re.sub(f"^{match['indent']}", "", match["text"], flags=re.MULTILINE)
        line = text[: match.start()].count("\n") + 1
        yield Block(line, match["language"], match["title"], body, MARKS[match["when"]])


def follow(page: Path, *, slow: bool) -> None:
    """Do what a page says, in the current folder, with its slow blocks or without."""
    names: dict[str, Any] = {"__name__": "page"}
    for block in blocks(page):
        if block.title:
            Path(block.title).write_text(block.text, encoding="utf-8")
        elif block.when == "always" or (slow and block.when == "slow"):
            where = f"{page.name}, line {block.line}"
            if block.language == "python":
                with contextlib.redirect_stdout(io.StringIO()):
                    exec(compile(block.text, where, "exec"), names)
            elif block.language == "console":
                _compare(block, where)
            else:
                for command in block.commands:
                    code, printed = run(command)
                    assert code == 0, f"{where}: {command}\n{printed}"


def run(command: str) -> tuple[int, str]:
    """Return the exit code of a command line, and what it prints."""
    words = shlex.split(command, comments=True)
    target = words[words.index(">") + 1] if ">" in words else None
    words = words[: words.index(">")] if target else words
    if words[0] == "python":
        done = subprocess.run(
            [sys.executable, *words[1:]], capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr
    if words[0] == "make":
        makefile = (ROOT / "Makefile").read_text("utf-8")
        return (0, "") if f"\n{words[1]}:" in makefile else (2, "there is no such target")
    assert words[0] == "acculturate", f"{command}: mark it as not run"
    output, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        code = _exit_code(words)
    if target:
        Path(target).write_text(output.getvalue(), encoding="utf-8")
    return code, errors.getvalue() + output.getvalue()


def _exit_code(words: list[str]) -> int:
    with patch.object(sys, "argv", words), patch.dict(os.environ, {"COLUMNS": "100"}):
        try:
            main()
        except SystemExit as done:
            return int(done.code or 0)
    return 0


def _compare(block: Block, where: str) -> None:
    """Raise where a command of a `console` block prints another text than stands there."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        code, printed = run(command)
        assert printed.split() == expected.split(), f"{where}: {command}\n{printed}"
        assert code == (2 if expected.startswith("acculturate:") else 0), f"{where}: {command}"


def unknown(command: str) -> str:
    """Return what of an `acculturate` command does not exist; an empty text where all does."""
    place: Any = typer.main.get_command(app)
    words = command.replace("[", " ").replace("]", " ").split()[1:]
    while words and hasattr(place, "commands"):
        name = words.pop(0)
        if name.startswith("-"):
            return ""
        if name not in place.commands:
            return name
        place = place.commands[name]
    options = {option for parameter in place.params for option in parameter.opts} | {"--help"}
    given = (word.partition("=")[0] for word in words if word.startswith("--"))
    return next((option for option in given if option not in options), "")
