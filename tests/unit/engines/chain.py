"""A model that says what it is told: a real one of transformers, whose weights are a table.

Every token's vector is its own axis, attention and the rest add nothing, and the output matrix
holds, for each token, the log-probabilities of the next. So what the model answers is known without
computing it, and all that stands between a request and its reply is the engine's.

    save_chain(tokenizer, folder, [("\n", {"1": 0.6, "2": 0.3}), ("1", {"<|im_end|>": 1.0})])
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import LlamaConfig
from transformers.models.auto import AutoModelForCausalLM

from acculturate.engines.quiet import quiet

Links = Sequence[tuple[str, dict[str, float]]]
"""A token, as the tokenizer writes it, and the probabilities of what follows it."""

LEAST = 1e-9
"""The probability of a token that no link names; what is missing from 1 goes to token 0."""


def save_chain(tokenizer: Any, folder: Path, links: Links) -> Path:
    """A model folder; raises where a link names what is no token."""
    size = len(tokenizer)
    config = LlamaConfig(
        vocab_size=size, hidden_size=size, intermediate_size=8, num_hidden_layers=1,
        num_attention_heads=1, num_key_value_heads=1, head_dim=8, max_position_embeddings=512,
        tie_word_embeddings=False, rms_norm_eps=0.0, eos_token_id=tokenizer.eos_token_id,
    )  # fmt: skip
    model = AutoModelForCausalLM.from_config(config)
    table_VV = torch.full((size, size), math.log(LEAST))
    for token, following in links:
        column_V = table_VV[:, number(tokenizer, token)]
        column_V[0] = math.log(max(LEAST, 1 - sum(following.values())))
        for text, share in following.items():
            column_V[number(tokenizer, text)] = math.log(share)
    layer = model.model.layers[0]
    with torch.no_grad():
        model.model.embed_tokens.weight.copy_(torch.eye(size))
        model.lm_head.weight.copy_(table_VV / math.sqrt(size))  # the norm makes an axis that long
        layer.self_attn.o_proj.weight.zero_()
        layer.mlp.down_proj.weight.zero_()
    with quiet():
        model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def number(tokenizer: Any, text: str) -> int:
    """The id of a piece as the tokenizer's vocabulary writes it."""
    result: int | None = tokenizer.get_vocab().get(text)
    assert result is not None, f"{text!r} is no token"
    return result
