"""Records as values that JSON can hold, and rows that methods of other packages bring.

>>> from acculturate.records.results.placed import Ellipse
>>> plain(Ellipse(major=0.5, minor=0.2, angle=30.0))
{'major': 0.5, 'minor': 0.2, 'angle': 30.0}
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from pydantic import JsonValue

Row = Mapping[str, JsonValue]
"""A row of a table that a method brings: JSON values by the names of columns."""

LEFT_OUT = {"left out": True}
"""Metadata of a field that is left out of the JSON where it has nothing (None, or no rows)."""

Made = TypeVar("Made")


def plain(value: object) -> JsonValue:
    """Return a record, or a tree that holds records, as JSON values."""
    if is_dataclass(value):
        return {
            field.name: plain(part)
            for field in fields(value)
            if (part := getattr(value, field.name)) or not field.metadata.get("left out")
        }
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"metrics.json holds no {type(value).__name__}: {value!r}")


def row_of(record: object) -> Row:
    """Return a record as a row of a method's table."""
    tree = plain(record)
    assert isinstance(tree, dict), "a record is a row"
    return tree


def widened(kind: type[Made], record: Any, **more: object) -> Made:
    """Return a record of a wider kind: the fields of `record`, and `more`."""
    held = {field.name: getattr(record, field.name) for field in fields(record)}
    return kind(**held, **more)
