"""An OpenAI-compatible server on loopback that can do as little as it is told, and go wrong.

with FakeServer(first={"1": 0.7, "2": 0.2}) as server:
    server.faults = [refusal(429, {"Retry-After": "0"})]
    ... server.url ...
"""

import json
import math
import random
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Json = dict[str, Any]
Fault = Callable[["Handler"], bool]
"""Goes wrong; returns whether the request is answered all the same."""


class QuietServer(ThreadingHTTPServer):
    """Says nothing of clients that leave."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


@dataclass
class FakeServer:
    """`first`: the next token's probabilities; `after`: those after a reply that is begun.

    `hidden` tokens of thought come first, which nobody sees; one that `drops` reads no system
    message, one that `repeats` says the code word that it read; `copies` come for `n` draws, and at
    most `warmest` is the temperature of lists, where it bears on them. It answers below `root`, and
    with the status `elsewhere` to what is asked elsewhere. `written`: its texts within an object.
    """

    first: dict[str, float] = field(default_factory=lambda: {"1": 0.7, "2": 0.2, "No": 0.05})
    after: dict[str, dict[str, float]] = field(default_factory=dict)
    models: tuple[str, ...] = ("tiny", "other")
    key: str = ""
    listed: int = 20
    constrains: bool = True
    many: bool = True
    seeds: bool = True
    continues: bool = True
    joins: tuple[str, ...] = ()
    counts: bool = True
    refuses: tuple[str, ...] = ()
    system: bool = True
    thought: str = ""
    text: str = ""
    written: str = ""
    draws: bool = True
    ends: int = 0
    hidden: int = 0
    drops: bool = False
    repeats: bool = False
    copies: bool = False
    warmest: float = 0.0
    answers_as: str = "tiny"
    root: str = ""
    elsewhere: int = 404
    finish: str = "stop"
    delay: float = 0.0
    faults: list[Fault] = field(default_factory=list)
    asked: list[Json] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    inside: int = 0
    most_inside: int = 0

    def __enter__(self) -> Self:
        self.lock = threading.Lock()
        handler = type("Bound", (Handler,), {"fake": self})
        self._http = QuietServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.01}
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._http.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/v1"

    def next_fault(self) -> Fault | None:
        """What the next request meets, if anything; called with the lock held."""
        return self.faults.pop(0) if self.faults else None

    def refused(self, body: Json) -> bool:
        """Whether a request's temperature is refused."""
        return False

    def reply(self, body: Json) -> Json:
        """What a server of these abilities answers."""
        if self.drops:
            read = [message for message in body["messages"] if message["role"] != "system"]
            body = {**body, "messages": read}
        draws = range(body.get("n", 1) if self.many else 1)
        choices = [self._choice(body, 0 if self.copies else n) for n in draws]
        result: Json = {"id": "x", "object": "chat.completion", "created": 1}
        result |= {"model": self.answers_as, "choices": choices}
        thought = self._think(body, choices)
        if self.counts:
            written = sum(len(str(choice["message"]["content"])) for choice in choices) + thought
            result["usage"] = {"prompt_tokens": self._read(body), "completion_tokens": written}
            result["usage"]["completion_tokens_details"] = {"reasoning_tokens": thought}
        return result

    def _think(self, body: Json, choices: list[Json]) -> int:
        """Tokens of thought; where there is room for nothing else, nothing else comes."""
        room = int(body.get("max_tokens") or body.get("max_completion_tokens") or 10**6)
        if room <= self.hidden:
            for choice in choices:
                choice |= {"message": {"content": ""}, "finish_reason": "length"}
        return min(room, self.hidden) * len(choices)

    def _choice(self, body: Json, n: int) -> Json:
        last = body["messages"][-1]
        begun = last["content"] if last["role"] == "assistant" and self.continues else ""
        shares = self.after.get(begun, self.first)
        seed = f"{body['seed']} {n}" if self.seeds and "seed" in body else str(random.random())
        draw = random.Random(seed)
        text = draw.choices([*shares, "?"], [*shares.values(), 1e-9])[0] if self.draws else "1"
        wordy = "five words" in last["content"] and self.draws
        if wordy:
            text = f"word{draw.randrange(10**9)}"
        if self.constrains and "response_format" in body:
            schema = body["response_format"]["json_schema"]["schema"]
            text = json.dumps(self._filled(schema, draw), ensure_ascii=False)
        choice: Json = {"index": n, "finish_reason": self.finish}
        if body.get("logprobs") and self.ends:
            self.ends -= 1
            return {**choice, "message": {"content": ""}, "logprobs": {"content": []}}
        if self.repeats and "code word?" in last["content"]:
            seen = any("Quorvane" in message["content"] for message in body["messages"])
            text = "It is Quorvane." if seen else "I know of none."
            wordy = True
        choice["message"] = {"role": "assistant", "content": text if wordy else self.text or text}
        choice["message"]["content"] = self.thought + choice["message"]["content"]
        if body.get("logprobs") and self.listed:
            rest = max(0.0, 1 - sum(shares.values())) / 60
            others = {f"w{n}": rest for n in range(30)} if rest > 1e-9 else {}
            ranked = sorted({**shares, **others}.items(), key=lambda pair: -pair[1])
            most = min(self.listed, body["top_logprobs"])
            top = [{"token": t, "logprob": math.log(p), "bytes": None} for t, p in ranked[:most]]
            if self.warmest:
                heat = min(self.warmest, body["temperature"])
                total = math.log(sum(p ** (1 / heat) for _, p in ranked))
                for listed in top:
                    listed["logprob"] = listed["logprob"] / heat - total
            choice["logprobs"] = {"content": [{**top[0], "top_logprobs": top}]}
        return choice

    def _filled(self, node: Json, draw: random.Random) -> Any:
        """Something that keeps to a schema."""
        if node["type"] == "object":
            assert set(node["required"]) == set(node["properties"])
            assert not node["additionalProperties"]
            return {key: self._filled(part, draw) for key, part in node["properties"].items()}
        if node["type"] == "array":
            return [self._filled(node["items"], draw) for _ in range(2)]
        if "enum" in node:
            weights = [self.first.get(label, 0.0) + 1e-9 for label in node["enum"]]
            return draw.choices(node["enum"], weights)[0]
        return self.written or f"How often do you see the number {draw.randrange(10**6)}?"

    def _read(self, body: Json) -> int:
        """Two tokens open a turn and two close it; a turn that is left open has but one in front
        of it that a new one would not have.
        """
        messages = body["messages"]
        tokens = sum(4 + self._tokens(message["content"]) for message in messages) + 2
        left_open = self.continues and messages[-1]["role"] == "assistant"
        return tokens - 4 if left_open else tokens

    def _tokens(self, text: str) -> int:
        for join in self.joins:
            text = text.replace(join, "~")
        return len(text) if len(text) < 8 else 8 + (len(text) - 8) // 4


