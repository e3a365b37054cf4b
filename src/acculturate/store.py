"""The run folder: what a study leaves behind, and what lets it go on after a kill.

    run.db            SQLite: every prompt and raw reply, and where they came from
    study.toml        the study as resolved
    environment.json  versions and machine
    adapters/         one folder per adaptation
    metrics.json      every number
    report.html       the page

Replies are kept raw under a key made of the model's identity and the request's digest, so nothing
is asked twice and a better parser asks nothing again. A batch is committed as a whole: after a
kill, a batch is there or it is not. Whole files appear by rename. One process writes; a second one
is refused with a sentence.

SQLite (in the standard library) rather than a folder of files: a commit is atomic, and a million
replies are one file.
"""

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from filelock import FileLock, Timeout
from pydantic import TypeAdapter

from acculturate.errors import StoreError
from acculturate.files import clear_parts, write_whole
from acculturate.records import ChooseRequest, Failure, Reply, Request

SCHEMA = """
CREATE TABLE IF NOT EXISTS texts (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS replies (
    model TEXT NOT NULL, request TEXT NOT NULL, stage TEXT NOT NULL,
    messages TEXT NOT NULL, parameters TEXT NOT NULL, reply TEXT NOT NULL, failure TEXT,
    PRIMARY KEY (model, request)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS provenance (
    id INTEGER PRIMARY KEY, time REAL NOT NULL, event TEXT NOT NULL, detail TEXT NOT NULL
);
"""
VERSION = 1
PRIVATE = 0o700
"""A folder of a run is its user's alone: replies may be nobody else's business."""
KNOWN_TEXTS = 512
"""Texts whose numbers are remembered: neighbouring prompts share most of theirs."""

TOKENS = ", ".join(f"TOTAL(json_extract(reply, '$.{k}_tokens'))" for k in ("prompt", "new"))
_REPLY: TypeAdapter[Reply] = TypeAdapter(Reply)


class Asked(NamedTuple):
    """A prompt with its reply: the digest of the model's identity, the request's id, the stage that
    asked first, the messages as (role, text), and the request's other parameters.
    """

    model: str
    request: str
    stage: str
    messages: tuple[tuple[str, str], ...]
    parameters: Mapping[str, Any]
    reply: Reply


