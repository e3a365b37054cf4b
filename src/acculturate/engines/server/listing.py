"""What a server lists as the reply's first token: asked for, and read as probabilities.

Lists differ: a word's beginning is a space, a mark for one, or dropped; a token may be given in
bytes; what has no probability stands there as 0 or as a number far below any. What cannot be a list
of probabilities is not read at all.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

from acculturate.engines.labels import LEAST
from acculturate.engines.replies import ROUNDING
from acculturate.engines.server.reply import all_text
from acculturate.engines.server.spending import Json
from acculturate.engines.server.transport import Ask
from acculturate.engines.server.trouble import UnansweredError
from acculturate.records import Failure

BARE = " \t\r\n*_`\"'(["
"""What stands before an answer and is none."""
NOTHING = -90.0
"""A log-probability below which a number stands for none at all (-9999 and its like)."""
LISTS_ASKED = 4
"""How often a list is asked for where the reply is empty."""
SPACES = {"\u0120": " ", "\u2581": " ", "\u010a": "\n"}
"""How tokenizers write a space before a word, and the end of a line."""
BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>|(?:bytes:)?\\x([0-9A-Fa-f]{2})")
"""A token that is one byte, as tokenizers and servers write it."""


def asked_list(ask: Ask, body: Mapping[str, Any]) -> Json:
    """Return the reply to a request for a list of first tokens.

    llama.cpp's server in Python lists nothing where the token that it draws is the end of the
    reply: then another is drawn.
    """
    for seed in range(LISTS_ASKED):
        reply = ask({**body, "seed": seed} if "seed" in body else body)
        if _pairs(reply) or all_text(reply).strip():
            break
    return reply


def listed(reply: Json) -> dict[str, float]:
    """Return log-probabilities of what may stand first in the reply, by text; empty where there are
    none.

    Pieces of one text (some servers drop the mark of a word's beginning) are added up; what stands
    there without a probability is left out. Raises `UnansweredError` where the numbers are no
    probabilities.
    """
    shares: dict[str, float] = {}
    numbers = [(text, logprob) for text, logprob in _pairs(reply) if not logprob < NOTHING]
    for text, logprob in numbers:
        shares[text] = shares.get(text, 0.0) + math.exp(min(logprob, 1.0))
    if not sum(shares.values()) <= 1 + ROUNDING:  # also where one of them is nan
        raise UnansweredError(
            Failure("content", "The server's log-probabilities add up to more than 1.")
        )
    if len(numbers) > 2 and len({logprob for _, logprob in numbers}) == 1:
        raise UnansweredError(
            Failure("content", "The server's log-probabilities are the same for every token.")
        )
    return {text: math.log(share) for text, share in shares.items()}


def _pairs(reply: Json) -> list[tuple[str, float]]:
    try:
        first = reply["choices"][0]["logprobs"]["content"][0]
        return [(_text(logprob), float(logprob["logprob"])) for logprob in first["top_logprobs"]]
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError):
        return []


def _text(token: Mapping[str, Any]) -> str:
    """Return a token's text, by its bytes where it is given in bytes alone."""
    text = token.get("token")
    if not isinstance(text, str):
        text = bytes(list(text or token["bytes"])).decode("utf-8", "replace")
    text = BYTE.sub(lambda match: chr(int(match[1] or match[2], 16)), text)
    for mark, plain in SPACES.items():
        text = text.replace(mark, plain)
    return text


def begins_elsewhere(reply: Json) -> bool:
    """Return whether a list is not of what the answer begins with.

    So it is where a space or a mark is a token of its own and comes first, and where the list is
    one of another place: it leaves nothing out, and what was written is not among it.
    """
    shares = {text: math.exp(logprob) for text, logprob in listed(reply).items()}
    likeliest = max(shares, key=lambda text: shares[text], default="")
    drawn, left = all_text(reply).lstrip(BARE), 1 - sum(shares.values())
    among = any(_opens(text, drawn) for text in shares)
    return not likeliest.strip(BARE) or (bool(drawn) and left < ROUNDING and not among)


def steepness(warm: Mapping[str, float], cool: Mapping[str, float]) -> float:
    """Return how much further apart log-probabilities lie in a list for half the temperature.

    1 where temperature does not bear on lists, 2 where it does; also 1 where too little is listed.
    """
    both = [text for text in warm if text in cool]
    top = max(both, key=lambda text: warm[text], default="")
    gaps = [
        (warm[top] - warm[text], cool[top] - cool[text])
        for text in both
        if min(warm[text], cool[text]) > LEAST
    ]
    apart = sum(gap for gap, _ in gaps)
    return sum(gap for _, gap in gaps) / apart if apart > 1 else 1.0


def _opens(token: str, text: str) -> bool:
    """Return whether a text may begin with a token, or a token with a text."""
    piece = token.lstrip(BARE)
    return bool(piece) and (text.startswith(piece) or piece.startswith(text))
