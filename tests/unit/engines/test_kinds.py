"""Models of every kind: what must hold for texts and for options, whatever template and tokenizer.

One row a kind. Its model is a table (chain.py), so that the right numbers are known beforehand.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from acculturate.engines import ModelSpec, chat
from acculturate.engines.hf import HfEngine
from acculturate.records import (
    Choice,
    ChooseRequest,
    Failure,
    GenerateRequest,
    Generation,
    Message,
    Reply,
    Sampling,
)

from .chain import save_chain
from .tiny import CHATML, DATED, SPECIAL, STRICT, TEXTS, make_tokenizer

SYSTEM = Message("system", "You live in Peru.")
ASK = Message("user", "Tea or coffee?")
LAST = ""
"""In a row's links: the prompt's last token."""
LIKES_ONE = ((LAST, {"1": 0.6, "2": 0.3}), ("1", {"<|im_end|>": 1.0}))

SILENT = (
    "{% for m in messages if m.role != 'system' %}"
    "<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
OPENED = CHATML.replace("assistant\n{% endif %}", "assistant\n<think>\n{% endif %}")
DOUBLED = "{{ bos_token }}" + CHATML
HARMONY = (
    "{% for m in messages %}<|start|>{{ m.role }}<|message|>{{ m.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|start|>assistant{% endif %}"
)
BRACKETS = (
    "{% for m in messages %}"
    "{% if m.role == 'user' %}{{ '[INST] ' + m.content + ' [/INST]' }}"
    "{% elif m.role == 'assistant' %}{{ ' ' + m.content + ' ' + eos_token }}"
    "{% else %}{{ raise_exception('Only user and assistant roles are supported!') }}{% endif %}"
    "{% endfor %}"
)


def byte_level(template: str | None, *more: AddedToken, bos: bool = False, eos: str = "") -> Any:
    tokenizer = make_tokenizer(template, split_digits=True, bos=bos)
    tokenizer.add_tokens(list(more))
    if eos:
        tokenizer.eos_token = eos
    return tokenizer


def spaced(template: str, *, split: bool) -> Any:
    """A tokenizer in sentencepiece's manner: a word begins with its space. With `split`, digits and
    the space before them are tokens of their own.
    """
    core = Tokenizer(models.BPE(unk_token="<unk>"))
    words = pre_tokenizers.Metaspace(prepend_scheme="first")
    digits = pre_tokenizers.Digits(individual_digits=True)
    core.pre_tokenizer = pre_tokenizers.Sequence([words, digits]) if split else words
    core.decoder = decoders.Metaspace(prepend_scheme="first")
    special = ["<unk>", *SPECIAL]
    trainer = trainers.BpeTrainer(vocab_size=300, special_tokens=special, show_progress=False)
    letters = ["[INST] Tea or coffee? [/INST] You live in Peru.", "1 2 1 2 1 2"]
    core.train_from_iterator([*TEXTS, *letters], trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core, unk_token="<unk>", eos_token="<|im_end|>", pad_token="<|im_end|>"
    )
    tokenizer.chat_template = template
    return tokenizer


def mark(text: str, *, special: bool = False) -> AddedToken:
    return AddedToken(text, special=special, normalized=False)


THINK = mark("<think>"), mark("</think>")
BRACKET_THINK = mark("[THINK]", special=True), mark("[/THINK]", special=True)
CHANNELS = (
    *(mark(text, special=True) for text in ("<|channel|>", "<|message|>", "<|start|>", "<|end|>")),
    mark("analysis"),
)


@dataclass(frozen=True)
class Kind:
    """`links` make the model. `shares` are those of "1" and "2", or the words of the failure;
    `reply` is (reasoning, text), or the words of the failure. The prompt `holds` some texts and
    `lacks` others, and has `bos` tokens that open a text.
    """

    words: Callable[[], Any]
    links: tuple[tuple[str, dict[str, float]], ...] = LIKES_ONE
    shares: tuple[float, float] | str = (0.6, 0.3)
    reply: tuple[str, str] | str = ("", "1")
    holds: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    bos: int = 0


def thinking(opening: str, closing: str) -> tuple[tuple[str, dict[str, float]], ...]:
    """A model that thinks "w" before it says "2"; without `opening` the prompt has begun it."""
    first = [(LAST, {opening: 0.9, "1": 0.06, "2": 0.03})] if opening else []
    return (
        *first,
        (opening or LAST, {"w": 1.0}),
        ("w", {closing: 1.0}),
        (closing, {"2": 1.0}),
        ("2", {"<|im_end|>": 1.0}),
    )


KINDS = {
    "names its maker": Kind(lambda: byte_level(CHATML), lacks=("Makers",)),
    "no system role, turns must alternate": Kind(
        lambda: byte_level(STRICT, bos=True), lacks=("system",), bos=1
    ),
    "drops the system message": Kind(lambda: byte_level(SILENT), lacks=("system",)),
    "today's date": Kind(lambda: byte_level(DATED), holds=("Today is 01 Jan 2025.",), bos=1),
    "two beginnings of text": Kind(lambda: byte_level(DOUBLED, bos=True), bos=1),
    "no template": Kind(
        lambda: byte_level(None, bos=True),
        ((LAST, {"Ġ": 0.9, "1": 0.05}), ("Ġ", {"1": 0.6, "2": 0.3}), ("1", {"<|im_end|>": 1.0})),
        shares=(0.9 * 0.6 + 0.05, 0.9 * 0.3),
        reply=("", " 1"),
        holds=("You live in Peru.\n\nTea or coffee?\n\nAnswer:",),
        lacks=("<|im_start|>",),
        bos=1,
    ),
    "another end than the tokenizer's": Kind(
        lambda: byte_level(CHATML, eos="<|endoftext|>"), (*LIKES_ONE, ("<|im_end|>", {"x": 1.0}))
    ),
    "a space joined to the label": Kind(
        lambda: spaced(BRACKETS, split=False),
        ((LAST, {"▁1": 0.6, "▁2": 0.3, "1": 0.05}), ("▁1", {"<|im_end|>": 1.0})),
        shares=(0.65, 0.3),
        holds=("[INST] You live in Peru.\n\nTea or coffee? [/INST]",),
    ),
    "a space before the label": Kind(
        lambda: spaced(BRACKETS, split=True),
        ((LAST, {"▁": 0.9, "2": 0.1}), ("▁", {"1": 0.6, "2": 0.3}), ("1", {"<|im_end|>": 1.0})),
        shares=(0.9 * 0.6, 0.9 * 0.3 + 0.1),
    ),
    "thinks unless told not to": Kind(
        lambda: byte_level(DATED, *THINK), holds=("<think>\n\n</think>\n\n",), bos=1
    ),
    "thinks, as its template wants": Kind(
        lambda: byte_level(OPENED, *THINK),
        thinking("", "</think>"),
        shares="ends inside a thought",
        reply=("w", "2"),
    ),
    "thinks by itself": Kind(
        lambda: byte_level(CHATML, *THINK),
        thinking("<think>", "</think>"),
        shares="begins with a thought (90%)",
        reply=("w", "2"),
    ),
    "thinks between special tokens": Kind(
        lambda: byte_level(CHATML, *BRACKET_THINK),
        thinking("[THINK]", "[/THINK]"),
        shares="begins with a thought",
        reply=("w", "2"),
    ),
    "thinks in a channel, without end": Kind(
        lambda: byte_level(HARMONY, *CHANNELS),
        (
            (LAST, {"<|channel|>": 0.9}),
            ("<|channel|>", {"analysis": 1.0}),
            ("analysis", {"<|message|>": 1.0}),
            ("<|message|>", {"w": 1.0}),
            ("w", {"w": 1.0}),
        ),
        shares="begins with a thought",
        reply="thought is cut off after 12 tokens",
    ),
    "could think, and seldom does": Kind(
        lambda: byte_level(CHATML, *THINK),
        ((LAST, {"1": 0.6, "2": 0.3, "<think>": 0.05}), ("1", {"<|im_end|>": 1.0})),
    ),
}


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


@pytest.fixture(scope="module")
def engine(kind: Kind, tmp_path_factory: pytest.TempPathFactory) -> HfEngine:
    words = kind.words()
    last = chat.encode(words, chat.render(words, [SYSTEM, ASK]))[-1]
    names = {LAST: words.convert_ids_to_tokens(last)}
    links = [(names.get(token, token), following) for token, following in kind.links]
    folder = save_chain(words, tmp_path_factory.mktemp("kind"), links)
    return HfEngine(ModelSpec(str(folder), dtype="float32"))


def test_the_prompt(kind: Kind, engine: HfEngine) -> None:
    words = engine.loaded.tokenizer
    told, untold = (chat.render(words, messages) for messages in ([SYSTEM, ASK], [ASK]))
    for text in (SYSTEM.text, ASK.text, *kind.holds):
        assert told.count(text) == 1, told
    for text in kind.lacks:
        assert text not in told, told
        assert text not in untold, untold
    assert "You are a helpful assistant." in untold
    assert chat.encode(words, told).count(words.bos_token_id) == kind.bos


def check_failure(reply: Reply, words: str) -> None:
    assert isinstance(reply, Failure), reply
    assert reply.kind == "content"
    assert words in reply.message


def test_options(kind: Kind, engine: HfEngine) -> None:
    [(_, reply)] = engine.choose([ChooseRequest((SYSTEM, ASK), ("1", "2"))])
    if isinstance(kind.shares, str):
        check_failure(reply, kind.shares)
    else:
        assert isinstance(reply, Choice), reply
        assert list(map(math.exp, reply.logprobs)) == pytest.approx(kind.shares, abs=1e-5)


def test_texts(kind: Kind, engine: HfEngine) -> None:
    sampling = Sampling(temperature=0.0, top_p=1.0, max_tokens=12, seed=1)
    [(_, reply)] = engine.generate([GenerateRequest((SYSTEM, ASK), sampling)])
    if isinstance(kind.reply, str):
        check_failure(reply, kind.reply)
    else:
        assert isinstance(reply, Generation), reply
        assert (reply.reasoning, reply.text) == kind.reply
        assert reply.stop == "end"
