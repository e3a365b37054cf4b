"""Files: written whole or not at all, and named by a digest of what they hold.

Whoever is killed while writing leaves the old file as it was, and beside it a hidden one that
nobody reads; `clear_parts` removes it. After a power cut too there is the old file or the new one:
what is written is on the disk (fsync) before it gets its name, and its name before all went well.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "page.html"
    >>> write_whole(path, "text")
    >>> file_digest(path) == text_digest("text", 64)
    True
"""

import base64
import contextlib
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

PART = f".*.{'[0-9a-f]' * 8}.part"


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a path in the same folder to write to; it takes the place of `path` when all went well.

    Raises `OSError` where the folder cannot be written to.
    """
    part = path.with_name(f".{path.name}.{uuid4().hex[:8]}.part")
    try:
        yield part
        put_down(part)
        part.replace(path)
        put_down_names(path.parent)
    finally:
        part.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write a text as UTF-8 under a name that never holds half of it; raises `OSError`."""
    with whole(path) as part:
        part.write_text(text, encoding="utf-8")


def put_down(path: Path) -> None:
    """Let a file's content reach the disk before anything that follows; raises `OSError`."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def put_down_names(folder: Path) -> None:
    """Let a folder's names reach the disk before anything that follows, where the system does so
    (Windows opens no folder, some network file systems sync none).
    """
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def rename_whole(partial: Path, folder: Path) -> None:
    """Give a folder that was built under another name beside it its own, with all that is in it on
    the disk; raises `OSError`.
    """
    for path in partial.rglob("*"):
        if path.is_dir():
            put_down_names(path)
        else:
            put_down(path)
    put_down_names(partial)
    partial.rename(folder)
    put_down_names(folder.parent)
    put_down_names(folder.parent.parent)  # the parent may be new too


def clear_parts(folder: Path) -> None:
    """Remove what killed writers left in a folder, at any depth; nobody else may write there."""
    for part in folder.rglob(PART):
        part.unlink()


def file_digest(path: Path) -> str:
    """Return the 64 hex digits of a file's SHA-256; raises `OSError`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def policy_hash(script: str) -> str:
    """Return a script's hash as a content security policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def text_digest(text: str, digits: int = 16) -> str:
    """Return the first hex digits of the SHA-256 of a text as UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()[:digits]
