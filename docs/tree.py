"""The rooms of the package in the order of imports, each with the first sentence that it says.

Typing `python docs/tree.py` writes them into CONTRIBUTING.md; with the name of a room it prints its
modules.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src/acculturate"
PAGE = ROOT / "CONTRIBUTING.md"
BEGIN, END = "```\nsrc/acculturate/\n", "```\n"
ROWS = """
    errors.py bounded.py visible.py patterns.py files.py threads.py processes.py calling.py
    complaint.py extras.py short_table.py config.py
    plugins.py template_sandbox.py metrics statistics records
    amounts.py loose.py prompts.py similarity.py culture scales.py ordering.py sheets survey framing
    store engines executors runner.py progress.py asking tuning methods culturespa clca
    surveytuning
    evaluation report handover study export viewer result.py api.py cli __main__.py
"""
WIDTH = 76


def rooms() -> str:
    """Return the lines of the package's rooms: modules at its top and folders, of any depth."""
    return "\n".join(line for row in ROWS.split() for line in _lines(row, "  ", modules=False))


def _lines(name: str, indent: str, folder: Path = PACKAGE, *, modules: bool) -> Iterator[str]:
    path = folder / name
    if path.is_file():
        yield f"{indent}{name:{22 - len(indent)}} {_said(path)}".rstrip()
        return
    yield f"{indent}{name + '/':{22 - len(indent)}} {_said(path / '__init__.py')}".rstrip()
    inside = [file for file in path.iterdir() if file.name != "__init__.py"]
    for file in sorted(inside):
        if (modules and file.suffix == ".py") or (file / "__init__.py").is_file():
            yield from _lines(file.name, indent + "  ", path, modules=modules)


def _said(path: Path) -> str:
    """Return a module's first sentence, without the name it begins with, cut at a word
    where long.
    """
    paragraph = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n\n")[0]
    told = " ".join(paragraph.split())
    first = re.split(r"(?<=\w[.])\s(?=[A-Z`])", told)[0].rstrip(".:;")
    name, _, rest = first.partition(": ")
    said = rest if rest and len(name.split()) <= 4 else first
    said = said[:1].upper() + said[1:]
    return said if len(said) <= WIDTH else said[: WIDTH - 2].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def main() -> None:
    if len(sys.argv) > 1:
        sys.stdout.write("\n".join(_lines(sys.argv[1], "", modules=True)) + "\n")
        return
    text = PAGE.read_text("utf-8")
    start = text.index(BEGIN) + len(BEGIN)
    PAGE.write_text(f"{text[:start]}{rooms()}\n{text[text.index(END, start) :]}", "utf-8")


if __name__ == "__main__":
    main()
