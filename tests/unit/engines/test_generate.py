import itertools
from pathlib import Path
from typing import Any

import pytest
import torch

from acculturate.engines import ModelSpec
from acculturate.engines.hf import HfEngine
from acculturate.engines.hf.sampling import draw, nucleus
from acculturate.records import Failure, GenerateRequest, Generation, Message, Sampling

from .tiny import FAMILIES, naive_logprobs

PROMPTS = ["Is it so?", "How important is family in your life?", "Answer with the number only."]


def requests(**sampling: Any) -> list[GenerateRequest]:
    settings = {"temperature": 0.0, "top_p": 1.0, "max_tokens": 8, "seed": 1} | sampling
    return [
        GenerateRequest((Message("system", "You answer."), Message("user", text)),
                        Sampling(**settings))
        for text in PROMPTS
    ]  # fmt: skip


def texts(engine: HfEngine, asked: list[GenerateRequest]) -> list[str]:
    replies = dict(engine.generate(asked))
    result = [replies[request.id] for request in asked]
    assert all(isinstance(reply, Generation) for reply in result)
    return [reply.text for reply in result if isinstance(reply, Generation)]


def test_a_text_is_told_while_it_is_written(folders: dict[str, Path]) -> None:
    engine = HfEngine(ModelSpec(str(folders["llama"]), dtype="float32"))
    told: list[str] = []
    with engine.watched(told.append):
        [text] = texts(engine, requests()[:1])
    assert told[-1].strip() == text
    assert len(told) in (7, 8)  # a token each; the last may be the end
    assert all(later.startswith(first) for first, later in itertools.pairwise(told))
    texts(engine, requests()[1:2])
    assert len(told) in (7, 8)  # nobody watches any more


@pytest.mark.parametrize("name", FAMILIES)
def test_greedy_text_in_a_batch_is_that_of_one_by_one(name: str, folders: dict[str, Path]) -> None:
    from acculturate.engines import chat

    engine = HfEngine(ModelSpec(str(folders[name]), dtype="float32"))
    loaded = engine.loaded
    for request, text in zip(requests(), texts(engine, requests()), strict=True):
        ids = chat.encode(loaded.tokenizer, chat.render(loaded.tokenizer, request.messages))
        new: list[int] = []
        for _ in range(8):
            token = int(naive_logprobs(loaded.model, [*ids, *new]).argmax())
            if token in loaded.end_ids:
                break
            new.append(token)
        assert text == loaded.tokenizer.decode(new, skip_special_tokens=True)


def test_same_batch_same_texts_and_no_trace_left(llama: HfEngine) -> None:
    drawn = requests(temperature=1.0, top_p=0.95)
    torch.manual_seed(5)
    state = torch.random.get_rng_state()
    first = texts(llama, drawn)
    assert torch.equal(torch.random.get_rng_state(), state)
    torch.manual_seed(6)
    assert texts(llama, drawn) == first


def test_seed_and_sampling_change_the_texts(llama: HfEngine) -> None:
    base = texts(llama, requests(temperature=1.0))
    assert texts(llama, requests(temperature=1.0, seed=2)) != base
    assert texts(llama, requests(temperature=0.0)) != base


def test_a_batch_may_mix_samplings(llama: HfEngine) -> None:
    greedy, drawn = requests(), requests(temperature=1.0)
    replies = dict(llama.generate([*drawn, *greedy]))
    assert len(replies) == 6
    assert [replies[request.id].text for request in greedy] == texts(llama, greedy)  # type: ignore[union-attr]


def test_defaults_of_the_models_makers_do_not_leak(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    import shutil

    from transformers import GenerationConfig

    folder = tmp_path / "opinionated"
    shutil.copytree(folders["llama"], folder)
    GenerationConfig(
        do_sample=True, temperature=0.01, top_k=1, repetition_penalty=9.0, eos_token_id=2
    ).save_pretrained(folder)
    plain = HfEngine(ModelSpec(str(folders["llama"]), dtype="float32"))
    opinionated = HfEngine(ModelSpec(str(folder), dtype="float32"))
    drawn = requests(temperature=1.0)
    assert texts(opinionated, drawn) == texts(plain, drawn)
    assert texts(opinionated, requests()) == texts(plain, requests())


def test_tokens_and_stop_are_counted(llama: HfEngine) -> None:
    long = requests(temperature=1.0, max_tokens=200)
    replies = [reply for _, reply in llama.generate(long)]
    assert all(isinstance(reply, Generation) for reply in replies)
    for reply in replies:
        assert isinstance(reply, Generation)
        assert reply.prompt_tokens > 10
        assert (reply.stop == "length") == (reply.new_tokens == 200)
    [(_, short)] = llama.generate(requests(max_tokens=1)[:1])
    assert isinstance(short, Generation)
    assert short.new_tokens == 1


def test_a_cut_thought_is_a_failure(llama: HfEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    from acculturate.engines import chat
    from acculturate.engines.hf.decoding import Writer

    words = llama.loaded.tokenizer
    thoughts = {0: "<think>One. Two", 1: "<think>Hm.</think>Two", 2: "Two"}
    monkeypatch.setattr(
        Writer, "write", lambda *_: [chat.encode(words, text) for text in thoughts.values()]
    )
    cut, thought, plain = (reply for _, reply in llama.generate(requests()))
    assert isinstance(cut, Failure)
    assert cut.kind == "content"
    assert isinstance(thought, Generation)
    assert (thought.text, thought.reasoning) == ("Two", "Hm.")
    assert isinstance(plain, Generation)
    assert plain.reasoning == ""


@pytest.mark.parametrize("top_p", [0.05, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("spread", [0.1, 1.0, 6.0])
def test_nucleus_is_top_p(top_p: float, spread: float) -> None:
    from transformers import TopPLogitsWarper

    dice = torch.Generator().manual_seed(3)
    logits = torch.randn(5, 1000, generator=dice) * spread
    theirs = TopPLogitsWarper(top_p)(torch.zeros(5, 1, dtype=torch.long), logits)
    for candidates in (64, 1000):
        ours = spread_out(nucleus(logits.softmax(-1), top_p, candidates), logits.shape)
        assert torch.equal(ours > 0, theirs.isfinite())
        assert torch.allclose(ours / ours.sum(-1, keepdim=True), theirs.softmax(-1), atol=1e-6)


def spread_out(parts: list[Any], shape: torch.Size) -> torch.Tensor:
    """The nucleus' probabilities where the vocabulary has its tokens."""
    share_BV = torch.zeros(shape)
    for rows, share_RK, id_RK in parts:
        share_BV[rows] = share_BV[rows].scatter(-1, id_RK, share_RK)
    return share_BV


@pytest.mark.parametrize("top_p", [0.6, 1.0])
def test_tokens_are_drawn_by_their_probability(top_p: float) -> None:
    logits = torch.tensor([[1.0, 3.0, 2.0, 0.0, 2.5]])
    dice = torch.Generator().manual_seed(4)
    drawn = draw(logits.expand(20_000, -1), 0.8, top_p, dice)
    seen = torch.bincount(drawn, minlength=5) / 20_000
    share = (logits / 0.8).softmax(-1)
    kept = spread_out(nucleus(share, top_p), share.shape)[0]
    assert torch.allclose(seen, kept / kept.sum(), atol=0.015)
    assert (seen[kept == 0] == 0).all()


def test_nucleus_of_one_is_everything() -> None:
    share = torch.randn(2, 10).softmax(-1)
    assert torch.equal(spread_out(nucleus(share, 1.0), share.shape), share)
