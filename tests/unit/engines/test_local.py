"""Models on this machine whose numbers are none, and labels that their tokenizer does not know."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from acculturate.engines import ModelSpec
from acculturate.engines.hf import HfEngine
from acculturate.engines.hf.sampling import draw
from acculturate.engines.local import NO_TOKEN, UNTOLD, weigh
from acculturate.engines.replies import NO_NUMBERS
from acculturate.records import (
    Choice,
    ChooseRequest,
    Failure,
    GenerateRequest,
    Generation,
    Message,
    Sampling,
)

from .tiny import CHATML, make_tokenizer

ASK = (Message("user", "Tea or coffee?"),)
GREEDY, DRAWN = Sampling(0.0, 1.0, 8, 1), Sampling(0.7, 0.9, 8, 1)


@pytest.fixture
def overflown(folders: dict[str, Path]) -> Iterator[HfEngine]:
    """A model whose logits are no numbers, as an overflow in float16 leaves them."""
    engine = HfEngine(ModelSpec(str(folders["llama"]), dtype="float32"))
    head = engine.loaded.model.lm_head
    with torch.no_grad():
        before = head.weight.clone()
        head.weight.fill_(torch.nan)
    yield engine
    with torch.no_grad():
        head.weight.copy_(before)
    engine.close()


def test_options_that_are_no_numbers_are_a_failure(overflown: HfEngine) -> None:
    [(_, reply)] = overflown.choose([ChooseRequest(ASK, ("1", "2"))])
    assert reply == NO_NUMBERS


@pytest.mark.parametrize("sampling", [GREEDY, DRAWN])
def test_a_text_out_of_no_numbers_is_a_failure(overflown: HfEngine, sampling: Sampling) -> None:
    asked = [GenerateRequest(ASK, sampling, sample) for sample in range(3)]
    assert [reply for _, reply in overflown.generate(asked)] == [NO_NUMBERS] * 3


@pytest.mark.parametrize(("temperature", "top_p"), [(0.0, 1.0), (1.0, 1.0), (0.7, 0.9)])
def test_only_the_row_without_numbers_has_no_token(temperature: float, top_p: float) -> None:
    logits = torch.tensor([[0.0, 9.0, 0.0], [0.0, torch.nan, 1.0], [torch.inf, 0.0, 0.0]])
    drawn = draw(logits, temperature, top_p, torch.Generator().manual_seed(3)).tolist()
    assert drawn == [1, NO_TOKEN, NO_TOKEN]


def test_labels_that_are_written_alike_are_no_options() -> None:
    tokenizer = make_tokenizer(CHATML, split_digits=True)
    asked = ChooseRequest(ASK, ("1", "1"))
    [(_, reply)] = weigh(tokenizer, [asked], lambda wanted: {})
    assert reply == UNTOLD


def test_what_ends_at_once_is_no_failure(folders: dict[str, Path]) -> None:
    from acculturate.engines.local import read_text

    engine = HfEngine(ModelSpec(str(folders["llama"]), dtype="float32"))
    words, ends = engine.loaded.tokenizer, engine.loaded.end_ids
    assert read_text(words, ends, "?", 3, [ends[0]]) == Generation("", 3, 1, "end")
    engine.close()


def test_a_prompt_that_is_longer_than_the_model_is_no_question(folders: dict[str, Path]) -> None:
    engine = HfEngine(ModelSpec(str(folders["llama"]), dtype="float32"))
    long = (Message("user", "Tea or coffee? " * engine.room),)
    said = f"and prompt and reply have room for {engine.room} together."
    [(_, choice), (_, other)] = engine.choose(
        [ChooseRequest(long, ("1", "2")), ChooseRequest(ASK, ("1", "2"))]
    )
    assert isinstance(choice, Failure)
    assert choice.message.endswith(said)
    assert isinstance(other, Choice)
    asked = [GenerateRequest(messages, GREEDY) for messages in (long, ASK)]
    replies = dict(engine.generate(asked))
    engine.close()
    written = [replies[request.id] for request in asked]
    assert isinstance(written[0], Failure)
    assert written[0].message.endswith(said)
    assert isinstance(written[1], Generation)
