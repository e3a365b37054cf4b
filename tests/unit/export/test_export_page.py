"""docs/export.md shows the columns as they are."""

import importlib.util
import tomllib
from pathlib import Path

from acculturate.export.table_catalogue import export_tables

DOCS = Path(__file__).parents[3] / "docs"


def test_the_columns_are_current() -> None:
    spec = importlib.util.spec_from_file_location("export_tables", DOCS / "export_tables.py")
    assert spec is not None
    assert spec.loader is not None
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    page = (DOCS / "export.md").read_text(encoding="utf-8")
    assert maker.put(page) == page, "type python -m docs.export_tables"


def test_examples_are_of_tables_and_columns_that_there_are() -> None:
    examples = tomllib.loads((DOCS / "export_examples.toml").read_text(encoding="utf-8"))
    assert {"answers", "prompts", "replies", "scores", "shifts", "moves", "cells"} <= set(examples)
    assert set(examples) <= set(export_tables())
    for name, example in examples.items():
        columns = [column.name for column in export_tables()[name].columns]
        assert set(example) <= set(columns), name
        assert 2 * len(example) > len(columns), name
