"""A model of a wanted shape with weights drawn by chance, for timing what no machine here holds.

    python -m benchmarks.shaped /tmp/8b --shape 8b
    python -m benchmarks.run --model /tmp/8b --only choose_cultures_vs_lmeval --items 100 ...

It has the embedded model's words and chat template, so whatever is asked of that one can be asked
of it; what it replies means nothing.
"""

import argparse
from pathlib import Path
from typing import Any

import torch

from acculturate.engines.embedded import embedded_folder
from acculturate.engines.hf.placing import device
from acculturate.engines.model_files import read_tokenizer
from acculturate.engines.quiet import quiet

SHAPES: dict[str, dict[str, Any]] = {
    "tiny": {
        "hidden_size": 64, "intermediate_size": 192, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2,
    },
    "1b": {
        "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16,
        "num_attention_heads": 32, "num_key_value_heads": 8,
    },
    "8b": {
        "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32,
        "num_attention_heads": 32, "num_key_value_heads": 8,
    },
}  # fmt: skip
"""Llama models by size; the vocabulary is the embedded model's."""


def write(folder: Path, shape: str, seed: int = 1) -> int:
    """Write such a model, in bfloat16; returns how many weights it has."""
    from transformers import AutoModelForCausalLM, LlamaConfig

    words = read_tokenizer(embedded_folder())
    config = LlamaConfig(
        vocab_size=len(words),
        bos_token_id=words.bos_token_id,
        eos_token_id=words.eos_token_id,
        max_position_embeddings=8192,
        tie_word_embeddings=False,
        **SHAPES[shape],
    )
    torch.manual_seed(seed)
    with quiet(), torch.device(device()):  # billions of numbers are drawn in a moment on a GPU
        model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
        model.save_pretrained(folder)
        words.save_pretrained(folder)
    return sum(parameter.numel() for parameter in model.parameters())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shape", choices=tuple(SHAPES), default="8b")
    given = parser.parse_args()
    count = write(given.folder, given.shape)
    print(f"{given.folder}: {count / 1e9:.2f} billion weights, drawn by chance")


if __name__ == "__main__":
    main()
