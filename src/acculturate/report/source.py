"""What a page is made from: a run's results, each part made once when a section asks for it."""

import functools
from dataclasses import replace

from acculturate.records.results.described import Rerun
from acculturate.records.results.run_results import RunResults
from acculturate.report.tables import Table, culture_names, difference_tables, score_tables


class Source:
    """The results of a run; arms on single adapters are left out: they stand in the matrix of
    adapters alone.
    """

    def __init__(self, results: RunResults) -> None:
        self.results = _without_parts(results)
        self.meta = self.results.meta

    @functools.cached_property
    def scores(self) -> list[Table]:
        """A table for each metric, the study's first one first."""
        return score_tables(self.results)

    @functools.cached_property
    def differences(self) -> dict[str, Table]:
        """Tables of differences by metric."""
        return {table.measure.name: table for table in difference_tables(self.results)}

    @functools.cached_property
    def names(self) -> dict[str | None, str]:
        """Names of cultures by code."""
        return culture_names(self.meta)

    def has(self, part: str) -> bool:
        """Return whether the run has anything in a part of `RunMeta`, or in a method's table."""
        default = self.meta.method_tables.get(part)
        held = getattr(self.meta, part, default)
        return bool(held) and held != Rerun()

    @property
    def arms(self) -> list[str]:
        """The ids of arms."""
        return [arm.id for arm in self.meta.arms]

    @property
    def pair(self) -> list[str]:
        """The arms of the verdict, the one before first; empty without a verdict."""
        verdict = self.meta.verdict
        return [verdict.against, verdict.arm] if verdict else []

    @property
    def targets(self) -> list[str]:
        """The codes of the cultures that adaptations learned."""
        return [culture.code for culture in self.meta.adapted_to]


def _without_parts(results: RunResults) -> RunResults:
    """Return the results with one arm for all those that are on single adapters."""
    arms = results.meta.arms
    parts = {arm.id for arm in arms if arm.part_of}
    named = {
        arm.part_of or arm.id: replace(
            arm, id=arm.part_of, model=f"{arm.model.partition('/')[0]}/*"
        )
        if arm.part_of
        else arm
        for arm in arms
    }
    return replace(
        results,
        rows=tuple(row for row in results.rows if row.arm not in parts),
        differences=tuple(row for row in results.differences if row.arm not in parts),
        meta=replace(results.meta, arms=tuple(named.values())),
    )
