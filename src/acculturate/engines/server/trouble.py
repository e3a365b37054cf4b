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

Hide = Callable[[str], str]
"""Takes the secrets out of a text."""


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that `Retry-After` (a number or a date) or `retry-after-ms` ask for."""
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
    """(code, message) of an error's body, which may be JSON of several kinds, or a page."""
    try:
        error = json.loads(text)
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
    """The beginning of what a server says, without tags and secrets, as part of a sentence."""
    bare = re.sub(r"(?s)<(style|script)\b.*?</\1>|<[^>]*>", " ", text)
    bare = " ".join(hide(bare).split())
    return (bare[:most] + "..." if len(bare) > most else bare).rstrip(".") or "nothing"


def why(problem: BaseException) -> str:
    """The kind of a broken connection, in words; the exception itself may hold the address."""
    seen: list[str] = []
    cause: BaseException | None = problem
    while cause is not None:
        seen.append(f"{type(cause).__name__} {cause}".casefold())
        cause = cause.__cause__ or cause.__context__
    text = " ".join(seen)
    for mark, said in WHY.items():
        if mark in text:
            return said
    return "the connection was lost"


WHY = {
    "refused": "the connection was refused",
    "timeout": "it does not answer in time",
    "name or service": "no such host",
    "nodename": "no such host",
    "name resolution": "no such host",
    "certificate": "its certificate is not trusted",
    "disconnected": "the connection was dropped",
    "reset": "the connection was dropped",
}
