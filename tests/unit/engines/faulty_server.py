"""A server on loopback that goes wrong in every way that servers do, drawn by a seed.

with FaultyServer(share=0.3, seed=1) as server:
    ... every third request or so meets one of `FAULTS` ...
    server.billed, server.met, server.waits

What it counts is the truth that a client's own totals are held against: `billed` are tokens of
the replies that it sent whole.
"""

import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from .fake_server import FakeServer, Fault, Handler, Json, dropped, half, page, refusal

HANG = 30.0
"""Seconds for which nothing comes: longer than any client here waits."""
DRIP = 0.05
"""Seconds between two bytes of a reply that drips."""


@dataclass
class FaultyServer(FakeServer):
    """`share` of the requests meet a fault; `elsewhere_at` is where redirects point, `rest` the
    seconds that a client is told to wait, `kinds` the faults that are drawn (all of them).
    """

    share: float = 0.0
    seed: int = 0
    elsewhere_at: str = ""
    rest: float = 0.3
    kinds: tuple[str, ...] = ()
    met: Counter[str] = field(default_factory=Counter)
    waits: list[tuple[float, float]] = field(default_factory=list)
    arrived: list[float] = field(default_factory=list)
    billed: Counter[str] = field(default_factory=Counter)
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def __exit__(self, *error: object) -> None:
        self.over.set()
        super().__exit__(*error)

    def next_fault(self) -> Fault | None:
        self.arrived.append(time.monotonic())
        if self.rng.random() >= self.share:
            return None
        name = self.rng.choice(self.kinds or tuple(FAULTS))
        self.met[name] += 1
        return FAULTS[name](self)

    def reply(self, body: Json) -> Json:
        """A reply that will be sent whole, and is paid for."""
        reply = super().reply(body)
        self.bill(reply)
        return reply

    def bill(self, reply: Json) -> None:
        with self.lock:
            self.billed["requests"] += 1
            self.billed["read"] += reply["usage"]["prompt_tokens"]
            self.billed["written"] += reply["usage"]["completion_tokens"]


def changed(change: Callable[[Json], object]) -> Callable[[FaultyServer], Fault]:
    """A whole reply with something wrong in it."""

    def fault(server: FaultyServer) -> Fault:
        def go_wrong(handler: Handler) -> bool:
            reply = server.reply(handler.asked)
            change(reply)
            handler.send(200, reply)
            return False

        return go_wrong

    return fault


def told_to_wait(server: FaultyServer) -> Fault:
    headers = {"Retry-After": f"{server.rest:g}"}

    def go_wrong(handler: Handler) -> bool:
        with server.lock:  # before it is sent: a client's wait begins no sooner
            server.waits.append((time.monotonic(), server.rest))
        handler.send(429, {"error": {"message": "Rate limit."}}, headers)
        return False

    return go_wrong


def hanging(server: FaultyServer) -> Fault:
    def go_wrong(handler: Handler) -> bool:
        handler.close_connection = True
        server.over.wait(HANG)
        return False

    return go_wrong


def reset(handler: Handler) -> bool:
    """The connection ends with an RST."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True
    return False


def dripping(server: FaultyServer) -> Fault:
    """A reply without end, a byte at a time: each comes before any timeout for one read."""

    def go_wrong(handler: Handler) -> bool:
        handler.close_connection = True
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        try:
            while not server.over.wait(DRIP):
                handler.wfile.write(b" ")
                handler.wfile.flush()
        except OSError:
            pass  # the client has left, as it should
        return False

    return go_wrong


def cut_body(handler: Handler) -> bool:
    """Fewer bytes than were announced."""
    handler.send_response(200)
    handler.send_header("Content-Length", "500")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [{"mess')
    handler.close_connection = True
    return False


def endless(handler: Handler) -> bool:
    """A body of many MiB."""
    handler.close_connection = True
    handler.send_response(200)
    handler.send_header("Content-Length", str(1 << 40))
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" " * (1 << 20))
    except OSError:
        return False


def redirect(status: int) -> Callable[[FaultyServer], Fault]:
    def fault(server: FaultyServer) -> Fault:
        where = server.elsewhere_at or "http://127.0.0.1:9/v1"
        return refusal(status, {"Location": f"{where}/chat/completions"})

    return fault


def always(fault: Fault) -> Callable[[FaultyServer], Fault]:
    return lambda server: fault


def _say(reply: Json, text: str | None) -> None:
    for choice in reply["choices"]:
        choice["message"]["content"] = text


def _drop_lists(reply: Json) -> None:
    for choice in reply["choices"]:
        choice.pop("logprobs", None)


FAULTS: dict[str, Callable[[FaultyServer], Fault]] = {
    "429, told to wait": told_to_wait,
    "429": always(refusal(429)),
    "500": always(refusal(500)),
    "502": always(refusal(502)),
    "503 with a page": always(page(503)),
    "a page with a 200": always(page(200)),
    "hang": hanging,
    "dropped": always(dropped),
    "reset": always(reset),
    "drip": dripping,
    "cut body": always(cut_body),
    "half JSON": always(half),
    "endless": always(endless),
    "a list": always(refusal(200, body="[1, 2]")),
    "a word": always(refusal(200, body='"choices"')),
    "choices of numbers": always(refusal(200, body='{"choices": [1, null]}')),
    "choices by name": always(refusal(200, body='{"choices": {"0": {}}}')),
    "nested": always(refusal(200, body='{"choices": ' + "[" * 20_000 + "]" * 20_000 + "}")),
    "digits": always(refusal(200, body='{"choices": [' + "9" * 9000 + "]}")),
    "nested error": always(refusal(500, body="[" * 20_000)),
    "wrong model": changed(lambda reply: reply.update(model="impostor")),
    "empty choices": changed(lambda reply: reply.update(choices=[])),
    "null content": changed(lambda reply: _say(reply, None)),
    "half a letter": changed(lambda reply: _say(reply, "1 \ud83d")),
    "no log-probabilities": changed(_drop_lists),
    "redirect 302": redirect(302),
    "redirect 307": redirect(307),
    "redirect 308": redirect(308),
}
