"""The engine as the rest of the program sees it, over a server on loopback."""

import json
import math
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import acculturate
from acculturate.engines import ModelSpec, find_model, open_engine
from acculturate.engines.replies import LIMIT
from acculturate.engines.server import ServerEngine, ServerSettings, transport
from acculturate.engines.server.reply import written
from acculturate.errors import ConfigError, EngineError, ServerError
from acculturate.records import (
    Choice,
    ChooseRequest,
    Failure,
    GenerateRequest,
    Generation,
    Message,
    Reply,
    Sampling,
)
from acculturate.records.json_schema import TEXT, TEXTS, object_of, schema_text

from .fake_server import FakeServer, Fault, dropped, half, late, page, refusal

PATIENT = ServerSettings(timeout=5, patience=5, tries=4)


def choices(count: int = 1) -> list[ChooseRequest]:
    return [ChooseRequest((Message("user", f"Tea {n}?"),), ("1", "2")) for n in range(count)]


def texts(count: int = 1, most: int = 8) -> list[GenerateRequest]:
    drawn = Sampling(0.7, 0.9, most, 3)
    return [GenerateRequest((Message("user", f"Write {n}."),), drawn, n) for n in range(count)]


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "FIRST_WAIT", 0.01)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeServer]:
    monkeypatch.setenv("ACCULTURATE_CACHE", str(tmp_path / "cache"))
    with FakeServer() as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        yield fake


def opened(settings: ServerSettings = PATIENT, name: str = "tiny") -> ServerEngine:
    return ServerEngine(ModelSpec(name, "server", settings=(settings,)))


def only(replies: Iterator[tuple[str, Reply]]) -> Reply:
    [(_, reply)] = replies
    return reply


def test_texts_and_options_come_with_their_parameters(server: FakeServer) -> None:
    engine = open_engine("server:tiny")
    server.asked.clear()
    reply = only(engine.generate(texts()))
    body = server.asked[-1]
    assert body["model"] == "tiny"
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert (body["temperature"], body["top_p"], body["max_tokens"]) == (0.7, 0.9, 8)
    assert body["chat_template_kwargs"]["enable_thinking"] is False
    assert isinstance(reply, Generation)
    assert reply.stop == "end"
    chosen = only(engine.choose(choices()))
    assert isinstance(chosen, Choice)
    assert [math.exp(logprob) for logprob in chosen.logprobs] == pytest.approx([0.7, 0.2])
    assert chosen.prompt_tokens > 0
    engine.close()


def test_a_text_is_held_to_its_schema_where_the_server_does_so(server: FakeServer) -> None:
    schema = schema_text(object_of({"question": TEXT, "options": TEXTS}))
    ask = replace(texts()[0], schema=schema)
    engine = opened()
    assert engine.can_bind
    reply = only(engine.generate([ask]))
    sent = server.asked[-1]["response_format"]
    assert (sent["type"], sent["json_schema"]["strict"]) == ("json_schema", True)
    assert sent["json_schema"]["schema"] == json.loads(schema)
    assert isinstance(reply, Generation)
    assert set(json.loads(reply.text)) == {"question", "options"}
    list(engine.generate(texts()))
    assert "response_format" not in server.asked[-1]
    engine.close()
    server.constrains = False
    other = opened(name="other")
    assert not other.can_bind
    other.close()


def test_each_draw_has_its_own_seed(server: FakeServer) -> None:
    engine = opened()
    server.asked.clear()
    list(engine.generate(texts(6)))
    assert len({body["seed"] for body in server.asked}) == 6
    assert engine.can_seed_rows
    engine.close()
    server.seeds = False
    other = opened(name="other")
    assert not other.can_seed_rows
    other.close()


def test_every_request_is_answered_once_and_many_at_a_time(server: FakeServer) -> None:
    engine = opened()
    server.delay, server.most_inside = 0.05, 0
    asked = choices(60)
    result = dict(engine.choose(asked))
    assert set(result) == {request.id for request in asked}
    assert all(isinstance(reply, Choice) for reply in result.values())
    assert 4 < server.most_inside <= PATIENT.at_once
    engine.close()


def test_identity_names_model_and_host_and_no_more(
    monkeypatch: pytest.MonkeyPatch, server: FakeServer
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}?api-version=secret77")
    engine = opened()
    assert engine.identity.model == "server:tiny"
    assert engine.identity.weights == f"unknown, at {server.host}"
    assert engine.identity.revision == "unknown"
    for secret in ("secret77", "api-version"):
        assert secret not in repr(engine.identity)
    engine.close()


TROUBLES: dict[str, list[Fault]] = {
    "too many requests": [refusal(429, {"Retry-After": "0"})],
    "too many requests, by date": [refusal(429, {"Retry-After": "Sat, 21 Nov 2020 04:00:00 GMT"})],
    "broken": [refusal(500), refusal(502)],
    "dropped": [dropped],
    "half a reply": [half],
    "a page": [page()],
    "a page with an error": [page(503)],
    "an error with a 200": [refusal(200, body={"error": {"message": "busy", "code": 502}})],
    "no choices": [refusal(200, body={"choices": []})],
}


