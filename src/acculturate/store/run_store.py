"""A store: an open run folder that one process writes into."""

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock, Timeout

from acculturate.errors import StoreError
from acculturate.files import clear_parts, put_down_names, write_whole
from acculturate.records import ChooseRequest, Failure, Reply, Request
from acculturate.store.reading import REPLY, VERSION, Reading, damaged, of_another_version

SCHEMA = """
CREATE TABLE IF NOT EXISTS texts (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS replies (
    model TEXT NOT NULL, request TEXT NOT NULL, stage TEXT NOT NULL,
    messages TEXT NOT NULL, parameters TEXT NOT NULL, reply TEXT NOT NULL, failure TEXT,
    PRIMARY KEY (model, request)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS failed ON replies (failure) WHERE failure IS NOT NULL;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS reply_gone AFTER DELETE ON replies WHEN OLD.failure IS NULL
    BEGIN DELETE FROM facts WHERE substr(name, 1, 10) = 'done part '; END;
CREATE TRIGGER IF NOT EXISTS reply_changed AFTER UPDATE ON replies
    BEGIN DELETE FROM facts WHERE substr(name, 1, 10) = 'done part '; END;
CREATE TABLE IF NOT EXISTS provenance (
    id INTEGER PRIMARY KEY, time REAL NOT NULL, event TEXT NOT NULL, detail TEXT NOT NULL
);
"""
PRIVATE = 0o700
"""A folder of a run is its user's alone: replies may be nobody else's business."""
PAGES_KIB = 500
"""Of the database's pages, kept in memory: at a million replies more made nothing faster."""
KNOWN_TEXTS = 512
"""Texts whose numbers are remembered: neighbouring prompts share most of theirs."""


class Store(Reading):
    """An open run folder; a context manager. Raises `StoreError` for what the user can mend."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = FileLock(folder / "run.lock")
        with _told(folder):
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=PRIVATE, exist_ok=True)
            for place in (folder.parent, folder.parent.parent):
                put_down_names(place)
            self._take_lock()
            try:
                if (folder / "run.db").is_file():
                    clear_parts(folder)
                super().__init__(_connect(folder / "run.db"))
            except BaseException:
                self._lock.release()
                raise
        self._known: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.close()
        if isinstance(error, sqlite3.DatabaseError):
            raise damaged(self.folder / "run.db", error) from error

    def close(self) -> None:
        self._db.close()
        self._lock.release()

    def commit(self, model: str, stage: str, replies: Iterable[tuple[Request, Reply]]) -> None:
        """Keep a batch of replies, all or none. What is there already stays as it is."""
        try:
            with _told(self.folder), self._db:
                rows = [self._row(model, stage, *reply) for reply in replies]
                self._db.executemany(
                    "INSERT OR IGNORE INTO replies VALUES (?, ?, ?, ?, ?, ?, ?)", rows
                )
        except BaseException:
            self._known.clear()  # texts of a batch that is not kept are not kept either
            raise

    def _row(self, model: str, stage: str, request: Request, reply: Reply) -> tuple[object, ...]:
        return (
            model,
            request.id,
            stage,
            json.dumps([(m.role, self._text(m.text)) for m in request.messages]),
            _parameters(request),
            REPLY.dump_json(reply, exclude=None if _is_halved(reply) else {"halved"}).decode(),
            getattr(reply, "kind", None),
        )

    def forget_failures(self, kinds: Sequence[str]) -> int:
        """Drop failures of these kinds, so that they are asked again; returns how many."""
        marks = ",".join("?" * len(kinds))
        with _told(self.folder), self._db:
            done = self._db.execute(f"DELETE FROM replies WHERE failure IN ({marks})", tuple(kinds))
        return done.rowcount

    def _text(self, text: str) -> int:
        # prompts share their system texts and items, so each text is kept once
        if text not in self._known:
            self._db.execute("INSERT OR IGNORE INTO texts (text) VALUES (?)", (text,))
            row = self._db.execute("SELECT id FROM texts WHERE text = ?", (text,)).fetchone()
            if len(self._known) >= KNOWN_TEXTS:
                self._known.clear()
            self._known[text] = int(row[0])
        return self._known[text]

    def keep(self, name: str, value: Any) -> None:
        """Keep a JSON value under a name."""
        with _told(self.folder), self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, json.dumps(value))
            )

    def forget(self, prefix: str) -> None:
        """Drop every value whose name begins with `prefix`."""
        with _told(self.folder), self._db:
            self._db.execute(
                "DELETE FROM facts WHERE substr(name, 1, ?) = ?", (len(prefix), prefix)
            )

    def note(self, event: str, detail: Mapping[str, Any]) -> None:
        """Write down that something happened, apart from the records, which hold no times."""
        with _told(self.folder), self._db:
            self._db.execute(
                "INSERT INTO provenance (time, event, detail) VALUES (?, ?, ?)",
                (time.time(), event, json.dumps(detail)),
            )

    def write(self, name: str, text: str) -> Path:
        """Write a whole file of the run by rename; returns its path."""
        path = self.folder / name
        with _told(self.folder):
            write_whole(path, text)
        return path

    def _take_lock(self) -> None:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise StoreError(
                f"Another process is working on {self.folder}: wait for it to end, or give this "
                "run another folder with --out."
            ) from None


def _is_halved(reply: Reply) -> bool:
    return not isinstance(reply, Failure) and bool(reply.halved)


def _parameters(request: Request) -> str:
    if isinstance(request, ChooseRequest):
        return json.dumps({"labels": request.labels})
    s = request.sampling
    return json.dumps(
        {
            "temperature": s.temperature,
            "top_p": s.top_p,
            "max_tokens": s.max_tokens,
            "seed": s.seed,
            "sample": request.sample,
            **({"schema": request.schema} if request.schema else {}),
        }
    )


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path)
    try:
        _set_up(db, path)
    except BaseException:
        db.close()
        raise
    return db


def _set_up(db: sqlite3.Connection, path: Path) -> None:
    # WAL needs shared memory, which network file systems lack: SQLite then keeps its old mode
    db.execute("PRAGMA journal_mode = WAL")
    # what is reported done outlasts a power cut: with less, the last commits may be gone
    db.execute("PRAGMA synchronous = EXTRA")
    db.execute(f"PRAGMA cache_size = -{PAGES_KIB}")
    db.executescript(SCHEMA)
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version not in (0, VERSION):
        raise of_another_version(path, version)
    db.execute(f"PRAGMA user_version = {VERSION}")


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Say in one sentence what a full, read-only or broken folder means."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        free = _free_space(folder)
        raise StoreError(
            f"The run folder {folder} cannot be written ({reason}{free}): make room or give "
            "another folder with --out. What was finished before is kept."
        ) from error


def _free_space(folder: Path) -> str:
    there = next((place for place in (folder, *folder.parents) if place.exists()), Path("/"))
    if not hasattr(os, "statvfs"):
        return ""
    stats = os.statvfs(there)
    return f"; {stats.f_bavail * stats.f_frsize / 2**20:.0f} MiB free"
