"""A LoRA adapter as vLLM wants it: under a name that is its own, with room for its rank.

vLLM keeps the keys and values of prompts from request to request, and tells adapters apart there by
their names alone. So an adapter is named by the hash of its weights: one that is trained again is
another one. What vLLM would leave out without a word (ranks or scales that differ between layers)
is refused.
"""

from pathlib import Path
from typing import Any, NamedTuple

from acculturate.engines.adapter_file import DEEPER
from acculturate.engines.weights import adapter_config
from acculturate.errors import EngineError

RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
"""What `max_lora_rank` may be."""

UNKNOWN = ("use_dora", "rank_pattern", "alpha_pattern", "lora_bias", *DEEPER)
"""Keys of an adapter's config that vLLM refuses or does not read."""


class Adapter(NamedTuple):
    """An adapter's folder, its digest, and the rank that vLLM must have room for."""

    folder: Path
    digest: str
    rank: int

    @property
    def request(self) -> Any:
        """What vLLM is told of this adapter; name and number follow from the digest."""
        from vllm.lora.request import LoRARequest

        number = int(self.digest[:7], 16) + 1
        return LoRARequest(self.digest, number, str(self.folder.resolve()))


def lora_rank(folder: Path) -> int:
    """Return the smallest `max_lora_rank` that an adapter fits in; raises `EngineError` for what
    vLLM cannot compute.
    """
    file = folder / "adapter_config.json"
    try:
        config = adapter_config(folder)
        rank = int(config["r"])
    except (EngineError, ValueError, KeyError, TypeError, OverflowError) as problem:
        raise EngineError(f"{file} does not say an adapter's rank: it needs a number 'r'.") from (
            problem
        )
    named = [key for key in UNKNOWN if config.get(key)]
    if config.get("bias", "none") != "none":
        named.append("bias")
    if named:
        raise EngineError(
            f"The adapter {folder} has {', '.join(named)}, which vLLM does not compute: use the "
            "engine 'hf', which does."
        )
    room = [size for size in RANKS if size >= rank]
    if not room:
        raise EngineError(
            f"The adapter {folder} has rank {rank}, and vLLM takes {RANKS[-1]} at most: use the "
            "engine 'hf'."
        )
    return room[0]
