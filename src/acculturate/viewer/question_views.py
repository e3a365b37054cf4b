"""Written questions: with each culture's shift, and judged where they stand."""

from collections.abc import Mapping

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response

from acculturate.records.results.made import QuestionRow
from acculturate.study.people_verdicts import Verdicts, verdicts_of
from acculturate.viewer.asked_run import filters_of, person_of, run_of, show_run, subject_of
from acculturate.viewer.guard import read_form
from acculturate.viewer.judging_forms import judged_in_list
from acculturate.viewer.made_files import questions_of, shifts_of
from acculturate.viewer.paging import page_of, whole

LINES = 10
"""Questions on a page."""
FILTERS = ("adapt", "topic", "judged", "find")


def questions(request: Request) -> Response:
    """Show questions that fit the filters, page by page, with their shifts."""
    run, asked = run_of(request), filters_of(request, *FILTERS)
    person, subject = person_of(request), subject_of("question")
    every = questions_of(run)
    own = verdicts_of(run.folder, subject, person) if person else {}
    rows = [line for line in every if _fits(line, asked, own)]
    page = page_of(rows, whole(request.query_params, "page"), LINES)
    adaptations = dict.fromkeys(line.adapt for line in page.rows)
    shifts = {
        (adapt, question): lines
        for adapt in adaptations
        for question, lines in shifts_of(
            run, adapt, [line.id for line in page.rows if line.adapt == adapt]
        ).items()
    }
    return show_run(
        request,
        "questions",
        asked=asked,
        page=page,
        own=own,
        shifts=shifts,
        asked_of=subject.asked("en", None),
        choices={
            "adapt": sorted({line.adapt for line in every}),
            "topic": sorted({line.topic for line in every}),
        },
    )


def _fits(line: QuestionRow, asked: Mapping[str, str], own: Verdicts) -> bool:
    judged = "yes" if (line.adapt, line.id) in own else "no"
    same = {"adapt": line.adapt, "topic": line.topic, "judged": judged}
    if any(asked[name] not in ("", value) for name, value in same.items()):
        return False
    text = " ".join([line.id, line.question, *line.options]).casefold()
    return all(word in text for word in asked["find"].casefold().split())


async def judge_question(request: Request) -> Response:
    """Keep what a person says of a question, and go back to its page."""
    fields = await read_form(request, request.app.state.tokens)
    return await run_sync(_judged, request, fields)


def _judged(request: Request, fields: Mapping[str, str]) -> Response:
    made = {(line.adapt, line.id) for line in questions_of(run_of(request))}
    return judged_in_list(request, fields, subject_of("question"), made, ("questions", FILTERS))
