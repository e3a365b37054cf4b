"""What a request asks for: the run of its path, its filters, and who is judging."""

from typing import Any
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from acculturate.errors import StoreError, unknown
from acculturate.methods.adaptation import find_subjects
from acculturate.methods.judged import Subject
from acculturate.viewer.run_shelf import Shelf, ViewedRun
from acculturate.viewer.templating import show

OWN_PAGES = ("dialogue", "question")
"""Kinds of texts that have a page made for them; the others share one (`text_views`)."""
PERSON = "acculturate_person"
LONGEST_FILTER = 200
"""Characters of a filter that are heeded."""


def shelf_of(request: Request) -> Shelf:
    """Return the runs that are viewed."""
    shelf: Shelf = request.app.state.shelf
    return shelf


def run_of(request: Request) -> ViewedRun:
    """Return the run of a request's path; raises `StoreError` for none."""
    runs = shelf_of(request).runs
    number = int(request.path_params["run"])
    if number >= len(runs):
        raise StoreError("There is no such run here: begin at the list of runs.")
    return runs[number]


def filters_of(request: Request, *names: str) -> dict[str, str]:
    """Return the filters of an address by name, "" for those that are not set."""
    return {name: request.query_params.get(name, "")[:LONGEST_FILTER].strip() for name in names}


def show_run(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page of a run: with its tabs, and the token of its forms."""
    run = run_of(request)
    return show(
        template,
        status,
        run=run,
        tabs=_tabs(run),
        here=values["subject"].name if "subject" in values else template,
        form_token=request.app.state.tokens.form,
        person=person_of(request),
        **values,
    )


def _tabs(run: ViewedRun) -> dict[str, str]:
    """Return the paths of a run's pages, by what their links say."""
    made = {
        f"{name}s": f"{name}s" if name in OWN_PAGES else f"texts/{name}"
        for name, subject in find_subjects().items()
        if run.files(subject.ending)
    }
    return {"overview": "", "items": "items", "records": "records", **made, "chat": "chat"}


def subject_of(name: str) -> Subject:
    """Return a kind of texts that people judge; raises `StoreError` for one that no method
    brings.
    """
    known = find_subjects()
    if name not in known:
        raise StoreError(unknown("kind of texts", name, known))
    return known[name]


def person_of(request: Request) -> str:
    """Return the name under which somebody judges, "" where none was given yet."""
    return unquote(request.cookies.get(PERSON, ""))[:60]


def back_to(address: str, person: str = "") -> RedirectResponse:
    """Return the way to a page, after a form; a person's name is kept for the next one."""
    answer = RedirectResponse(address, 303)
    if person:
        answer.set_cookie(PERSON, quote(person), httponly=True, samesite="strict", path="/")
    return answer
