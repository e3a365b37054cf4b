"""The columns in docs/export.md, from where the package keeps them, each with an example.

    python -m docs.export_tables                    writes them; a test compares
    python -m docs.export_tables RUN [RUN ...]      takes the examples anew from finished runs

Type it in the root of the repository. Examples lie in export_examples.toml: the row of each table
that has a value in most of its columns, texts and lists cut short.
"""

import json
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from acculturate.export import open_run, rows_of
from acculturate.export.table_catalogue import export_tables
from acculturate.methods.export_table import ExportTable

PAGE = Path(__file__).parent / "export.md"
EXAMPLES = Path(__file__).parent / "export_examples.toml"
BEGIN, END = "<!-- tables -->\n", "<!-- end of tables -->"
LONGEST, LOOKED_AT = 48, 200
"""Letters of an example, and rows among which one is chosen."""


def tables() -> str:
    """Return every table with its columns and an example of each, in Markdown."""
    examples = tomllib.loads(EXAMPLES.read_text(encoding="utf-8"))
    return "\n".join(
        "\n".join(["", f"### {table.name}", "", *_lines(table, examples.get(table.name, {})), ""])
        for table in export_tables().values()
    )


def _lines(table: ExportTable, example: dict[str, str]) -> Iterator[str]:
    yield table.about
    yield ""
    yield "| column | kind | what it holds | example |"
    yield "|---|---|---|---|"
    for column in table.columns:
        shown = example.get(column.name, "").replace("|", "/")
        cell = f"`{shown}`" if shown else ""
        yield f"| `{column.name}` | {column.kind} | {column.text.replace('|', '/')} | {cell} |"


def put(page: str) -> str:
    """Return the page with the tables as they are now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{tables()}{END}{after}"


def take_examples(folders: list[Path]) -> str:
    """Return a row of each table out of finished runs, as the text of the examples' file."""
    best: dict[str, dict[str, Any]] = {}
    for folder in folders:
        with open_run(folder) as run:
            for name in export_tables():
                rows = (row for row, _ in zip(rows_of(run, name), range(LOOKED_AT), strict=False))
                for row in (best.get(name, {}), *rows):
                    if _filled(row) > _filled(best.get(name, {})):
                        best[name] = dict(row)
    return "\n".join(_section(name, row) for name, row in best.items())


def _filled(row: dict[str, Any]) -> int:
    return sum(value not in (None, "", [], ()) for value in row.values())


def _section(name: str, row: dict[str, Any]) -> str:
    known = {column: _shown(value) for column, value in row.items()}
    lines = [
        f"{column} = {json.dumps(text, ensure_ascii=False)}"
        for column, text in known.items()
        if text
    ]
    return "\n".join([f"[{name}]", *lines, ""])


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_shown(part) for part in value)}]"
    text = str(value).lower() if isinstance(value, bool) else " ".join(str(value).split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()} ..."


if __name__ == "__main__":
    if len(sys.argv) > 1:
        text = take_examples([Path(folder) for folder in sys.argv[1:]])
        EXAMPLES.write_text(text, encoding="utf-8")
    PAGE.write_text(put(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
