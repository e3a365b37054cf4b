"""Items with the people's answers beside each arm's, read from the replies of the items on a page.

Only what a page shows is asked of the database: the parts of each arm are narrowed to one culture
and a few items, and their requests are looked up.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from acculturate.evaluation.arm_table import build_table
from acculturate.evaluation.scores import MEAN
from acculturate.export.answer_rows import people_shares
from acculturate.metrics.divergence import item_distance
from acculturate.records import Answer, Item, Reply, Request
from acculturate.statistics.interval import finite
from acculturate.store import Beside
from acculturate.study.parts import kept_replies, narrowed, part_answers
from acculturate.viewer.run_shelf import ViewedRun


class Bar(NamedTuple):
    """A distribution over an item's options; `distance` from the people, None where unknown."""

    who: str
    shares: tuple[float, ...]
    distance: float | None = None


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item with its bars, the people's first; who has no answers has no bar."""

    item: Item
    bars: tuple[Bar, ...]


class Given(NamedTuple):
    """An answer of an arm: who gave it, what was sent and what came back (None: not yet)."""

    arm: str
    model: str
    request: Request
    answer: Answer | None
    reply: Reply | None


class Order(NamedTuple):
    """How items are sorted: by the survey, by how far an arm is from the people, or by how much
    nearer the last arm came than the first.
    """

    name: str
    said: str


ORDERS = (
    Order("survey", "as in the survey"),
    Order("far", "farthest from the people first"),
    Order("moved", "most changed between the arms first"),
)


def chosen_items(run: ViewedRun, find: str, topic: str, order: str, culture: str) -> list[Item]:
    """Return the items of a topic ("" for all) that hold all words of `find`, sorted.

    Distances are those that metrics.json holds; without one, items stay as in the survey.
    """
    words = find.casefold().split()
    items = [
        item
        for item in run.finished.items
        if topic in ("", item.topic) and all(word in _text(item) for word in words)
    ]
    if order == "survey":
        return items
    gaps = _gaps(run, culture)
    keys = {item.id: _key(gaps.get(item.id, ()), order) for item in items}
    return sorted(items, key=lambda item: -keys[item.id])


def _text(item: Item) -> str:
    stems = (wording.stem for wordings in item.wordings.values() for wording in wordings)
    return " ".join([item.id, item.topic, item.battery, *stems]).casefold()


def _gaps(run: ViewedRun, culture: str) -> Mapping[str, Sequence[float]]:
    """Return distances of arms from the people by item, in a culture, or on average where
    metrics.json holds no more.
    """
    rows = run.results.meta.shares if run.results else ()
    return {row.item: [*row.distances.values()] for row in rows if row.culture in (culture, MEAN)}


def _key(gaps: Sequence[float], order: str) -> float:
    if not gaps:
        return -1.0
    return max(gaps) if order == "far" else max(gaps) - min(gaps)


def item_lines(run: ViewedRun, culture: str, items: Sequence[Item]) -> list[ItemLine]:
    """Return items with the bars of the people of a culture and of every arm."""
    survey = run.finished.survey
    by_arm = dict(_shares(run, culture, items))
    lines = []
    for item in items:
        people = people_shares(survey, culture, item)
        bars = [Bar("people", tuple(people))] if people else []
        bars += [bar for arm in by_arm if (bar := by_arm[arm].get(item.id))]
        lines.append(ItemLine(item, tuple(bars)))
    return lines


def _shares(
    run: ViewedRun, culture: str, items: Sequence[Item]
) -> Iterator[tuple[str, dict[str, Bar]]]:
    """Yield each arm with its bars by item."""
    survey, ids = run.finished.survey, {item.id for item in items}
    with run.open() as store:
        for arm, parts in run.finished.plan.parts.items():
            few = narrowed(parts, (culture,), ids)
            answers = [answer for answer in part_answers(few, store) if answer.item in ids]
            if not answers:
                continue
            table = build_table(answers, survey, arm=arm, cultures=[culture], items=items)
            people = table.people
            gap_CI = item_distance(
                table.share_CIK, people.share_CIK, people.size_I, people.ordinal_I
            )
            yield (
                arm,
                {
                    item.id: Bar(arm, tuple(share_K.tolist()), finite(gap_CI[0, i]))
                    for i, item in enumerate(items)
                    if not np.isnan(share_K := table.share_CIK[0, i, : len(item.codes)]).any()
                },
            )


def given_answers(run: ViewedRun, store: Beside, culture: str, item: Item) -> Iterator[Given]:
    """Yield everything that was asked about an item and a culture, arm by arm."""
    for arm, parts in run.finished.plan.parts.items():
        for part in narrowed(parts, (culture,), (item.id,)):
            replies = kept_replies(store, part.ref)
            for request, answer in part.stage.exchanges(replies):
                if answer is None or answer.item == item.id:
                    reply = replies(part.stage.role, request)
                    yield Given(arm, part.ref, request, answer, reply)