@pytest.mark.parametrize("name", TROUBLES)
def test_what_passes_is_asked_again(server: FakeServer, name: str) -> None:
    engine = opened()
    server.faults = list(TROUBLES[name])
    assert isinstance(only(engine.choose(choices())), Choice)
    assert not server.faults
    engine.close()


@pytest.mark.parametrize("name", TROUBLES)
def test_what_does_not_pass_is_a_transient_failure(server: FakeServer, name: str) -> None:
    engine = opened(PATIENT.model_copy(update={"tries": 3}))
    server.faults = TROUBLES[name][:1] * 3
    reply = only(engine.choose(choices()))
    assert isinstance(reply, Failure)
    assert reply.kind == "transient"
    assert f"The server at {server.host} gave no reply in 3 tries" in reply.message
    assert "<" not in reply.message
    assert "color" not in reply.message
    engine.close()


def test_a_slow_server_is_left_after_the_timeout(server: FakeServer) -> None:
    engine = opened(PATIENT.model_copy(update={"timeout": 0.2, "tries": 2}))
    server.faults = [late(0.6), late(0.6)]
    reply = only(engine.choose(choices()))
    assert isinstance(reply, Failure)
    assert "took longer than 0.2 s" in reply.message
    engine.close()


def test_a_wait_beyond_patience_is_not_begun(server: FakeServer) -> None:
    engine = opened()
    server.faults = [refusal(429, {"Retry-After": "3600"})]
    reply = only(engine.choose(choices()))
    assert reply == Failure(
        "transient",
        f"The server at {server.host} gave no reply in one try: it has too much to do (429); it "
        "asks to wait 3600 s.",
    )
    engine.close()


def test_at_once_is_not_at_once_for_those_who_failed_together(server: FakeServer) -> None:
    """`Retry-After: 0` (or a date gone by) means no more than no word of it: waits grow."""
    engine = opened(PATIENT.model_copy(update={"tries": 6}))
    server.faults = [refusal(429, {"Retry-After": "0"})] * 5
    begun = time.monotonic()
    assert isinstance(only(engine.choose(choices())), Choice)
    assert time.monotonic() - begun > 0.5 * sum(0.01 * 2**n for n in range(5))
    engine.close()


def test_a_redirect_is_not_followed(server: FakeServer) -> None:
    with FakeServer() as other:
        engine = opened(PATIENT.model_copy(update={"tries": 3}))
        server.faults = [refusal(307, {"Location": f"{other.url}/chat/completions?key=1"})] * 3
        reply = only(engine.choose(choices()))
        engine.close()
    assert reply == Failure(
        "transient",
        f"The server at {server.host} gave no reply in 3 tries: it sends on to {other.host} "
        "(307), which is not followed: name the address itself.",
    )
    assert not other.asked


def test_a_refused_request_is_a_content_failure(server: FakeServer) -> None:
    engine = opened()
    server.asked.clear()
    server.faults = [refusal(400, body={"error": {"message": "The prompt is too long."}})]
    reply = only(engine.choose(choices()))
    assert isinstance(reply, Failure)
    assert reply.kind == "content"
    assert "refuses the request (400): The prompt is too long." in reply.message
    assert len(server.asked) == 1
    engine.close()


@pytest.mark.parametrize(
    ("message", "reasoning", "text"),
    [
        ({"content": "2"}, "", "2"),
        ({"content": "2", "reasoning_content": None}, "", "2"),
        ({"content": "2", "reasoning_content": "Even."}, "Even.", "2"),
        ({"content": "2", "reasoning": "Even."}, "Even.", "2"),
        ({"content": "<think>Even.</think>\n\n2"}, "Even.", "2"),
        ({"content": "Even.</think>\n\n2"}, "Even.", "2"),
        ({"content": "[THINK]Even.[/THINK]2"}, "Even.", "2"),
        ({"content": "<think>\n\n</think>\n\n2"}, "", "2"),
        ({"content": [{"type": "text", "text": "2"}], "reasoning_content": "Even."}, "Even.", "2"),
    ],
)
def test_a_thought_is_kept_apart_from_its_answer(
    message: dict[str, object], reasoning: str, text: str
) -> None:
    reply = written({"choices": [{"message": message, "finish_reason": "stop"}]})
    assert isinstance(reply, Generation)
    assert (reply.reasoning, reply.text) == (reasoning, text)


@pytest.mark.parametrize(
    "message",
    [
        {"content": None, "reasoning_content": "Even, or"},
        {"content": "", "reasoning": "Even, or"},
        {"content": "<think>Even, or"},
    ],
)
def test_a_thought_that_is_cut_off_is_no_answer(message: dict[str, object]) -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 8}
    cut = {"choices": [{"message": message, "finish_reason": "length"}], "usage": usage}
    assert written(cut) == Failure("content", f"The thought is cut off after 8 tokens: {LIMIT}.")


