"""What a server says instead of an answer, in a few words that may be repeated.

Errors come as JSON of several kinds, as a proxy's page, or as a connection that breaks; the
client's exceptions hold the request with its headers. Only these words of them go on.

    >>> error_of('{"error": {"message": "Too long.", "code": "length"}}', str)
    ('length', 'Too long')
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from acculturate.bounded import json_tree, whole_letters
from acculturate.engines.server import ends
from acculturate.records import Failure

SAYING = (
    "content", "reasoning_content", "reasoning", "thinking", "thinking_blocks", "tool_calls",
    "refusal",
)  # fmt: skip
"""What a message may say something in."""

Hide = Callable[[str], str]
"""Takes the secrets out of a text."""


class UnansweredError(Exception):
    """A request without a usable reply; `failure` is what is recorded."""

    def __init__(self, failure: Failure, status: int = 0) -> None:
        super().__init__(failure.message)
        self.failure = failure
        self.status = status


class Broken(NamedTuple):
    """An error inside a reply that came with a 200; `status` is 0 where it has none."""

    text: str
    status: int = 0


def broken(reply: Mapping[str, Any]) -> Broken | None:
    """Return the error that stands in a reply or in one of its choices, if one does."""
    choices = reply["choices"]
    problems = (_broken_choice(choice) for choice in choices)
    error = reply.get("error")
    return _said_error(error) if error else next(filter(None, problems), None)


def _broken_choice(choice: Any) -> Broken | None:
    message = choice.get("message") if isinstance(choice, dict) else None
    if isinstance(choice, dict) and choice.get("error"):
        return _said_error(choice["error"])
    if not isinstance(message, dict):
        return Broken("it holds no message")
    end = ends.end_of(choice)
    if end in ends.BROKEN:
        return Broken(f"it ended with '{end}'")
    if end not in ends.KNOWN and not any(message.get(key) for key in SAYING):
        return None if choice.get("logprobs") else Broken("it is empty, and does not say why")
    return None


def _said_error(error: Any) -> Broken:
    return Broken(json.dumps({"error": error}), status_of(error))


def status_of(error: Any) -> int:
    """Return the status that an error's body names; 0 where it names none."""
    code = str(error.get("code") if isinstance(error, dict) else "")
    return int(code) if code.isdecimal() and 400 <= int(code) < 600 else 0


ADVICE = (
    (
        r"context|too long|num_ctx",
        "Serve the model with room for longer prompts, then add --retry-failed.",
    ),
    (
        r"temperature",
        "Set temperature to what it takes (answers.temperature); most such models take 1.",
    ),
    (r"top_p", "Set top_p to what it takes (answers.top_p); most such models take 1."),
    (r"max_(completion_)?tokens", "Set max_tokens of what asks it (answers.max_tokens)."),
)
"""What to do where a server refuses a request for what it says so."""


def advice(message: str) -> str:
    """Return a sentence for what a server refuses, with a space before it; "" where none
    is known.
    """
    sentences = (what for mark, what in ADVICE if re.search(mark, message, re.IGNORECASE))
    return "".join(f" {what}" for what in [*sentences][:1])


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return seconds that `Retry-After` (a number or a date) or `retry-after-ms` ask for."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        given = headers.get(name, "")
        try:
            return max(0.0, float(given) / unit)
        except ValueError:
            pass  # absent, or a date
    try:
        return max(0.0, parsedate_to_datetime(headers["retry-after"]).timestamp() - time.time())
    except (KeyError, ValueError):
        return None


def error_of(text: str, hide: Hide) -> tuple[str, str]:
    """Return (code, message) of an error's body, which may be JSON of several kinds, or a page."""
    try:
        error = json_tree(whole_letters(text))
    except ValueError:
        return "", gist(text, hide)
    for key in ("error", "detail", "message"):
        if isinstance(error, dict) and error.get(key) and not isinstance(error.get("code"), str):
            error = error[key]
    if not isinstance(error, dict):
        return "", gist(str(error), hide)
    code = error.get("code") or error.get("type") or ""
    return str(code), gist(str(error.get("message") or error), hide)


def gist(text: str, hide: Hide, most: int = 200) -> str:
    """Return the beginning of what a server says, without tags and secrets, as part of a
    sentence.
    """
    bare = re.sub(r"(?s)<(style|script)\b.*?</\1>|<[^>]*>", " ", text)
    bare = " ".join(hide(bare).split())
    return (bare[:most] + "..." if len(bare) > most else bare).rstrip(".") or "nothing"


def why(problem: BaseException) -> str:
    """Return the kind of a broken connection, in words; the exception itself may hold the
    address.
    """
    seen: list[str] = []
    cause: BaseException | None = problem
    while cause is not None:
        seen.append(f"{type(cause).__name__} {cause}".casefold())
        cause = cause.__cause__ or cause.__context__
    text = " ".join(seen)
    for mark, reason in WHY.items():
        if mark in text:
            return reason
    return "the connection was lost"


WHY = {
    "refused": "the connection was refused",
    "timeout": "it does not answer in time",
    "name or service": "no such host",
    "nodename": "no such host",
    "name resolution": "no such host",
    "certificate": "its certificate is not trusted",
    "too large": "its reply has no end",
    "disconnected": "the connection was dropped",
    "reset": "the connection was dropped",
}
