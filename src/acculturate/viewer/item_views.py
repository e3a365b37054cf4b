"""Items with the people's answers beside each arm's; an item with all that was sent and came."""

import itertools
import math
from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response

from acculturate.export.answer_rows import option_texts
from acculturate.records import Choice, Item
from acculturate.viewer.asked_run import filters_of, run_of, shelf_of, show_run
from acculturate.viewer.item_lines import (
    ORDERS,
    Bar,
    Given,
    ItemLine,
    chosen_items,
    given_answers,
    item_lines,
)
from acculturate.viewer.paging import page_of, whole
from acculturate.viewer.run_shelf import ViewedRun

LINES, ANSWERS = 15, 20
"""Items and answers on a page."""
FILTERS = ("culture", "find", "topic", "sort", "beside")


def items(request: Request) -> Response:
    """Show items of a culture, filtered and sorted, page by page."""
    run, asked = run_of(request), filters_of(request, *FILTERS)
    culture = asked["culture"] = _culture(run, asked["culture"])
    asked["sort"] = asked["sort"] or ORDERS[0].name
    chosen = chosen_items(run, asked["find"], asked["topic"], asked["sort"], culture)
    page = page_of(chosen, whole(request.query_params, "page"), LINES)
    lines = item_lines(run, culture, page.rows)
    other = _beside(request, run, asked["beside"])
    return show_run(
        request,
        "items",
        asked=asked,
        page=page,
        lines=with_beside(lines, other, culture) if other else lines,
        cultures=_cultures(run),
        topics=list(dict.fromkeys(item.topic for item in run.finished.items)),
        orders=ORDERS,
        others=[one for one in shelf_of(request).runs if one != run],
        texts=option_texts,
    )


def with_beside(lines: list[ItemLine], other: ViewedRun, culture: str) -> list[ItemLine]:
    """Return lines with the bars of another run's arms too, where it has asked these items."""
    ids = {line.item.id for line in lines}
    theirs = [item for item in other.finished.items if item.id in ids]
    if culture not in other.finished.cultures:
        return lines
    bars = {line.item: line.bars for line in item_lines(other, culture, theirs)}
    by_id = {item.id: bars[item] for item in theirs}
    return [
        ItemLine(line.item, (*line.bars, *_named(by_id.get(line.item.id, ()), other)))
        for line in lines
    ]


def _named(bars: tuple[Bar, ...], run: ViewedRun) -> Iterator[Bar]:
    return (bar._replace(who=f"{run.name}: {bar.who}") for bar in bars if bar.who != "people")


def item(request: Request) -> Response:
    """Show one item of a culture: shares in numbers, and every prompt with its reply."""
    run, asked = run_of(request), filters_of(request, "id", "culture", "arm")
    culture = _culture(run, asked["culture"])
    one = run.finished.survey.select([asked["id"]])[0]
    number = whole(request.query_params, "page")
    start = (number - 1) * ANSWERS
    with run.open() as store:
        every = (
            given
            for given in given_answers(run, store, culture, one)
            if asked["arm"] in ("", given.arm)
        )
        shown = list(itertools.islice(every, start, start + ANSWERS + 1))
    return show_run(
        request,
        "item",
        asked=asked,
        item=one,
        line=item_lines(run, culture, [one])[0],
        culture=culture,
        cultures=_cultures(run),
        arms=list(run.finished.arms),
        answers=[(given, _labels(given, one)) for given in shown[:ANSWERS]],
        number=number,
        more=len(shown) > ANSWERS,
        texts=option_texts(one),
    )


def _labels(given: Given, item: Item) -> list[tuple[str, float]]:
    """Return the weighed labels of a reply with the probability of each."""
    labels = getattr(given.request, "labels", ())
    if not isinstance(given.reply, Choice):
        return []
    return [
        (label, math.exp(logprob))
        for label, logprob in zip(labels, given.reply.logprobs, strict=False)
    ]


def _cultures(run: ViewedRun) -> dict[str, str]:
    survey = run.finished.survey
    return {code: survey.culture(code).name for code in run.finished.cultures}


def _culture(run: ViewedRun, asked: str) -> str:
    cultures = run.finished.cultures
    return asked if asked in cultures else cultures[0]


def _beside(request: Request, run: ViewedRun, asked: str) -> ViewedRun | None:
    runs = shelf_of(request).runs
    if not asked.isascii() or not asked.isdigit() or int(asked) >= len(runs):
        return None
    other = runs[int(asked)]
    return None if other == run else other
