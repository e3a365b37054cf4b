"""Models of two layers and tokenizers of a few hundred words, made on the spot."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import (
    Gemma2Config,
    GemmaConfig,
    LlamaConfig,
    MistralConfig,
    PreTrainedTokenizerFast,
    Qwen2Config,
)
from transformers.models.auto import AutoModelForCausalLM

CHATML = (
    "{% for m in messages %}{% if loop.first and m.role != 'system' %}<|im_start|>system\n"
    "You are Tiny, made by Makers.<|im_end|>\n{% endif %}<|im_start|>{{ m.role }}\n"
    "{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
STRICT = (
    "{{ bos_token }}{% for m in messages %}"
    "{% if m.role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Roles must alternate') }}{% endif %}"
    "<|im_start|>{{ 'model' if m.role == 'assistant' else m.role }}\n"
    "{{ m.content | trim }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>model\n{% endif %}"
)
DATED = (
    "{{ bos_token }}{% for m in messages %}<|im_start|>{{ m.role }}\n"
    "{% if loop.first %}Today is {{ strftime_now('%d %b %Y') }}.\n{% endif %}"
    "{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n"
    "{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}"
    "{% endif %}"
)
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TEXTS = [
    "You are a person who answers a survey. Answer with the number only.",
    "How important is family in your life? 1. Very important 2. Rather important",
    "How satisfied are you with your life, from 1 to 10? 10 10 10 10 means completely.",
    "user assistant system model Answer: 1 Answer: 2 Answer: 10 10 10",
    "10\n12\n10\n12\n(10)(12)",
] * 4


def make_tokenizer(template: str | None, *, split_digits: bool, bos: bool = False) -> Any:
    """A byte-level tokenizer; without `split_digits` it has words for "10" and " 10"."""
    core = Tokenizer(models.BPE())
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False)
    digits = pre_tokenizers.Digits(individual_digits=True)
    core.pre_tokenizer = (
        pre_tokenizers.Sequence([digits, byte_level]) if split_digits else byte_level
    )
    core.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=420,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    core.train_from_iterator(TEXTS, trainer)
    if bos:
        core.post_processor = processors.TemplateProcessing(
            single="<|endoftext|> $A", special_tokens=[("<|endoftext|>", 0)]
        )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core,
        bos_token="<|endoftext|>",
        eos_token="<|im_end|>",
        pad_token="<|im_end|>",
    )
    tokenizer.chat_template = template
    return tokenizer


SIZES: dict[str, Any] = {
    "vocab_size": 420,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 512,
    "bos_token_id": 0,
    "eos_token_id": 2,
    "pad_token_id": 2,
}


@dataclass(frozen=True)
class Family:
    """A kind of model: its configuration, its chat template, how it writes numbers."""

    config: Any
    template: str | None
    split_digits: bool
    bos: bool = False


FAMILIES = {
    "llama": Family(LlamaConfig(**SIZES), CHATML, split_digits=True),
    "llama-base": Family(LlamaConfig(**SIZES), None, split_digits=True, bos=True),
    "qwen2": Family(Qwen2Config(**SIZES), CHATML, split_digits=False),
    "gemma": Family(GemmaConfig(**SIZES), STRICT, split_digits=True),
    "gemma2": Family(Gemma2Config(**SIZES, sliding_window=16), STRICT, split_digits=False),
    "mistral": Family(
        MistralConfig(**SIZES, sliding_window=None), DATED, split_digits=False, bos=True
    ),
}


def make_model(config: Any, seed: int = 0) -> Any:
    """Random weights, large enough that answers differ."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = AutoModelForCausalLM.from_config(config)
        for weight in model.parameters():
            if weight.dim() > 1:
                torch.nn.init.normal_(weight, std=0.25)
    return model.eval()


def save_family(family: Family, folder: Path, seed: int = 0) -> Path:
    """A model folder as a user would have it."""
    make_model(family.config, seed).save_pretrained(folder)
    tokenizer = make_tokenizer(family.template, split_digits=family.split_digits, bos=family.bos)
    tokenizer.save_pretrained(folder)
    return folder


def naive_logprobs(model: Any, tokens: Sequence[int]) -> Any:
    """Log-probabilities of the next token after one token list, the plain way."""
    with torch.inference_mode():
        return model(torch.tensor([list(tokens)])).logits[0, -1].float().log_softmax(-1)
