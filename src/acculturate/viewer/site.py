"""The site: which page answers which address, and the pages of errors."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from acculturate.errors import AcculturateError
from acculturate.viewer import (
    chat_views,
    dialogue_views,
    item_views,
    question_views,
    record_views,
    run_views,
    text_views,
)
from acculturate.viewer.guard import Guard, RefusedError, Tokens
from acculturate.viewer.run_shelf import Shelf
from acculturate.viewer.side_chat import Chats
from acculturate.viewer.templating import asset, show

ASSETS = ("report.css", "view.css", "view.js")
PAGES = {
    "/": run_views.runs,
    "/compare": run_views.side_by_side,
    "/run/{run:int}": run_views.overview,
    "/run/{run:int}/items": item_views.items,
    "/run/{run:int}/item": item_views.item,
    "/run/{run:int}/records": record_views.records,
    "/run/{run:int}/record": record_views.record,
    "/run/{run:int}/dialogues": dialogue_views.dialogues,
    "/run/{run:int}/dialogue": dialogue_views.dialogue,
    "/run/{run:int}/questions": question_views.questions,
    "/run/{run:int}/texts/{kind}": text_views.texts,
    "/run/{run:int}/chat": chat_views.chat,
    "/run/{run:int}/chat/{talk:int}": chat_views.talk,
}
FORMS = {
    "/run/{run:int}/dialogue": dialogue_views.judge_dialogue,
    "/run/{run:int}/questions": question_views.judge_question,
    "/run/{run:int}/texts/{kind}": text_views.judge_text,
    "/run/{run:int}/chat": chat_views.begin_talk,
    "/run/{run:int}/chat/{talk:int}": chat_views.say,
}


def site(shelf: Shelf, tokens: Tokens, port: int, chats: Chats | None = None) -> ASGIApp:
    """Return the application that answers on a port, behind its guard."""
    routes = [Route(path, page, methods=["GET"]) for path, page in PAGES.items()]
    routes += [Route(path, form, methods=["POST"]) for path, form in FORMS.items()]
    routes.append(Route("/assets/{name}", _asset, methods=["GET"]))
    app = Starlette(
        routes=routes,
        exception_handlers={AcculturateError: _problem, RefusedError: _refused, 404: _not_found},
    )
    app.state.shelf, app.state.tokens, app.state.chats = shelf, tokens, chats or Chats()
    return Guard(app, tokens, port)


def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    return asset(name) if name in ASSETS else _not_found(request)


def _problem(request: Request, error: Exception) -> Response:
    return show("problem", 409, said=str(error))


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    return PlainTextResponse(error.said, error.status)


def _not_found(request: Request, error: Exception | None = None) -> Response:
    return show("problem", 404, said="There is no such page.")
