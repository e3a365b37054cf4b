"""Breakdowns: the same scores topic by topic, and continent by continent.

A topic keeps some items, a continent some cultures. The items that the culture map is made of are
cut off likewise: a model that was told a culture's place on it knows something of those answers.
Parts hold few batteries, so that most have no interval, and differences between parts are many:
read them as where to look next.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from acculturate.culture import cultures
from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.culture_map import map_items
from acculturate.evaluation.scores import MEAN, score_table
from acculturate.records import Score
from acculturate.statistics.bootstrap import Resampling

By = Literal["topic", "map", "continent", "zone"]
BY_ITEMS = ("topic", "map")
OFF_MAP, ON_MAP = "without the map's questions", "the map's questions"


@dataclass(frozen=True, slots=True)
class Part:
    """A score of a part: `name` is the topic's, the continent's or the map zone's, or says whether
    these are the map's items.
    """

    by: By
    name: str
    score: Score


def breakdown(
    table: ArmTable,
    by: By,
    metrics: Sequence[str] | None = None,
    resampling: Resampling | None = None,
) -> list[Part]:
    """Return the scores of each part, in the order in which parts first occur.

    Parts by items (topics, the map's or not) give a row per culture and their mean; continents and
    zones give the mean over their cultures alone. A culture that is in no table of territories has
    the part "other". The culture-blind reference of `skill`, and the mean that deviations are taken
    from, stay those of all cultures of the table for parts by items, of the part for continents and
    zones.
    """
    return [
        Part(by, name, score)
        for name, part in parts(table, by).items()
        for score in score_table(part, metrics, resampling)
        if by in BY_ITEMS or score.culture == MEAN
    ]


def parts(table: ArmTable, by: By) -> dict[str, ArmTable]:
    """Return the table cut into its topics, continents or zones, in the order in which they occur,
    or into the items that the culture map is not made of, and those that it is.
    """
    if by in BY_ITEMS:
        on_map = map_items()
        groups = [
            item.topic if by == "topic" else ON_MAP if item.id in on_map else OFF_MAP
            for item in table.items
        ]
        names = _unique(sorted(groups, key=lambda group: group == ON_MAP))
        return {name: _items_of(table, groups, name) for name in names}
    places = [_place(culture, by) for culture in table.cultures]
    return {name: _cultures_of(table, places, name) for name in _unique(places)}


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _place(culture: str, by: By) -> str:
    territory = cultures().get(culture)
    if territory is None:
        return "other"
    return (territory.continent if by == "continent" else territory.zone) or "other"


def _items_of(table: ArmTable, groups: Sequence[str], name: str) -> ArmTable:
    at = np.flatnonzero([group == name for group in groups])
    return table.part(np.arange(len(table.cultures)), at)


def _cultures_of(table: ArmTable, places: Sequence[str], name: str) -> ArmTable:
    rows = np.flatnonzero([place == name for place in places])
    return table.part(rows, np.arange(len(table.items)))
