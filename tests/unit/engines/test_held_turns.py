"""Options weighed in a conversation that goes on: what came before is computed once."""

import math
from pathlib import Path
from typing import Any

import pytest
import torch

from acculturate.engines import ModelSpec
from acculturate.engines.hf import HfEngine, packing
from acculturate.engines.local import weigh
from acculturate.records import Choice, ChooseRequest, Failure, Message

TEN = tuple(str(number) for number in range(1, 11))
QUESTIONS = (
    ("How important is family in your life? 1. Very important 2. Rather important", ("1", "2")),
    ("How satisfied are you with your life, from 1 to 10?", TEN),
    ("How important is family in your life?", ("Very important", "Very important indeed")),
    ("How satisfied are you?", TEN),
)
PEOPLE = ("a farmer", "a nurse who is 64 years old", "a cook")


def asked(who: str, turn: int, given: str = "2") -> ChooseRequest:
    said = [Message("system", f"You are {who}.")]
    for question, _ in QUESTIONS[:turn]:
        said += [Message("user", question), Message("assistant", given)]
    question, labels = QUESTIONS[turn]
    return ChooseRequest((*said, Message("user", question)), labels)


def opened(folders: dict[str, Path], name: str) -> HfEngine:
    return HfEngine(ModelSpec(str(folders[name]), dtype="float32"))


@pytest.mark.parametrize("name", ["llama", "gemma", "llama-base"])
def test_a_turn_is_weighed_as_if_all_came_anew(name: str, folders: dict[str, Path]) -> None:
    engine = opened(folders, name)
    for turn in range(len(QUESTIONS)):
        requests = [asked(who, turn) for who in PEOPLE]
        replies = dict(engine.choose(requests))
        anew = dict(weigh(engine.loaded.tokenizer, requests, engine._next_logprobs))
        for request in requests:
            went_on, whole = replies[request.id], anew[request.id]
            assert isinstance(went_on, Choice)
            assert isinstance(whole, Choice)
            assert went_on.logprobs == pytest.approx(whole.logprobs, abs=1e-4)
            assert went_on.prompt_tokens == whole.prompt_tokens


def test_a_turn_is_the_same_in_an_engine_that_has_not_heard_the_others(
    folders: dict[str, Path],
) -> None:
    """After a kill, the numbers are the same to the last bit."""
    engine = opened(folders, "llama")
    for turn in range(len(QUESTIONS)):
        heard = dict(engine.choose([asked(who, turn) for who in PEOPLE]))
    engine.close()
    fresh = opened(folders, "llama")
    assert dict(fresh.choose([asked(who, turn) for who in PEOPLE])) == heard


def test_only_the_last_turn_is_computed(
    folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    forward = packing.forward

    def counting(model: Any, runs: Any, *rest: Any) -> torch.Tensor:
        sizes.append(sum(len(run.tokens) for run in runs))
        return forward(model, runs, *rest)

    monkeypatch.setattr(packing, "forward", counting)
    monkeypatch.setattr("acculturate.engines.hf.memory.PASS_TOKENS", {"cpu": 64, "cuda": 64})
    engine = opened(folders, "llama")
    given = "family " * 40
    list(engine.choose([asked(PEOPLE[1], 2, given)]))
    sizes.clear()
    [(_, reply)] = engine.choose([asked(PEOPLE[1], 3, given)])
    assert isinstance(reply, Choice)
    assert 0 < sum(sizes) < reply.prompt_tokens / 2


def test_a_conversation_that_has_no_room_is_told(folders: dict[str, Path]) -> None:
    engine = opened(folders, "llama")
    long = asked(PEOPLE[0], 2, given="again and " * engine.room)
    replies = dict(engine.choose([long, asked(PEOPLE[1], 2)]))
    failure = replies[long.id]
    assert isinstance(failure, Failure)
    assert f"have room for {engine.room} together" in failure.message
    other = replies[asked(PEOPLE[1], 2).id]
    assert isinstance(other, Choice)
    assert all(map(math.isfinite, other.logprobs))
