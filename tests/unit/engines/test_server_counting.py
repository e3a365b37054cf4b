"""Options where lists are of no use: draws that are counted, and what is no draw."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from acculturate.engines import ModelSpec
from acculturate.engines.server import ServerEngine, ServerSettings, transport
from acculturate.errors import EngineError
from acculturate.records import Choice, ChooseRequest, Failure, Message, Reply

from .fake_server import FakeServer

ASK = ChooseRequest((Message("user", "How much?"),), ("1", "2"))
Serve = Callable[[FakeServer], ServerEngine]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Serve]:
    monkeypatch.setattr(transport, "FIRST_WAIT", 0.01)
    monkeypatch.setenv("ACCULTURATE_CACHE", str(tmp_path / "cache"))
    servers: list[FakeServer] = []
    engines: list[ServerEngine] = []

    def start(fake: FakeServer) -> ServerEngine:
        servers.append(fake.__enter__())
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        settings = ServerSettings(timeout=5, patience=5, tries=2, samples=40)
        engines.append(ServerEngine(ModelSpec("tiny", "server", settings=(settings,))))
        fake.asked.clear()
        return engines[-1]

    yield start
    for engine in engines:
        engine.close()
    for server in servers:
        server.__exit__()


def only(engine: ServerEngine) -> Reply:
    [(_, reply)] = engine.choose([ASK])
    return reply


def shares(reply: Reply) -> list[float]:
    assert isinstance(reply, Choice), reply
    return [math.exp(logprob) for logprob in reply.logprobs]


@pytest.mark.parametrize("first", ["\u2581", "\n", "**"])
def test_where_a_space_comes_first_draws_are_counted(serve: Serve, first: str) -> None:
    engine = serve(FakeServer(first={first: 0.9, "1": 0.04, "2": 0.06}, constrains=False))
    assert engine.identity.template.endswith("options by samples")
    assert any("options are sampled" in caution for caution in engine.cautions)


@pytest.mark.parametrize(
    "first",
    [
        {"Sure": 0.7, "As": 0.29},
        {"Sure": 0.2, "As": 0.1},
        {"<|end|>": 0.99, ".": 0.005},
    ],
)
def test_where_no_option_is_listed_nothing_is_written(
    serve: Serve, first: dict[str, float]
) -> None:
    """All options would have the same floor, which looks like an answer."""
    server = FakeServer()
    engine = serve(server)
    server.first = {**first, **{f"x{n}": 0.0001 for n in range(20)}}
    reply = only(engine)
    assert isinstance(reply, Failure)
    assert "None of the options is among the 20 tokens" in reply.message
    assert "answers.kind" in reply.message


def test_options_that_are_hardly_listed_are_not_filled_up(serve: Serve) -> None:
    """What is not listed is small, but so is what is."""
    server = FakeServer()
    engine = serve(server)
    server.first = {"Sure": 0.95, "1": 0.004, **{f"x{n}": 0.002 for n in range(20)}}
    reply = only(engine)
    assert isinstance(reply, Failure)
    assert "'2' is not among them" in reply.message


def test_copies_of_one_draw_are_not_taken_for_several(serve: Serve) -> None:
    server = FakeServer(first={"1": 0.7, "2": 0.3}, listed=0, constrains=False, copies=True)
    result = shares(only(serve(server)))
    assert len(server.asked) == 40
    assert all("n" not in body for body in server.asked)
    assert result == pytest.approx([0.7, 0.3], abs=0.2)
    assert result[1] > 0


def test_a_hidden_thought_gets_room(serve: Serve) -> None:
    server = FakeServer(first={"1": 0.7, "2": 0.3}, hidden=300)
    engine = serve(server)
    assert engine.thinks
    assert any("thinks before it answers" in caution for caution in engine.cautions)
    assert shares(only(engine)) == pytest.approx([0.7, 0.3], abs=0.2)


def test_a_thought_that_has_too_little_room_is_a_failure(serve: Serve) -> None:
    server = FakeServer(first={"1": 0.7, "2": 0.3}, hidden=5000)
    reply = only(serve(server))
    assert isinstance(reply, Failure)
    assert "draws end before their answer: raise thought_tokens (2048)" in reply.message
    assert len(server.asked) == 1


def test_a_thought_that_the_probe_did_not_meet_gets_room_too(serve: Serve) -> None:
    server = FakeServer(first={"1": 0.7, "2": 0.3}, listed=0, constrains=False)
    engine = serve(server)
    server.hidden = 300
    assert not engine.thinks
    assert shares(only(engine)) == pytest.approx([0.7, 0.3], abs=0.2)
    assert server.asked[0]["max_tokens"] < 20 < 2048 < server.asked[-1]["max_tokens"]


def test_a_list_of_one_token_alone_is_no_list(serve: Serve) -> None:
    """As of a server that gives the token that it takes all of the probability."""
    server = FakeServer(first={"1": 0.7, "2": 0.3})
    engine = serve(server)
    server.first = {"1": 1.0}
    reply = only(engine)
    assert reply == Failure("content", "The server gives one token all of the probability.")


def test_draws_that_do_not_keep_to_their_form_are_no_answer(serve: Serve) -> None:
    server = FakeServer(first={"1": 0.7, "2": 0.3}, listed=0)
    engine = serve(server)
    assert engine.identity.template.endswith("options by constrained choice")
    server.constrains = False
    reply = only(engine)
    assert isinstance(reply, Failure)
    assert "does not keep to the form" in reply.message


def test_draws_that_are_filtered_are_no_answer(serve: Serve) -> None:
    server = FakeServer(first={"1": 0.7, "2": 0.3}, listed=0, constrains=False)
    engine = serve(server)
    server.finish = "content_filter"
    reply = only(engine)
    assert reply == Failure(
        "content", "40 of 40 draws: The server's content filter took the reply."
    )


def test_lists_and_draws_of_another_temperature_are_no_answer(serve: Serve) -> None:
    first = {"1": 0.6, "2": 0.3, "3": 0.08, "4": 0.015, "5": 0.004, "6": 0.001}
    engine = serve(FakeServer(first=first, warmest=0.7))
    assert not engine.can_choose
    with pytest.raises(EngineError, match=r"samples at another temperature.*answers\.kind"):
        only(engine)


def test_lists_that_follow_the_temperature_are_taken_at_one(serve: Serve) -> None:
    first = {"1": 0.6, "2": 0.3, "3": 0.08, "4": 0.015, "5": 0.004, "6": 0.001}
    assert shares(only(serve(FakeServer(first=first, warmest=2.0)))) == pytest.approx([0.6, 0.3])


def test_another_model_that_answers_is_told(serve: Serve) -> None:
    engine = serve(FakeServer(answers_as="large"))
    assert any("answers as 'large'" in caution for caution in engine.cautions)
    assert engine.identity.revision == "large"


def test_another_model_that_answers_later_is_not_taken(serve: Serve) -> None:
    server = FakeServer()
    engine = serve(server)
    server.answers_as = "large"
    reply = only(engine)
    assert isinstance(reply, Failure)
    assert reply.kind == "transient"
    assert "another model answered it, 'large'" in reply.message


def test_a_version_in_the_name_is_the_same_model(serve: Serve) -> None:
    engine = serve(FakeServer(answers_as="tiny-2024-08-06"))
    assert engine.identity.revision == "tiny-2024-08-06"
    assert not engine.cautions
    assert isinstance(only(engine), Choice)


def test_what_counts_words_is_not_taken_for_a_tokenizer(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else "10" would be one token that is not listed, and "1" would have its probability."""
    monkeypatch.setattr(FakeServer, "_tokens", lambda _, text: len(text.split()))
    engine = serve(FakeServer(first={"1": 0.5, "2": 0.4}, after={"1": {"0": 0.75, ".": 0.25}}))
    [(_, reply)] = engine.choose([ChooseRequest(ASK.messages, ("1", "2", "10"))])
    result = shares(reply)
    assert [round(share * 40, 6) for share in result] == [round(share * 40) for share in result]
