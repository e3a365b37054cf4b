import json
import math

import pytest

from acculturate.engines import open_engine
from acculturate.engines.mock import MockEngine
from acculturate.errors import ConfigError, EngineError
from acculturate.records import (
    Choice,
    ChooseRequest,
    Failure,
    GenerateRequest,
    Generation,
    Message,
    Sampling,
)

ASK = ChooseRequest((Message("user", "Tea or coffee?"),), ("1", "2"))
WRITE = GenerateRequest((Message("user", "Write a question as JSON."),), Sampling(0.9, 1, 9, 1))


def test_a_list_is_said_in_order_and_runs_out() -> None:
    engine = MockEngine(["one", Failure("transient", "busy")])
    [(key, one), (_, two)] = engine.generate([WRITE, WRITE])
    assert key == WRITE.id
    assert isinstance(one, Generation)
    assert one.text == "one"
    assert two == Failure("transient", "busy")
    with pytest.raises(EngineError, match="only 2 lines"):
        list(engine.generate([WRITE]))


def test_a_function_sees_the_request() -> None:
    engine = MockEngine(lambda request: request.messages[0].text.upper())
    [(_, reply)] = engine.generate([WRITE])
    assert isinstance(reply, Generation)
    assert reply.text.startswith("WRITE")


def test_probabilities_and_labels_make_choices() -> None:
    engine = MockEngine([[0.2, 0.7], "2"])
    [(_, shares), (_, named)] = engine.choose([ASK, ASK])
    assert isinstance(shares, Choice)
    assert [math.exp(x) for x in shares.logprobs] == pytest.approx([0.2, 0.7])
    assert isinstance(named, Choice)
    assert [math.exp(x) for x in named.logprobs] == pytest.approx([0, 1])


@pytest.mark.parametrize("line", [[0.1, 0.2, 0.7], Generation("1", 1, 1, "end")])
def test_a_line_that_does_not_fit_is_refused(line: object) -> None:
    with pytest.raises(EngineError, match="give one probability per label"):
        list(MockEngine([line]).choose([ASK]))  # type: ignore[list-item]
    with pytest.raises(EngineError, match="give a string"):
        list(MockEngine([[0.5, 0.5]]).generate([WRITE]))


@pytest.mark.parametrize("name", ["uniform", "first", "noise"])
def test_characters_are_steady(name: str) -> None:
    one, other = open_engine(f"mock:{name}"), open_engine(f"mock:{name}")
    assert one.identity == other.identity
    [(_, first)], [(_, second)] = one.choose([ASK]), other.choose([ASK])
    assert first == second
    assert isinstance(first, Choice)
    assert 0 < sum(map(math.exp, first.logprobs)) <= 1 + 1e-9
    assert list(one.generate([WRITE])) == list(other.generate([WRITE]))


def test_noise_writes_questions_that_differ() -> None:
    asked = [GenerateRequest(WRITE.messages, WRITE.sampling, sample) for sample in range(20)]
    texts = [reply.text for _, reply in open_engine("mock:noise").generate(asked)]  # type: ignore[union-attr]
    questions = [json.loads(text) for text in texts]
    assert len({question["question"] for question in questions}) > 15
    assert all(len(question["options"]) >= 2 for question in questions)


def test_identity_follows_the_name() -> None:
    assert MockEngine([], "a").identity.digest != MockEngine([], "b").identity.digest


def test_unknown_character_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'noise'"):
        open_engine("mock:nois")
