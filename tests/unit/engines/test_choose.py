"""Options weighed over the shared tree are what one forward per prompt would say."""

import functools
import math
from pathlib import Path

import pytest
import torch

from acculturate.engines import ModelSpec, chat
from acculturate.engines.hf import HfEngine
from acculturate.engines.labels import plan_labels
from acculturate.errors import EngineError
from acculturate.records import Choice, ChooseRequest, Failure, Message

from .tiny import FAMILIES, naive_logprobs

TEN = tuple(str(number) for number in range(1, 11))


def survey_requests() -> list[ChooseRequest]:
    """Prompts that nest: two people, some questions, scales of 2, 4 and 10 points."""
    questions = [
        ("How important is family in your life?", ("1", "2", "3", "4")),
        ("How important is work in your life?", ("1", "2", "3", "4")),
        ("How satisfied are you with your life?", TEN),
        ("How satisfied are you?", TEN),
        ("Is it so?", ("1", "2")),
    ]
    people = ["You answer a survey. You are 30.", "You answer a survey. You are a teacher, 64."]
    return [
        ChooseRequest((Message("system", person), Message("user", question)), labels)
        for person in people
        for question, labels in questions
    ]


def by_hand(engine: HfEngine, request: ChooseRequest) -> list[float]:
    """Each label's probability, from one plain forward per token."""
    loaded = engine.loaded
    prompt = chat.render(loaded.tokenizer, request.messages)
    plan = plan_labels(loaded.tokenizer, prompt, request.labels)
    every = [path for paths in plan.paths for path in paths]
    after = functools.cache(
        lambda path: naive_logprobs(loaded.model, [*plan.context, *path]).exp().tolist()
    )

    def share(path: tuple[int, ...]) -> float:
        said = 1.0
        for at, token in enumerate(path):
            said *= after(path[:at])[token]
        longer = {p[len(path)] for p in every if len(p) > len(path) and p[: len(path)] == path}
        return float(said * (1 - sum(after(path)[token] for token in longer)))

    return [sum(share(path) for path in paths) for paths in plan.paths]


def test_texts_weigh_the_sum_of_their_tokens(folders: dict[str, Path]) -> None:
    """As lm-eval has it, but that a text which begins another one has only what does not run on."""
    engine = HfEngine(ModelSpec(str(folders["llama"]), dtype="float32"))
    texts = ("Very important", "Very important indeed", "Not important at all")
    [question] = [request.messages for request in survey_requests()[:1]]
    [(_, reply)] = engine.choose([ChooseRequest(question, texts)])
    assert isinstance(reply, Choice)
    loaded = engine.loaded
    prompt = chat.encode(loaded.tokenizer, chat.render(loaded.tokenizer, question))

    def logprob(text: str) -> float:
        ids = loaded.tokenizer(text, add_special_tokens=False)["input_ids"]
        after = [naive_logprobs(loaded.model, [*prompt, *ids[:at]]) for at in range(len(ids))]
        return sum(float(step[token]) for step, token in zip(after, ids, strict=True))

    # where a space and the first letters are one token, the text after a space counts too
    sums = [math.log(math.exp(logprob(text)) + math.exp(logprob(f" {text}"))) for text in texts]
    assert all(len(loaded.tokenizer(text)["input_ids"]) > 2 for text in texts)
    shorter, longer, last = map(math.exp, reply.logprobs)
    assert math.log(last) == pytest.approx(logprob(texts[2]), abs=1e-3)
    assert math.log(longer) == pytest.approx(sums[1], abs=1e-3)
    assert 0 < shorter < math.exp(sums[0])


@pytest.mark.parametrize("name", FAMILIES)
def test_choices_agree_with_one_by_one(name: str, folders: dict[str, Path]) -> None:
    engine = HfEngine(ModelSpec(str(folders[name]), dtype="float32"))
    requests = survey_requests()
    replies = dict(engine.choose(requests))
    for request in requests:
        reply = replies[request.id]
        assert isinstance(reply, Choice)
        expected = [math.log(share) for share in by_hand(engine, request)]
        assert reply.logprobs == pytest.approx(expected, abs=1e-4)
        assert sum(map(math.exp, reply.logprobs)) <= 1 + 1e-6


def test_small_chunks_change_nothing(llama: HfEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = dict(llama.choose(survey_requests()))
    monkeypatch.setattr("acculturate.engines.hf.scoring.CHUNK_TOKENS", 24)
    parts = dict(llama.choose(survey_requests()))
    for key, reply in whole.items():
        part = parts[key]
        assert isinstance(reply, Choice)
        assert isinstance(part, Choice)
        assert part.logprobs == pytest.approx(reply.logprobs, abs=1e-4)


def test_same_batch_same_numbers(llama: HfEngine) -> None:
    assert dict(llama.choose(survey_requests())) == dict(llama.choose(survey_requests()))


def test_windowed_attention_falls_back_and_says_so(
    folders: dict[str, Path], caplog: pytest.LogCaptureFixture
) -> None:
    from acculturate.engines.hf.scoring import _say_plain

    _say_plain.cache_clear()
    engine = HfEngine(ModelSpec(str(folders["gemma2"]), dtype="float32"))
    assert len(dict(engine.choose(survey_requests()))) == 10
    assert [r.message for r in caplog.records if "gemma2" in r.message]


@pytest.mark.parametrize("name", ["llama", "qwen2", "gemma"])
def test_bfloat16_stays_near(name: str, folders: dict[str, Path]) -> None:
    exact = dict(HfEngine(ModelSpec(str(folders[name]), dtype="float32")).choose(survey_requests()))
    rough = HfEngine(ModelSpec(str(folders[name]), dtype="bfloat16"))
    assert rough.identity.dtype == "bfloat16"
    distances = []
    for key, reply in rough.choose(survey_requests()):
        other = exact[key]
        assert isinstance(reply, Choice)
        assert isinstance(other, Choice)
        p, q = (torch.tensor(x.logprobs).softmax(-1) for x in (reply, other))
        distances.append(float((p - q).abs().sum()) / 2)
    assert sum(distances) / len(distances) <= 0.02
    assert max(distances) <= 0.1


def test_nothing_is_weighed_inside_a_thought(llama: HfEngine) -> None:
    template = llama.loaded.tokenizer.chat_template
    tokenizer = llama.loaded.tokenizer
    request = survey_requests()[0]
    try:
        tokenizer.chat_template = template.replace("assistant\n", "assistant\n<think>\n")
        for cached in (chat._template, chat._knows_system):
            cached.cache_clear()
        [(_, reply)] = llama.choose([request])
    finally:
        tokenizer.chat_template = template
        chat._template.cache_clear()
    assert isinstance(reply, Failure)
    assert reply.kind == "content"


def test_closed_engine_says_so(folders: dict[str, Path]) -> None:
    engine = HfEngine(ModelSpec(str(folders["llama"]), dtype="float32"))
    engine.close()
    engine.close()
    with pytest.raises(EngineError, match="closed"):
        list(engine.choose(survey_requests()))
