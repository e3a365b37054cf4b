"""Options weighed over a server: by log-probabilities, by constrained choice, by samples."""

import json
import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from acculturate.asking import AnswerSettings
from acculturate.engines import ModelSpec, chat
from acculturate.engines.hf import HfEngine
from acculturate.engines.server import ServerEngine, ServerSettings
from acculturate.engines.server.listed_labels import TextPlan, conflicting, pieces_of
from acculturate.engines.server.weighing import leading
from acculturate.errors import EngineError
from acculturate.evaluation.survey_taking import SurveyTaking
from acculturate.records import (
    Choice,
    ChooseRequest,
    Failure,
    GenerateRequest,
    Message,
    Reply,
)
from acculturate.survey import load_survey

from .fake_server import FakeServer, Json
from .tiny import naive_logprobs

TEN = tuple(str(n) for n in range(1, 11))
Serve = Callable[..., FakeServer]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Serve]:
    monkeypatch.setenv("ACCULTURATE_CACHE", str(tmp_path / "cache"))
    open_ones: list[FakeServer] = []

    def start(fake: FakeServer) -> FakeServer:
        open_ones.append(fake.__enter__())
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        return fake

    yield start
    for server in open_ones:
        server.__exit__()


def weigh(labels: tuple[str, ...], samples: int = 20) -> tuple[Reply, str]:
    """The reply to a question, and the way that the engine says it went."""
    settings = ServerSettings(timeout=5, patience=5, tries=2, samples=samples)
    engine = ServerEngine(ModelSpec("tiny", "server", settings=(settings,)))
    [(_, reply)] = engine.choose([ChooseRequest((Message("user", "How much?"),), labels)])
    engine.close()
    return reply, engine.identity.template


def shares(reply: Reply) -> list[float]:
    assert isinstance(reply, Choice), reply
    return [math.exp(logprob) for logprob in reply.logprobs]


def test_a_label_after_a_space_counts(serve: Serve) -> None:
    serve(
        FakeServer(
            first={"1": 0.5, " 1": 0.1, "\u01202": 0.1, "2": 0.05, " ": 0.2}, joins=(" 1", " 2")
        )
    )
    reply, way = weigh(("1", "2"))
    assert shares(reply) == pytest.approx([0.6, 0.15])
    assert way.endswith("options by log-probabilities")


def test_a_space_that_is_a_token_of_its_own_does_not(serve: Serve) -> None:
    serve(FakeServer(first={"1": 0.5, " 1": 0.1, "2": 0.2}))
    reply, _ = weigh(("1", "2"))
    assert shares(reply) == pytest.approx([0.5, 0.2])


def test_one_token_of_two_digits_is_its_own(serve: Serve) -> None:
    serve(FakeServer(first={"1": 0.3, "10": 0.4, "2": 0.1}, joins=("10",), continues=False))
    reply, _ = weigh(("1", "2", "10"))
    assert shares(reply) == pytest.approx([0.3, 0.1, 0.4])


def test_two_tokens_are_followed(serve: Serve) -> None:
    server = serve(FakeServer(first={"1": 0.5, "2": 0.4}, after={"1": {"0": 0.75, ".": 0.25}}))
    reply, _ = weigh(("1", "2", "10"))
    assert shares(reply) == pytest.approx([0.125, 0.4, 0.375])
    begun = server.asked[-1]
    assert begun["messages"][-1] == {"role": "assistant", "content": "1"}
    assert begun["continue_final_message"] is True
    assert begun["add_generation_prompt"] is False


def test_two_tokens_that_cannot_be_followed_are_counted(serve: Serve) -> None:
    serve(FakeServer(first={"1": 0.5, "2": 0.4}, continues=False))
    reply, _ = weigh(("1", "2", "10"), samples=40)
    result = shares(reply)
    assert sum(result) == pytest.approx(1)
    assert [round(share * 40, 6) for share in result] == [round(share * 40) for share in result]


def test_an_option_that_is_not_listed_is_bounded(serve: Serve) -> None:
    serve(FakeServer(first={"1": 0.9, "3": 0.05}))
    reply, _ = weigh(("1", "2"))
    assert 0 < shares(reply)[1] < 0.01


def test_an_option_that_may_be_large_is_not_guessed(serve: Serve) -> None:
    serve(FakeServer(first={"1": 0.3, **{f"x{n}": 0.034 for n in range(20)}}))
    reply, _ = weigh(("1", "2"))
    assert isinstance(reply, Failure)
    assert "'2' is not among them, and it could have 2%" not in reply.message
    assert "'2' is not among them, and it could have 3%" in reply.message


def test_the_last_listed_may_be_the_drawn_one() -> None:
    """Which some servers list wherever it stands, so that it bounds nothing."""
    listed = {"1": 0.9, "3": 0.01, "drawn": 1e-9}
    plan = TextPlan([("1",), ("2",)])
    result = plan.logprobs({"": {text: math.log(share) for text, share in listed.items()}})
    assert math.exp(result[1]) == pytest.approx(0.005)


