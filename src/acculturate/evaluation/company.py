"""Company: which reference rows stand beside which arms, and on which questions.

A reference is worth comparing with on the very cells (a culture's question) that the arm beside it
is scored on. Arms that were asked the same share their references, on what all of them are scored
on, metric by metric; arms that were asked different questions have references of their own, whose
names end in theirs: `reference:uniform:short`. The order of arms decides nothing.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.measures import METRICS
from acculturate.evaluation.scores import score_table
from acculturate.records import Score
from acculturate.statistics.bootstrap import Resampling

Cells = NDArray[np.bool_]


class Company(NamedTuple):
    """Arms that were asked the same; `label` tells them from others, "" where there are none."""

    label: str
    arms: tuple[ArmTable, ...]

    def named(self, reference: str) -> str:
        """Return the name of a reference row beside these arms."""
        return f"{reference}:{self.label}" if self.label else reference


def companies(tables: Sequence[ArmTable]) -> list[Company]:
    """Return the arms parted by what they were asked, each company's cultures in its first arm's
    order.
    """
    tables_by_company: dict[object, list[ArmTable]] = {}
    for table in tables:
        cultures = sorted(table.cultures)
        asked = (table.of(cultures).asked_CI > 0).tobytes()
        arms = tables_by_company.setdefault(
            (*cultures, *(item.id for item in table.items), asked), []
        )
        arms.append(table.of(arms[0].cultures) if arms else table)
    alone = len(tables_by_company) == 1
    return [
        Company("" if alone else "+".join(sorted(arm.arm for arm in arms)), tuple(arms))
        for arms in tables_by_company.values()
    ]


def beside(arm: str, reference: str, names: Iterable[str]) -> str | None:
    """Return which of `names` is that of a reference row beside an arm; None without one."""
    for name in names:
        label = name.removeprefix(f"{reference}:")
        if name == reference or (label != name and arm in label.split("+")):
            return name
    return None


def scored_cells(arms: Sequence[ArmTable], metric: str) -> Cells:
    """Return the cells that all of the arms are scored on; (C, I).

    An arm that has nothing in a culture leaves it to the others; where the metric is of another
    kind of answer than the arms', whatever they were asked counts.
    """
    rule = METRICS[metric]
    share_CIK = arms[0].people.share_CIK
    cells = [rule.ratio(arm, share_CIK).scored_I for arm in arms if rule.applies(arm)]
    if not cells:
        return np.asarray(arms[0].asked_CI > 0)
    some = [np.where(cell.any(-1, keepdims=True), cell, True) for cell in cells]
    return np.asarray(np.logical_and.reduce(some) & np.logical_or.reduce(cells))


def reference_scores(
    reference: ArmTable, arms: Sequence[ArmTable], metrics: Sequence[str], resampling: Resampling
) -> list[Score]:
    """Return rows of a reference beside `arms`, each metric on the cells that they are
    scored on.
    """
    alike: dict[bytes, tuple[Cells, list[str]]] = {}
    for name in metrics:
        if METRICS[name].applies(reference):
            cells_CI = scored_cells(arms, name)
            alike.setdefault(cells_CI.tobytes(), (cells_CI, []))[1].append(name)
    rows = [
        row
        for cells_CI, names in alike.values()
        for row in score_table(reference.only(cells_CI), names, resampling)
    ]
    return sorted(rows, key=lambda row: list(metrics).index(row.metric))