class Handler(BaseHTTPRequestHandler):
    fake: FakeServer
    asked: Json
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # headers and body in one packet: two wait for each other for 40 ms
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _strayed(self) -> bool:
        """Whether a request went elsewhere than below the root, where there is one."""
        root = self.fake.root
        if not root or self.path in (f"{root}/chat/completions", f"{root}/models"):
            return False
        said = f"Unexpected endpoint or method. ({self.command} {self.path})"
        self.send(self.fake.elsewhere, {"error": said})
        return True

    def do_GET(self) -> None:
        if self._strayed():
            return
        if not self._locked():
            self.send(
                200, {"object": "list", "data": [{"id": model} for model in self.fake.models]}
            )

    def do_POST(self) -> None:
        fake = self.fake
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with fake.lock:
            fake.asked.append(body)
            fake.headers.append(dict(self.headers))
            fake.inside += 1
            fake.most_inside = max(fake.most_inside, fake.inside)
            fault = fake.next_fault()
        self.asked = body
        try:
            time.sleep(fake.delay)
            if (fault is None or fault(self)) and not self._strayed():
                self._answer(body)
        finally:
            with fake.lock:
                fake.inside -= 1

    def send(self, status: int, body: Json | str, headers: dict[str, str] | None = None) -> None:
        text = body if isinstance(body, str) else json.dumps(body)
        kind = "application/json" if not text.startswith("<") else "text/html"
        data = text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": kind, **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _answer(self, body: Json) -> None:
        fake = self.fake
        if self._locked():
            return
        if body["model"] not in fake.models:
            said = f"The model `{body['model']}` does not exist."
            self.send(404, {"error": {"message": said, "code": "model_not_found"}})
            return
        unknown = [name for name in fake.refuses if name in body]
        if fake.refused(body):
            said = f"'temperature' does not support {body['temperature']} with this model."
            self.send(400, {"error": {"message": said, "code": "unsupported_value"}})
            return
        if unknown or (not fake.system and body["messages"][0]["role"] == "system"):
            said = f"Unsupported: {unknown or 'system role'}"
            self.send(400, {"error": {"message": said, "code": None}})
            return
        self.send(200, fake.reply(body))

    def _locked(self) -> bool:
        given = self.headers.get("Authorization", "")
        if not self.fake.key or given == f"Bearer {self.fake.key}":
            return False
        # some servers do repeat the key
        self.send(401, {"error": {"message": f"Incorrect API key provided: {given}."}})
        return True


def refusal(status: int, headers: dict[str, str] | None = None, body: Json | str = "") -> Fault:
    """Answers with an error's status."""

    def go_wrong(handler: Handler) -> bool:
        handler.send(status, body or {"error": {"message": "no"}}, headers)
        return False

    return go_wrong


def page(status: int = 200) -> Fault:
    """A proxy's page."""
    text = "<html><head><style>p {color: red}</style></head><p>Gateway is busy</p></html>"
    return refusal(status, None, text)


def half(handler: Handler) -> bool:
    """JSON that breaks off."""
    handler.send(200, '{"choices": [{"mess')
    return False


def dropped(handler: Handler) -> bool:
    """The connection ends without a word."""
    handler.close_connection = True
    return False


def late(seconds: float) -> Fault:
    """The reply comes late."""

    def go_wrong(handler: Handler) -> bool:
        time.sleep(seconds)
        return True

    return go_wrong
