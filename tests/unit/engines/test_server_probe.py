"""What the probe finds, and that it believes nothing it has not seen."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from acculturate.engines import ModelSpec
from acculturate.engines.server import ServerEngine, ServerSettings, forget_server, transport
from acculturate.engines.server.address import Address, find_address
from acculturate.engines.server.capabilities import Abilities
from acculturate.engines.server.probe import known_abilities
from acculturate.engines.server.request_body import Manner
from acculturate.engines.server.spending import Ledger
from acculturate.engines.server.transport import Transport
from acculturate.errors import ServerError

from .fake_server import FakeServer, refusal

QUICK = ServerSettings(timeout=5, patience=5, tries=3)


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(transport, "FIRST_WAIT", 0.01)
    monkeypatch.setenv("ACCULTURATE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer() as fake:
        yield fake


def probed(server: FakeServer, model: str = "tiny") -> Abilities:
    address = Address(server.url)
    sender = Transport(address, model, QUICK, Ledger())
    try:
        return known_abilities(sender.ask, address, model)
    finally:
        sender.close()


def test_a_server_that_can_do_all(server: FakeServer) -> None:
    assert probed(server) == Abilities(
        Manner(),
        listed=20,
        constrained=True,
        binds=True,
        many=True,
        seeded=True,
        continues=True,
    )
    assert len(server.asked) < 12


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"listed": 0}, {"listed": 0, "continues": False}),
        ({"listed": 5}, {"listed": 5}),
        ({"constrains": False}, {"constrained": False, "binds": False}),
        ({"many": False}, {"many": False}),
        ({"seeds": False}, {"seeded": False}),
        ({"continues": False}, {"continues": False}),
        ({"counts": False}, {"continues": False}),
        ({"text": "always this"}, {"constrained": False, "binds": False}),
        ({"draws": False}, {"draws": False, "seeded": False}),
        ({"thought": "<think>Hm, "}, {"thinks": True, "draws": True, "seeded": True}),
        ({"thought": "<think>Hm.</think>"}, {"thinks": True, "listed": 0, "constrained": False}),
        ({"thought": "<think>Hm.</think>"}, {"binds": True}),
        ({"thought": "<think>Hm, "}, {"thinks": True, "binds": False}),
    ],
)
def test_what_is_ignored_without_a_word_is_found_out(
    server: FakeServer, change: dict[str, object], found: dict[str, object]
) -> None:
    for name, value in change.items():
        setattr(server, name, value)
    able = probed(server)
    assert {name: getattr(able, name) for name in found} == found
    assert all(able.sentences)


@pytest.mark.parametrize(
    ("refuses", "system", "manner"),
    [
        ((), True, Manner()),
        (("chat_template_kwargs",), True, Manner(switches=False)),
        (("max_tokens",), True, Manner(limit="max_completion_tokens")),
        ((), False, Manner(system=False)),
        (("seed",), True, Manner(seed=False)),
        (("repeat_penalty",), True, Manner(whole="fewer")),
        (("repeat_penalty", "seed"), True, Manner(whole="fewer", seed=False)),
        (("top_k",), True, Manner(whole="config")),
        (("top_k", "generation_config"), True, Manner(whole="")),
        (("top_k",), False, Manner(whole="config", system=False)),
        (
            ("top_k", "generation_config", "chat_template_kwargs", "max_tokens"),
            True,
            Manner(whole="", switches=False, limit="max_completion_tokens"),
        ),
        (("chat_template_kwargs", "seed"), True, Manner(switches=False, seed=False)),
        (
            ("chat_template_kwargs", "max_tokens"),
            False,
            Manner(switches=False, limit="max_completion_tokens", system=False),
        ),
    ],
)
def test_what_is_refused_is_left_out_and_nothing_else(
    server: FakeServer, refuses: tuple[str, ...], system: bool, manner: Manner
) -> None:
    server.refuses, server.system = refuses, system
    assert probed(server).manner == manner


def test_a_server_that_refuses_everything_says_why(server: FakeServer) -> None:
    server.refuses = ("messages",)
    with pytest.raises(ServerError, match=r"Unsupported: .*Nothing can be asked of it yet"):
        probed(server)


def test_other_refusals_of_logprobs_are_tried_with_fewer(server: FakeServer) -> None:
    server.faults = [lambda _: True, refusal(400), refusal(422)]
    assert probed(server).listed == 10


@pytest.mark.parametrize(("listed", "found"), [(1000, 256), (20, 20)])
def test_a_server_is_asked_for_as_many_as_it_lists(
    server: FakeServer, listed: int, found: int
) -> None:
    server.first = {"1": 0.7, **{f"x{n}": 0.001 for n in range(300)}}
    server.listed = listed
    assert probed(server).listed == found


def test_a_server_that_breaks_over_a_parameter_does_without(server: FakeServer) -> None:
    """As llama-cpp-python does, asked for log-probabilities that it was not started to keep."""
    server.faults = [lambda _: True, *[refusal(500)] * 12]
    able = probed(server)
    assert able.listed == 0
    assert able.constrained


def test_what_was_found_is_kept_for_a_day(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    first = probed(server)
    server.asked.clear()
    server.listed = 0
    assert probed(server) == first
    assert not server.asked
    assert probed(server, "other").listed == 0
    [old] = [
        path for path in (tmp_path / "cache" / "servers").iterdir() if "20" in path.read_text()
    ]
    os.utime(old, (0, time.time() - 90_000))
    assert probed(server).listed == 0
    server.listed = 20
    forget_server(ModelSpec("tiny", "server"))
    assert probed(server).listed == 20


def test_a_note_that_is_not_whole_is_written_anew(server: FakeServer, tmp_path: Path) -> None:
    first = probed(server)
    [note] = (tmp_path / "cache" / "servers").iterdir()
    note.write_text('{"manner"')
    assert probed(server) == first


def test_servers_are_told_apart_by_model_and_place(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    engines = [ServerEngine(ModelSpec(name, "server")) for name in ("tiny", "other")]
    assert len({engine.identity.digest for engine in engines}) == 2
    for engine in engines:
        engine.close()
    with FakeServer(listed=0) as counting:
        monkeypatch.setenv("OPENAI_BASE_URL", counting.url)
        assert find_address(ServerSettings()).host == counting.host
        third = ServerEngine(ModelSpec("tiny", "server"))
        third.close()
    assert third.identity.digest not in {engine.identity.digest for engine in engines}
