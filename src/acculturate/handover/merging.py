"""An adapter merged into its base: a model folder that needs neither peft nor this package.

The sum is made in float32. Written in half precision, a part of a small change is lost between two
numbers that can be held, so it is said how much: `noise` is the size of what rounding added, over
the size of the change (0 nothing is lost, 1 as much noise as change).

    >>> merge([Path("runs/demo/adapters/culturespa")], Path("merged")).noise  # doctest: +SKIP
    0.0
"""

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, get_args

from acculturate.engines import ModelSpec, parse_model
from acculturate.engines.embedded import EMBEDDED, PACKAGE
from acculturate.engines.protocol import DType
from acculturate.engines.weights import adapter_digest, adapter_name, read_passport
from acculturate.errors import EngineError
from acculturate.extras import lacking
from acculturate.handover.model_card import hub_name
from acculturate.tuning.card import CARD_FILE
from acculturate.tuning.sft import built


class Merge(NamedTuple):
    """A merged model: its folder, its base, the number format, and the share lost by rounding."""

    folder: Path
    base: str
    dtype: str
    noise: float


def merge(
    adapters: Sequence[Path], out: Path, *, base: str = "", dtype: DType = "float32"
) -> Merge:
    """Write `base` with `adapters` (the lowest first) merged into its weights to the folder `out`.

    `base` is read from the adapters where it is not given; "auto" is the number format of the
    base's files. Written are safetensors, config, tokenizer and a README.md, whole or not at all.

    Raises `EngineError` where an adapter is none or does not fit its base, where `out` holds
    something, and where packages are missing.
    """
    if missing := lacking("Merging needs", "train", "torch", "transformers", "peft"):
        raise EngineError(f"{missing}.")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise EngineError(f"{out} holds something already: give --out a folder that is new.")
    from acculturate.engines.hf.loading import find_model

    spec = _spec(adapters, base)
    folder = find_model(spec)
    model = _merged(folder.folder, adapters)
    written = _dtype(dtype, folder.folder)
    noise = _noise(model, folder.folder, written)
    with built(out) as partial:
        _write(model, folder.folder, partial, written)
        card = _card(spec.name, adapters, written, noise)
        (partial / CARD_FILE).write_text(card, encoding="utf-8")
    return Merge(out, spec.name, written, noise)


def _spec(adapters: Sequence[Path], base: str) -> ModelSpec:
    """Return the base with its adapters; the lowest adapter names the base."""
    named = base or read_passport(adapters[0]).base_model
    if not named:
        adapter_digest(adapters[0])  # a folder of something else is told first
        raise EngineError(
            f"The adapter {adapters[0]} does not say which model it was trained on: name it with "
            "--base, a Hub id, a folder or 'embedded'."
        )
    spec = parse_model(named, dtype="float32")
    for adapter in adapters:
        spec = spec.on_top(adapter)
    return spec


def _merged(folder: Path, adapters: Sequence[Path]) -> Any:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    from acculturate.engines.model_files import reading

    with reading(folder):
        model: Any = AutoModelForCausalLM.from_pretrained(
            folder, dtype=torch.float32, use_safetensors=True, local_files_only=True
        )
        for adapter in adapters:
            model = PeftModel.from_pretrained(model, str(adapter)).merge_and_unload()
    return model


def _dtype(dtype: DType, folder: Path) -> str:
    """Return the number format to write: that of the base's files for "auto"."""
    if dtype != "auto":
        return dtype
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    own = str(config.get("dtype") or config.get("torch_dtype"))
    return own if own in get_args(DType) else "float32"


def _noise(model: Any, folder: Path, dtype: str) -> float:
    """Return the size of what rounding adds over that of the change, both over all weights."""
    import torch

    if dtype == "float32":
        return 0.0
    written, change, rounding = getattr(torch, dtype), 0.0, 0.0
    merged = model.state_dict()
    for name, before in _weights(folder):
        if (after := merged.get(name)) is None:
            continue
        moved = after - before.to(torch.float32)
        if moved.any():
            change += moved.square().sum().item()
            rounding += (after.to(written).to(torch.float32) - after).square().sum().item()
    return math.sqrt(rounding / change) if change else 0.0


def _weights(folder: Path) -> Iterator[tuple[str, Any]]:
    from safetensors import safe_open

    for file in sorted(folder.glob("*.safetensors")):
        with safe_open(file, "pt") as tensors:
            for name in tensors.keys():  # noqa: SIM118  (no mapping)
                yield name, tensors.get_tensor(name)


def _write(model: Any, folder: Path, partial: Path, dtype: str) -> None:
    import torch

    from acculturate.engines.model_files import read_tokenizer
    from acculturate.engines.quiet import quiet

    with quiet():
        model.to(getattr(torch, dtype)).save_pretrained(partial)
        read_tokenizer(folder).save_pretrained(partial)


def _card(base: str, adapters: Sequence[Path], dtype: str, noise: float) -> str:
    names = " and ".join(f"`{adapter_name(adapter)}`" for adapter in adapters)
    lost = (
        "Nothing of the change was lost by rounding."
        if not noise
        else f"Rounding added noise of {noise:.0%} of the size of the change: write it in float32 "
        "to keep all of it."
    )
    known = hub_name(base) or base
    packed = f", as the package `{PACKAGE}` carries them," if base == EMBEDDED else ""
    words = (
        f"# {known} with {names} merged\n\nThe weights of `{known}`{packed} and what the adapter "
        f"changes, in one model, written in {dtype}. {lost} It opens as any model of transformers "
        "does:\n\n"
        "```python\nfrom transformers import AutoModelForCausalLM, AutoTokenizer\n\n"
        'tokenizer = AutoTokenizer.from_pretrained("FOLDER")\n'
        'model = AutoModelForCausalLM.from_pretrained("FOLDER", dtype="auto")\n```\n\n'
        "`FOLDER` is the folder of this file.\n"
    )
    own = adapters[-1] / CARD_FILE
    if not own.is_file():
        return words
    front, rest = _parted(own.read_text(encoding="utf-8", errors="replace"))
    return f"{front}{words}\nWhat follows is the card of the adapter.\n\n{rest}"


def _parted(text: str) -> tuple[str, str]:
    r"""Return a card's metadata with its marks, and its text.

    >>> _parted("---\na: 1\n---\n# A card")
    ('---\na: 1\n---\n', '# A card')
    >>> _parted("# A card")
    ('', '# A card')
    """
    if not text.startswith("---\n"):
        return "", text
    front, mark, rest = text[4:].partition("\n---\n")
    front = front.replace("library_name: peft", "library_name: transformers")
    return f"---\n{front}{mark}", rest
