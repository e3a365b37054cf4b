"""A disk that loses all that was not put down: what a power cut leaves at its worst.

with Disk(folder) as disk:
    ... write, rename ...
    disk.content(path)      what is there after a power cut now, or None

A file holds what it held at its last fsync, and a folder the names of its own last one; what was
there before is on the disk. Only `os.fsync` is seen, which Python code calls; what SQLite writes is
not. Real file systems lose less, never more.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Self

Node = tuple[int, int]


def node(path: str | Path) -> Node:
    found = Path(path).stat()
    return found.st_dev, found.st_ino


class Disk:
    """`after` is called after every fsync, when a power cut would find another disk."""

    def __init__(self, root: Path, after: Callable[[], object] = lambda: None) -> None:
        self.after = after
        self.root = root
        self._contents: dict[Node, bytes] = {}
        self._names: dict[Node, dict[str, Node]] = {}
        for folder, _, files in os.walk(root):
            self._put_down(folder)
            for file in files:
                self._put_down(os.path.join(folder, file))  # noqa: PTH118

    def __enter__(self) -> Self:
        self._fsync = os.fsync
        os.fsync = self._seen  # type: ignore[assignment]
        return self

    def __exit__(self, *_: object) -> None:
        os.fsync = self._fsync

    def _seen(self, handle: int) -> None:
        self._fsync(handle)
        self._put_down(f"/proc/self/fd/{handle}")
        self.after()

    def _put_down(self, path: str) -> None:
        if Path(path).is_dir():
            with os.scandir(path) as entries:
                self._names[node(path)] = {entry.name: node(entry.path) for entry in entries}
        else:
            self._contents[node(path)] = Path(path).read_bytes()

    def content(self, path: Path) -> bytes | None:
        """What a file holds after a power cut; None where its name is not there."""
        here = self.root
        at: Node | None = node(here)
        for name in path.relative_to(self.root).parts:
            at = self._names.get(at, {}).get(name) if at else None
        return None if at is None else self._contents.get(at, b"")

    def names(self, folder: Path) -> set[str]:
        """The names in a folder after a power cut."""
        at: Node | None = node(self.root)
        for name in folder.relative_to(self.root).parts:
            at = self._names.get(at, {}).get(name) if at else None
        return set(self._names.get(at, {})) if at else set()
