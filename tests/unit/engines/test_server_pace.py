"""The gate: how many at once, and that a closed engine leaves nobody inside."""

import threading
import time

import pytest

from acculturate.engines.server import transport
from acculturate.engines.server.address import Address
from acculturate.engines.server.pace import Gate
from acculturate.engines.server.server_settings import ServerSettings
from acculturate.engines.server.spending import Ledger
from acculturate.engines.server.transport import Transport
from acculturate.engines.server.trouble import UnansweredError

from .fake_server import FakeServer


def inside(gate: Gate, until: threading.Event) -> threading.Thread:
    """Somebody who went through and stays until told."""
    through = threading.Event()

    def stay() -> None:
        with gate:
            through.set()
            until.wait(5)

    thread = threading.Thread(target=stay)
    thread.start()
    assert through.wait(5)
    return thread


def test_an_empty_gate_is_drained_at_once() -> None:
    start = time.monotonic()
    Gate(4).drain(5)
    assert time.monotonic() - start < 1


def test_drain_waits_for_who_is_inside() -> None:
    gate, leave = Gate(4), threading.Event()
    thread = inside(gate, leave)
    threading.Timer(0.1, leave.set).start()
    start = time.monotonic()
    gate.drain(5)
    assert 0.05 < time.monotonic() - start < 2
    assert leave.is_set()
    thread.join(5)


def test_drain_does_not_wait_for_ever() -> None:
    gate, leave = Gate(4), threading.Event()
    thread = inside(gate, leave)
    start = time.monotonic()
    gate.drain(0.1)
    assert 0.05 < time.monotonic() - start < 2
    assert not leave.is_set()
    leave.set()
    thread.join(5)


def test_who_waits_at_a_gate_that_is_shut_is_let_through_and_told() -> None:
    gate, leave = Gate(1), threading.Event()
    first = inside(gate, leave)
    told: list[bool] = []

    def wait() -> None:
        with gate:
            told.append(gate.is_shut)

    second = threading.Thread(target=wait)
    second.start()
    gate.shut()
    second.join(5)
    assert told == [True]
    leave.set()
    first.join(5)
    gate.drain(1)


@pytest.mark.parametrize(("delay", "moment", "answered"), [(0.2, 5.0, True), (1.0, 0.05, False)])
def test_what_is_under_way_may_end_before_the_client_closes(
    monkeypatch: pytest.MonkeyPatch, delay: float, moment: float, answered: bool
) -> None:
    """A reply that comes in the last moment is kept; one that does not is given up."""
    monkeypatch.setattr(transport, "LAST_MOMENT", moment)
    result: list[object] = []
    with FakeServer(delay=delay) as server:
        settings = ServerSettings(timeout=5, patience=5, tries=1)
        sender = Transport(Address(server.url), "tiny", settings, Ledger())

        def ask() -> None:
            try:
                result.append(sender.ask({"messages": [{"role": "user", "content": "So?"}]}))
            except UnansweredError as problem:
                result.append(problem)

        thread = threading.Thread(target=ask)
        thread.start()
        while not server.asked:
            time.sleep(0.01)
        sender.close()
        thread.join(5)
    assert isinstance(result[0], dict) == answered
