"""The catalogue of tables: which there are, and what each of their columns holds (columns.toml).

>>> find_table("answers").columns[0].name
'arm'
"""

import functools
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Literal, NamedTuple, cast

from acculturate.errors import ConfigError, unknown

Kind = Literal["text", "number", "integer", "truth", "texts", "numbers", "integers"]
Group = Literal["answers", "prompts", "results", "methods", "cells"]


class ExportColumn(NamedTuple):
    """A column: its values are of one kind, or empty."""

    name: str
    kind: Kind
    text: str


class ExportTable(NamedTuple):
    """A table by its name: what its rows are, and its columns in their order."""

    name: str
    about: str
    group: Group
    columns: tuple[ExportColumn, ...]


@functools.cache
def export_tables() -> Mapping[str, ExportTable]:
    """Return every table by its name."""
    source = resources.files(__package__) / "columns.toml"
    tree = tomllib.loads(source.read_text(encoding="utf-8"))
    return {
        name: ExportTable(
            name,
            part["about"],
            part["group"],
            tuple(
                ExportColumn(column, cast(Kind, kind), text)
                for column, (kind, text) in part["columns"].items()
            ),
        )
        for name, part in tree.items()
    }


def find_table(name: str) -> ExportTable:
    """Return a table; raises `ConfigError` with the nearest name for an unknown one."""
    tables = export_tables()
    if name not in tables:
        raise ConfigError(unknown("table", name, tables))
    return tables[name]
