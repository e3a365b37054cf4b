"""What replies cost, and where it stops."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from acculturate.engines import ModelSpec
from acculturate.engines.server import ServerEngine, ServerSettings
from acculturate.engines.server.pace import Gate
from acculturate.engines.server.spending import Ledger, billed, used, wanted
from acculturate.errors import ServerError
from acculturate.records import Failure, GenerateRequest, Generation, Message, Sampling

from .fake_server import FakeServer

BODY = {"messages": [{"role": "user", "content": "Tea?"}], "max_tokens": 50, "n": 2}


def texts(count: int) -> list[GenerateRequest]:
    drawn = Sampling(1, 1, 10, 3)
    return [GenerateRequest((Message("user", "Write."),), drawn, n) for n in range(count)]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeServer]:
    with FakeServer(text="ten tokens") as fake:
        monkeypatch.setenv("ACCULTURATE_CACHE", str(tmp_path / "cache"))
        monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
        yield fake


def test_money_is_tokens_times_price() -> None:
    ledger = Ledger((2.0, 8.0))
    ledger.settle(1, 1_000_000, 250_000)
    assert ledger.money == pytest.approx(4.0)
    assert str(ledger) == "1 request, 1,000,000 tokens read, 250,000 written, 4.0000 spent"
    assert "spent" not in str(Ledger())


def test_what_a_request_may_use_and_did_use() -> None:
    read, written = wanted(BODY)
    assert read > 10
    assert written == 100
    assert used({"usage": {"prompt_tokens": 7, "completion_tokens": 3}}) == (7, 3)
    assert used({"usage": None}) == used({}) == (0, 0)
    assert billed(BODY, {"choices": [{"message": {"content": "x" * 300}}]})[1] > 100


def test_a_request_that_does_not_fit_is_refused_before_it_is_sent() -> None:
    ledger = Ledger(token_limit=100)
    ledger.hold(40, 40)
    ledger.release(40, 40)
    ledger.settle(1, 40, 10)
    with pytest.raises(ServerError, match="token_limit = 100 would be passed"):
        ledger.hold(40, 40)
    money = Ledger((1e6, 1e6), spending_limit=5)
    with pytest.raises(ServerError, match="spending_limit = 5 would be passed"):
        money.hold(3, 3)


def test_a_request_waits_for_what_others_hold() -> None:
    ledger = Ledger(token_limit=100)
    ledger.hold(30, 40)
    came: list[float] = []

    def second() -> None:
        ledger.hold(30, 40)
        came.append(time.monotonic())

    thread = threading.Thread(target=second)
    thread.start()
    time.sleep(0.05)
    assert not came
    ledger.settle(1, 20, 5)
    ledger.release(30, 40)
    thread.join(2)
    assert came


def test_the_limit_stops_and_loses_nothing(server: FakeServer) -> None:
    probed = ServerEngine(ModelSpec("tiny", "server"))
    probed.close()
    limit = 800  # a text reads 25 tokens or so and writes 10; 44 are set aside
    engine = ServerEngine(
        ModelSpec("tiny", "server", settings=(ServerSettings(token_limit=limit),))
    )
    result = dict(engine.generate(texts(40)))
    good = [reply for reply in result.values() if isinstance(reply, Generation)]
    bad = [reply for reply in result.values() if isinstance(reply, Failure)]
    assert len(result) == 40
    assert 5 < len(good) < 30
    assert {reply.kind for reply in bad} == {"transient"}
    assert "The limit is reached: with the next request token_limit = 800" in bad[0].message
    spent = engine.spent
    assert spent.read + spent.written <= limit
    assert spent.requests == len(good)
    with pytest.raises(ServerError, match="Every reply so far is kept: raise the limit"):
        list(engine.generate(texts(1)))
    engine.close()


def test_a_model_that_is_opened_again_goes_on_with_its_ledger(server: FakeServer) -> None:
    settings = ServerSettings(price=(1, 2), spending_limit=1)
    first = ServerEngine(ModelSpec("tiny", "server", settings=(settings,)))
    list(first.generate(texts(3)))
    first.close()
    second = ServerEngine(ModelSpec("tiny", "server", settings=(settings,)))
    assert second.spent.requests == first.spent.requests > 3
    assert any("spent" in note for note in second.notes)
    second.close()


def test_the_gate_widens_and_narrows() -> None:
    gate = Gate(16)
    before = gate.width
    for _ in range(40):
        gate.went_well()
    wide = gate.width
    assert before < wide <= 16
    gate.overloaded()
    gate.overloaded()
    assert gate.width == wide / 2
    assert Gate(1).width == 1


def test_the_gate_lets_no_more_in_than_its_width() -> None:
    gate = Gate(3)
    inside, most = 0, 0
    lock = threading.Lock()

    def go_through() -> None:
        nonlocal inside, most
        with gate:
            with lock:
                inside += 1
                most = max(most, inside)
            time.sleep(0.005)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=go_through) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert most == 3


def test_a_gate_that_rests_holds_everybody_until_it_is_shut() -> None:
    gate = Gate(4)
    gate.overloaded(0.1)
    start = time.monotonic()
    with gate:
        assert time.monotonic() - start >= 0.09
    gate.overloaded(60)
    threading.Timer(0.05, gate.shut).start()
    with gate:
        assert gate.is_shut
    gate.rest(60)
    assert time.monotonic() - start < 5
