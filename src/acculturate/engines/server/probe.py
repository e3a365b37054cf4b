"""What a server can do, found by asking it: some take a parameter and ignore it without a word.

Each ability is shown by a reply that could not come without it:

    manner        the plainest request is answered; what is refused is left out, then tried again
    listed        log-probabilities of the first token come, and are probabilities
    constrained   asked for a colour but bound to two numbers, it gives a number
    binds         the same, with room for a thought before it: texts can be held to a schema
    many          asked for two replies, it gives two
    draws         not every seed gives the same text: some servers take the likeliest, always
    seeded        one seed gives one text twice, another seed another text, all at the same time
    thinks        a reply begins with a thought although thinking was switched off
    continues     a reply that is begun costs no more tokens than its own

About ten requests of a few tokens; what was found is kept for a day per server and model.
`acculturate doctor --model server:NAME` asks anew and says it.
"""

import hashlib
import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from acculturate.engines.server.address import Address
from acculturate.engines.server.chat import (
    Manner,
    all_text,
    asked_list,
    begins_in_thought,
    listed,
    tokens_read,
    written,
)
from acculturate.engines.server.constraint import choice_of, named
from acculturate.engines.server.spending import Json
from acculturate.engines.server.transport import BROKEN, Ask, UnansweredError
from acculturate.engines.weights import cache_folder
from acculturate.errors import ServerError
from acculturate.records import Generation, Message

VERSION = 3
DAY = 86_400.0
ROOM = 256
"""Tokens for a first reply: a thought that the template has opened shows only by its end."""
SHORT = 16
"""Tokens for a reply that is bound and has no thought before it."""
MOST_LISTED = (20, 10, 5)
"""What is asked for as `top_logprobs`: OpenAI and vLLM allow 20, some fewer."""