def test_a_list_is_asked_for_again_where_the_reply_ends_at_once(serve: Serve) -> None:
    """As llama-cpp-python does, whose list belongs to the token that it drew."""
    server = serve(FakeServer(first={"1": 0.5, "2": 0.25}, ends=3))
    reply, way = weigh(("1", "2"))
    assert way.endswith("options by log-probabilities")
    assert shares(reply) == pytest.approx([0.5, 0.25])
    assert len({body["seed"] for body in server.asked if body.get("logprobs")}) == 4
    server.ends = 4
    reply, _ = weigh(("1", "2"))
    assert isinstance(reply, Failure)
    assert "left the log-probabilities out" in reply.message


@pytest.mark.parametrize("constrains", [True, False])
def test_whole_texts_are_drawn_and_counted(serve: Serve, constrains: bool) -> None:
    """A list has the first token only: texts of several are counted, and none is divided."""
    texts = ("Very important", "Not at all important")
    server = serve(FakeServer(first={texts[0]: 0.75, texts[1]: 0.25}, constrains=constrains))
    reply, _ = weigh(texts, samples=200)
    assert shares(reply) == pytest.approx([0.75, 0.25], abs=0.12)
    assert ("response_format" in server.asked[-1]) == constrains
    assert ServerEngine.counts_texts


def test_a_battery_is_one_json_object_over_a_server(serve: Serve) -> None:
    serve(FakeServer(written="2"))
    settings = AnswerSettings(kind="sampled", presentation="battery", orders="forward")
    stage = SurveyTaking.of("arm", load_survey(), ["Q1", "Q2", "Q3"], ["CHN"], "aware", settings)
    engine = ServerEngine(ModelSpec("tiny", "server"))
    [request] = stage.requests()
    assert isinstance(request, GenerateRequest)
    replies = dict(engine.generate([request]))
    answers = list(stage.answers(lambda role, asked: replies.get(asked.id)))
    assert [(one.item, one.code) for one in answers] == [("Q1", 2), ("Q2", 2), ("Q3", 2)]
    engine.close()


def test_an_interview_is_sent_whole_in_each_turn(serve: Serve) -> None:
    server = serve(FakeServer(first={"1": 0.0001, "2": 0.9}))
    settings = AnswerSettings(presentation="interview", orders="forward")
    stage = SurveyTaking.of("arm", load_survey(), ["Q1", "Q2"], ["CHN"], "aware", settings)
    engine = ServerEngine(ModelSpec("tiny", "server"))
    replies: dict[str, Reply] = {}
    for todo in stage.rounds(lambda role, asked: replies.get(asked.id)):
        asked = [request for request in todo.requests if isinstance(request, ChooseRequest)]
        replies.update(engine.choose(asked))
    roles = [message["role"] for message in server.asked[-1]["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    assert len(list(stage.answers(lambda role, asked: replies.get(asked.id)))) == 2
    engine.close()


def test_constrained_draws_are_counted(serve: Serve) -> None:
    server = serve(FakeServer(first={"1": 0.75, "2": 0.25}, listed=0))
    reply, way = weigh(("1", "2"), samples=200)
    assert shares(reply) == pytest.approx([0.75, 0.25], abs=0.12)
    assert way.endswith("options by constrained choice")
    assert server.asked[-1]["n"] == 200 - 3 * 64
    assert server.asked[-1]["response_format"]["type"] == "json_schema"


def test_more_options_than_are_listed_are_counted(serve: Serve) -> None:
    serve(FakeServer(listed=5))
    reply, _ = weigh(("1", "2", "3", "4", "5", "6"))
    assert sum(shares(reply)) == pytest.approx(1)


@pytest.mark.parametrize("many", [True, False])
def test_samples_are_counted_with_what_they_refuse(serve: Serve, many: bool) -> None:
    server = serve(
        FakeServer(first={"1": 0.5, "2": 0.3, "No": 0.2}, listed=0, constrains=False, many=many)
    )
    reply, way = weigh(("1", "2"), samples=100)
    assert way.endswith("options by samples")
    assert shares(reply) == pytest.approx([0.5, 0.3], abs=0.16)
    assert sum(shares(reply)) < 0.95
    assert len({(body["seed"], body.get("n")) for body in server.asked[-20:]}) > 1


def test_one_text_always_is_no_sample(serve: Serve) -> None:
    """As of a server that takes the likeliest token, whatever the temperature."""
    serve(FakeServer(first={"1": 0.6, "2": 0.4}, listed=0, constrains=False, draws=False))
    engine = ServerEngine(ModelSpec("tiny", "server"))
    assert not engine.can_choose
    assert "options cannot be weighed" in engine.notes
    with pytest.raises(EngineError, match=r"always gives the same text.*answers\.kind"):
        list(engine.choose([ChooseRequest((Message("user", "How much?"),), ("1", "2"))]))
    engine.close()


def test_where_options_are_listed_nothing_need_be_drawn(serve: Serve) -> None:
    serve(FakeServer(first={"1": 0.6, "2": 0.4}, draws=False))
    reply, _ = weigh(("1", "2"))
    assert shares(reply) == pytest.approx([0.6, 0.4])


def test_draws_are_from_all_that_the_model_says(serve: Serve) -> None:
    server = serve(FakeServer(listed=0, constrains=False))
    weigh(("1", "2"))
    assert (server.asked[-1]["top_p"], server.asked[-1]["min_p"]) == (1.0, 0.0)
    assert server.asked[-1]["top_k"] > 100_000
    server = serve(FakeServer(listed=0, constrains=False, refuses=("top_k",)))
    weigh(("1", "2"))
    assert "min_p" not in server.asked[-1]
    assert json.loads(server.asked[-1]["generation_config"])["do_sample"] is True


def test_samples_that_say_nothing_are_a_failure(serve: Serve) -> None:
    serve(FakeServer(listed=0, constrains=False, text="I would rather not."))
    reply, _ = weigh(("1", "2"))
    assert reply == Failure("content", "None of 20 draws is one of the options.")


def test_a_model_that_thinks_is_asked_for_what_comes_after(serve: Serve) -> None:
    server = serve(FakeServer(thought="<think>Well.</think>", text="2"))
    reply, way = weigh(("1", "2"))
    assert shares(reply) == pytest.approx([0, 1])
    assert way.endswith("options by samples")
    assert server.asked[-1]["max_tokens"] > 1000


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("1", "1"),
        (" 10", "10"),
        ("10. Completely", "10"),
        ("(2) because", "2"),
        ('"2"', "2"),
        ("1.5", None),
        ("1st", None),
        ("11", None),
        ("About 2", None),
        ("", None),
    ],
)
def test_a_draw_is_read_strictly(text: str, label: str | None) -> None:
    assert leading(text, ("1", "2", "10")) == label


