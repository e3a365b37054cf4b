"""How threads wait, and a container's cores that they keep to, unless the user says otherwise."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from acculturate import threads


@pytest.mark.parametrize(
    ("text", "cores"),
    [("150000 100000", 1), ("50000 100000", 1), ("max 100000", None), ("", None)],
)
def test_a_quota_is_whole_cores(tmp_path: Path, text: str, cores: int | None) -> None:
    (tmp_path / "cpu.max").write_text(text)
    assert threads.quota(tmp_path / "cpu.max") == (cores if (os.cpu_count() or 1) > 1 else None)


def test_a_quota_beyond_the_machine_is_none(tmp_path: Path) -> None:
    (tmp_path / "cpu.max").write_text("100000000 100000")
    assert threads.quota(tmp_path / "cpu.max") is None
    assert threads.quota(tmp_path / "nothing") is None


SLEEP = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "1000"}


@pytest.mark.parametrize(("tells", "waiting"), [(True, {"KMP_BLOCKTIME": "0"}), (False, SLEEP)])
def test_threads_sleep_where_free_cores_are_not_told(
    monkeypatch: pytest.MonkeyPatch, tells: bool, waiting: dict[str, str]
) -> None:
    monkeypatch.setattr(threads, "quota", lambda: 4)
    monkeypatch.setattr(threads, "tells_free_cores", lambda: tells)
    assert threads.share_processor({}) == {**waiting, "OMP_NUM_THREADS": "4"}
    assert threads.share_processor({"GOMP_SPINCOUNT": "9", "OMP_NUM_THREADS": "2"}) == {}


@pytest.mark.parametrize("said", [{"OMP_WAIT_POLICY": "ACTIVE"}, {"GOMP_SPINCOUNT": "9"}])
def test_what_is_started_meanwhile_soon_sleeps(said: dict[str, str]) -> None:
    """Also where KMP_BLOCKTIME is set, which GNU's library does not read."""
    environment = {"KMP_BLOCKTIME": "0"}
    with threads.soon_asleep(environment):
        assert environment == {"KMP_BLOCKTIME": "0", "GOMP_SPINCOUNT": "1000"}
    assert environment == {"KMP_BLOCKTIME": "0"}
    with threads.soon_asleep(said):
        assert len(said) == 1
    assert len(said) == 1


@pytest.mark.parametrize(
    ("text", "tells"),
    [("cpu  9 0 3 70\n", True), ("cpu  0 0 0 0\n", False), ("", False), (None, False)],
)
def test_a_system_that_counts_nothing_tells_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, tells: bool
) -> None:
    monkeypatch.setattr(os, "sched_setaffinity", print, raising=False)
    if text is not None:
        (tmp_path / "stat").write_text(text)
    assert threads.tells_free_cores(tmp_path / "stat") == tells


def test_importing_sets_it() -> None:
    names = "KMP_BLOCKTIME", *SLEEP
    code = f"import os, acculturate; print([os.environ.get(name) for name in {names}])"
    plain = {name: value for name, value in os.environ.items() if name not in threads.WAITING}
    done = subprocess.run(
        [sys.executable, "-c", code], env=plain, capture_output=True, text=True, check=True
    )
    expected = ["0", None, None] if threads.tells_free_cores() else [None, *SLEEP.values()]
    assert done.stdout.strip() == str(expected)
