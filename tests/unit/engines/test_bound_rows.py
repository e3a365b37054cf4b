"""Texts that are held to a JSON schema while transformers writes them."""

import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from acculturate.engines import ModelSpec, chat
from acculturate.engines.hf import HfEngine
from acculturate.engines.hf.grammars import Grammars, unbound
from acculturate.errors import EngineError
from acculturate.records import GenerateRequest, Generation, Message, Sampling
from acculturate.records.json_schema import TEXT, TEXTS, object_of, one_of, schema_text

from .test_kinds import BRACKETS, OPENED, spaced
from .tiny import CHATML, FAMILIES, make_tokenizer, naive_logprobs

FORM = schema_text(object_of({"answer": one_of(["10", "12", "1"]), "sure": one_of(["ja", "né"])}))
LONG = schema_text(object_of({"question": TEXT, "options": TEXTS}))
TALK = [Message("system", "You answer."), Message("user", "Is it so?")]


def ask(schema: str, sample: int = 0, most: int = 60, warm: float = 1.0) -> GenerateRequest:
    return GenerateRequest(tuple(TALK), Sampling(warm, 0.95, most, 1), sample, schema)


def replies(engine: HfEngine, asked: Sequence[GenerateRequest]) -> list[Generation]:
    found = dict(engine.generate(asked))
    texts = [found[request.id] for request in asked]
    assert all(isinstance(text, Generation) for text in texts), texts
    return [text for text in texts if isinstance(text, Generation)]


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("warm", [0.0, 1.0])
def test_a_text_is_the_object_that_was_asked_for(
    name: str, warm: float, folders: dict[str, Path]
) -> None:
    engine = HfEngine(ModelSpec(str(folders[name]), dtype="float32"))
    assert engine.can_bind
    said = set()
    for reply in replies(engine, [ask(FORM, sample, warm=warm) for sample in range(8)]):
        assert reply.stop == "end"
        tree = json.loads(reply.text)
        assert list(tree) == ["answer", "sure"]
        assert tree["answer"] in ("10", "12", "1")
        assert tree["sure"] in ("ja", "né")
        assert reply.text.strip() == json.dumps(tree, ensure_ascii=False)
        said.add(reply.text)
    assert (len(said) == 1) == (warm == 0)


def test_a_batch_may_mix_bound_and_free_texts(llama: HfEngine) -> None:
    asked = [ask(FORM, 7), ask("", 0), ask("", 1), ask(LONG, 8)]
    bound, free, other, _ = texts = replies(llama, asked)
    assert json.loads(bound.text)
    assert not {free.text[:1], other.text[:1]} & {"{"}
    assert replies(llama, asked) == texts


def test_what_is_likeliest_of_the_allowed_is_taken(llama: HfEngine) -> None:
    words, model = llama.loaded.tokenizer, llama.loaded.model
    ids = chat.encode(words, chat.render(words, TALK))
    matcher = Grammars(words, llama.loaded.end_ids, model.config.vocab_size).matcher(LONG)
    [reply] = replies(llama, [ask(LONG, most=40, warm=0.0)])
    new: list[int] = []
    while len(new) < 40:
        certain = matcher.compute_ff_tokens()
        allowed = torch.frombuffer(bytearray(matcher.compute_logit_bias()), dtype=torch.uint8) > 0
        shares = naive_logprobs(model, [*ids, *new]).masked_fill(~allowed, -torch.inf)
        token = certain[0] if certain else int(shares.argmax())
        assert matcher.consume_token(token)
        new.append(token)
    assert reply.text == chat.decode(words, new)
    assert (reply.stop, reply.new_tokens) == ("length", 40)


@pytest.mark.parametrize("most", [1, 2, 9])
def test_the_limit_counts_what_was_read_with_the_prompt(llama: HfEngine, most: int) -> None:
    [reply] = replies(llama, [ask(LONG, most=most)])
    assert (reply.stop, reply.new_tokens) == ("length", most)
    assert '{"question": "'.startswith(reply.text) or reply.text.startswith('{"question": "')


def test_a_whole_object_ends_the_row_within_its_limit(llama: HfEngine) -> None:
    [reply] = replies(llama, [ask(FORM)])
    [same] = replies(llama, [ask(FORM, most=reply.new_tokens)])
    assert json.loads(same.text)
    assert same.new_tokens <= reply.new_tokens
    words = llama.loaded.tokenizer
    assert reply.new_tokens == len(chat.encode(words, reply.text)) + 1


def test_certain_words_cost_no_step_at_the_beginning(
    llama: HfEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from acculturate.engines.hf.stepping import Batch

    steps = itertools.count()
    step = Batch.step

    def counted(self: Batch, token_B: torch.Tensor) -> torch.Tensor:
        next(steps)
        return step(self, token_B)

    monkeypatch.setattr(Batch, "step", counted)
    [reply] = replies(llama, [ask(FORM)])
    words = llama.loaded.tokenizer
    begun = len(chat.encode(words, '{"answer": "')) - 1
    assert next(steps) < reply.new_tokens - begun


def test_it_is_told_while_it_is_written(llama: HfEngine) -> None:
    told: list[str] = []
    with llama.watched(told.append):
        [reply] = replies(llama, [ask(FORM)])
    assert told[-1] == reply.text
    assert told[0].startswith('{"answer":')
    assert all(later.startswith(first) for first, later in itertools.pairwise(told))


def test_texts_do_not_depend_on_what_is_kept_of_a_conversation(folders: dict[str, Path]) -> None:
    """As after a kill: one engine wrote the first turn, the other did not."""
    first, second = (HfEngine(ModelSpec(str(folders["llama"]), dtype="float32")) for _ in range(2))
    begun = ask(FORM)
    [said] = replies(first, [begun])
    on = (*TALK, Message("assistant", said.text), Message("user", "Answer with the number only."))
    later = [GenerateRequest(on, begun.sampling, sample, FORM) for sample in range(3)]
    assert replies(first, later) == replies(second, later)


def test_a_number_goes_on_until_the_model_ends_it(llama: HfEngine) -> None:
    for reply in replies(llama, [ask('{"type":"integer"}', n, most=8) for n in range(4)]):
        assert reply.stop == "length" or str(int(reply.text)) == reply.text


def test_a_schema_that_cannot_be_read_is_told(llama: HfEngine) -> None:
    with pytest.raises(EngineError, match="No text can be held to the JSON schema"):
        list(llama.generate([ask('{"type":"object","dependencies":{"a":3}}')]))


@pytest.mark.parametrize(
    ("tokenizer", "why"),
    [
        (make_tokenizer(CHATML, split_digits=True), ""),
        (make_tokenizer(OPENED, split_digits=True), "its template opens a thought"),
        (spaced(BRACKETS, split=True), "llguidance does not read its tokenizer"),
    ],
)
def test_a_model_that_cannot_be_bound_says_why(tokenizer: Any, why: str) -> None:
    assert why in unbound(tokenizer)
    assert bool(unbound(tokenizer)) == bool(why)


def test_without_llguidance_texts_are_free(
    folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib import util

    found = util.find_spec
    monkeypatch.setattr(
        util, "find_spec", lambda name, *rest: None if name == "llguidance" else found(name, *rest)
    )
    engine = HfEngine(ModelSpec(str(folders["llama"]), dtype="float32"))
    assert not engine.can_bind
    assert "pip install 'acculturate[hf]'" in engine.notes[-1]
    assert replies(engine, [ask("")])
