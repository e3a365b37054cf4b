"""System messages that are dropped are found out and moved; what is not known is said."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from acculturate.engines import ModelSpec
from acculturate.engines.server import ServerEngine, ServerSettings
from acculturate.engines.server.hearing import LENGTH, TOLD, WORD
from acculturate.records import ChooseRequest, Message

from .fake_server import FakeServer

ASK = (Message("system", "You live in Peru."), Message("user", "Tea or coffee?"))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeServer]:
    monkeypatch.setenv("ACCULTURATE_CACHE", str(tmp_path / "cache"))
    with FakeServer() as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        yield fake


def asked_of(server: FakeServer) -> tuple[ServerEngine, list[dict[str, str]]]:
    """The engine, and the messages of a question that it sent."""
    engine = ServerEngine(
        ModelSpec("tiny", "server", settings=(ServerSettings(timeout=5, tries=2),))
    )
    list(engine.choose([ChooseRequest(ASK, ("1", "2"))]))
    engine.close()
    return engine, server.asked[-1]["messages"]


@pytest.mark.parametrize(("counts", "repeats"), [(True, True), (True, False), (False, True)])
def test_a_message_that_is_dropped_is_moved(
    server: FakeServer, counts: bool, repeats: bool
) -> None:
    server.drops, server.counts, server.repeats = True, counts, repeats
    engine, messages = asked_of(server)
    assert messages == [{"role": "user", "content": "You live in Peru.\n\nTea or coffee?"}]
    assert "ignores system messages" in " ".join(engine.notes)
    assert any("ignores system messages" in caution for caution in engine.cautions)
    assert "system messages in the user's" in engine.identity.template


@pytest.mark.parametrize(("counts", "repeats"), [(True, True), (True, False), (False, True)])
def test_a_message_that_is_read_stays_where_it_is(
    server: FakeServer, counts: bool, repeats: bool
) -> None:
    server.counts, server.repeats = counts, repeats
    engine, messages = asked_of(server)
    assert [message["role"] for message in messages] == ["system", "user"]
    assert not engine.cautions


@pytest.mark.parametrize("drops", [True, False])
def test_what_nothing_shows_is_said(server: FakeServer, drops: bool) -> None:
    server.drops, server.counts = drops, False
    engine, _ = asked_of(server)
    [said] = engine.cautions
    assert said.startswith("server:tiny may ignore system messages")
    assert said.endswith("do not show whether they reach the model.")


def test_counts_that_never_change_show_nothing(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeServer, "_read", lambda *_: 12)
    engine, _ = asked_of(server)
    assert "may ignore system messages" in engine.cautions[0]


def test_the_message_is_long_enough_to_be_counted() -> None:
    assert len(TOLD.text.split()) > LENGTH
    assert WORD in TOLD.text
