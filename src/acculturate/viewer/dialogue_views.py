"""Dialogues: listed, read, and judged by whoever reads them, blind to the judge."""

from collections.abc import Mapping

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response

from acculturate.errors import StoreError
from acculturate.methods.judged import Subject
from acculturate.records.results.talks import DialogueRow
from acculturate.study.people_verdicts import Verdicts, keep_verdict, verdicts_of
from acculturate.viewer.asked_run import (
    back_to,
    filters_of,
    person_of,
    run_of,
    show_run,
    subject_of,
)
from acculturate.viewer.guard import read_form
from acculturate.viewer.judging_forms import told_verdict
from acculturate.viewer.made_files import dialogues_of
from acculturate.viewer.paging import page_of, whole
from acculturate.viewer.run_shelf import ViewedRun
from acculturate.viewer.templating import query

LINES = 25
"""Dialogues on a page."""
FILTERS = ("adapt", "culture", "domain", "fate", "judged", "find")


def dialogues(request: Request) -> Response:
    """Show dialogues that fit the filters, page by page."""
    run, asked = run_of(request), filters_of(request, *FILTERS)
    every = dialogues_of(run)
    own = own_verdicts(run, person_of(request))
    rows = [case for case in every if _fits(case, asked, own)]
    return show_run(
        request,
        "dialogues",
        asked=asked,
        page=page_of(rows, whole(request.query_params, "page"), LINES),
        own=own,
        names={
            code: run.finished.survey.culture(code).name
            for code in sorted({case.culture for case in every})
        },
        choices={
            "adapt": sorted({case.adapt for case in every}),
            "domain": sorted({case.domain for case in every}),
        },
    )


def _subject() -> Subject:
    return subject_of("dialogue")


def own_verdicts(run: ViewedRun, person: str) -> Verdicts:
    """Return what a person said of dialogues so far; nothing without a name."""
    return verdicts_of(run.folder, _subject(), person, _alone(run)) if person else {}


def _alone(run: ViewedRun) -> str:
    """Return the adaptation of sheets that name none."""
    names = {case.adapt for case in dialogues_of(run)}
    return names.pop() if len(names) == 1 else ""


def _fits(case: DialogueRow, asked: Mapping[str, str], own: Verdicts) -> bool:
    words = asked["find"].casefold().split()
    fate = "dropped" if case.dropped else "kept"
    judged = "yes" if (case.adapt, case.id) in own else "no"
    same = {
        "adapt": case.adapt,
        "culture": case.culture,
        "domain": case.domain,
        "fate": fate,
        "judged": judged,
    }
    if any(asked[name] not in ("", value) for name, value in same.items()):
        return False
    text = " ".join([case.id, case.setting, *(move.text for move in case.moves)]).casefold()
    return all(word in text for word in words)


def dialogue(request: Request) -> Response:
    """Show a dialogue with what people are asked about it."""
    run, case = run_of(request), _dialogue(request)
    person, names = person_of(request), run.finished.survey
    culture = names.culture(case.culture)
    verdict = own_verdicts(run, person).get((case.adapt, case.id))
    every = dialogues_of(run)
    at = every.index(case)
    return show_run(
        request,
        "dialogue",
        case=case,
        named=culture.name,
        asked=_subject().asked(case.language, culture),
        own=verdict,
        following=every[at + 1] if at + 1 < len(every) else None,
        place=at + 1,
        total=len(every),
    )


def _dialogue(request: Request) -> DialogueRow:
    """Return the dialogue of an address; raises `StoreError` for none."""
    asked = filters_of(request, "adapt", "id")
    for case in dialogues_of(run_of(request)):
        if (case.adapt, case.id) == (asked["adapt"], asked["id"]):
            return case
    raise StoreError("There is no such dialogue in this run.")


async def judge_dialogue(request: Request) -> Response:
    """Keep what a person says of a dialogue, and go on to it again."""
    fields = await read_form(request, request.app.state.tokens)
    return await run_sync(_judged, request, fields)


def _judged(request: Request, fields: Mapping[str, str]) -> Response:
    run, case = run_of(request), _dialogue(request)
    person = fields.get("person", "").strip()
    verdict = told_verdict(fields, case.adapt, case.id, tuple(_subject().aspects))
    keep_verdict(run.folder, _subject(), person, verdict)
    there = query({"adapt": case.adapt, "id": case.id})
    return back_to(f"/run/{run.number}/dialogue{there}", person)
