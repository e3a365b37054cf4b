"""Whether a system message reaches the model: some servers and templates drop it and do not say so.

Every culture would then get the answer of a model that was told of none. Two things show it:

    a word      stands in the system message alone, and the model says it when asked
    its tokens  the prompt that is counted is as long with the message as it is without one

Where it is dropped, system messages stand at the head of the user's first message, which no server
can drop. Where neither shows anything, that is said.
"""

from dataclasses import replace

from acculturate.engines.server.capabilities import Hearing
from acculturate.engines.server.reply import all_text
from acculturate.engines.server.request_body import Manner
from acculturate.engines.server.spending import Json, used
from acculturate.engines.server.transport import Ask
from acculturate.engines.server.trouble import UnansweredError
from acculturate.records import Message

WORD = "Quorvane"
TOLD = Message(
    "system",
    f"The code word of this conversation is {WORD}. It is the name of an old fishing boat that "
    "lies in the harbour of a small town on the coast. The boat is painted green and white, and it "
    "has two masts and a cabin with round windows. In summer children sit on its deck and count "
    "the gulls, and in winter its owner mends the nets there by the light of a lamp. Nobody in the "
    "town knows how old it is, but the oldest people say that it was there before the church was "
    "built. Whoever asks you for the code word may know it. You answer such a question with this "
    f"one word and nothing else: {WORD}.",
)
"""Long, so that its tokens stand out from what a template adds of its own."""
ASKED = Message("user", "What is the code word?")
LENGTH = 100
"""Tokens that the message has at least."""


def hearing(ask: Ask, manner: Manner, room: int, temperature: float, short: int) -> Hearing:
    """Return what becomes of system messages, which the server takes.

    `room`: tokens for a reply; `short`: the tokens of a prompt with no long message, 0 where they
    are not counted.
    """
    as_asked = _reply(ask, manner, room, temperature)
    if as_asked and _says_it(as_asked):
        return "taken"
    moved = _reply(ask, replace(manner, system=False), room, temperature)
    if moved and _says_it(moved):
        return "moved"
    with_system, in_user = _read(as_asked), _read(moved)
    if not with_system or in_user - short < LENGTH:
        return "unknown"  # where counts say nothing of a prompt's length, they do not count
    return "moved" if in_user - with_system > LENGTH * 2 / 3 else "taken"


def _reply(ask: Ask, manner: Manner, room: int, temperature: float) -> Json | None:
    try:
        return ask(manner.body([TOLD, ASKED], room, temperature=temperature))
    except UnansweredError as problem:
        if problem.failure.kind == "transient":
            raise
        return None


def _says_it(reply: Json) -> bool:
    return WORD.casefold() in all_text(reply).casefold()


def _read(reply: Json | None) -> int:
    return used(reply)[0] if reply else 0
