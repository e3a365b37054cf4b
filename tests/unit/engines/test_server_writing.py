"""Texts with a thought before them, refused parameters, and errors inside a good reply."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from acculturate.engines import ModelSpec
from acculturate.engines.server import ServerEngine, ServerSettings, transport
from acculturate.records import Failure, GenerateRequest, Generation, Message, Reply, Sampling

from .fake_server import FakeServer, refusal

USAGE = {"prompt_tokens": 9, "completion_tokens": 0}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeServer]:
    monkeypatch.setattr(transport, "FIRST_WAIT", 0.01)
    monkeypatch.setenv("ACCULTURATE_CACHE", str(tmp_path / "cache"))
    with FakeServer(text="2") as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        yield fake


def opened() -> ServerEngine:
    settings = ServerSettings(timeout=5, patience=5, tries=2)
    return ServerEngine(ModelSpec("tiny", "server", settings=(settings,)))


def text_of(engine: ServerEngine, prompt: str = "Tea?", temperature: float = 0.6) -> Reply:
    ask = (Message("user", prompt),)
    [(_, reply)] = engine.generate([GenerateRequest(ask, Sampling(temperature, 0.9, 24, 3))])
    engine.close()
    return reply


def test_a_model_that_thinks_gets_room_for_it(server: FakeServer) -> None:
    server.hidden = 300
    engine = opened()
    server.asked.clear()
    reply = text_of(engine)
    assert isinstance(reply, Generation)
    assert reply.text == "2"
    assert [body["max_tokens"] for body in server.asked] == [24 + 2048]


def test_a_thought_that_the_probe_did_not_meet_gets_room_too(server: FakeServer) -> None:
    engine = opened()
    server.hidden = 300
    server.asked.clear()
    reply = text_of(engine)
    assert isinstance(reply, Generation)
    assert reply.text == "2"
    assert [body["max_tokens"] for body in server.asked] == [24, 24 + 2048]


def test_a_thought_that_has_too_little_room_is_a_failure(server: FakeServer) -> None:
    server.hidden = 5000
    reply = text_of(opened())
    assert isinstance(reply, Failure)
    assert "raise thought_tokens (2048) in [models.X.server]" in reply.message


def test_a_temperature_that_is_refused_is_named(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeServer, "refused", lambda _, body: body["temperature"] != 1)
    engine = opened()
    assert any("takes no temperature but 1" in note for note in engine.notes)
    reply = text_of(engine)
    assert isinstance(reply, Failure)
    assert "answers.temperature" in reply.message


def test_what_is_refused_as_a_parameter_is_left_out(server: FakeServer) -> None:
    server.refuses = ("temperature", "top_p")
    engine = opened()
    assert any("refuses temperature and top_p" in caution for caution in engine.cautions)
    engine.close()


ERRORS = {
    "an error in a choice": {"error": {"code": 502, "message": "upstream"}, "message": {}},
    "a key of somebody else's": {"error": {"code": 401, "message": "upstream"}, "message": {}},
    "an end that is an error": {"message": {"content": ""}, "finish_reason": "error"},
    "no end and no text": {"message": {"content": ""}, "finish_reason": None},
    "no message": {"finish_reason": "stop"},
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_inside_a_reply_is_asked_again(server: FakeServer, name: str) -> None:
    engine = opened()
    server.faults = [refusal(200, body={"choices": [ERRORS[name]], "usage": USAGE})]
    assert isinstance(text_of(engine), Generation)


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_that_stays_is_transient(server: FakeServer, name: str) -> None:
    engine = opened()
    server.faults = [refusal(200, body={"choices": [ERRORS[name]], "usage": USAGE})] * 2
    reply = text_of(engine)
    assert isinstance(reply, Failure)
    assert reply.kind == "transient"
    assert "its reply is an error" in reply.message


def test_a_prompt_that_is_cut_is_not_answered(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by a server with a short context, which drops what is too long without a word."""
    engine = opened()
    monkeypatch.setattr(FakeServer, "_read", lambda *_: 256)
    reply = text_of(engine, "Tea or coffee? " * 600)
    assert isinstance(reply, Failure)
    assert "read only 256 tokens of a prompt that has more" in reply.message