def test_filters_cuts_and_thoughts_are_told_apart(server: FakeServer) -> None:
    engine = opened()
    server.faults = [refusal(400, body={"error": {"message": "No.", "code": "content_filter"}})]
    filtered = only(engine.generate(texts()))
    assert filtered == Failure("content", "The server's filter took it: No.")
    server.finish = "content_filter"
    assert only(engine.generate(texts())) == Failure(
        "content", "The server's content filter took the reply."
    )
    server.finish, server.text = "length", "A text that is"
    cut = only(engine.generate(texts()))
    assert isinstance(cut, Generation)
    assert cut.stop == "length"
    server.thought = "<think>Even.</think>"
    thought = only(engine.generate(texts()))
    assert isinstance(thought, Generation)
    assert (thought.reasoning, thought.text) == ("Even.", "A text that is")
    server.thought = "<think>Even, or "
    assert isinstance(only(engine.generate(texts())), Failure)
    weighed = only(engine.choose(choices()))
    assert isinstance(weighed, Failure)
    assert "thought" in weighed.message
    engine.close()


def test_missing_logprobs_are_a_failure_once_they_were_promised(server: FakeServer) -> None:
    engine = opened()
    server.listed = 0
    reply = only(engine.choose(choices()))
    assert reply == Failure("content", "The server left the log-probabilities out of its reply.")
    engine.close()


def test_a_wrong_name_is_told_the_right_ones(server: FakeServer) -> None:
    for ask in (open_engine, find_model):
        with pytest.raises(
            ServerError, match=r"has no model 'tinny'.* 'tiny'.*It has: tiny, other"
        ):
            ask("server:tinny")


def test_a_missing_or_wrong_key_is_one_sentence(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.key = "sk-right-one"
    with pytest.raises(
        ServerError, match=r"wants a key \(401\), and none was sent: set OPENAI_API"
    ):
        opened()
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong-one")
    with pytest.raises(ServerError, match="refuses the key in OPENAI_API_KEY"):
        opened()
    monkeypatch.setenv("OPENAI_API_KEY", "sk-right-one")
    find_model("server:tiny")
    opened().close()


def test_nobody_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    with pytest.raises(ServerError, match=r"cannot be reached \(the connection was refused"):
        find_model("server:tiny")
    with pytest.raises(ServerError, match="the connection was refused"):
        opened(PATIENT.model_copy(update={"tries": 2}))


def test_what_a_server_does_not_have_is_said(server: FakeServer) -> None:
    with pytest.raises(ConfigError, match="no revision"):
        open_engine("server:tiny@v2")
    with pytest.raises(ConfigError, match="acculturate doctor --model a "):
        open_engine(replace(ModelSpec("tiny", "server"), adapter=Path("a")))


def test_a_key_withdrawn_midway_loses_no_reply(server: FakeServer) -> None:
    engine = opened(PATIENT.model_copy(update={"at_once": 1}))
    asked = choices(6)
    replies = engine.choose(asked)
    result = [next(replies)]
    server.key = "sk-other-one"
    result += replies
    good = [reply for _, reply in result if isinstance(reply, Choice)]
    bad = [reply for _, reply in result if isinstance(reply, Failure)]
    assert good
    assert bad
    assert len(result) == len(asked)
    assert {reply.kind for reply in bad} == {"transient"}
    with pytest.raises(ServerError, match=r"wants a key"):
        list(engine.choose(choices()))
    engine.close()


def test_an_iterator_left_early_asks_no_more(server: FakeServer) -> None:
    engine = opened(PATIENT.model_copy(update={"at_once": 2}))
    server.asked.clear()
    server.delay = 0.02
    replies = engine.choose(choices(50))
    next(replies)
    replies.close()  # type: ignore[attr-defined]
    engine.close()
    assert len(server.asked) < 10
    with pytest.raises(EngineError, match="is closed"):
        list(engine.choose(choices()))
    engine.close()


def test_a_server_that_is_gone_is_not_asked_forever(server: FakeServer) -> None:
    engine = opened(PATIENT.model_copy(update={"tries": 2, "at_once": 2}))
    server.asked.clear()
    server.faults = [dropped] * 500
    with pytest.raises(ServerError, match=r"1\d requests in a row got no reply"):
        list(engine.choose(choices(100)))
    assert len(server.asked) < 50
    engine.close()


def test_a_request_that_breaks_the_server_is_not_tried_on_and_on(server: FakeServer) -> None:
    engine = opened(PATIENT.model_copy(update={"tries": 8}))
    server.asked.clear()
    server.faults = [refusal(500)] * 8
    assert isinstance(only(engine.choose(choices())), Failure)
    assert len(server.asked) == 3
    engine.close()


def test_a_study_is_measured_over_a_server_and_asks_nothing_twice(
    server: FakeServer, tmp_path: Path
) -> None:
    for _ in range(2):
        server.asked.clear()
        acculturate.measure("server:tiny", ["CHN"], items=["Q1", "Q152"], out=tmp_path / "run")
        assert (tmp_path / "run" / "metrics.json").is_file()
    assert not server.asked
