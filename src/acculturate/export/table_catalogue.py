"""The catalogue of tables: which there are, and what each of their columns holds (columns.toml).

Tables of methods, also of other packages, stand before those of what every method leaves.

>>> find_table("answers").columns[0].name
'arm'
"""

import functools
from collections.abc import Mapping

from acculturate.errors import ConfigError, unknown
from acculturate.methods.adaptation import usable_methods
from acculturate.methods.export_table import ExportTable, MethodTable, described_tables


@functools.cache
def brought_tables() -> Mapping[str, MethodTable]:
    """Return the tables that methods add, by name; the first method that brings a name has it."""
    brought: dict[str, MethodTable] = {}
    for method in usable_methods():
        for made in method.export_tables():
            if made.table.name not in own_tables():
                brought.setdefault(made.table.name, made)
    return brought


def own_tables() -> Mapping[str, ExportTable]:
    """Return the tables that every run may have, by name."""
    return described_tables(__package__)


@functools.cache
def export_tables() -> Mapping[str, ExportTable]:
    """Return every table by its name."""
    tables: dict[str, ExportTable] = {}
    for name, table in own_tables().items():
        if table.group == "methods":
            tables |= {made: brought.table for made, brought in brought_tables().items()}
        tables[name] = table
    return tables


def find_table(name: str) -> ExportTable:
    """Return a table; raises `ConfigError` with the nearest name for an unknown one."""
    tables = export_tables()
    if name not in tables:
        raise ConfigError(unknown("table", name, tables))
    return tables[name]
