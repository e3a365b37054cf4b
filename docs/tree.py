"""The README's tree: every module in the order of imports, with the first sentence that it says.

Typing `python docs/tree.py` writes it anew.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src/acculturate"
README = ROOT / "README.md"
BEGIN, END = "src/acculturate/\n", "studies/ "
ROWS = """
    errors.py config.py metrics statistics records amounts.py loose.py prompts.py similarity.py
    culture scales.py ordering.py survey framing store.py engines executors runner.py asking
    culturespa clca tuning evaluation report study cli
"""
WIDTH = 96


def tree() -> str:
    """The lines of the package's tree."""
    return "\n".join(
        ["src/acculturate/", *(line for row in ROWS.split() for line in _lines(row, "  "))]
    )


def _lines(name: str, indent: str, folder: Path = PACKAGE) -> Iterator[str]:
    path = folder / name
    if path.is_file():
        yield f"{indent}{name:{24 - len(indent)}} {_said(path)}".rstrip()
        return
    yield f"{indent}{name + '/':{24 - len(indent)}} {_said(path / '__init__.py')}".rstrip()
    inside = [each for each in path.iterdir() if each.name != "__init__.py"]
    for each in sorted(inside):
        if each.suffix == ".py" or (each / "__init__.py").is_file():
            yield from _lines(each.name, indent + "  ", path)


def _said(path: Path) -> str:
    """A module's first sentence, without the name it begins with, cut at a word where long."""
    paragraph = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n\n")[0]
    told = " ".join(paragraph.split())
    first = re.split(r"(?<=\w[.])\s(?=[A-Z`])", told)[0].rstrip(".:;")
    name, _, rest = first.partition(": ")
    said = rest if rest and len(name.split()) <= 4 else first
    said = said[:1].upper() + said[1:]
    return said if len(said) <= WIDTH else said[: WIDTH - 2].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def main() -> None:
    text = README.read_text("utf-8")
    start = text.index(BEGIN)
    README.write_text(text[:start] + tree() + "\n" + text[text.index(END, start) :], "utf-8")


if __name__ == "__main__":
    main()
