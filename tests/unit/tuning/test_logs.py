"""Where TensorBoard's files lie."""

import os
from pathlib import Path

import pytest

from acculturate.tuning.logs import LOGS, logging_into


def test_logs_lie_beside_what_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(LOGS, raising=False)
    with logging_into(tmp_path):
        assert os.environ[LOGS] == str(tmp_path)
    assert LOGS not in os.environ


def test_a_folder_that_the_user_names_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LOGS, "mine")
    with logging_into(tmp_path):
        assert os.environ[LOGS] == "mine"
    assert os.environ[LOGS] == "mine"
