"""Files: written whole or not at all, and named by a digest of what they hold.

Whoever is killed while writing leaves the old file as it was, and beside it a hidden one that
nobody reads; `clear_parts` removes it.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "page.html"
    >>> write_whole(path, "text")
    >>> file_digest(path) == text_digest("text", 64)
    True
"""

import hashlib
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
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write a text as UTF-8 under a name that never holds half of it; raises `OSError`."""
    with whole(path) as part:
        part.write_text(text, encoding="utf-8")


def clear_parts(folder: Path) -> None:
    """Remove what killed writers left in a folder, at any depth; nobody else may write there."""
    for part in folder.rglob(PART):
        part.unlink()


def file_digest(path: Path) -> str:
    """Return the 64 hex digits of a file's SHA-256; raises `OSError`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def text_digest(text: str, digits: int = 16) -> str:
    """Return the first hex digits of the SHA-256 of a text as UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()[:digits]
