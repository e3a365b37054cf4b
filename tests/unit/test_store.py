"""The run folder: whole batches, one writer, one sentence where it cannot be written."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from acculturate.errors import StoreError
from acculturate.records import (
    Choice,
    ChooseRequest,
    Failure,
    GenerateRequest,
    Generation,
    Message,
    Reply,
    Request,
    Sampling,
)
from acculturate.store import Asked, Beside, Store, Wanted

SAMPLING = Sampling(0.6, 0.9, 8, 1)


def choose(text: str) -> ChooseRequest:
    return ChooseRequest((Message("system", "s"), Message("user", text)), ("1", "2"))


def test_replies_come_back_as_they_were(tmp_path: Path) -> None:
    pairs: list[tuple[Request, Reply]] = [
        (choose("a"), Choice((-0.1, -2.5), 12)),
        (
            GenerateRequest((Message("user", "ü \x00 '"),), SAMPLING, 3),
            Generation("x", 1, 2, "end"),
        ),
        (choose("b"), Failure("content", "no")),
    ]
    with Store(tmp_path / "run") as store:
        store.commit("m", "stage", pairs)
    with Store(tmp_path / "run") as store:
        for request, reply in pairs:
            assert store.reply("m", request.id) == reply
            assert store.reply("other model", request.id) is None
        assert store.counts() == {"stage": (3, 1)}
        texts = {user[-1][1] for user, _ in store.exchanges("stage")}
        assert texts == {"a", "b", "ü \x00 '"}


def test_what_is_there_stays(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.commit("m", "one", [(choose("a"), Choice((-1.0, -2.0)))])
        store.commit("m", "two", [(choose("a"), Choice((-9.0, -9.0)))])
        assert store.reply("m", choose("a").id) == Choice((-1.0, -2.0))
        assert store.missing("m", [choose("a"), choose("b")]) == [choose("b")]


def test_a_batch_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    def cut_off() -> Iterator[tuple[Request, Reply]]:
        yield choose("a"), Choice((-1.0, -2.0))
        raise ValueError("the power went")

    with Store(tmp_path) as store:
        with pytest.raises(ValueError, match="power"):
            store.commit("m", "one", cut_off())
        assert store.reply("m", choose("a").id) is None
        for text in ("b", "a"):
            store.commit("m", text, [(choose(text), Choice((-1.0, -2.0)))])
            [(prompt, _)] = store.exchanges(text)
            assert prompt == [("system", "s"), ("user", text)]


def test_failures_are_forgotten_by_kind(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.commit("m", "s", [(choose("a"), Failure("transient", "busy"))])
        store.commit("m", "s", [(choose("b"), Failure("content", "cut"))])
        assert store.forget_failures(["transient"]) == 1
        assert store.reply("m", choose("a").id) is None
        assert store.reply("m", choose("b").id) is not None


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
from acculturate.errors import StoreError
from acculturate.store import Store
try:
    Store(Path({str(tmp_path)!r}))
except StoreError as error:
    print(error)
"""
    with Store(tmp_path):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
    assert "Another process is working on" in done.stdout
    with Store(tmp_path) as again:
        assert again.counts() == {}


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="POSIX only")
def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be written"):
        Store(tmp_path / "file" / "run")


def test_a_broken_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "run.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match="not a database"):
        Store(tmp_path)


def test_files_appear_whole(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.write("metrics.json", "{}")
        store.keep("a", [1, None])
        store.note("session", {"seconds": 2})
        assert store.fact("a") == [1, None]
        assert store.fact("b") is None
        assert store.notes("session") == [{"seconds": 2}]
    assert not list(tmp_path.glob("*.part"))


def test_what_a_killed_run_left_half_written_is_cleared(tmp_path: Path) -> None:
    names = [
        "verdicts/.sheet.csv.0a1b2c3d.part",
        "verdicts/film.part",
        ".metrics.json.1234abcd.part",
    ]

    def leave() -> None:
        for name in names:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text("half a sh")

    leave()
    Store(tmp_path).close()
    assert all((tmp_path / name).exists() for name in names)  # it was no run
    leave()
    Store(tmp_path).close()
    assert [name for name in names if (tmp_path / name).exists()] == ["verdicts/film.part"]


def asked_of(folder: Path, **wanted: Any) -> list[str]:
    """Return the last message of what is wanted, read page by page, two at a time."""
    found = list[Asked]()
    with Beside(folder) as kept:
        what = Wanted(**wanted)
        after = ("", "")
        while some := kept.some_asked(what, after, 2):
            assert len(some) <= 2
            found += some
            after = some[-1].model, some[-1].request
        assert kept.count_asked(what) == len(found)
        assert [(one.model, one.request) for one in found] == sorted(
            (one.model, one.request) for one in found
        )
        for one in found:
            assert kept.one_asked(one.model, one.request) == one
    return sorted(one.messages[-1][1] for one in found)


def test_what_was_asked_is_filtered_and_paged(tmp_path: Path) -> None:
    write = GenerateRequest((Message("user", "tell 50% of_it"),), SAMPLING)
    with Store(tmp_path) as store:
        store.commit("m", "one", [(choose(text), Choice((-1.0, -2.0))) for text in "abcde"])
        store.commit("n", "two", [(write, Generation("A Reply", 1, 2, "end"))])
        store.commit("n", "two", [(choose("a"), Failure("content", "no LUCK"))])
        # read while somebody works on it
        assert asked_of(tmp_path) == ["a", "a", "b", "c", "d", "e", "tell 50% of_it"]
        assert asked_of(tmp_path, stage="one", model="m") == ["a", "b", "c", "d", "e"]
        assert asked_of(tmp_path, model="n", text="a") == ["a", "tell 50% of_it"]
        assert asked_of(tmp_path, kind="failure") == asked_of(tmp_path, text="no luck") == ["a"]
        assert asked_of(tmp_path, kind="choice", stage="two") == []
        assert asked_of(tmp_path, kind="text") == asked_of(tmp_path, text="reply")
        assert asked_of(tmp_path, text="50% of_") == ["tell 50% of_it"]
        assert asked_of(tmp_path, text="5%of") == asked_of(tmp_path, text="'; DROP") == []
    assert asked_of(tmp_path, stage="two", text="A Reply") == ["tell 50% of_it"]


def test_looking_in_writes_nothing(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.keep("a", 1)
        with Beside(tmp_path) as kept:
            assert kept.fact("a") == 1
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                kept._db.execute("DELETE FROM facts")


@pytest.mark.parametrize("content", [None, b"no database, a text of some length"])
def test_a_folder_that_cannot_be_looked_into_is_said(tmp_path: Path, content: bytes | None) -> None:
    if content:
        (tmp_path / "run.db").write_bytes(content)
    with pytest.raises(StoreError, match="run.db cannot be read" if content else "no run folder"):
        Beside(tmp_path)


def test_a_run_of_another_version_is_not_looked_into(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store._db.execute("PRAGMA user_version = 9")
    with pytest.raises(StoreError, match=r"another version of acculturate \(format 9"):
        Beside(tmp_path)


def test_a_run_is_read_where_nothing_can_be_written_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(tmp_path) as store:
        store.keep("a", 1)
    before = sorted(file.name for file in tmp_path.iterdir())
    monkeypatch.setattr(os, "access", lambda *_: False)
    with Beside(tmp_path) as kept:
        assert kept.fact("a") == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == before
