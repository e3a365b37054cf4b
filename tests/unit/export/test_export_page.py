"""docs/export.md shows the columns as they are."""

import importlib.util
from pathlib import Path

DOCS = Path(__file__).parents[3] / "docs"


def test_the_columns_are_current() -> None:
    spec = importlib.util.spec_from_file_location("export_tables", DOCS / "export_tables.py")
    assert spec is not None
    assert spec.loader is not None
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    page = (DOCS / "export.md").read_text(encoding="utf-8")
    assert maker.put(page) == page, "type python -m docs.export_tables"
