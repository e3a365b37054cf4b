"""A model's files: the folder that holds them, and what is read of it before any weight: its
tokenizer, and its shape.

>>> from acculturate.engines.embedded import embedded_folder
>>> read_tokenizer(embedded_folder()).eos_token  # doctest: +SKIP
'<|im_end|>'
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from acculturate.engines.embedded import EMBEDDED, embedded_folder, gguf_file, kept_folder
from acculturate.engines.kind import find_kind
from acculturate.engines.protocol import ModelSpec
from acculturate.engines.quiet import quiet
from acculturate.errors import EngineError, NoModelError, first_line, nearest
from acculturate.extras import lacking

READ = ["*.safetensors", "*.json", "*.jinja", "*.txt", "*.model", "*.tiktoken", "*.py"]
"""What is fetched of a model on the hub."""
ALIKE = 0.8
"""How near to "embedded" a name is that is taken for it misspelt."""


def find_folder(spec: ModelSpec) -> tuple[Path, str]:
    """Return the folder that holds a model, and the hub's revision of it ("" for a folder).

    Raises `EngineError` where there is none, and `ConfigError` for an engine that nobody brings.
    """
    if spec.name == EMBEDDED:
        return embedded_folder(), ""
    path = Path(spec.name).expanduser()
    if path.is_dir():
        return path, ""
    check_name(spec.name)
    if path.is_absolute() or spec.name.startswith((".", "~")) or spec.name.count("/") > 1:
        raise NoModelError(
            f"There is no model folder '{spec.name}': give a folder with a model, a Hub id such as "
            "org/model, or 'embedded'."
        )
    return _hub_folder(spec)


def check_name(name: str) -> None:
    """Raise for a name that is no folder and can be no Hub id either: `ConfigError` for an engine
    that nobody brings, `NoModelError` for "embedded" misspelt.
    """
    head, colon, _ = name.partition(":")
    if colon:  # no Hub id has one
        find_kind(head)
    if "/" not in name and (hint := nearest(name, [EMBEDDED], ALIKE)):
        raise NoModelError(f"There is no model '{name}'.{hint}")


def local_folder(spec: ModelSpec) -> Path:
    """Return the folder of a model that is on this machine, without fetching or checking anything.

    Raises `EngineError` where it is not here, or what reads it is not installed.
    """
    if missing := lacking("The size of a model is read with", "hf", "torch", "transformers"):
        raise EngineError(f"{missing}.")
    if spec.name == EMBEDDED:
        return kept_folder(gguf_file()) or embedded_folder()
    path = Path(spec.name).expanduser()
    return path if path.is_dir() else _kept_copy(spec)


def _kept_copy(spec: ModelSpec) -> Path:
    """Return the folder of a copy that was fetched before, be it of the config alone."""
    from huggingface_hub import errors, try_to_load_from_cache

    copy = None
    with suppress(errors.HFValidationError):
        copy = try_to_load_from_cache(spec.name, "config.json", revision=spec.revision or None)
    if not isinstance(copy, str):
        raise EngineError(
            f"The model '{spec.name}' is not on this machine, so its size is not known: type `hf "
            f"download {spec.name} --include '*.json'` (no weights) to have it counted."
        )
    return Path(copy).parent


def _hub_folder(spec: ModelSpec) -> tuple[Path, str]:
    from huggingface_hub import errors, snapshot_download

    revision = spec.revision or None
    try:
        folder = snapshot_download(spec.name, revision=revision, allow_patterns=READ)
    except errors.GatedRepoError as problem:
        raise EngineError(
            f"The model '{spec.name}' is gated: accept its terms on the Hub and set HF_TOKEN."
        ) from problem
    except errors.RepositoryNotFoundError as problem:
        raise NoModelError(
            f"The Hub has no model '{spec.name}', or it is private: then set HF_TOKEN."
        ) from problem
    except errors.RevisionNotFoundError as problem:
        raise EngineError(
            f"The model '{spec.name}' has no revision '{spec.revision}' on the Hub."
        ) from problem
    except (OSError, errors.HFValidationError) as problem:
        if status := _refused(problem):
            raise EngineError(
                f"The Hub refuses the token for the model '{spec.name}' ({status}): give HF_TOKEN, "
                "or `hf auth login`, one that may read it, or none where the model is public."
            ) from problem
        raise NoModelError(
            f"There is no model '{spec.name}': it is no folder, the Hub cannot be reached for it, "
            "and no copy of it is kept here. Give a folder with a model, a Hub id such as "
            "org/model, or 'embedded'."
        ) from problem
    return Path(folder), Path(folder).name


def _refused(problem: BaseException) -> int:
    """Return the status with which the Hub refuses who asks; 0 where it was anything else."""
    statuses = (
        getattr(getattr(one, "response", None), "status_code", 0)
        for one in (problem, problem.__cause__)
    )
    return next((status for status in statuses if status in (401, 403)), 0)


def read_tokenizer(folder: Path, trust_remote_code: bool = False) -> Any:
    """Return the tokenizer of a model's folder; raises `EngineError` where it cannot be read."""
    from transformers import AutoTokenizer

    with reading(folder):
        return AutoTokenizer.from_pretrained(
            folder, trust_remote_code=trust_remote_code, local_files_only=True
        )


def hollow_model(folder: Path, trust_remote_code: bool = False) -> Any:
    """Return a folder's model with every layer in its place, and no memory for any weight; raises
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
