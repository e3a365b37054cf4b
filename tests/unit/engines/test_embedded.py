"""A handful of checks on the model that comes with the package."""

import math
from collections.abc import Iterator

import pytest

from acculturate.engines import ModelSpec, chat
from acculturate.engines.embedded import gguf_file
from acculturate.engines.hf import HfEngine
from acculturate.errors import EngineError
from acculturate.records import (
    Choice,
    ChooseRequest,
    GenerateRequest,
    Generation,
    Message,
    Sampling,
)

from .test_choose import by_hand

TEN = tuple(str(number) for number in range(1, 11))
PEOPLE = ("You are a farmer of 58 in a small village.", "You are a nurse of 31 in a large city.")
QUESTIONS = (
    ("How important is family in your life? 1. Very 2. Rather 3. Not very 4. Not at all", 4),
    ("How satisfied are you with your life, from 1 (not at all) to 10 (completely)?", 10),
)


@pytest.fixture(scope="module")
def embedded() -> Iterator[HfEngine]:
    """The user's own cache is used here: making the model anew takes half a minute."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("ACCULTURATE_CACHE", raising=False)
        try:
            gguf_file()
        except EngineError as missing:
            pytest.skip(str(missing))
        engine = HfEngine(ModelSpec("embedded", dtype="float32"))
    yield engine
    engine.close()


@pytest.mark.embedded
def test_choices_agree_with_one_by_one(embedded: HfEngine) -> None:
    requests = [
        ChooseRequest(
            (Message("system", f"{person} Answer with the number only."), Message("user", text)),
            TEN[:size],
        )
        for person in PEOPLE
        for text, size in QUESTIONS
    ]
    replies = dict(embedded.choose(requests))
    for request in requests:
        reply = replies[request.id]
        assert isinstance(reply, Choice)
        expected = [math.log(share) for share in by_hand(embedded, request)]
        assert reply.logprobs == pytest.approx(expected, abs=1e-4)


@pytest.mark.embedded
def test_it_speaks_english(embedded: HfEngine) -> None:
    messages = (
        Message("system", "You are a helpful assistant."),
        Message("user", "What is the capital of France?"),
    )
    [(_, reply)] = embedded.generate([GenerateRequest(messages, Sampling(0, 1, 16, 0))])
    assert isinstance(reply, Generation)
    assert "capital of France is Paris" in reply.text
    assert reply.stop == "end"


@pytest.mark.embedded
def test_ten_is_two_tokens_and_the_prompt_is_chatml(embedded: HfEngine) -> None:
    words = embedded.loaded.tokenizer
    prompt = chat.render(words, [Message("user", "So?")])
    assert prompt.endswith("<|im_start|>user\nSo?<|im_end|>\n<|im_start|>assistant\n")
    assert "SmolLM" not in prompt
    assert len(chat.encode(words, prompt + "10")) == len(chat.encode(words, prompt)) + 2
