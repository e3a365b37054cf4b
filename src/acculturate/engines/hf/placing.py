"""Where transformers puts a model's weights, and in how many bits.

    ""                  the first GPU, else the processor
    "cpu", "cuda:1"     there
    "auto"              over all GPUs, and the processor's memory where these do not suffice
                        ("balanced" and "sequential" as accelerate means them)

What a machine does not have is told before anything is fetched or asked.
"""

import importlib.util
import os
import re
from typing import Any, NamedTuple

from acculturate.errors import EngineError

SPREAD = ("auto", "balanced", "sequential")
"""Names that accelerate knows: one model on several devices."""


class Place(NamedTuple):
    """What `from_pretrained` is told besides, and where the model is moved then ("": nowhere)."""

    options: dict[str, Any]
    device: str


def place(named: str, quantised: str, dtype: Any) -> Place:
    """Return where to put a model of torch's `dtype`."""
    if quantised:
        where = named if named in SPREAD else {"": named or device()}
        return Place({"device_map": where, "quantization_config": _bits(quantised, dtype)}, "")
    if named in SPREAD:
        return Place({"device_map": named}, "")
    return Place({}, named or device())


def take_large_pages() -> None:
    """Let torch ask Linux for large tensors' memory in pages of 2 MB instead of 4 KB: a batch of
    choices then takes a tenth less time, a training a twentieth.

    Torch looks once, when it makes its first tensor; where there is one already, nothing changes.
    The user's own setting stands.
    """
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")


def check_place(named: str, quantised: str | None) -> None:
    """Raise `EngineError` where this machine cannot put or quantise a model so."""
    if named and named not in SPREAD:
        _check_device(named)
    if quantised:
        _check_quantised(named, quantised)


def device() -> str:
    """Return where a model is put if nothing else is said: the GPU, if there is one."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def _check_device(named: str) -> None:
    import torch

    kind, _, number = named.partition(":")
    if not re.fullmatch(r"cpu|mps|cuda(:\d+)?", named):
        raise EngineError(
            f"There is no device '{named}': use auto (all GPUs), cpu, cuda, cuda:1 or mps."
        )
    if kind == "cuda" and torch.cuda.device_count() <= int(number or 0):
        raise EngineError(
            f"device = '{named}', and this machine has {torch.cuda.device_count()} GPUs: leave "
            "device out to take what there is."
        )
    if kind == "mps" and not torch.backends.mps.is_available():
        raise EngineError("device = 'mps', and this is no Mac with one: leave device out.")


def _check_quantised(named: str, quantised: str) -> None:
    import torch

    if not torch.cuda.is_available() or named == "cpu":
        raise EngineError(
            f"quantised = '{quantised}' needs a GPU, and the model would be on the processor: "
            "leave it out, or ask the model through a server."
        )
    if importlib.util.find_spec("bitsandbytes") is None:
        raise EngineError(
            f"quantised = '{quantised}' needs bitsandbytes, which is not installed: type pip "
            "install 'acculturate[qlora]'"
        )


def _bits(quantised: str, dtype: Any) -> Any:
    from transformers import BitsAndBytesConfig

    if quantised == "8bit":
        return BitsAndBytesConfig(load_in_8bit=True)
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
    )
