"""Reading: what a run's database holds, by query, whoever opened it and however large it is."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import TypeAdapter

from acculturate.bounded import json_tree
from acculturate.errors import StoreError
from acculturate.records import Failure, Reply, Request

VERSION = 1
ReplyKind = Literal["", "choice", "text", "failure"]
TOKENS = ", ".join(f"TOTAL(json_extract(reply, '$.{k}_tokens'))" for k in ("prompt", "new"))
COLUMNS = "model, request, stage, messages, parameters, reply"
# which texts match is looked up once, not for each reply
FOUND = (
    "WITH found AS MATERIALIZED (SELECT id FROM texts "
    "WHERE :text_ <> '' AND text LIKE :text_ ESCAPE '\\')"
)
KINDS = {
    "failure": "failure IS NOT NULL",
    "choice": "json_extract(reply, '$.logprobs') IS NOT NULL",
    "text": "json_extract(reply, '$.text') IS NOT NULL",
}
HOLDS_TEXT = """(
    COALESCE(json_extract(reply, '$.text'), json_extract(reply, '$.message'), '')
        LIKE :text_ ESCAPE '\\'
    OR EXISTS (SELECT 1 FROM json_each(messages) AS one
        WHERE json_extract(one.value, '$[1]') IN (SELECT id FROM found))
)"""
REPLY: TypeAdapter[Reply] = TypeAdapter(Reply)


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


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of what was asked: of a stage, of a model (an identity's digest), with a kind of reply,
    and with a text in a message or in the reply. "" asks for all.
    """

    stage: str = ""
    model: str = ""
    kind: ReplyKind = ""
    text: str = ""


