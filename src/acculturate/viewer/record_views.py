"""Records: every prompt as it was sent and every reply as it came, filtered in the database."""

import json
from dataclasses import asdict
from typing import cast, get_args

from starlette.requests import Request
from starlette.responses import Response

from acculturate.errors import StoreError
from acculturate.export.exchange_rows import model_names
from acculturate.store import Beside, Wanted
from acculturate.store.reading import ReplyKind
from acculturate.viewer.asked_run import filters_of, run_of, show_run

ROWS = 50
"""Records on a page."""


def records(request: Request) -> Response:
    """Show records that fit the filters, those behind `after` first."""
    run = run_of(request)
    asked = filters_of(request, "stage", "model", "kind", "find", "after")
    kind = asked["kind"] if asked["kind"] in get_args(ReplyKind) else ""
    wanted = Wanted(asked["stage"], asked["model"], cast(ReplyKind, kind), asked["find"])
    model, _, last = asked["after"].partition(".")
    counts = run.counts
    with run.open() as store:
        rows = store.some_asked(wanted, (model, last), ROWS + 1)
        total = _total(store, wanted, counts)
        names = model_names(store)
    shown = rows[:ROWS]
    return show_run(
        request,
        "records",
        asked=asked,
        rows=shown,
        total=total,
        stages=counts,
        models=names,
        after=f"{shown[-1].model}.{shown[-1].request}" if len(rows) > ROWS else "",
    )


def _total(store: Beside, wanted: Wanted, counts: dict[str, tuple[int, int]]) -> int:
    """Return how many records fit; what is counted by stage already is not counted again."""
    if wanted == Wanted(stage=wanted.stage):
        stages = [wanted.stage] if wanted.stage else [*counts]
        return sum(counts.get(stage, (0, 0))[0] for stage in stages)
    return store.count_asked(wanted)


def record(request: Request) -> Response:
    """Show one record whole; raises `StoreError` where it is gone."""
    run = run_of(request)
    asked = filters_of(request, "model", "request")
    with run.open() as store:
        kept = store.one_asked(asked["model"], asked["request"])
        names = model_names(store)
    if kept is None:
        raise StoreError("This record is gone: it failed before, and is asked again.")
    return show_run(
        request,
        "record",
        record=kept,
        model=names.get(kept.model, ""),
        parameters=json.dumps(kept.parameters, ensure_ascii=False, indent=1),
        raw=json.dumps(asdict(kept.reply), ensure_ascii=False, indent=1),
    )