class Store:
    """An open run folder; a context manager. Raises `StoreError` for what the user can mend."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = FileLock(folder / "run.lock")
        with _told(folder):
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=PRIVATE, exist_ok=True)
            self._take_lock()
            try:
                if (folder / "run.db").is_file():
                    clear_parts(folder)
                self._db = _connect(folder / "run.db")
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

    def close(self) -> None:
        self._db.close()
        self._lock.release()

    # -- replies ---------------------------------------------------------------------------------

    def reply(self, model: str, request: str) -> Reply | None:
        """Return the reply that `model` (an identity's digest) gave to a request's id, if any."""
        row = self._db.execute(
            "SELECT reply FROM replies WHERE model = ? AND request = ?", (model, request)
        ).fetchone()
        return None if row is None else _REPLY.validate_json(row[0])

    def missing(self, model: str, requests: Sequence[Request]) -> list[Request]:
        """Return those of `requests` that have no reply yet."""
        marks = ",".join("?" * len(requests))
        rows = self._db.execute(
            f"SELECT request FROM replies WHERE model = ? AND request IN ({marks})",
            (model, *(request.id for request in requests)),
        )
        have = {row[0] for row in rows}
        return [request for request in requests if request.id not in have]

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
            _REPLY.dump_json(reply).decode(),
            getattr(reply, "kind", None),
        )

    def failures(self, model: str, requests: Sequence[Request]) -> list[Failure]:
        """Return the failures among these requests' replies."""
        marks = ",".join("?" * len(requests))
        rows = self._db.execute(
            f"SELECT reply FROM replies WHERE failure IS NOT NULL AND model = ? AND request IN "
            f"({marks})",
            (model, *(request.id for request in requests)),
        )
        replies = [_REPLY.validate_json(row[0]) for row in rows]
        return [reply for reply in replies if isinstance(reply, Failure)]

    def has_failures(self, kinds: Sequence[str]) -> bool:
        """Return whether a failure of these kinds is kept."""
        marks = ",".join("?" * len(kinds))
        query = f"SELECT 1 FROM replies WHERE failure IN ({marks}) LIMIT 1"
        return self._db.execute(query, tuple(kinds)).fetchone() is not None

    def forget_failures(self, kinds: Sequence[str]) -> int:
        """Drop failures of these kinds, so that they are asked again; returns how many."""
        marks = ",".join("?" * len(kinds))
        with _told(self.folder), self._db:
            done = self._db.execute(f"DELETE FROM replies WHERE failure IN ({marks})", tuple(kinds))
        return done.rowcount

    def has_texts(self) -> bool:
        """Return whether a text that was drawn is kept."""
        query = "SELECT 1 FROM replies WHERE json_extract(parameters, '$.temperature') IS NOT NULL"
        return self._db.execute(f"{query} LIMIT 1").fetchone() is not None

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return replies and failures by stage."""
        rows = self._db.execute(
            "SELECT stage, COUNT(*), COUNT(failure) FROM replies GROUP BY stage"
        )
        return {stage: (total, failed) for stage, total, failed in rows}

    def tokens(self, name: str, *, begins: bool = True) -> dict[str, tuple[int, int]]:
        """Return the tokens read and written for stages whose names begin so, or for the one of
        just that name, by model.
        """
        part = "substr(stage, 1, length(?1))" if begins else "stage"
        query = f"SELECT model, {TOKENS} FROM replies WHERE {part} = ?1 GROUP BY model"
        rows = self._db.execute(query, (name,))
        return {model: (int(read), int(written)) for model, read, written in rows}

    def exchanges(self, stage: str) -> Iterator[tuple[list[tuple[str, str]], Reply]]:
        """Yield every prompt (role, text) of a stage with its reply, in order of the
        requests' ids.
        """
        rows = self._db.execute(
            "SELECT messages, reply FROM replies WHERE stage = ? ORDER BY request", (stage,)
        )
        for messages, reply in rows:
            pairs = [(role, self._read_text(number)) for role, number in json.loads(messages)]
            yield pairs, _REPLY.validate_json(reply)

    def asked(self) -> Iterator[Asked]:
        """Yield everything that was asked, in order of models and requests, one by one."""
        rows = self._db.execute(
            "SELECT model, request, stage, messages, parameters, reply FROM replies "
            "ORDER BY model, request"
        )
        for model, request, stage, messages, parameters, reply in rows:
            said = tuple((role, self._read_text(number)) for role, number in json.loads(messages))
            yield Asked(
                model, request, stage, said, json.loads(parameters), _REPLY.validate_json(reply)
            )

    def _text(self, text: str) -> int:
        # prompts share their system texts and items, so each text is kept once
        if text not in self._known:
            self._db.execute("INSERT OR IGNORE INTO texts (text) VALUES (?)", (text,))
            row = self._db.execute("SELECT id FROM texts WHERE text = ?", (text,)).fetchone()
            if len(self._known) >= KNOWN_TEXTS:
                self._known.clear()
            self._known[text] = int(row[0])
        return self._known[text]

    def _read_text(self, number: int) -> str:
        return str(self._db.execute("SELECT text FROM texts WHERE id = ?", (number,)).fetchone()[0])

    # -- facts, provenance, files ----------------------------------------------------------------

    def fact(self, name: str) -> Any:
        """Return a value kept by `keep`, or None."""
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else json.loads(row[0])

    def keep(self, name: str, value: Any) -> None:
        """Keep a JSON value under a name."""
        with _told(self.folder), self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, json.dumps(value))
            )

    def facts(self, prefix: str) -> dict[str, Any]:
        """Return every value whose name begins with `prefix`, by what follows it, in order of
        names.
        """
        rows = self._db.execute(
            "SELECT name, value FROM facts WHERE substr(name, 1, ?) = ? ORDER BY name",
            (len(prefix), prefix),
        )
        return {name[len(prefix) :]: json.loads(value) for name, value in rows}

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

    def notes(self, event: str) -> list[dict[str, Any]]:
        """Return what was noted for an event, oldest first."""
        rows = self._db.execute(
            "SELECT detail FROM provenance WHERE event = ? ORDER BY id", (event,)
        )
        return [json.loads(row[0]) for row in rows]

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
        return json.loads(rows[0][0]) if rows else None

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
            raise StoreError(f"{self._path} cannot be read ({error}).") from error


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
    db.execute("PRAGMA synchronous = NORMAL")
    db.executescript(SCHEMA)
    found = db.execute("PRAGMA user_version").fetchone()[0]
    if found not in (0, VERSION):
        raise StoreError(
            f"{path} was written by another version of acculturate (format {found}, this one reads "
            f"{VERSION}): use the version that wrote it, or give a new run another folder with "
            "--out."
        )
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
