"""A row of the results: fields of a record by their names."""

from typing import Any

FIGURES = ("value", "low", "high", "n")
"""A figure, the ends of its interval, and how many it was made of."""


def row_of(record: object, *fields: str) -> dict[str, Any]:
    """Return the named fields of a record, then its `FIGURES`."""
    return {name: getattr(record, name) for name in (*fields, *FIGURES)}
