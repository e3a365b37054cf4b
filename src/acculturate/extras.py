"""Packages that the core does without, and what to type where one is missing."""

import importlib.util
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from acculturate.errors import ConfigError


def lacking(needs: str, extra: str, *modules: str) -> str:
    """Return a sentence without its full stop that says what to type; "" where nothing is missing.

    `needs` is its beginning with the verb, `extra` the extra of this package that brings the
    modules.

    >>> lacking("Flying needs", "wings", "feathers")
    "Flying needs feathers: type pip install 'acculturate[wings]'"
    >>> lacking("Reading needs", "eyes", "json")
    ''
    """
    missing = " and ".join(_missing(modules))
    return missing and f"{needs} {missing}: type pip install 'acculturate[{extra}]'"


def as_frame(rows: Sequence[Any]) -> Any:
    """Return rows as a pandas DataFrame; raises `ConfigError` where pandas is not installed."""
    if missing := lacking("A DataFrame needs", "frames", "pandas"):
        raise ConfigError(f"{missing}.")
    import pandas as pd

    return pd.DataFrame(rows)


def frame_or_rows(rows: Iterable[Mapping[str, Any]]) -> Any:
    """Return rows as a pandas DataFrame, or as a list of dicts where pandas is not installed."""
    listed = [dict(row) for row in rows]
    return listed if lacking("", "frames", "pandas") else as_frame(listed)


def _missing(modules: Sequence[str]) -> Iterator[str]:
    for module in modules:
        try:
            spec = importlib.util.find_spec(module)
        except (ImportError, ValueError):  # something that cannot be imported stands in its place
            spec = None
        if spec is None:
            yield module
