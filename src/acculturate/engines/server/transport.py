"""One request to a server, asked again until it is answered or given up.

The client's own retries are off (they hold no budget): a request is tried again after what
`Retry-After` says, or after a random part of a wait that doubles, while its tries and its patience
last. What comes out is the reply's JSON, or one of two things:

- `UnansweredError`: this request gets no reply, and why; it becomes a record.
- `ServerError`: no request would get one (a wrong key, a name that the server does not have), in a
  sentence that says what to do.

The client's exceptions are never passed on: they carry the request with its headers.
"""

import contextlib
import random
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from acculturate.bounded import TOO_DEEP, TOO_LONG, json_tree, whole_letters
from acculturate.engines.server import answering_model
from acculturate.engines.server.address import Address, hide_queries, host_of
from acculturate.engines.server.pace import Gate
from acculturate.engines.server.server_settings import ServerSettings
from acculturate.engines.server.spending import Json, Ledger, billed, cut_short, used, wanted
from acculturate.engines.server.trouble import (
    UnansweredError,
    advice,
    broken,
    error_of,
    gist,
    retry_after,
    status_of,
    why,
)
from acculturate.errors import ServerError, first_line, nearest
from acculturate.extras import lacking
from acculturate.records import Failure

Ask = Callable[[Mapping[str, Any]], Json]
"""Sends a body, returns the reply."""

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
LAST_MOMENT = 0.5
"""Seconds; a connection that is still being made when its client closes would never be closed."""
LOOK = 5.0
"""Seconds for a look whether a server is somewhere."""
BUSY = (429, 503, 529)
MOVED = (301, 302, 303, 307, 308)
REFUSED = (400, 413, 422)
AGAIN = (408, 409, 425, 500, 502, 504, 520, 521, 522, 523, 524)
FILTER_CODES = ("content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation")
NAMES_TOLD = 12
BROKEN, BROKEN_TRIES = 500, 3
"""A server that breaks over a request mostly breaks over it again."""
IN_VAIN = 16
"""After so many requests given up, one after the other, a server is taken for gone."""


class _Trouble(NamedTuple):
    """One try that failed: what happened, whether more were too many, how long to wait, and the
    tokens that were paid for all the same.
    """

    said: str
    busy: bool = False
    wait: float | None = None
    status: int = 0
    paid: tuple[int, int] = (0, 0)