ONE = Message("user", "Say 1.")
COLOUR = Message("user", "What colour is the sky on a clear day? One word.")
WORDS = Message("user", "Write five words that have nothing to do with each other.")
BOUND = ("7", "8")
MORE_SEEDS = (4, 5, 6, 7)
"""Asked where three draws were alike, which may be chance."""
FULLEST = Manner()
POORER: tuple[tuple[str, Any], ...] = (
    ("whole", "fewer"),
    ("whole", "config"),
    ("whole", ""),
    ("switches", False),
    ("limit", "max_completion_tokens"),
    ("system", False),
    ("seed", False),
)
"""What is given up, one after the other, until a server answers."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the probe found. `listed`: how many of the first token's alternatives come."""

    manner: Manner = FULLEST
    listed: int = 0
    constrained: bool = False
    binds: bool = False
    many: bool = False
    draws: bool = True
    seeded: bool = False
    thinks: bool = False
    continues: bool = False

    @property
    def way(self) -> str:
        """How options are weighed, unless there are too many, or their tokens are not known."""
        if self.listed and not self.thinks:
            return "log-probabilities"
        return "constrained choice" if self.constrained else "samples"

    @property
    def weighs(self) -> bool:
        """Whether options can be weighed: where they are counted, draws must differ."""
        return self.way == "log-probabilities" or self.draws

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, for a person to read."""
        manner, left_out = self.manner, []
        if not manner.whole:
            left_out.append("top_k and min_p")
        if not manner.switches:
            left_out.append("chat_template_kwargs")
        if not manner.system:
            left_out.append("system messages")
        if not manner.seed:
            left_out.append("seed")
        first = f" (the first {self.listed} tokens)" if self.listed else ", counted"
        begun = "can" if self.continues else "cannot"
        weighed = f"are weighed by {self.way}{first}" if self.weighs else "cannot be weighed"
        return (
            f"options {weighed}",
            f"a reply {begun} be begun, for labels of several tokens",
            "a seed gives the same text again" if self.seeded else "seeds do not hold",
            "several replies in one request" if self.many else "one reply in each request",
            *([] if self.draws else ["gives one text always, whatever temperature and seed"]),
            *(["thinks before it answers, and cannot be stopped"] if self.thinks else []),
            *([f"does without {', '.join(left_out)}"] if left_out else []),
        )


def probe(ask: Ask) -> Abilities:
    """Ask a server what it can do. Raises `ServerError` where it does not answer at all."""
    try:
        manner, first = _manner(ask)
        thinks = begins_in_thought(first)
        able = Abilities(manner, thinks=thinks)
        if not thinks:
            able = replace(
                able, listed=_listed(ask, manner), constrained=_bound(ask, manner, SHORT)
            )
            able = replace(able, continues=able.listed > 0 and _continues(ask, manner))
        binds = able.constrained or _bound(ask, manner, ROOM)
        return replace(able, binds=binds, **_draws(ask, manner))
    except UnansweredError as problem:
        raise ServerError(f"{problem.failure.message} Nothing can be asked of it yet.") from None


def known_abilities(ask: Ask, address: Address, model: str) -> Abilities:
    """What was found within a day, else what the probe finds now."""
    path = _note(address, model)
    found = _read(path)
    if found is None:
        found = probe(ask)
        part = path.with_name(f"{path.name}.{time.monotonic_ns()}.part")
        part.write_text(json.dumps(asdict(found)), encoding="utf-8")
        part.replace(path)
    return found


def forget(address: Address, model: str) -> None:
    """Let the next opening ask anew."""
    _note(address, model).unlink(missing_ok=True)


def _note(address: Address, model: str) -> Path:
    name = hashlib.sha256(f"{VERSION}\n{address.place}\n{model}".encode()).hexdigest()[:24]
    folder = cache_folder() / "servers"
    folder.mkdir(exist_ok=True)
    return folder / f"{name}.json"


def _read(path: Path) -> Abilities | None:
    try:
        if time.time() - path.stat().st_mtime > DAY:
            return None
        told = json.loads(path.read_text(encoding="utf-8"))
        return Abilities(**{**told, "manner": Manner(**told["manner"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None  # not there, or not whole: the probe will tell


def _manner(ask: Ask) -> tuple[Manner, Json]:
    """The fullest way of asking that the server takes, with its reply.

    What a server may not know is left out until it answers, then put back where that works.
    """
    manner, reply = FULLEST, _taken(ask, FULLEST.body([ONE], ROOM))
    given_up: list[tuple[str, Any]] = []
    for name, poorer in POORER:
        if reply is not None:
            break
        given_up.append((name, getattr(manner, name)))
        manner = replace(manner, **{name: poorer})
        reply = _taken(ask, manner.body([ONE], ROOM))
    if reply is None:
        return manner, ask(FULLEST.body([ONE], ROOM))  # to say why not
    put_back = set()
    for name, richer in given_up[:-1]:
        fuller = replace(manner, **{name: richer})
        better = None if name in put_back else _taken(ask, fuller.body([ONE], ROOM))
        if better is not None:
            manner, reply = fuller, better
            put_back.add(name)
    return manner, reply


def _taken(ask: Ask, body: Json) -> Json | None:
    """The reply, or None where the server refuses such a request, or breaks over it."""
    try:
        return ask(body)
    except UnansweredError as problem:
        if problem.failure.kind == "transient" and problem.status != BROKEN:
            raise  # it may be taken another time
        return None


def _listed(ask: Ask, manner: Manner) -> int:
    """Of `MOST_LISTED` the greatest that comes; some servers give fewer without a word."""
    for most in MOST_LISTED:
        body = manner.body([ONE], 1, logprobs=True, top_logprobs=most)
        reply = _taken(partial(asked_list, ask), body)
        if reply is not None:
            return _come(reply)
    return 0


def _come(reply: Json) -> int:
    try:
        come = len(listed(reply))
    except UnansweredError:
        return 0
    # tokens of one text are added up, so a few may be missing
    return next((most for most in MOST_LISTED if come >= most - 2), come if come > 1 else 0)


def _bound(ask: Ask, manner: Manner, room: int) -> bool:
    reply = _taken(ask, manner.body([COLOUR], room, response_format=choice_of(BOUND)))
    said = written(reply) if reply is not None else None
    return isinstance(said, Generation) and named(said.text, BOUND) is not None


def _continues(ask: Ask, manner: Manner) -> bool:
    """A reply that is begun with one token adds one to the prompt; one that is closed, and another
    opened, adds several.
    """
    alone = _taken(ask, manner.body([ONE], 1))
    begun = _taken(ask, manner.body([ONE, Message("assistant", "1")], 1))
    if alone is None or begun is None:
        return False
    try:
        return tokens_read(begun) - tokens_read(alone) == 1
    except UnansweredError:
        return False


def _draws(ask: Ask, manner: Manner) -> dict[str, Any]:
    """Whether texts are drawn, whether seeds hold, whether several replies come at once.

    The seeds are asked for together: a server may keep one state of its dice for all requests.
    """

    def text(seed: int) -> str:
        return all_text(ask(manner.body([WORDS], 12, seed=seed)))

    with ThreadPoolExecutor(3) as together:
        one, again, other = together.map(text, (1, 1, 2))
    both = _taken(ask, manner.body([WORDS], 12, seed=3, n=2))
    return {
        "draws": one != again or one != other or any(text(seed) != one for seed in MORE_SEEDS),
        "seeded": manner.seed and one == again != other,
        "many": both is not None and len(both["choices"]) == 2,
    }
