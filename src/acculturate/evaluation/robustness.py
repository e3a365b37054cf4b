"""Robustness: how far a score moves with the way in which its questions are asked.

A source (perturbations, wordings, orders, labels, presentation) has levels, each with an answer
table of its own; the spread of a score is its largest level less its smallest, over the items that
every level has. A score whose spread is as large as the difference that a study is about says how
one asks, not what the model knows.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from acculturate.evaluation.arm_table import ArmTable, TableTally
from acculturate.evaluation.comparison import compare
from acculturate.evaluation.measures import Metric, find_metrics
from acculturate.evaluation.scores import MEAN
from acculturate.records import Answer, Item
from acculturate.records.results.robust import RobustRow
from acculturate.statistics.bootstrap import Resampling
from acculturate.survey import Survey

PLAIN = "as it is"
FORWARD, REVERSED = "forward", "reversed"
NO_INTERVAL = (None, None)


class Levels:
    """Gathers an arm's answers by the levels of each of `sources`."""

    def __init__(
        self, survey: Survey, items: Sequence[Item], cultures: Sequence[str], sources: Sequence[str]
    ) -> None:
        self._of = survey, items, cultures
        self._tallies: dict[str, dict[str, TableTally]] = {source: {} for source in sources}

    def add(self, answer: Answer) -> None:
        """Count an answer at each of its levels."""
        survey, items, cultures = self._of
        for source, tallies in self._tallies.items():
            level = level_of(answer, source)
            if level and level not in tallies:
                tallies[level] = TableTally(survey, level, None, cultures, items)
            if level:
                tallies[level].add(answer)

    def tables(self) -> dict[str, dict[str, ArmTable]]:
        """Return the tables of each source that had several levels."""
        return {
            source: {level: tally.table() for level, tally in tallies.items()}
            for source, tallies in self._tallies.items()
            if len(tallies) > 1
        }


def level_of(answer: Answer, source: str) -> str:
    """Return an answer's level of a source; "" where it has none that items have in common."""
    if source == "order":
        forward = tuple(range(len(answer.order)))
        return {forward: FORWARD, forward[::-1]: REVERSED}.get(answer.order, "")
    if source == "perturbation":
        return answer.perturbation or PLAIN
    if source == "language":
        return answer.language
    number = answer.wording if source == "wording" else answer.framing_wording
    return f"{source} {number + 1}"


def robustness(
    arm: str, source: str, tables: Mapping[str, ArmTable], primary: str, drawn: Resampling
) -> list[RobustRow]:
    """Return the spread of each metric (mean over cultures) over the levels of a source, that of
    `primary` with the interval of the paired difference of its extreme levels.
    """
    levels = _on_common_items(tables)
    if levels is None:
        return []
    rows = []
    for name, metric in find_metrics(None).items():
        if all(map(metric.applies, levels.values())):
            values = {level: _mean(metric, table) for level, table in levels.items()}
            if all(map(np.isfinite, values.values())):
                rows.append(_row(arm, source, name, values, levels, primary, drawn))
    return rows


def _row(
    arm: str,
    source: str,
    name: str,
    values: Mapping[str, float],
    levels: Mapping[str, ArmTable],
    primary: str,
    drawn: Resampling,
) -> RobustRow:
    least, most = min(values, key=lambda level: values[level]), max(values, key=lambda k: values[k])
    low, high = NO_INTERVAL
    if name == primary and least != most:
        differences = compare(levels[most], levels[least], [name], drawn)
        [(low, high)] = [(row.low, row.high) for row in differences if row.culture == MEAN]
    n = len(next(iter(levels.values())).items)
    spread = values[most] - values[least]
    ends = (least, values[least], most, values[most])
    return RobustRow(arm, source, name, len(levels), *ends, spread, low, high, n)


def _mean(metric: Metric, table: ArmTable) -> float:
    ratio = metric.together(metric.ratio(table, table.people.share_CIK))
    return float(metric.values(ratio.value())[-1])


def _on_common_items(tables: Mapping[str, ArmTable]) -> dict[str, ArmTable] | None:
    """Return the tables on the items that all of them asked; None for none, or other cultures."""
    first = next(iter(tables.values()))
    if any(t.cultures != first.cultures or t.items != first.items for t in tables.values()):
        return None
    asked_I = np.logical_and.reduce([(table.asked_CI > 0).any(0) for table in tables.values()])
    rows, at = np.arange(len(first.cultures)), np.flatnonzero(asked_I)
    if not len(at) or len({table.kind for table in tables.values()}) > 1:
        return None
    return {level: table.part(rows, at) for level, table in tables.items()}