class Transport:
    """Sends to one model at one address; safe to share between threads.

    `answering` is the name by which the model answers, once that is known ("" before): what comes
    from another one is not taken.
    """

    def __init__(
        self, address: Address, model: str, settings: ServerSettings, ledger: Ledger
    ) -> None:
        missing = lacking("A model on a server needs", "server", "openai")
        if missing:
            raise ServerError(f"{missing}.")
        from acculturate.engines.server.client import open_client

        hide_queries()
        self.address = address
        self.model = model
        self.answering = ""
        self.gate = Gate(settings.at_once)
        self.ledger = ledger
        self._settings = settings
        self._in_vain = 0
        try:
            self._client = open_client(address, settings.timeout)
        except Exception as error:  # of ssl, of a proxy's address: whatever the library meets first
            raise ServerError(
                f"No connection to {address.host} can be set up "
                f"({address.hidden(first_line(error))}): look at HTTP_PROXY, HTTPS_PROXY, "
                "ALL_PROXY and SSL_CERT_FILE."
            ) from None

    def ask(self, body: Mapping[str, Any]) -> Json:
        """Return the reply to one chat request, paid for, after as many tries as it takes.

        Raises `UnansweredError`; `ServerError` where no request would be answered, or would pass
        the spending limit.
        """
        reply = self._ask(body)
        if cut_short(body, reply):
            raise UnansweredError(Failure("content", _cut(used(reply)[0])))
        return reply

    def _ask(self, body: Mapping[str, Any]) -> Json:
        begun = 0.0
        for tried in range(1, self._settings.tries + 1):
            with self.ledger.holding(*wanted(body)), self.gate:
                if self.gate.is_shut:
                    raise UnansweredError(Failure("transient", "The engine was closed meanwhile."))
                # the time limit counts from here: waiting for other requests is not part of it
                begun = begun or time.monotonic()
                reply = self._try(body)
                if not isinstance(reply, _Trouble):
                    self.ledger.settle(1, *billed(body, reply))
                    self._in_vain = 0
                    self.gate.went_well()
                    return reply
                self.ledger.settle(1 if any(reply.paid) else 0, *reply.paid)
                wait = _wait(reply, tried)
                over = time.monotonic() - begun + wait > self._settings.patience
                if reply.busy:
                    self.gate.overloaded(0.0 if over else reply.wait or 0.0)
            if over or tried >= self._tries(reply):
                raise self._given_up(reply, tried, wait if over else 0.0)
            self.gate.rest(wait)
        raise AssertionError("a server is tried at least once")

    def _tries(self, trouble: _Trouble) -> int:
        most = self._settings.tries
        return min(most, BROKEN_TRIES) if trouble.status == BROKEN else most

    def _given_up(self, trouble: _Trouble, tried: int, wait: float) -> Exception:
        """Return what to raise for one request; once many are lost in a row, for all of them."""
        tries = f"{tried} tries" if tried > 1 else "one try"
        asked = f"; it asks to wait {wait:.0f} s" if wait and trouble.wait else ""
        sentence = f"{self._place} gave no reply in {tries}: {trouble.said}{asked}."
        self._in_vain += 1  # threads may lose a count between them: it is a rough one
        if self._in_vain >= IN_VAIN:
            return ServerError(
                f"{self._in_vain} requests in a row got no reply. {sentence} Run again "
                "when it is back: every reply so far is kept."
            )
        return UnansweredError(Failure("transient", sentence), trouble.status)

    def check(self) -> None:
        """See that the server is there, and has the model if it lists any; raises `ServerError`."""
        names = self.models()
        if names is not None and self.model not in names:
            # lists are not always whole (adapters, aliases), so the server has the last word
            with contextlib.suppress(UnansweredError):
                self.ask({"messages": [{"role": "user", "content": "1"}], "max_tokens": 1})

    def models(self, timeout: float = 10.0) -> list[str] | None:
        """Return the names that the server has; None where it does not say. Raises
        `ServerError`.
        """
        import openai

        try:
            page = self._client.models.with_raw_response.list(timeout=timeout)
            listed = json_tree(page.http_response.text)["data"]
            return [str(entry["id"]) for entry in listed]
        except openai.AuthenticationError as problem:
            raise self._locked(problem.status_code) from None
        except openai.APIConnectionError as problem:
            raise ServerError(f"{self._place} {self._no_connection(problem)}") from None
        except (openai.APIError, ValueError, KeyError, TypeError):
            return None  # a server without a list: asking it will show

    def lost(self, problem: ServerError) -> ServerError:
        """Return `problem`, or a better one where the address is not the server's base URL."""
        meant = self.address.meant
        if meant == self.address.base.rstrip("/") or not self._answers(meant):
            return problem
        return ServerError(
            f"{self._place} is asked at an address that is not its base URL: set OPENAI_BASE_URL "
            f"(or url in [models.X.server]) to {meant}."
        )

    def _answers(self, url: str) -> bool:
        """Return whether a list of models, or the wish for a key, comes from a base URL."""
        import openai

        try:
            client = self._client.with_options(base_url=url)
            page = client.models.with_raw_response.list(timeout=LOOK)
            return isinstance(json_tree(page.http_response.text)["data"], list)
        except (openai.AuthenticationError, openai.PermissionDeniedError):
            return True
        except (openai.APIError, ValueError, KeyError, TypeError):
            return False

    def close(self) -> None:
        """Close connections and end waiting requests; those under way have a moment to end."""
        self.gate.shut()
        self.gate.drain(LAST_MOMENT)
        self._client.close()

    @property
    def _place(self) -> str:
        return f"The server at {self.address.host}"

    def _try(self, body: Mapping[str, Any]) -> Json | _Trouble:
        """Send once. Raises for what no further try would change."""
        import openai

        standard = {"model": self.model, "messages": body["messages"]}
        more = {key: value for key, value in body.items() if key != "messages"}
        try:
            raw = self._client.chat.completions.with_raw_response.create(
                **standard, extra_body=more
            )
            return self._read(raw.http_response.text)
        except openai.APITimeoutError:
            return _Trouble(f"it took longer than {self._settings.timeout:g} s", busy=True)
        except openai.APIConnectionError as problem:
            return _Trouble(why(problem))
        except openai.APIStatusError as problem:
            headers = problem.response.headers
            return self._refused(problem.status_code, problem.response.text, headers)

    def _read(self, text: str) -> Json | _Trouble:
        """Return a body with a 200, which may still be a proxy's page, half a reply or an error."""
        try:
            tree = json_tree(whole_letters(text))
        except ValueError as flaw:
            reason = gist(text, self.address.hidden)
            why_not = str(flaw) if str(flaw) in (TOO_DEEP, TOO_LONG) else f"no JSON ({reason})"
            return _Trouble(f"its reply is {why_not}")
        reply = tree if isinstance(tree, dict) else {}
        taken = self._taken(reply, text)
        return taken._replace(paid=used(reply)) if isinstance(taken, _Trouble) else taken

    def _taken(self, reply: Json, text: str) -> Json | _Trouble:
        if isinstance(reply.get("choices"), list) and reply["choices"]:
            return self._whole(reply)
        error = reply.get("error")
        if error:
            return self._refused(status_of(error) or 500, text, {})
        return _Trouble(f"its reply holds no choices ({gist(text, self.address.hidden)})")

    def _whole(self, reply: Json) -> Json | _Trouble:
        """Return a reply that holds no error, comes from the model that was asked, and read its
        prompt.
        """
        problem = broken(reply)
        if problem is not None:
            code, reason = error_of(problem.text, self.address.hidden)
            if code in FILTER_CODES or problem.status in (*BUSY, *REFUSED):
                return self._refused(problem.status, problem.text, {})
            return _Trouble(f"its reply is an error ({reason})")
        name = str(reply.get("model") or self.model)
        if self.answering and not any(
            answering_model.akin(name, known) for known in (self.answering, self.model)
        ):
            return _Trouble(f"another model answered it, '{gist(name, self.address.hidden)}'")
        return reply

    def _refused(self, status: int, text: str, headers: Mapping[str, str]) -> _Trouble:
        """Return what an error status means; raises unless a further try may help."""
        code, reason = error_of(text, self.address.hidden)
        if code in FILTER_CODES or (status == 403 and "flagged" in reason):
            raise UnansweredError(Failure("content", f"The server's filter took it: {reason}."))
        if status in (401, 403):
            raise self._locked(status)
        if code == "insufficient_quota" or status == 402:
            raise ServerError(f"{self._place} refuses for want of credit: {reason}.")
        if status == 404:
            raise self._unknown(reason, self.models() or [])
        if status in MOVED:
            return _Trouble(self._moved(status, headers), status=BROKEN)
        if status in BUSY:
            return _Trouble(f"it has too much to do ({status})", True, retry_after(headers))
        if status in AGAIN or status >= 500:
            return _Trouble(f"it failed ({status}: {reason})", False, retry_after(headers), status)
        raise UnansweredError(
            Failure(
                "content",
                f"{self._place} refuses the request ({status}): {reason}.{advice(reason)}",
            ),
            status,
        )

    def _moved(self, status: int, headers: Mapping[str, str]) -> str:
        """Return what a redirect means; a key and prompts go nowhere but where they were meant
        for.
        """
        host = gist(host_of(headers.get("location", "")) or "elsewhere", self.address.hidden)
        return f"it sends on to {host} ({status}), which is not followed: name the address itself"

    def _locked(self, status: int) -> ServerError:
        variable = self.address.key_variable
        if self.address.key:
            return ServerError(
                f"{self._place} refuses the key in {variable} ({status}): set {variable} to a key "
                "that may use this server and model."
            )
        return ServerError(
            f"{self._place} wants a key ({status}), and none was sent: set {variable}; for an "
            "address in a study file also name it, key_variable = "
            f'"{variable}" in [models.X.server].'
        )

    def _unknown(self, reason: str, names: list[str]) -> ServerError:
        if self.model in names:
            return ServerError(f"{self._place} lists '{self.model}', but cannot ask it: {reason}.")
        known = ", ".join(names[:NAMES_TOLD]) + (", ..." if len(names) > NAMES_TOLD else "")
        return ServerError(
            f"{self._place} has no model '{self.model}'."
            + (
                f"{nearest(self.model, names)} It has: {known}."
                if names
                else f" It says: {reason}."
            )
        )

    def _no_connection(self, problem: Exception) -> str:
        return (
            f"cannot be reached ({why(problem)}): start it, or set OPENAI_BASE_URL to where it is."
        )


def _wait(trouble: _Trouble, tried: int) -> float:
    """Return seconds until the next try: what the server says and a little more, else (and where it
    says "at once") a random part of a wait that doubles, so that many who failed together do not
    come back together.
    """
    if trouble.wait:
        return trouble.wait + random.uniform(0, FIRST_WAIT / 2)
    return random.uniform(0.5, 1) * min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (tried - 1))


def _cut(read: int) -> str:
    return (
        f"The server read only {read} tokens of a prompt that has more: serve the model with room "
        "for longer prompts, then add --retry-failed."
    )
