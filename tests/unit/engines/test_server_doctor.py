"""What the doctor says of a server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from acculturate.study.doctor import examine, trial

from .fake_server import FakeServer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeServer]:
    monkeypatch.setattr(trial, "ROUNDS", (1,))
    monkeypatch.setenv("ACCULTURATE_CACHE", str(tmp_path / "cache"))
    with FakeServer() as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        yield fake


def said() -> dict[str, str]:
    return {finding.what: finding.said for finding in examine("server:tiny")}


def test_a_thought_that_a_server_hides_is_said(server: FakeServer) -> None:
    server.hidden = 300
    result = said()
    assert result["thoughts"] == "before each answer"
    assert "thinks before it answers" in result["server:tiny"]


def test_what_a_server_drops_is_said(server: FakeServer) -> None:
    server.drops = True
    result = said()
    assert result["thoughts"] == "none"
    assert "ignores system messages" in result["server:tiny"]


def test_a_base_url_without_its_version_is_said_with_it(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.root = "/v1"
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://{server.host}")
    assert said()["server:tiny"].endswith(f"to {server.url}.")
