"""Which runs are found in folders, and what is said of those that cannot be viewed."""

import shutil
import sqlite3
import sys
from pathlib import Path

import pytest
from tests.unit.viewer.conftest import Browser

from acculturate.cli.main import app
from acculturate.errors import ConfigError, StoreError
from acculturate.viewer import local_server as served
from acculturate.viewer.local_server import serving
from acculturate.viewer.run_shelf import find_runs
from acculturate.viewer.side_chat import Chats


def of_another_version(run: Path) -> None:
    db = sqlite3.connect(run / "run.db")
    db.execute("PRAGMA user_version = 9")
    db.close()


def test_runs_are_found_in_a_folder_of_runs(run: Path) -> None:
    for name in ("b", "old"):
        shutil.copytree(run, run.parent / name)
    of_another_version(run.parent / "old")
    (run.parent / "empty").mkdir()
    shelf = find_runs([run.parent, run])
    assert [one.name for one in shelf.runs] == ["b", "viewed"]
    (left,) = shelf.left_out
    assert "another version" in left
    with Browser(run.parent) as browser:
        assert "Left out:" in browser.page("/")


def test_runs_of_one_name_are_told_apart(run: Path) -> None:
    other = run.parent.parent / "other" / "viewed"
    shutil.copytree(run, other)
    assert [one.name for one in find_runs([run, other, run]).runs] == [
        "runs/viewed",
        "other/viewed",
    ]


def test_folders_without_a_run_are_said(run: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no folder"):
        find_runs([tmp_path / "nowhere"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(StoreError, match="is no run folder and holds none"):
        find_runs([tmp_path / "empty"])
    (run / "run.db").unlink()
    with pytest.raises(StoreError, match=r"it has no run\.db"):
        find_runs([run])


def test_a_run_of_another_version_is_said(run: Path) -> None:
    of_another_version(run)
    with pytest.raises(StoreError, match="another version of acculturate"):
        find_runs([run])


def test_results_of_another_version_are_said_on_the_page(run: Path) -> None:
    (run / "metrics.json").write_text('{"schema": 7}', encoding="utf-8")
    with Browser(run) as browser:
        assert "says schema 7" in browser.page("/")
        answer = browser.get("/run/0")
        assert answer.status_code == 409
        assert "says schema 7" in answer.text


def test_a_port_that_is_taken_is_said(run: Path) -> None:
    with serving([run]) as first:
        port = int(first.address.partition("127.0.0.1:")[2].partition("/")[0])
        with (
            pytest.raises(ConfigError, match=f"Port {port} cannot be used .*--port"),
            serving([run], port),
        ):
            raise AssertionError("both have the port")
    with serving([run], port) as again:
        assert f":{port}/?token=" in again.address
        assert again.address != first.address
        assert again.runs == ("viewed",)


def test_missing_packages_are_said(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with (
        pytest.raises(ConfigError, match=r"needs uvicorn: type pip install 'acculturate\[view\]'"),
        serving([run]),
    ):
        raise AssertionError("it is served")


def test_the_command_says_the_address_and_serves(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import uvicorn

    asked = list[object]()
    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets: asked.append(sockets))
    app(["view", str(run)], standalone_mode=False)
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "Viewing viewed. Open this address; Ctrl-C ends it."
    assert said[1].startswith(f"http://{served.HOST}:")
    assert len(asked) == 1


@pytest.mark.parametrize("writing", [True, False])
def test_ctrl_c_does_not_wait_for_a_model_that_writes(
    run: Path, monkeypatch: pytest.MonkeyPatch, writing: bool
) -> None:
    import uvicorn

    from acculturate.cli import view

    ended = list[int]()

    def stopped(self: uvicorn.Server, sockets: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(uvicorn.Server, "run", stopped)
    monkeypatch.setattr(Chats, "busy", writing)
    monkeypatch.setattr(view, "end_at_once", ended.append)
    with pytest.raises(KeyboardInterrupt):
        view.view([run])
    assert ended == [130] * writing
