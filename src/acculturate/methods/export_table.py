"""Tables of an export: what their columns hold, and where the rows of a method's own come from.

Columns are described in a file `columns.toml` beside the code that gives the rows:

    [shifts]
    about = "How far naming a culture moved the answer to each of these questions."
    group = "methods"
    [shifts.columns]
    culture = ["text", "the culture that the prompt named"]
    strength = ["number", "the distance between them, in [0, 1]"]
"""

import functools
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

from acculturate.records.results.run_results import RunResults

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


@dataclass(frozen=True, slots=True)
class MadeIn:
    """A finished run, as a method's tables read it: its folder, the ids of its adaptations (by
    whatever method), and its results.
    """

    folder: Path
    adaptations: tuple[str, ...]
    results: RunResults


Rows = Callable[[MadeIn], Iterator[Mapping[str, Any]]]
"""Gives the rows of a table, by column; what a row has no value for may be left out."""


class MethodTable(NamedTuple):
    """A table that a method adds to exports."""

    table: ExportTable
    rows: Rows


@functools.cache
def described_tables(package: str) -> Mapping[str, ExportTable]:
    """Return the tables that a package's columns.toml describes, by name, in its order."""
    source = resources.files(package) / "columns.toml"
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


def method_tables(package: str, rows: Mapping[str, Rows]) -> tuple[MethodTable, ...]:
    """Return the tables of a method by what gives the rows of each; a package's columns.toml
    describes them.
    """
    described = described_tables(package)
    return tuple(MethodTable(described[name], give) for name, give in rows.items())


def from_results(name: str) -> Rows:
    """Return what gives the rows of a method's own table in the results (`Taught.tables`)."""

    def rows(run: MadeIn) -> Iterator[Mapping[str, Any]]:
        yield from run.results.meta.method_tables.get(name, ())

    return rows
