"""A schema is part of a request, and goes to those alone who can keep to it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from acculturate.engines.mock import MockEngine
from acculturate.records import GenerateRequest, Generation, Message, Request, Sampling
from acculturate.records.json_schema import TEXT, TEXTS, object_of, one_of, schema_text
from acculturate.runner import Lookup, Round, Runner, Silent
from acculturate.store import Store

ASK = (Message("user", "Write a question."),)
DRAWN = Sampling(0.9, 0.95, 128, 42)
FORM = schema_text(object_of({"question": TEXT, "options": TEXTS}))


def test_a_request_without_a_schema_keeps_the_name_it_always_had() -> None:
    plain = GenerateRequest(ASK, DRAWN, 3)
    assert plain.id == "03c1810dcfe25b6930e19c2a02a96b35"
    assert plain.id != GenerateRequest(ASK, DRAWN, 3, FORM).id
    assert GenerateRequest(ASK, DRAWN, 3, FORM).id != GenerateRequest(ASK, DRAWN, 3, "{}").id


def test_a_schema_names_exactly_its_keys_in_their_order() -> None:
    node = object_of({"b": one_of(["gut", "schlecht"]), "a": object_of({"é": TEXT})})
    result = json.loads(schema_text(node))
    assert list(result["properties"]) == result["required"] == ["b", "a"]
    assert result["properties"]["b"]["enum"] == ["gut", "schlecht"]
    assert not result["additionalProperties"]
    assert not result["properties"]["a"]["additionalProperties"]
    assert "é" in schema_text(node)


class OneText:
    """A stage that wants one text in a form."""

    name = "one text"
    ask = GenerateRequest(ASK, DRAWN, 0, FORM)

    def rounds(self, done: Lookup) -> Iterator[Round]:
        yield Round("base", [self.ask], 1)


@pytest.mark.parametrize("can_bind", [True, False])
def test_an_engine_is_asked_what_it_can_keep_to(tmp_path: Path, can_bind: bool) -> None:
    asked: list[Request] = []

    def say(request: Request) -> str:
        asked.append(request)
        return "So be it."

    stage = OneText()
    with Store(tmp_path) as store:
        runner = Runner(store, {"base": MockEngine(say, can_bind=can_bind)}, Silent())
        runner.run(stage)
        runner.run(stage)
        [request] = asked
        assert isinstance(request, GenerateRequest)
        assert request.schema == (FORM if can_bind else "")
        reply = runner.lookup("base", stage.ask)
        assert isinstance(reply, Generation)
        assert reply.text == "So be it."
        bound, free = stage.ask.id, GenerateRequest(ASK, DRAWN, 0).id
        model = runner.engines["base"].identity.digest
        assert (store.reply(model, bound) is None) is not can_bind
        assert (store.reply(model, free) is None) is can_bind
