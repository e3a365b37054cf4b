"""Texts of any other kind that a method made: listed, and judged where they stand."""

from collections.abc import Mapping
from typing import NamedTuple

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response

from acculturate.methods.judged import Subject
from acculturate.study.people_verdicts import Verdicts, verdicts_of
from acculturate.viewer.asked_run import filters_of, person_of, run_of, show_run, subject_of
from acculturate.viewer.guard import read_form
from acculturate.viewer.judging_forms import judged_in_list
from acculturate.viewer.made_files import Line, texts_of
from acculturate.viewer.paging import page_of, whole
from acculturate.viewer.run_shelf import ViewedRun

LINES = 10
"""Texts on a page."""
FILTERS = ("adapt", "judged", "find")


class ShownText(NamedTuple):
    """A text by its adaptation and id; `beside` is what its line says besides."""

    adapt: str
    id: str
    text: str
    beside: str


def texts(request: Request) -> Response:
    """Show the texts of a kind that fit the filters, page by page."""
    run, asked, subject = run_of(request), filters_of(request, *FILTERS), _subject(request)
    person, every = person_of(request), _texts(run, subject)
    own = verdicts_of(run.folder, subject, person) if person else {}
    rows = [text for text in every if _fits(text, asked, own)]
    return show_run(
        request,
        "texts",
        subject=subject,
        asked=asked,
        asked_of=subject.asked("en", None),
        page=page_of(rows, whole(request.query_params, "page"), LINES),
        own=own,
        adaptations=sorted({text.adapt for text in every}),
    )


def _subject(request: Request) -> Subject:
    return subject_of(str(request.path_params["kind"]))


def _texts(run: ViewedRun, subject: Subject) -> list[ShownText]:
    return [_shown(line) for line in texts_of(run, subject.ending)]


def _shown(line: Line) -> ShownText:
    """Return a line of a file as it is shown; what is neither text nor number is left out."""
    told = {key: value for key, value in line.items() if isinstance(value, str | int | float)}
    adapt, name, text = (str(told.pop(key, "")) for key in ("adapt", "id", "text"))
    return ShownText(adapt, name, text, " · ".join(f"{k} {v}" for k, v in told.items()))


def _fits(text: ShownText, asked: Mapping[str, str], own: Verdicts) -> bool:
    judged = "yes" if (text.adapt, text.id) in own else "no"
    same = {"adapt": text.adapt, "judged": judged}
    if any(asked[name] not in ("", value) for name, value in same.items()):
        return False
    whole_text = " ".join(text).casefold()
    return all(word in whole_text for word in asked["find"].casefold().split())


async def judge_text(request: Request) -> Response:
    """Keep what a person says of a text, and go back to its page."""
    fields = await read_form(request, request.app.state.tokens)
    return await run_sync(_judged, request, fields)


def _judged(request: Request, fields: Mapping[str, str]) -> Response:
    subject = _subject(request)
    made = {(text.adapt, text.id) for text in _texts(run_of(request), subject)}
    return judged_in_list(request, fields, subject, made, (f"texts/{subject.name}", FILTERS))
