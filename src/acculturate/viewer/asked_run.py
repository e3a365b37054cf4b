"""What a request asks for: the run of its path, its filters, and who is judging."""

from typing import Any
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from acculturate.errors import StoreError
from acculturate.viewer.run_shelf import Shelf, ViewedRun
from acculturate.viewer.templating import show

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
    tabs = {"overview": "", "items": "items", "records": "records"}
    tabs |= {"dialogues": "dialogues"} if run.dialogue_files else {}
    tabs |= {"questions": "questions"} if run.question_files else {}
    tabs |= {"chat": "chat"}
    return show(
        template,
        status,
        run=run,
        tabs=tabs,
        here=template,
        form_token=request.app.state.tokens.form,
        person=person_of(request),
        **values,
    )


def person_of(request: Request) -> str:
    """Return the name under which somebody judges, "" where none was given yet."""
    return unquote(request.cookies.get(PERSON, ""))[:60]


def back_to(address: str, person: str = "") -> RedirectResponse:
    """Return the way to a page, after a form; a person's name is kept for the next one."""
    answer = RedirectResponse(address, 303)
    if person:
        answer.set_cookie(PERSON, quote(person), httponly=True, samesite="strict", path="/")
    return answer
