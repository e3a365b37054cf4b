"""What a server can do, found by asking it: some accept a parameter and ignore it.

Each ability is shown by a reply that could not come without it:

    manner        the plainest request is answered; what is refused is left out, then tried again
    thinks        a reply begins with a thought although thinking was switched off, shown or hidden
    listed        log-probabilities of the first token come, and are probabilities of that
    clamped       at half the temperature lists differ, and not as they should
    constrained   asked for a colour but bound to two numbers, it gives a number
    binds         the same, with room for a thought before it: texts can be held to a schema
    continues     a reply that is begun costs no more tokens than its own
    draws         not every seed gives the same text: some servers take the likeliest, always
    seeded        one seed gives one text twice, another seed another text, all at the same time
    many          asked for three replies, it gives three, and not one of them thrice
    hearing       a word of the system message comes back, or its tokens are counted (hearing.py)

About a dozen requests of a few tokens; what was found is kept for a day per server and model.
`acculturate doctor --model server:NAME` asks anew and says it.
"""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from acculturate.engines.server.address import Address
from acculturate.engines.server.answering_model import akin
from acculturate.engines.server.capabilities import Abilities
from acculturate.engines.server.constraint import choice_of, named
from acculturate.engines.server.hearing import hearing
from acculturate.engines.server.listing import asked_list, begins_elsewhere, listed, steepness
from acculturate.engines.server.reply import (
    all_text,
    begins_in_thought,
    hides_thought,
    tokens_read,
    written,
)
from acculturate.engines.server.request_body import FULLEST, Manner
from acculturate.engines.server.spending import Json, used
from acculturate.engines.server.transport import BROKEN, Ask
from acculturate.engines.server.trouble import UnansweredError
from acculturate.engines.weights import cache_folder
from acculturate.errors import ServerError
from acculturate.files import text_digest, write_whole
from acculturate.records import Generation, Message

VERSION = 5
DAY = 86_400.0
ROOM = 1024
"""Tokens for a first reply: a thought that the template has opened shows only by its end."""
LINE, SHORT = 12, 24
"""Tokens for words that are drawn, and for a reply that is bound or repeats a word."""
MOST_LISTED = (256, 20, 10, 5)
"""What is asked for as `top_logprobs`: OpenAI allows 20, vLLM as many as `--max-logprobs` says (20
without it), llama.cpp any number, some fewer.
"""

ONE = Message("user", "Say 1.")
COLOUR = Message("user", "What colour is the sky on a clear day? One word.")
WORDS = Message("user", "Write five words that have nothing to do with each other.")
BOUND = ("7", "8")
MORE_SEEDS = range(4, 16)
"""Asked where three draws were alike, which may be chance."""
TOGETHER = 3
"""Replies asked for in one request."""
COOL = 0.5
"""Another temperature than 1."""
ODD = 0.3
"""By how much lists may miss what a temperature makes of them: servers compute in 16 bits."""
POORER: tuple[tuple[str, Any], ...] = (
    ("whole", "fewer"),
    ("whole", "config"),
    ("whole", ""),
    ("switches", False),
    ("limit", "max_completion_tokens"),
    ("system", False),
    ("seed", False),
    ("defaults", False),
)
"""What is given up, one after the other, until a server answers."""


def probe(ask: Ask, model: str) -> Abilities:
    """Ask a server what it can do with a model. Raises `ServerError` where it does not answer."""
    try:
        manner, first = _manner(ask)
        name = str(first.get("model") or model)
        able = Abilities(
            manner,
            thinks=begins_in_thought(first) or hides_thought(first),
            answers_as="" if name == model else name,
            another=not akin(name, model),
        )
        able, warm = (able, None) if able.thinks else _with_lists(ask, able)
        able, short = _with_temperature(ask, able, warm)
        able = replace(
            able,
            constrained=not able.thinks and _bound(ask, manner, SHORT),
            continues=able.listed > 0 and _continues(ask, manner, short),
        )
        able = replace(able, binds=able.constrained or _bound(ask, manner, ROOM))
        able = replace(able, **_draws(ask, manner, _room(first, LINE)))
        return _with_system(ask, able, _room(first, SHORT), short)
    except UnansweredError as problem:
        raise ServerError(f"{problem.failure.message} Nothing can be asked of it yet.") from None


def known_abilities(ask: Ask, address: Address, model: str) -> Abilities:
    """Return what was found within a day, else what the probe finds now."""
    path = _note(address, model)
    abilities = _read(path)
    if abilities is None:
        abilities = probe(ask, model)
        write_whole(path, json.dumps(asdict(abilities)))
    return abilities


def forget(address: Address, model: str) -> None:
    """Let the next opening ask anew."""
    _note(address, model).unlink(missing_ok=True)


