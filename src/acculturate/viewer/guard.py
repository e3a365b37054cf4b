"""The guard: who may ask the viewer, and what its pages may do.

A page on the web can have the browser of whoever visits it send requests to this machine, under any
name that it makes point here. So a request is answered only where

    the host is a name of this machine, with the viewer's port
    the origin, where the browser says one, is the viewer itself
    the token of the address is with it, in the address once, then in a cookie that no script reads
    a change of state is a POST whose form holds the form's token

Tokens are compared in constant time. Pages load and run what the viewer itself serves and nothing
else: a text of a model that got past the escaping would still do nothing.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
LONGEST_FORM = 64 * 1024
"""Bytes of a form that are read."""
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    # forms of the page say their origin, and no other page learns where somebody comes from
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}


@dataclass(frozen=True)
class Tokens:
    """What is drawn at each start: the token of the address, and that of forms."""

    address: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    form: str = field(default_factory=lambda: secrets.token_urlsafe(32))


class RefusedError(Exception):
    """A request that is not answered: a status and a sentence."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(status, said)
        self.status, self.said = status, said


class Guard:
    """Lets requests through to an application that may ask it, and puts headers on every answer."""

    def __init__(self, app: ASGIApp, tokens: Tokens, port: int) -> None:
        self._app = app
        self._tokens = tokens
        self._hosts = {f"{host}:{port}" for host in LOOPBACK}
        self._origins = {f"http://{host}" for host in self._hosts}
        # cookies know no ports: two viewers have one each
        self._cookie = f"acculturate_view_{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; there are no other connections."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        if scope["type"] != "http":
            return
        request = Request(scope)
        try:
            answer = self._entry(request)
            self._check(request)
        except RefusedError as refused:
            answer = PlainTextResponse(refused.said, refused.status)
        await (answer or self._app)(scope, receive, _with_headers(send))

    def _entry(self, request: Request) -> Response | None:
        """Return the way to the first page for who comes with the address that was printed."""
        given = request.query_params.get("token")
        if given is None:
            return None
        self._check_host(request)
        if not _same(given, self._tokens.address):
            raise RefusedError(403, NO_TOKEN)
        answer = RedirectResponse(request.url.path, 303)
        answer.set_cookie(
            self._cookie, self._tokens.address, httponly=True, samesite="strict", path="/"
        )
        # the answer is complete: what follows is not asked with this request
        request.scope["acculturate.entered"] = True
        return answer

    def _check(self, request: Request) -> None:
        if request.scope.get("acculturate.entered"):
            return
        self._check_host(request)
        if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            raise RefusedError(403, "Another page asked for this: open the address yourself.")
        if not _same(request.cookies.get(self._cookie, ""), self._tokens.address):
            raise RefusedError(403, NO_TOKEN)

    def _check_host(self, request: Request) -> None:
        hosts, origins = (request.headers.getlist(name) for name in ("host", "origin"))
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            raise RefusedError(403, "This address is not the one that `acculturate view` printed.")
        if any(origin.lower() not in self._origins for origin in origins):
            raise RefusedError(403, "Another page asked for this, so it is not answered.")
        if request.method == "POST" and not origins:
            raise RefusedError(403, "A form says where it comes from; this one does not.")


NO_TOKEN = (
    "The token is missing or wrong: open the whole address that `acculturate view` printed. It has "
    "another token each time that it starts."
)


async def read_form(request: Request, tokens: Tokens) -> Mapping[str, str]:
    """Return the fields of a form; raises `RefusedError` for one that is too long or without its
    token.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_FORM:
            raise RefusedError(413, "That is too long to be read.")
    try:
        text = body.decode()
        fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=50))
    except ValueError:
        raise RefusedError(400, "The form cannot be read.") from None
    if not _same(fields.get("token", ""), tokens.form):
        raise RefusedError(403, "The form is of an earlier start: load the page again.")
    return fields


def _same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), token.encode())


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            kept = [pair for pair in message["headers"] if pair[0].decode() not in HEADERS]
            message = {**message, "headers": [*kept, *own]}
        await send(message)

    return sending