def test_nothing_is_weighed_where_a_thought_is_the_likeliest(serve: Serve) -> None:
    """The probe's question was answered at once, this one is thought about."""
    server = serve(FakeServer())
    engine = ServerEngine(ModelSpec("tiny", "server"))
    server.first = {"<think>": 0.9, "1": 0.05, "2": 0.02}
    [(_, reply)] = engine.choose([ChooseRequest((Message("user", "How much?"),), ("1", "2"))])
    engine.close()
    assert isinstance(reply, Failure)
    assert "begins with a thought" in reply.message


def test_pieces_and_conflicts() -> None:
    assert pieces_of("Agree", 3) is None
    assert not conflicting([("1",), ("2",), ("10",)])
    assert conflicting([("1",), ("1", "0")])
    assert conflicting([("4",), ("4",)])
    plan = TextPlan([("1",), ("1", "0")])
    assert plan.beginnings == ["1"]


@dataclass
class ModelServer(FakeServer):
    """A server of a real model's own log-probabilities: more of them than any real one lists."""

    local: HfEngine | None = None
    busy: Any = field(default_factory=threading.Lock)

    def reply(self, body: Json) -> Json:
        assert self.local is not None
        loaded = self.local.loaded
        messages = [Message(message["role"], message["content"]) for message in body["messages"]]
        ids = chat.encode(loaded.tokenizer, chat.render(loaded.tokenizer, messages))
        with self.busy:
            logprobs = naive_logprobs(loaded.model, ids)
        said = super().reply(body)
        said["usage"]["prompt_tokens"] = len(ids)
        if body.get("logprobs"):
            words = [loaded.tokenizer.decode([n]) for n in range(len(logprobs))]
            top = [
                {"token": word, "logprob": float(logprob)}
                for word, logprob in zip(words, logprobs, strict=True)
            ]
            said["choices"][0]["logprobs"] = {"content": [{**top[0], "top_logprobs": top}]}
        return said


@pytest.mark.parametrize("family", ["llama", "qwen2", "mistral"])
def test_the_numbers_are_the_local_engines(
    folders: dict[str, Path], serve: Serve, family: str
) -> None:
    """Digits apart (llama) and together (qwen2), with a template that switches thinking off."""
    local = HfEngine(ModelSpec(str(folders[family]), dtype="float32"))
    serve(ModelServer(local=local, models=(family,)))
    asked = [
        ChooseRequest((Message("user", f"How satisfied are you with {what}?"),), TEN[:count])
        for count in (4, 10)
        for what in ("life", "work", "10 neighbours")
    ]
    engine = ServerEngine(ModelSpec(family, "server"))
    assert engine.identity.template.endswith("options by log-probabilities")
    ours, theirs = dict(engine.choose(asked)), dict(local.choose(asked))
    engine.close()
    gaps = [
        abs(one - other)
        for request in asked
        for one, other in zip(logprobs(ours[request.id]), logprobs(theirs[request.id]), strict=True)
    ]
    print(f"{family}: largest gap {max(gaps):.1e} nats")  # noqa: T201 (seen with pytest -s)
    assert max(gaps) < 1e-3


def logprobs(reply: Reply) -> tuple[float, ...]:
    assert isinstance(reply, Choice), reply
    return reply.logprobs
