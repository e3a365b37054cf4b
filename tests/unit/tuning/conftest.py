"""A tiny random Llama with a ChatML tokenizer whose pad token is its end token, as SmolLM2's is."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from acculturate.engines import Identity
from acculturate.engines.chat import template_digest
from acculturate.engines.hf import LoadedModel
from acculturate.records import Message, TrainingRow

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
TEXT = [
    "system user assistant You answer the questions of a survey as a person from China or Germany.",
    "How important is family in your life? 1 Very important 2 Rather 3 Not very 4 Not at all",
    "Answer with the number of one option only, on a scale from 1 to 10. 5 6 7 8 9",
]


def build_tokenizer(*, template: str | None = CHATML, split_digits: bool = True) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    inner = Tokenizer(models.BPE())
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    digits = [pre_tokenizers.Digits(individual_digits=True)] if split_digits else []
    inner.pre_tokenizer = pre_tokenizers.Sequence([*digits, byte_level])
    inner.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=420,
        special_tokens=["<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    inner.train_from_iterator(TEXT + [f" {n} {n}" for n in range(11)] * 9, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner, eos_token="<|im_end|>", pad_token="<|im_end|>"
    )
    tokenizer.chat_template = template
    return tokenizer


def build_model(tokenizer: Any) -> LoadedModel:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        initializer_range=0.2,
        tie_word_embeddings=True,
        bos_token_id=0,
        eos_token_id=1,
    )
    with torch.random.fork_rng():
        torch.manual_seed(7)
        model = LlamaForCausalLM(config).eval()
    identity = Identity(
        model="someone/tiny", weights="w" * 16, dtype="float32", template=template_digest(tokenizer)
    )
    return LoadedModel(model, tokenizer, identity, Path(), end_ids=(1,), pad_id=1)


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> Iterator[None]:
    """Threads that wait for each other cost these tiny matrices more than they give."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def tokenizer() -> Any:
    return build_tokenizer()


@pytest.fixture(scope="session")
def make_tokenizer() -> Callable[..., Any]:
    """`make_tokenizer(template=..., split_digits=...)`."""
    return build_tokenizer


@pytest.fixture(scope="session")
def make_model() -> Callable[[Any], LoadedModel]:
    """`make_model(tokenizer)`: the same weights each time."""
    return build_model


@pytest.fixture
def tiny(tokenizer: Any) -> LoadedModel:
    return build_model(tokenizer)


def prompt(question: str, culture: str = "Germany") -> tuple[Message, ...]:
    return (
        Message("system", f"You answer as a person from {culture}."),
        Message("user", question),
    )


@pytest.fixture
def target_rows() -> list[TrainingRow]:
    """Eight rows with a distribution over four labels, of different lengths and cultures."""
    return [
        TrainingRow(
            prompt=prompt("How important is family? " + "Say. " * number, culture),
            culture=culture[:3].upper(),
            source=f"Q{number}",
            labels=("1", "2", "3", "4"),
            target=(0.7, 0.1, 0.1, 0.1) if culture == "China" else (0.1, 0.1, 0.1, 0.7),
        )
        for number in range(4)
        for culture in ("China", "Germany")
    ]


@pytest.fixture
def completion_rows() -> list[TrainingRow]:
    return [
        TrainingRow(
            prompt=prompt(f"Question {number}?"),
            culture="DEU",
            source=f"Q{number}",
            completion=text,
        )
        for number, text in enumerate(["3", "Not at all", "10", "Very important in my life"])
    ]
