"""The columns in docs/export.md, from where the package keeps them.

Typing `python -m docs.export_tables` in the root of the repository writes them; a test compares.
"""

from pathlib import Path

from acculturate.export.data_files import table_page
from acculturate.export.table_catalogue import export_tables

PAGE = Path(__file__).parent / "export.md"
BEGIN, END = "<!-- tables -->\n", "<!-- end of tables -->"


def tables() -> str:
    """Return every table with its columns, in Markdown."""
    return "\n".join(
        "\n".join(["", f"### {table.name}", "", *table_page(table), ""])
        for table in export_tables().values()
    )


def put(page: str) -> str:
    """Return the page with the tables as they are now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{tables()}{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(put(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
