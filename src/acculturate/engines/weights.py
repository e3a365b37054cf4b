"""What a model's weights really are: digests of files, remembered by path, size and time.

A name is no identity: a folder is overwritten, a branch moves on. Two models share answers only
where the bytes of their weights agree, and an adapter fits a base by these bytes.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "model.safetensors").write_bytes(b"weights")
    >>> len(weights_digest(folder))
    64
"""

import functools
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs
from filelock import FileLock

from acculturate.bounded import json_tree
from acculturate.errors import EngineError, first_line
from acculturate.files import file_digest as read_digest
from acculturate.files import text_digest, write_whole

PASSPORT = "acculturate.json"
"""The file in an adapter's folder that names its base: `base_model` and `base_weights`."""

ADAPTER_FILES = ("adapter_config.json", "adapter_model.safetensors")
"""What makes a folder an adapter, as peft writes it."""


def cache_folder() -> Path:
    """Return the folder of what this program can make again; ACCULTURATE_CACHE puts it
    elsewhere.
    """
    named = os.environ.get("ACCULTURATE_CACHE")
    folder = Path(named) if named else Path(platformdirs.user_cache_dir("acculturate"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise EngineError(
            f"The cache folder {folder} cannot be made ({problem.strerror}): set ACCULTURATE_CACHE "
            "to a folder that can be written."
        ) from problem
    return folder


def weights_digest(folder: Path) -> str:
    """Return the SHA-256 over a model folder's safetensors files, by name and content.

    Raises `EngineError` where the folder has none: other formats can run code when they are read.
    """
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        other = any(any(folder.glob(kind)) for kind in ("*.bin", "*.pt", "*.pth"))
        raise EngineError(
            f"The folder {folder} holds no safetensors weights"
            + (
                ", only a format that can run code when it is read: save the model again with "
                "`save_pretrained`."
                if other
                else ": give a folder as `save_pretrained` writes it."
            )
        )
    return digest_files(files)


def digest_files(files: Sequence[Path]) -> str:
    """Return the SHA-256 over files, each by its name and content."""
    return text_digest("".join(f"{file.name}:{file_digest(file)}\n" for file in files), 64)


def file_digest(file: Path) -> str:
    """Return the SHA-256 of a file, looked up where path, size and time of change are known."""
    target = file.resolve()
    about = target.stat()
    return _file_digest(str(target), about.st_size, about.st_mtime_ns, str(cache_folder()))


@functools.lru_cache(maxsize=256)
def _file_digest(path: str, size: int, time: int, cache: str) -> str:
    table = Path(cache) / "digests.json"
    key = f"{path}|{size}|{time}"
    known = _read_table(table)
    if key in known:
        return known[key]
    digest = read_digest(Path(path))
    with FileLock(f"{table}.lock"):
        known = {**_read_table(table), key: digest}
        write_whole(table, json.dumps(known, indent=1))
    return digest


def _read_table(table: Path) -> dict[str, str]:
    """Return the digests remembered; a table that cannot be read is made anew."""
    try:
        known = json_tree(table.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def merged_digest(files: str, adapters: Sequence[str]) -> str:
    """Return what names weights with adapters merged into them, from the digests of all.

    >>> merged_digest("ab", ["cd", "ef"]), merged_digest("ab", [])
    ('ab+cd+ef', 'ab')
    """
    return "+".join((files, *adapters))


def short(weights: str) -> str:
    """Return the beginnings of the digests in what names weights."""
    return "+".join(digest[:12] for digest in weights.split("+"))


def is_folder(name: str) -> bool:
    r"""Return whether what somebody calls a model is a folder of this machine.

    >>> is_folder("."), is_folder("~nobody-here/model"), is_folder("a\0b")
    (True, False, False)
    """
    try:
        return Path(name).expanduser().is_dir()
    except (OSError, RuntimeError, ValueError):  # no path at all
        return False


@dataclass(frozen=True, slots=True)
class Passport:
    """Which base an adapter was trained on; empty strings where nobody wrote it down."""

    base_model: str = ""
    base_weights: str = ""


def read_passport(adapter: Path) -> Passport:
    """Return the base an adapter names; an adapter made elsewhere has no passport, and
    names none.
    """
    file = adapter / PASSPORT
    if not file.exists():
        return Passport()
    try:
        tree = json_tree(file.read_text(encoding="utf-8"))
        return Passport(str(tree["base_model"]), str(tree["base_weights"]))
    except (ValueError, KeyError, TypeError) as problem:
        raise EngineError(
            f"{file} does not name the adapter's base: it needs 'base_model' and 'base_weights'."
        ) from problem


def adapter_config(adapter: Path) -> dict[str, Any]:
    """Return what peft wrote down of an adapter; raises `EngineError` for a file that is none."""
    file = adapter / ADAPTER_FILES[0]
    try:
        config = json_tree(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise EngineError(f"{file} is no JSON: {first_line(problem)}.") from problem
    if not isinstance(config, dict):
        raise EngineError(f"{file} must be a JSON object with the adapter's settings.")
    return config


def adapter_digest(adapter: Path) -> str:
    """Return the SHA-256 over an adapter's two files; raises `EngineError` where one is missing."""
    files = [adapter / name for name in ADAPTER_FILES]
    for file in files:
        if not file.is_file():
            raise EngineError(
                f"{adapter} is no adapter: it has no {file.name}. Give a folder as `acculturate "
                "tune` writes it."
            )
    return digest_files(files)


def adapter_name(folder: Path) -> str:
    """Return what an adapter is called: its folder, within a run's `adapters`.

    >>> adapter_name(Path("runs/demo/adapters/spa/CHN")), adapter_name(Path("mine"))
    ('spa/CHN', 'mine')
    """
    *before, name = folder.parts
    at = len(before) - before[::-1].index("adapters") if "adapters" in before else len(before)
    return "/".join((*before[at:], name))


def check_adapter(adapter: Path, base_model: str, base_weights: str) -> str:
    """Return the adapter's digest, if its folder is whole and belongs to this base; else
    `EngineError`.
    """
    digest = adapter_digest(adapter)
    passport = read_passport(adapter)
    if passport.base_weights and passport.base_weights != base_weights:
        raise EngineError(
            f"The adapter {adapter} was trained on other weights than those of {base_model} (its "
            f"base is '{passport.base_model}', {short(passport.base_weights)}; this is "
            f"{short(base_weights)}): use it with its own base, or train it again."
            f"{_lies_on(passport.base_weights, base_weights)}"
        )
    return digest


def _lies_on(wanted: str, given: str) -> str:
    """Return what to add where only the adapters below are missing or others; else ""."""
    (files, *below), (given_files, *_) = wanted.split("+"), given.split("+")
    if files != given_files or not below:
        return ""
    named = " and ".join(digest[:12] for digest in below)
    return (
        f" It lies on top of {'another adapter' if len(below) == 1 else 'other adapters'} "
        f"({named}): give {'that one' if len(below) == 1 else 'those'} first, as in "
        "--adapter LOWER --adapter UPPER."
    )
