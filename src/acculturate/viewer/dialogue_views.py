"""Dialogues of CLCA: listed, read, and judged by whoever reads them, blind to the judge."""

from collections.abc import Mapping, Sequence

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response

from acculturate.clca.judges.people import Case
from acculturate.clca.judges.people_page import shown_case
from acculturate.errors import StoreError
from acculturate.study.people_verdicts import (
    DIALOGUE,
    PersonVerdict,
    Verdicts,
    keep_verdict,
    verdicts_of,
)
from acculturate.viewer.asked_run import back_to, filters_of, person_of, run_of, show_run
from acculturate.viewer.guard import read_form
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
        names={code: run.finished.survey.culture(code).name for code in _cultures(every)},
        choices={
            "adapt": sorted({case.adaptation for case in every}),
            "domain": sorted({case.row.domain for case in every}),
        },
    )


def _cultures(cases: Sequence[Case]) -> list[str]:
    return sorted({case.row.culture for case in cases})


def own_verdicts(run: ViewedRun, person: str) -> Verdicts:
    """Return what a person said of dialogues so far; nothing without a name."""
    return verdicts_of(run.folder, DIALOGUE, person, _alone(run)) if person else {}


def _alone(run: ViewedRun) -> str:
    """Return the adaptation of sheets that name none."""
    names = {case.adaptation for case in dialogues_of(run)}
    return names.pop() if len(names) == 1 else ""


def _fits(case: Case, asked: Mapping[str, str], own: Verdicts) -> bool:
    row, words = case.row, asked["find"].casefold().split()
    fate = "dropped" if row.dropped else "kept"
    judged = "yes" if (case.adaptation, case.id) in own else "no"
    same = {
        "adapt": case.adaptation,
        "culture": row.culture,
        "domain": row.domain,
        "fate": fate,
        "judged": judged,
    }
    if any(asked[name] not in ("", value) for name, value in same.items()):
        return False
    text = " ".join([case.id, row.setting, *(move.text for move in row.moves)]).casefold()
    return all(word in text for word in words)


def dialogue(request: Request) -> Response:
    """Show a dialogue with what people are asked about it."""
    run, case = run_of(request), _case(request)
    person, names = person_of(request), run.finished.survey
    shown = shown_case(case, names.culture(case.row.culture))
    verdict = own_verdicts(run, person).get((case.adaptation, case.id))
    every = dialogues_of(run)
    at = every.index(case)
    return show_run(
        request,
        "dialogue",
        case=case,
        shown=shown,
        own=verdict,
        following=every[at + 1] if at + 1 < len(every) else None,
        place=at + 1,
        total=len(every),
    )


def _case(request: Request) -> Case:
    """Return the dialogue of an address; raises `StoreError` for none."""
    asked = filters_of(request, "adapt", "id")
    for case in dialogues_of(run_of(request)):
        if (case.adaptation, case.id) == (asked["adapt"], asked["id"]):
            return case
    raise StoreError("There is no such dialogue in this run.")


async def judge_dialogue(request: Request) -> Response:
    """Keep what a person says of a dialogue, and go on to it again."""
    fields = await read_form(request, request.app.state.tokens)
    return await run_sync(_judged, request, fields)


def _judged(request: Request, fields: Mapping[str, str]) -> Response:
    run, case = run_of(request), _case(request)
    person = fields.get("person", "").strip()
    verdict = told_verdict(fields, case.adaptation, case.id, DIALOGUE.aspects)
    keep_verdict(run.folder, DIALOGUE, person, verdict)
    there = query({"adapt": case.adaptation, "id": case.id})
    return back_to(f"/run/{run.number}/dialogue{there}", person)


def told_verdict(
    fields: Mapping[str, str], adaptation: str, name: str, aspects: tuple[str, ...]
) -> PersonVerdict:
    """Return the verdict of a form."""
    words = {"good": True, "bad": False}
    verdicts = {aspect: words[fields[aspect]] for aspect in aspects if fields.get(aspect) in words}
    comment = fields.get("comment", "").replace("\r\n", "\n").strip()
    return PersonVerdict(adaptation, name, verdicts, comment)
