"""A model of transformers in memory: found, checked, loaded in the right precision, named by bytes.

Only safetensors are read, remote code only where the user says so, and the sampling defaults that
a model's makers ship with it are dropped: whatever steers a reply stands in its request.

Try it: `load_model(parse_model("embedded")).identity`.
"""

import functools
import importlib.util
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

from acculturate.engines import bases, chat, weights
from acculturate.engines.adapter_file import check_adapter_file
from acculturate.engines.hf.mounted_adapter import put_on
from acculturate.engines.hf.placing import check_place, place, take_large_pages
from acculturate.engines.model_files import find_folder, read_tokenizer, reading
from acculturate.engines.protocol import DType, Identity, ModelSpec
from acculturate.errors import EngineError

AUTO_DTYPE = "ACCULTURATE_DTYPE"
"""The environment variable that says what `dtype = "auto"` means."""


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A causal language model in evaluation mode, its tokenizer, and what it really is.

    `folder` is where its weights were read; `end_ids` are the tokens that end a reply, `pad_id`
    fills batches (masked, so its choice does not matter). `give_back` ends its use: the base is
    left to the next that has the same, where one is kept (bases.py). `merged` are adapters that are
    part of the weights.
    """

    model: Any
    tokenizer: Any
    identity: Identity
    folder: Path
    end_ids: tuple[int, ...]
    pad_id: int
    give_back: Callable[[], None] = lambda: None
    merged: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A model's files: folder, revision on the hub, digests of its weights (of its files alone, and
    with what is merged into them) and its adapter's.
    """

    folder: Path
    revision: str
    files: str
    weights: str
    adapter: str


def load_model(spec: ModelSpec) -> LoadedModel:
    """Load the model that `spec` names, with its adapters put on where it names some. A base that
    is kept is not loaded again.

    Raises `EngineError` in a sentence where the model or the adapter is not there, does not fit,
    or cannot be read, and where torch is not installed.
    """
    located = find_model(spec)
    dtype = pick_dtype(spec.dtype, spec.device)
    key = bases.Key(
        str(located.folder), located.files, dtype, spec.device, spec.quantised or "",
        spec.trust_remote_code,
    )  # fmt: skip
    base = bases.kept_base(key) or _read(key, located.folder)
    change = put_on(base.model, spec.adapters, remember=bases.is_keeping())
    identity = Identity(
        model=spec.name,
        weights=located.weights,
        dtype=f"{dtype}, {spec.quantised}" if spec.quantised else dtype,
        template=chat.template_digest(base.tokenizer),
        adapter=located.adapter,
        revision=located.revision,
    )
    ends = base.end_ids
    pad_id = next(i for i in (base.tokenizer.pad_token_id, *ends, 0) if i is not None)
    leave = functools.partial(bases.give_back, base, change)
    return LoadedModel(
        base.model, base.tokenizer, identity, located.folder, ends, pad_id, leave, spec.merged
    )


def find_model(spec: ModelSpec) -> Found:
    """Find a model's files and see that its adapters fit, each on what lies below it, without
    loading any.

    Raises `EngineError` as `load_model` does.
    """
    _check_installed("torch", "transformers")
    check_place(spec.device, spec.quantised)
    folder, revision = find_folder(spec)
    below = files = weights.weights_digest(folder)
    digests = []
    for adapter in spec.adapters:
        _check_installed("peft")
        digests.append(weights.check_adapter(adapter, spec.name, below))
        check_adapter_file(folder, adapter, spec.trust_remote_code)
        below = weights.merged_digest(files, digests)
    own = digests.pop() if spec.adapter else ""
    return Found(folder, revision, files, weights.merged_digest(files, digests), own)


def pick_dtype(dtype: DType, device: str = "") -> DType:
    """Return what `auto` means on a device ("" is the first GPU, else the processor): what
    ACCULTURATE_DTYPE names, else bfloat16 on a GPU and float32 elsewhere (decisions/013).

    Raises `EngineError` where ACCULTURATE_DTYPE names no number format.
    """
    if dtype != "auto":
        return dtype
    named = os.environ.get(AUTO_DTYPE)
    if named:
        return _named_dtype(named)
    import torch

    on_gpu = torch.cuda.is_available() and device not in ("cpu", "mps")
    return "bfloat16" if on_gpu else "float32"


def _named_dtype(named: str) -> DType:
    known = [name for name in get_args(DType) if name != "auto"]
    if named not in known:
        raise EngineError(f"{AUTO_DTYPE} is '{named}': set it to {', '.join(known)}, or unset it.")
    return cast(DType, named)


def _read(key: bases.Key, folder: Path) -> bases.Base:
    """Return the base as its files have it, but for the sampling defaults that came with it."""
    import torch
    from transformers import AutoModelForCausalLM, GenerationConfig

    from acculturate.engines.hf.head import lay_out_rows

    take_large_pages()
    tokenizer = read_tokenizer(folder, key.trust_remote_code)
    dtype = getattr(torch, key.dtype)
    placed = place(key.device, key.quantised, dtype)
    with reading(folder):
        model = AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=dtype,
            use_safetensors=True,
            trust_remote_code=key.trust_remote_code,
            local_files_only=True,
            **placed.options,
        )
        if placed.device:
            model = model.to(placed.device)
    ends = chat.end_ids(model.generation_config.eos_token_id, tokenizer)
    model.generation_config = GenerationConfig()
    lay_out_rows(model)
    return bases.Base(key, model.eval(), tokenizer, ends)


def _check_installed(*packages: str) -> None:
    """Raise `EngineError` with what to type where an optional package is missing."""
    for package in packages:
        if importlib.util.find_spec(package) is None:
            extra = "train" if package == "peft" else "hf"
            raise EngineError(
                f"This needs {package}, which is not installed: type pip install "
                f"'acculturate[{extra}]'"
            )