class Reading:
    """Reads an open database."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def reply(self, model: str, request: str) -> Reply | None:
        """Return the reply that `model` (an identity's digest) gave to a request's id, if any."""
        row = self._db.execute(
            "SELECT reply FROM replies WHERE model = ? AND request = ?", (model, request)
        ).fetchone()
        return None if row is None else self._reply(row[0])

    def missing(self, model: str, requests: Sequence[Request]) -> list[Request]:
        """Return those of `requests` that have no reply yet."""
        marks = ",".join("?" * len(requests))
        rows = self._db.execute(
            f"SELECT request FROM replies WHERE model = ? AND request IN ({marks})",
            (model, *(request.id for request in requests)),
        )
        have = {row[0] for row in rows}
        return [request for request in requests if request.id not in have]

    def failures(self, model: str, requests: Sequence[Request]) -> list[Failure]:
        """Return the failures among these requests' replies."""
        marks = ",".join("?" * len(requests))
        rows = self._db.execute(
            f"SELECT reply FROM replies WHERE failure IS NOT NULL AND model = ? AND request IN "
            f"({marks})",
            (model, *(request.id for request in requests)),
        )
        replies = [self._reply(row[0]) for row in rows]
        return [reply for reply in replies if isinstance(reply, Failure)]

    def has_failures(self, kinds: Sequence[str]) -> bool:
        """Return whether a failure of these kinds is kept."""
        marks = ",".join("?" * len(kinds))
        query = f"SELECT 1 FROM replies WHERE failure IN ({marks}) LIMIT 1"
        return self._db.execute(query, tuple(kinds)).fetchone() is not None

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

    def halved(self) -> dict[str, int]:
        """Return by stage how many replies were computed in a part of their batch, since the whole
        did not fit into memory.
        """
        rows = self._db.execute(
            "SELECT stage, COUNT(*) FROM replies WHERE json_extract(reply, '$.halved') > 0 "
            "GROUP BY stage"
        )
        return dict(rows.fetchall())

    def tokens(self, name: str, *, begins: bool = True) -> dict[str, tuple[int, int]]:
        """Return the tokens read and written for stages whose names begin so, or for the one of
        just that name, by model.
        """
        part = "substr(stage, 1, length(:name))" if begins else "stage"
        query = f"SELECT model, {TOKENS} FROM replies WHERE {part} = :name GROUP BY model"
        rows = self._db.execute(query, {"name": name})
        return {model: (int(read), int(written)) for model, read, written in rows}

    def exchanges(self, stage: str) -> Iterator[tuple[list[tuple[str, str]], Reply]]:
        """Yield every prompt (role, text) of a stage with its reply, in order of the
        requests' ids.
        """
        rows = self._db.execute(
            "SELECT messages, reply FROM replies WHERE stage = ? ORDER BY request", (stage,)
        )
        for messages, reply in rows:
            yield list(self._messages(messages)), self._reply(reply)

    def asked(self) -> Iterator[Asked]:
        """Yield everything that was asked, in order of models and requests, one by one."""
        rows = self._db.execute(f"SELECT {COLUMNS} FROM replies ORDER BY model, request")
        return map(self._asked, rows)

    def some_asked(self, wanted: Wanted, after: tuple[str, str], limit: int) -> list[Asked]:
        """Return the first of what is wanted behind a (model, request), in order of both."""
        where, values = _conditions(wanted)
        rows = self._db.execute(
            f"{FOUND} SELECT {COLUMNS} FROM replies WHERE (model, request) > (:model_, :request_) "
            f"AND {where} ORDER BY model, request LIMIT :limit_",
            {**values, "model_": after[0], "request_": after[1], "limit_": limit},
        )
        return [self._asked(row) for row in rows]

    def one_asked(self, model: str, request: str) -> Asked | None:
        """Return what was asked of a model under a request's id."""
        query = f"SELECT {COLUMNS} FROM replies WHERE model = ? AND request = ?"
        row = self._db.execute(query, (model, request)).fetchone()
        return None if row is None else self._asked(row)

    def count_asked(self, wanted: Wanted) -> int:
        """Return how much is wanted."""
        where, values = _conditions(wanted)
        query = f"{FOUND} SELECT COUNT(*) FROM replies WHERE {where}"
        return int(self._db.execute(query, values).fetchone()[0])

    def _asked(self, row: tuple[str, str, str, str, str, str]) -> Asked:
        model, request, stage, messages, parameters, reply = row
        prompt = tuple(self._messages(messages))
        read = self._reply(reply)
        asked_with = self._json(parameters)
        if not isinstance(asked_with, dict):
            raise self._damaged("parameters that are none")
        return Asked(model, request, stage, prompt, asked_with, read)

    def _messages(self, kept: str) -> Iterator[tuple[str, str]]:
        try:
            for role, number in self._json(kept):
                yield role, self._read_text(number)
        except (TypeError, ValueError, sqlite3.InterfaceError) as error:
            raise self._damaged("messages that are none") from error

    def _read_text(self, number: int) -> str:
        row = self._db.execute("SELECT text FROM texts WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise self._damaged("a text that is gone")
        return str(row[0])

    def _reply(self, kept: str) -> Reply:
        try:
            return REPLY.validate_json(kept)
        except ValueError as error:
            raise self._damaged("a reply that is none") from error

    def _json(self, kept: str) -> Any:
        try:
            return json_tree(kept)
        except ValueError as error:
            raise self._damaged("a value that is not JSON") from error

    def _damaged(self, what: str) -> StoreError:
        """Return what is said of a file that somebody else wrote into."""
        path = self._db.execute("PRAGMA database_list").fetchone()[2]
        return damaged(Path(path), what)

    def fact(self, name: str) -> Any:
        """Return a value kept by `keep`, or None."""
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else self._json(row[0])

    def facts(self, prefix: str) -> dict[str, Any]:
        """Return every value whose name begins with `prefix`, by what follows it, in order of
        names.
        """
        rows = self._db.execute(
            "SELECT name, value FROM facts WHERE substr(name, 1, ?) = ? ORDER BY name",
            (len(prefix), prefix),
        )
        return {name[len(prefix) :]: self._json(value) for name, value in rows}

    def notes(self, event: str) -> list[dict[str, Any]]:
        """Return what was noted for an event, oldest first."""
        rows = self._db.execute(
            "SELECT detail FROM provenance WHERE event = ? ORDER BY id", (event,)
        )
        return [self._json(row[0]) for row in rows]


def _conditions(wanted: Wanted) -> tuple[str, dict[str, object]]:
    """Return what is wanted as a condition, and the values of its names."""
    parts = ["stage = :stage_"] * bool(wanted.stage) + ["model = :of_"] * bool(wanted.model)
    parts += [KINDS[wanted.kind]] if wanted.kind else []
    parts += [HOLDS_TEXT] if wanted.text else []
    text = wanted.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    values: dict[str, object] = {
        "stage_": wanted.stage,
        "of_": wanted.model,
        "text_": text and f"%{text}%",
    }
    return " AND ".join(parts or ["TRUE"]), values


def damaged(path: Path, what: object) -> StoreError:
    """Return what is said of a database that cannot be read back."""
    return StoreError(
        f"{path} is damaged ({what}): put a copy of it back, or give a new run another folder with "
        "--out."
    )


def of_another_version(path: Path, version: int) -> StoreError:
    """Return what is said of a database in another format."""
    return StoreError(
        f"{path} was written by another version of acculturate (format {version}, this one reads "
        f"{VERSION}): use the version that wrote it, or give a new run another folder with --out."
    )