def _note(address: Address, model: str) -> Path:
    name = text_digest(f"{VERSION}\n{address.place}\n{model}", 24)
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
    """Return the fullest way of asking that the server takes, with its reply.

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
    """Return the reply, or None where the server refuses such a request, or breaks over it."""
    try:
        return ask(body)
    except UnansweredError as problem:
        if problem.failure.kind == "transient" and problem.status != BROKEN:
            raise  # it may be taken another time
        return None


def _room(first: Json, tokens: int) -> int:
    """Return tokens to write, with more where a thought comes first that nobody sees."""
    return ROOM if hides_thought(first) else tokens


def _with_lists(ask: Ask, able: Abilities) -> tuple[Abilities, Json | None]:
    """Return the longest list that the server gives, of `MOST_LISTED`, and the reply that it came
    with; some servers give fewer and do not say so.
    """
    for most in MOST_LISTED:
        body = able.manner.body([ONE], 1, logprobs=True, top_logprobs=most)
        reply = _taken(partial(asked_list, ask), body)
        if reply is not None:
            come = _come(reply)
            apart = come > 0 and begins_elsewhere(reply)
            return replace(able, listed=0 if apart else come, apart=apart), reply
    return able, None


def _come(reply: Json) -> int:
    come = len(_shares(reply))
    # tokens of one text are added up, so a few may be missing
    enough = (most for most in MOST_LISTED if come >= most - max(2, most // 10))
    return next(enough, come if come > 1 else 0)


def _shares(reply: Json) -> dict[str, float]:
    """Return the listed probabilities; nothing where the list holds something else."""
    try:
        return listed(reply)
    except UnansweredError:
        return {}


def _bound(ask: Ask, manner: Manner, room: int) -> bool:
    reply = _taken(ask, manner.body([COLOUR], room, response_format=choice_of(BOUND)))
    text = written(reply) if reply is not None else None
    return isinstance(text, Generation) and named(text.text, BOUND) is not None


def _with_temperature(
    ask: Ask, able: Abilities, warm: Json | None
) -> tuple[Abilities, Json | None]:
    """Return what another temperature does to what was listed, and the reply to a short prompt."""
    lists = {"logprobs": True, "top_logprobs": able.listed} if able.listed else {}
    body = partial(able.manner.body, [ONE], SHORT, **lists)
    cool = _taken(ask, body(temperature=COOL))
    if cool is None:
        plain = _taken(ask, body())
        return replace(able, one_temperature=plain is not None), plain
    if able.listed and warm is not None:
        steep = steepness(_shares(warm), _shares(cool))
        able = replace(able, clamped=not any(abs(steep - factor) < ODD for factor in (1, 1 / COOL)))
    return able, cool


def _continues(ask: Ask, manner: Manner, alone: Json | None) -> bool:
    """Return whether the server goes on from a reply that is begun: one of a token adds one to the
    prompt; one that is closed, with another opened behind it, adds several.
    """
    begun = _taken(ask, manner.body([ONE, Message("assistant", "1")], 1))
    if alone is None or begun is None:
        return False
    try:
        return tokens_read(begun) - tokens_read(alone) == 1
    except UnansweredError:
        return False


def _draws(ask: Ask, manner: Manner, room: int) -> dict[str, Any]:
    """Return whether texts are drawn, whether seeds hold, whether several replies come at once.

    The seeds are asked for together: a server may keep one state of its dice for all requests.
    Where nothing is shown, nothing is known: then texts are taken to be drawn.
    """

    def text(seed: int) -> str:
        return all_text(ask(manner.body([WORDS], room, seed=seed))).strip()

    with ThreadPoolExecutor(3) as together:
        one, again, other = together.map(text, (1, 1, 2))
    many = _taken(ask, manner.body([WORDS], room, seed=3, n=TOGETHER))
    alike = one == again == other and all(text(seed) == one for seed in MORE_SEEDS)
    return {
        "draws": not (one and alike),
        "seeded": manner.seed and one == again != other,
        "many": many is not None and _all_differ(many),
    }


def _all_differ(reply: Json) -> bool:
    """Return whether as many texts came as were asked for, and none is a copy of another."""
    texts = {all_text(reply, at).strip() for at in range(len(reply["choices"]))}
    return len(texts) == len(reply["choices"]) == TOGETHER and "" not in texts


def _with_system(ask: Ask, able: Abilities, room: int, short: Json | None) -> Abilities:
    """Return what becomes of system messages; they are moved where they are dropped."""
    if not able.manner.system:
        return able
    temperature = 1.0 if able.one_temperature else 0.0
    heard = hearing(ask, able.manner, room, temperature, used(short)[0] if short else 0)
    return replace(able, hearing=heard, manner=replace(able.manner, system=heard != "moved"))
