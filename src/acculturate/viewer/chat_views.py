"""The chat: two models of a run side by side. See `side_chat`.

The script of the page asks for replies as lines of JSON, one whenever a model has written a token:
`{"model": ref, "text": its reply so far}`, and in the end `{"problem": sentence}`, empty where all
went well. Without a script the form is sent, and the page comes when both have replied.
"""

import json
import threading
from collections.abc import AsyncIterator
from queue import SimpleQueue

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from acculturate.errors import AcculturateError, StoreError
from acculturate.viewer.asked_run import back_to, run_of, show_run
from acculturate.viewer.guard import read_form
from acculturate.viewer.run_shelf import ViewedRun
from acculturate.viewer.side_chat import (
    LONGEST,
    TEMPERATURES,
    Chats,
    Setting,
    Talk,
    references,
    why_not,
)

STREAM = "application/x-ndjson"


def chat(request: Request) -> Response:
    """Show what can be chosen, and why what cannot."""
    return _page(request, None)


def talk(request: Request) -> Response:
    """Show a talk; raises `StoreError` where it is forgotten."""
    return _page(request, _talk(request))


def _page(request: Request, going: Talk | None, problem: str = "", text: str = "") -> Response:
    run = run_of(request)
    survey = run.finished.survey
    codes = dict.fromkeys([*run.finished.cultures, *run.finished.study.cultures.adapt])
    refs = references(run)
    return show_run(
        request,
        "chat",
        status=409 if problem else 200,
        talk=going,
        talk_number=request.path_params.get("talk"),
        refs={ref: why_not(run, ref) for ref in refs},
        names={ref: _named(run, ref) for ref in refs},
        cultures={code: survey.culture(code).name for code in codes},
        temperatures=TEMPERATURES,
        longest=LONGEST,
        problem=problem,
        text=text,
    )


def _named(run: ViewedRun, ref: str) -> str:
    """Return what a model is called: its name, or the adaptation on it."""
    models = run.finished.study.models
    return f"{ref}: {models[ref].name}" if ref in models else f"adapted by {ref.removeprefix('@')}"


def _talk(request: Request) -> Talk:
    chats: Chats = request.app.state.chats
    going = chats.talk(int(request.path_params["talk"]))
    if going is None or going.run != run_of(request).number:
        raise StoreError("This talk is forgotten: begin another one.")
    return going


async def begin_talk(request: Request) -> Response:
    """Begin a talk with the models and the culture of a form."""
    fields = await read_form(request, request.app.state.tokens)
    run, chats = run_of(request), request.app.state.chats
    temperature = fields.get("temperature", "")
    setting = Setting(
        fields.get("left", ""),
        fields.get("right", ""),
        fields.get("culture", ""),
        temperature if temperature in TEMPERATURES else TEMPERATURES[0],
    )
    number = await run_sync(chats.begin, run, setting)
    return back_to(f"/run/{run.number}/chat/{number}")


async def say(request: Request) -> Response:
    """Say something to both models, and show what they reply: the page anew, or to a script that
    asks for it lines of JSON while they write.
    """
    fields = await read_form(request, request.app.state.tokens)
    run, chats, going = run_of(request), request.app.state.chats, _talk(request)
    text = fields.get("text", "")
    if request.headers.get("accept") == STREAM:
        return StreamingResponse(_written(chats, run, going, text), media_type=STREAM)
    try:
        # the end of the server does not wait for a model that is still writing
        await run_sync(chats.say, run, going, text, abandon_on_cancel=True)
    except AcculturateError as error:
        return await run_sync(_page, request, going, str(error), text)
    return back_to(f"/run/{run.number}/chat/{request.path_params['talk']}#last")


async def _written(chats: Chats, run: ViewedRun, going: Talk, text: str) -> AsyncIterator[str]:
    """Yield what both models write as lines of JSON. They go on where nobody reads any more."""
    lines: SimpleQueue[dict[str, str]] = SimpleQueue()

    def talk() -> None:
        problem = "The models could not be asked: see the terminal of the viewer."
        try:
            chats.say(run, going, text, lambda ref, reply: lines.put({"model": ref, "text": reply}))
            problem = ""
        except AcculturateError as error:
            problem = str(error)
        finally:
            lines.put({"problem": problem})

    threading.Thread(target=talk, daemon=True).start()
    while True:
        line = await run_sync(lines.get, abandon_on_cancel=True)
        yield f"{json.dumps(line)}\n"
        if "problem" in line:
            return
