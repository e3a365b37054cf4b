"""What a page is made from: a run's metrics, each part made once when a section asks for it."""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from acculturate.errors import StoreError
from acculturate.report.tables import Table, culture_names, difference_tables, score_tables
from acculturate.report.typesetting import printable

SCHEMA = 1
METRICS_FILE = "metrics.json"


def read_metrics(folder: Path) -> dict[str, Any]:
    """Return the parsed `metrics.json` of a run's folder.

    Raises `StoreError` where it is missing, cannot be read, or is of another schema.
    """
    path = folder / METRICS_FILE
    try:
        metrics = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StoreError(
            f"There is no {METRICS_FILE} in {path.parent}: a report needs a finished run. Type "
            "`acculturate run STUDY.toml`, then `acculturate report` with the folder it names."
        ) from None
    except OSError as error:
        raise StoreError(f"{path} could not be read: {error.strerror or error}.") from None
    except ValueError as error:
        raise StoreError(
            f"{path} is not JSON ({error}). Run the study again: it writes the file anew."
        ) from None
    check_schema(metrics, path)
    checked: dict[str, Any] = metrics
    return checked


def check_schema(metrics: Any, path: Path | str) -> None:
    """Raise `StoreError` for metrics of another schema."""
    found = metrics.get("schema") if isinstance(metrics, Mapping) else None
    if found != SCHEMA:
        raise StoreError(
            f"{path} says schema {json.dumps(found)}, but this version reads schema {SCHEMA}. "
            "Write the report with the version of acculturate that ran the study, or run it again."
        )


class Source:
    """The parsed `metrics.json` of a run; a part that is null is a part that is missing.

    Arms on single adapters are left out: they stand in the matrix of adapters alone.
    """

    def __init__(self, metrics: Mapping[str, Any]) -> None:
        self.metrics = _without_parts(printable(metrics))
        meta = self.metrics.get("meta") or {}
        self.meta: dict[str, Any] = {key: part for key, part in meta.items() if part is not None}

    @functools.cached_property
    def scores(self) -> list[Table]:
        """A table for each metric, the study's first one first."""
        return score_tables(self.metrics)

    @functools.cached_property
    def differences(self) -> dict[str, Table]:
        """Tables of differences by metric."""
        return {table.measure.name: table for table in difference_tables(self.metrics)}

    @functools.cached_property
    def names(self) -> dict[str | None, str]:
        """Names of cultures by code."""
        return culture_names(self.metrics)

    @property
    def arms(self) -> list[str]:
        """The ids of arms."""
        return [str(arm.get("id")) for arm in self.meta.get("arms") or ()]

    @property
    def pair(self) -> list[str]:
        """The arms of the verdict, the one before first; empty without a verdict."""
        verdict = self.meta.get("verdict") or {}
        return [str(verdict[key]) for key in ("against", "arm") if verdict.get(key)]


def _without_parts(metrics: dict[str, Any]) -> dict[str, Any]:
    meta = metrics.get("meta") or {}
    arms = meta.get("arms") or ()
    parts = {arm.get("id"): arm["part_of"] for arm in arms if arm.get("part_of")}
    if not parts:
        return metrics
    named = {
        parts.get(arm.get("id"), arm.get("id")): arm
        if arm.get("id") not in parts
        else {**arm, "id": arm["part_of"], "model": f"{arm['model'].partition('/')[0]}/*"}
        for arm in arms
    }
    kept = {
        key: [row for row in metrics.get(key) or () if row.get("arm") not in parts]
        for key in ("rows", "differences")
    }
    return {**metrics, **kept, "meta": {**meta, "arms": list(named.values())}}
