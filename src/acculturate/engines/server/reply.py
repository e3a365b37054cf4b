"""What a reply's body says: a text, its thought apart, how it ended, who wrote it.

Servers have many words for an end, and put thoughts in many places: in the text, in a field beside
it, in a part of it, or nowhere, so that only the count of tokens tells. What holds no answer is a
failure with its reason, never an empty answer that would be counted as a refusal.

    >>> reply = {"choices": [{"message": {"content": ""}, "finish_reason": "length"}],
    ...          "usage": {"completion_tokens": 24}}
    >>> said(reply, reply["choices"][0]).written.unfinished
    True
"""

from dataclasses import dataclass
from typing import Any

from acculturate.engines.replies import LIMIT, Written, text_reply
from acculturate.engines.server import ends
from acculturate.engines.server.spending import Json, count_of, used
from acculturate.engines.server.trouble import UnansweredError, gist
from acculturate.engines.thoughts import THOUGHT_MARKS, reasoning_split
from acculturate.records import Failure, Generation

THOUGHT_KEYS = ("reasoning_content", "reasoning", "thinking", "thinking_blocks")
"""Where servers put a thought that they keep apart from the answer."""
TEXT_PARTS = ("text", "output_text")
"""The kinds of a content's parts that are the answer; other parts are thought."""
SILENT = 4
"""Tokens that may be counted for a reply that says nothing: its end, and an empty thought."""
HIDDEN = "({} tokens that the server does not show)"


@dataclass(frozen=True, slots=True)
class Said:
    """One choice of a reply: what was written, or why nothing can be read (`failure`)."""

    written: Written
    read: int
    new: int
    failure: Failure | None = None

    def as_reply(self, setting: str) -> Generation | Failure:
        """Return what is kept; `setting` says what to do where the length did not suffice."""
        return self.failure or text_reply(self.written, self.read, self.new, setting)


def said(reply: Json, choice: Any) -> Said:
    """Return what one choice of a reply says."""
    message, end = message_of(choice), ends.end_of(choice)
    read, new = used(reply)
    new //= len(reply["choices"])
    content, apart = _content(message)
    inside, answer, cut = reasoning_split(content)
    reasoning = "\n\n".join(filter(None, [apart, inside])) or _hidden(reply)
    written = Written(answer, reasoning, cut, end in ends.FULL)
    return Said(written, read, new, _unreadable(message, end, content, reasoning, new))


def written(reply: Json, setting: str = LIMIT) -> Generation | Failure:
    """Return the text of a reply's first choice, its reasoning apart."""
    return said(reply, reply["choices"][0]).as_reply(setting)


def _unreadable(message: Json, end: str, content: str, reasoning: str, new: int) -> Failure | None:
    """Return why a choice holds neither a text nor the beginning of one."""
    if end in ends.FILTERED:
        return Failure("content", "The server's content filter took the reply.")
    if message.get("refusal"):
        return Failure("content", f"The model refused: {gist(str(message['refusal']), str)}.")
    if content or reasoning or end in ends.FULL:
        return None
    if end in ends.CALLED or message.get("tool_calls"):
        return Failure("content", "The reply calls a tool, and no text is in it.")
    tokens = f", though {new} tokens were written" if new > SILENT else ""
    why = "a stop string of the server's own, or a thought that it hides, may have taken it"
    return Failure("content", f"The reply is empty{tokens}: {why}.")


def message_of(choice: Any) -> Json:
    message = choice.get("message") if isinstance(choice, dict) else None
    return message if isinstance(message, dict) else {}


def _content(message: Json) -> tuple[str, str]:
    """Return (text, thought kept apart) of a message, whose content may be in parts."""
    content = message.get("content") or ""
    parts = content if isinstance(content, list) else [{"type": "text", "text": str(content)}]
    named = [part for part in parts if isinstance(part, dict)]
    text = [_plain(part) for part in named if part.get("type", "text") in TEXT_PARTS]
    thought = [_plain(part) for part in named if part.get("type", "text") not in TEXT_PARTS]
    apart = next((_plain(message[key]) for key in THOUGHT_KEYS if message.get(key)), "")
    return "".join(text), "\n\n".join(filter(None, [apart.strip(), *thought]))


def _plain(part: Any) -> str:
    """Return the texts in a part, however deep they lie."""
    if isinstance(part, list):
        return "".join(map(_plain, part))
    if isinstance(part, dict):
        return "".join(_plain(part[key]) for key in ("text", "thinking") if part.get(key))
    return str(part)


def hidden_tokens(reply: Json, at_least: int = SILENT + 1) -> int:
    """Return tokens of thought that a server counts, whether it shows them or not; 0 for fewer than
    so many.
    """
    usage = reply.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    details = usage.get("completion_tokens_details")
    tokens = details.get("reasoning_tokens") if isinstance(details, dict) else None
    tokens = count_of(tokens or usage.get("reasoning_tokens"))
    return tokens if tokens >= at_least else 0


def _hidden(reply: Json) -> str:
    tokens = hidden_tokens(reply)
    return HIDDEN.format(tokens // len(reply["choices"])) if tokens else ""


def all_text(reply: Json, at: int = 0) -> str:
    """Return everything that one choice shows, thought and answer."""
    return "\n".join(_content(message_of(reply["choices"][at]))[::-1])


def begins_in_thought(reply: Json) -> bool:
    """Return whether what was written is thought, not answer."""
    text, apart = _content(message_of(reply["choices"][0]))
    marked = (
        text.lstrip().startswith(opening) or closing in text for opening, closing in THOUGHT_MARKS
    )
    return bool(apart) or hidden_tokens(reply) > 0 or any(marked)


def hides_thought(reply: Json) -> bool:
    """Return whether a reply shows nothing, although tokens were written."""
    _, new = used(reply)
    silent = not all_text(reply).strip()
    return silent and (ends.end_of(reply["choices"][0]) in ends.FULL or new > SILENT)


def tokens_read(reply: Json) -> int:
    """Return the prompt's tokens; raises `UnansweredError` where the server does not count them."""
    read, _ = used(reply)
    if not read:
        raise UnansweredError(Failure("content", "The server does not count tokens."))
    return read
