"""How numbers and other people's text are set on the page.

A model's text is hostile: it may hold markup, control characters, half of a surrogate pair (which
no file can hold) or marks that turn the direction of everything after them. Markup is the
template's business (autoescape); the rest is made visible here, once, for the whole tree of
`metrics.json`, so that no field can be forgotten.

    >>> signed(-0.0312)
    '−0.031'
    >>> printable({"text": chr(0x202E) + "abc"})
    {'text': '[U+202E]abc'}
"""

import math
import re
from typing import Any

ABSENT = "–"
# enough to judge a text by; a model that never stops would otherwise fill the page
LONGEST_TEXT = 1200

# C0 and C1 controls (not tab and newline), lone surrogates, Unicode's noncharacters at the end of
# the plane, and the marks that override or embed a direction
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)


def printable(tree: Any) -> Any:
    """Return a copy of parsed JSON in which every string, keys included, can be written
    and seen.
    """
    if isinstance(tree, str):
        return _INVISIBLE.sub(_named, tree.replace("\r\n", "\n"))
    if isinstance(tree, dict):
        return {printable(key): printable(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [printable(entry) for entry in tree]
    return tree


def number(value: Any) -> float | None:
    """Return a finite number, or None for everything else (null, NaN, text).

    Raises `jinja2.UndefinedError` for a name that a template's record lacks.
    """
    str(value)  # of such a name it raises
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value


def decimal(value: Any) -> str:
    """Set a number with three decimals and a real minus sign; a dash for null."""
    known = number(value)
    if known is None:
        return ABSENT
    text = f"{known:.3f}"
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", "−")


def signed(value: Any) -> str:
    """Set a number with three decimals and always a sign, so that +0.000 still says on which side
    of zero it is.
    """
    known = number(value)
    if known is None:
        return ABSENT
    return f"{known:+.3f}".replace("-", "−") if known else "0.000"


def p_value(value: Any) -> str:
    """Set a p-value with three decimals; never 0, which no test can show."""
    known = number(value)
    return "< 0.001" if known is not None and known < 0.0005 else decimal(value)


def count(value: Any) -> str:
    """Return a whole number in groups of three; a dash for null."""
    known = number(value)
    return ABSENT if known is None else f"{known:,.0f}"


def percent(part: Any, whole: Any) -> str:
    """Set `part` of `whole` as a percentage with one decimal; a dash where there is no whole."""
    share = share_of(part, whole)
    return ABSENT if share is None else f"{share:.1%}"


def share_of(part: Any, whole: Any) -> float | None:
    """Return `part` of `whole` within 0..1; None where there is no whole."""
    top, bottom = number(part), number(whole)
    return min(max(top / bottom, 0.0), 1.0) if top is not None and bottom else None


def clip(text: Any, limit: int = LONGEST_TEXT) -> str:
    """Return a text of at most `limit` characters and a note of what was left off."""
    whole = "" if text is None else str(text)
    if len(whole) <= limit:
        return whole
    return f"{whole[:limit]} … (and {len(whole) - limit:,} more characters)"


def duration(minutes: Any) -> str:
    """Set minutes in words: `40 seconds`, `7.9 minutes`, `3.2 hours`."""
    known = number(minutes)
    if known is None:
        return ABSENT
    if known < 1:
        return f"{known * 60:.0f} seconds"
    return f"{known:.1f} minutes" if known < 120 else f"{known / 60:.1f} hours"


def _named(match: re.Match[str]) -> str:
    code = ord(match.group())
    # the control pictures stand for the C0 controls one by one; the rest are named in words
    return chr(0x2400 + code) if code < 0x20 else f"[U+{code:04X}]"
