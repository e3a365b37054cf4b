"""What a model's folder holds, read in this process: its tokenizer, and its shape without weights.

>>> from acculturate.engines.embedded import embedded_folder
>>> read_tokenizer(embedded_folder()).eos_token  # doctest: +SKIP
'<|im_end|>'
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from acculturate.engines.quiet import quiet
from acculturate.errors import EngineError, first_line


def read_tokenizer(folder: Path, trust_remote_code: bool = False) -> Any:
    """The tokenizer of a model's folder; raises `EngineError` where it cannot be read."""
    from transformers import AutoTokenizer

    with reading(folder):
        return AutoTokenizer.from_pretrained(
            folder, trust_remote_code=trust_remote_code, local_files_only=True
        )


def hollow_model(folder: Path, trust_remote_code: bool = False) -> Any:
    """A folder's model with every layer in its place, and no memory for any weight; raises
    `EngineError` where its config cannot be read.
    """
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    with reading(folder), torch.device("meta"):
        config = AutoConfig.from_pretrained(
            folder, trust_remote_code=trust_remote_code, local_files_only=True
        )
        return AutoModelForCausalLM.from_config(config, trust_remote_code=trust_remote_code)


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Say in one sentence what is wrong with a model's files, and keep the libraries quiet."""
    from safetensors import SafetensorError

    try:
        with quiet():
            yield
    except (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError) as problem:
        raise EngineError(
            f"The model in {folder} cannot be read: {first_line(problem)}."
        ) from problem
