"""What a page is made from: a run's metrics, each part made once when a section asks for it."""

import functools
from collections.abc import Mapping
from typing import Any

from acculturate.report.tables import Table, culture_names, difference_tables, score_tables
from acculturate.report.typesetting import printable


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
