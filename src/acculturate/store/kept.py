"""A run folder looked into beside whoever works on it: nothing is locked or written."""

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from acculturate.bounded import json_tree
from acculturate.errors import StoreError
from acculturate.records import Request
from acculturate.store.reading import VERSION, Reading, damaged, of_another_version


class Kept:
    """A run folder looked into beside whoever works on it: nothing is locked or written.

    Where there is no run, nothing is kept. Raises `StoreError` for a file that cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "run.db"

    def count(self, requests: Iterable[Request], model: str | None) -> int:
        """Return how many of these requests have a reply, of a model (an identity's digest) or of
        any.
        """
        return sum(map(len, self._answered(requests, model)))

    def counts(self) -> dict[str, int]:
        """Return replies by stage."""
        return dict(self._rows("SELECT stage, COUNT(*) FROM replies GROUP BY stage"))

    def fact(self, name: str) -> Any:
        """Return a value kept by `Store.keep`, or None."""
        rows = self._rows("SELECT value FROM facts WHERE name = ?", name)
        try:
            return json_tree(rows[0][0]) if rows else None
        except ValueError as error:
            raise damaged(self._path, "a value that is not JSON") from error

    def _answered(
        self, requests: Iterable[Request], model: str | None
    ) -> Iterator[list[tuple[Any, ...]]]:
        ids = list({request.id for request in requests}) if self._path.is_file() else []
        for some in (ids[start : start + 500] for start in range(0, len(ids), 500)):
            query = (
                "SELECT DISTINCT request FROM replies WHERE request IN "
                f"({','.join('?' * len(some))}) AND (? IS NULL OR model = ?)"
            )
            yield self._rows(query, *some, model, model)

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        if not self._path.is_file():
            return []
        try:
            with contextlib.closing(
                sqlite3.connect(f"{self._path.resolve().as_uri()}?mode=ro", uri=True)
            ) as db:
                return db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise _unread(self._path, error) from error


class Beside(Reading):
    """An open run folder that is only read, beside whoever works on it; a context manager.

    Raises `StoreError` for a folder without a run, one of another version, and a file that cannot
    be read.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "run.db"
        if not path.is_file():
            raise StoreError(
                f"{folder} is no run folder: it has no run.db. Give one that `acculturate run` or "
                "`acculturate measure` wrote."
            )
        super().__init__(_connected(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


def _unread(path: Path, error: sqlite3.Error) -> StoreError:
    """Return what is said of a file that is no run's, or not yet."""
    if "no such table" in str(error):
        return StoreError(
            f"{path} holds no run ({error}): one that was cut off before its first reply goes on "
            "with the command that began it; else give the folder of another run."
        )
    return StoreError(
        f"{path} cannot be read ({error}): put a copy of it back, or give the folder of another "
        "run."
    )


def _connected(path: Path) -> sqlite3.Connection:
    # where nothing can be written beside a database, it is read as one that nobody writes to
    there = os.access(path.parent, os.W_OK) or path.with_name("run.db-shm").exists()
    mode = "mode=ro" if there else "immutable=1"
    address = f"{path.resolve().as_uri()}?{mode}"
    db = sqlite3.connect(address, uri=True, check_same_thread=False)
    try:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        db.execute("SELECT 1 FROM replies LIMIT 1")
    except sqlite3.Error as error:
        db.close()
        raise _unread(path, error) from error
    if version not in (0, VERSION):
        db.close()
        raise of_another_version(path, version)
    return db
