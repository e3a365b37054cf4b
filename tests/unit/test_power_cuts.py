"""What a power cut leaves: the old file or the new one, and all that was reported done."""

import sqlite3
import sys
from pathlib import Path

import pytest
from tests.power import Disk

import acculturate
from acculturate.export.out_folder import new_folder
from acculturate.files import write_whole
from acculturate.store import Store
from acculturate.tuning.sft import built

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc/self/fd")


def test_the_disk_forgets_what_is_not_put_down(tmp_path: Path) -> None:
    """The test's own tool can tell: a plain write and rename is lost."""
    page = tmp_path / "page.html"
    page.write_text("old")
    with Disk(tmp_path) as disk:
        (tmp_path / "part").write_text("new")
        (tmp_path / "part").replace(page)
        (tmp_path / "other").write_text("new")
        assert page.read_text() == "new"
        assert disk.content(page) == b"old"
        assert disk.content(tmp_path / "other") is None


def test_a_whole_file_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("old")
    seen: list[bytes | None] = []
    with Disk(tmp_path, lambda: seen.append(disk.content(page))) as disk:
        write_whole(page, "new")
        assert disk.content(page) == b"new"
    assert set(seen) == {b"old", b"new"}


@pytest.mark.parametrize("builder", [built, new_folder])
def test_a_built_folder_is_whole_or_absent(tmp_path: Path, builder: type) -> None:
    place = tmp_path / "new" / "adapter"
    files = {"weights": b"1" * 9000, "inner/card": b"card"}
    seen: list[dict[str, bytes | None]] = []

    def look() -> None:
        if "adapter" in disk.names(place.parent):
            seen.append({name: disk.content(place / name) for name in files})

    place.parent.mkdir()
    with Disk(tmp_path, look) as disk:
        with builder(place) as partial:
            (partial / "inner").mkdir()
            for name, content in files.items():
                (partial / name).write_bytes(content)
        look()
    assert seen
    assert all(found == files for found in seen)


def test_a_run_that_ended_is_on_the_disk(tmp_path: Path) -> None:
    """All but SQLite's own files, which it puts down itself, at every commit."""
    out = tmp_path / "runs" / "mine"
    with Disk(tmp_path) as disk:
        acculturate.measure("mock:noise", ["CHN"], items=["Q1", "Q152"], out=out)
        kept = [path for path in out.rglob("*") if path.is_file() and "run." not in path.name]
        assert {path.name for path in kept} >= {"metrics.json", "environment.json", "study.toml"}
        for path in kept:
            assert disk.content(path) == path.read_bytes(), path
        assert "run.db" in disk.names(out)


def test_sqlite_puts_down_every_commit(tmp_path: Path) -> None:
    extra = 3
    with Store(tmp_path / "run") as store:
        db: sqlite3.Connection = store._db
        assert db.execute("PRAGMA synchronous").fetchone()[0] == extra
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
