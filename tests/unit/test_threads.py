"""Threads sleep while they wait and keep to a container's cores, unless the user says otherwise."""

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


def test_what_the_user_has_set_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "quota", lambda: 4)
    assert threads.share_processor({}) == {
        "OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "1000", "OMP_NUM_THREADS": "4",
    }  # fmt: skip
    assert threads.share_processor({"GOMP_SPINCOUNT": "9", "OMP_NUM_THREADS": "2"}) == {}


def test_importing_sets_it() -> None:
    code = "import os, acculturate; print(os.environ['OMP_WAIT_POLICY'])"
    plain = {name: value for name, value in os.environ.items() if name not in threads.WAITING}
    done = subprocess.run(
        [sys.executable, "-c", code], env=plain, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "PASSIVE"
