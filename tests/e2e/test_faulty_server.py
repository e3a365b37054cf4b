"""A server that goes wrong in every third request: nothing is lost, repeated in a storm, or told.

Small here; `make torture` takes more seeds and more requests (docs/reliability.md).
"""

import contextlib
import json
import logging
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.engines.fake_server import FakeServer
from tests.unit.engines.faulty_server import FAULTS, FaultyServer

from acculturate.engines import ModelSpec
from acculturate.engines.server import ServerEngine, ServerSettings, transport
from acculturate.records import (
    ChooseRequest,
    Failure,
    GenerateRequest,
    Message,
    Reply,
    Sampling,
)

pytest.importorskip("openai")

KEY = "sk-never-told-0123456789"
REASONS = (
    "it has too much to do", "it failed (5", "it took longer than", "the connection was dropped",
    "its reply is no JSON", "its reply has no end", "nested more than 64 deep", "4300 digits",
    "its reply holds no choices", "its reply is an error", "another model answered it",
    "which is not followed", "The reply is empty", "left the log-probabilities out",
    "the connection was lost",
)  # fmt: skip
"""What may be written down where a request got no answer."""
HURRIED = ServerSettings(timeout=1, patience=60, tries=8, at_once=16, price=(2.0, 8.0))


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeServer]:
    """Where redirects point to; nothing may come there."""
    monkeypatch.setattr(transport, "FIRST_WAIT", 0.05)
    monkeypatch.setenv("ACCULTURATE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with FakeServer() as server:
        yield server
        assert not server.asked


def choices(count: int) -> list[ChooseRequest]:
    return [ChooseRequest((Message("user", f"Tea {n}?"),), ("1", "2")) for n in range(count)]


def answered(engine: ServerEngine, count: int) -> dict[str, Reply]:
    drawn = Sampling(0.7, 0.9, 8, 3)
    texts = [GenerateRequest((Message("user", f"Say {n}."),), drawn, n) for n in range(count)]
    pairs = [*engine.choose(choices(count)), *engine.generate(texts)]
    result = dict(pairs)
    assert len(pairs) == len(result) == 2 * count
    return result


def ask_all(
    elsewhere: FakeServer, count: int, seed: int, settings: ServerSettings = HURRIED
) -> Counter[str]:
    """Ask a faulty server `2 * count` requests and hold everything against its own books; returns
    how often each fault was met.
    """
    with FaultyServer(seed=seed, elsewhere_at=elsewhere.url, key=KEY) as server:
        os.environ["OPENAI_BASE_URL"] = server.url
        engine = ServerEngine(ModelSpec("tiny", "server", settings=(settings,)))
        before = vars(engine.spent).copy()
        server.share = 0.3
        server.billed.clear()
        server.arrived.clear()
        replies = answered(engine, count)
        ledger = engine.spent
        spent = {name: vars(ledger)[name] - before[name] for name in ("read", "written")}
        engine.close()
    for reply in replies.values():
        assert not isinstance(reply, Failure) or any(reason in reply.message for reason in REASONS)
    assert spent == {name: server.billed[name] for name in spent}
    assert ledger.money == pytest.approx((ledger.read * 2 + ledger.written * 8) / 1e6)
    assert sum(isinstance(reply, Failure) for reply in replies.values()) < 0.1 * len(replies)
    assert len(server.arrived) < 1.8 * len(
        replies
    )  # without retries 1, with those of 30% about 1.4
    assert KEY[3:] not in str(replies)
    assert KEY in json.dumps(server.headers)
    assert_rests(server)
    return server.met


def assert_rests(server: FaultyServer) -> None:
    """Nothing comes while the server has told to wait, but for what was on its way by then."""
    for told, seconds in server.waits:
        early = [at for at in server.arrived if told + seconds / 2 < at < told + seconds]
        assert not early, [at - told for at in early]


def test_every_request_ends_as_an_answer_or_with_its_reason(
    elsewhere: FakeServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert len(ask_all(elsewhere, 60, seed=1)) > 10
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    for place in (caplog.text, str(files)):
        assert KEY[3:] not in place


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_many_requests_end_as_answers_or_with_their_reasons(
    elsewhere: FakeServer, seed: int
) -> None:
    patient = HURRIED.model_copy(update={"timeout": 4, "patience": 300})
    met = ask_all(elsewhere, 300, seed, patient)
    assert set(met) == set(FAULTS)
    logging.getLogger(__name__).info("seed %d: %d faults", seed, met.total())


@pytest.mark.parametrize("name", ["hang", "drip", "429, told to wait", "redirect 307"])
def test_a_server_that_never_answers_is_left_within_the_budget(
    elsewhere: FakeServer, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "IN_VAIN", 6)
    settings = ServerSettings(timeout=0.2, patience=1, tries=2, at_once=4)
    with FaultyServer(kinds=(name,), elsewhere_at=elsewhere.url, rest=0.2) as server:
        os.environ["OPENAI_BASE_URL"] = server.url
        engine = ServerEngine(ModelSpec("tiny", "server", settings=(settings,)))
        server.share = 1.0
        server.arrived.clear()
        begun = time.monotonic()
        with contextlib.suppress(Exception):  # ServerError once nobody is answered
            answered(engine, 40)
        assert time.monotonic() - begun < 15
        assert len(server.arrived) <= 2 * (6 + 4)  # six in vain, and those under way
        engine.close()


def test_the_spending_limit_holds_with_replies_that_are_of_no_use(elsewhere: FakeServer) -> None:
    limit = 3000
    settings = HURRIED.model_copy(update={"token_limit": limit})
    with FaultyServer(kinds=("wrong model", "empty choices"), key=KEY) as server:
        os.environ["OPENAI_BASE_URL"] = server.url
        engine = ServerEngine(ModelSpec("tiny", "server", settings=(HURRIED,)))
        engine.close()
        server.share = 0.6
        server.billed.clear()
        limited = ServerEngine(ModelSpec("tiny", "server", settings=(settings,)))
        replies = dict(limited.choose(choices(100)))
        limited.close()
    assert server.billed["read"] + server.billed["written"] <= limit
    assert server.met.total() > 10
    over = [reply for reply in replies.values() if isinstance(reply, Failure)]
    assert any("token_limit = 3000 would be passed" in failure.message for failure in over)


def command_lines(process: int) -> Iterator[bytes]:
    """What anyone sees of a process and of those below it."""
    with contextlib.suppress(OSError):
        yield Path(f"/proc/{process}/cmdline").read_bytes()
        below = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
        for child in below.split():
            yield from command_lines(int(child))


def measured(out: Path, server: FaultyServer) -> tuple[int, str, bytes]:
    """Measure over a server in a process of its own; returns its exit code, all that it said, and
    the command lines that were seen meanwhile.
    """
    settings = {"timeout": 2, "patience": 60, "tries": 2, "price": "[2, 8]"}
    words = [f"--set=models.base.server.{key}={value}" for key, value in settings.items()]
    code = (
        "import logging\nlogging.basicConfig(level=logging.DEBUG)\n"
        "from acculturate.engines.server import transport\ntransport.FIRST_WAIT = 0.05\n"
        "from acculturate.cli.main import main\nmain()\n"
    )
    command = ["measure", "server:tiny", "--cultures", "CHN,DEU", "--items", "Q1,Q46,Q152,Q199"]
    process = subprocess.Popen(
        [sys.executable, "-c", code, *command, *words, "--out", str(out)],
        env={**os.environ, "OPENAI_BASE_URL": server.url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    seen: list[bytes] = []
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.05):
            seen.extend(command_lines(process.pid))

    looking = threading.Thread(target=look)
    looking.start()
    said, _ = process.communicate(timeout=300)
    ended.set()
    looking.join()
    return process.returncode, said.decode(), b"".join(seen)


def is_item(body: dict[str, Any]) -> bool:
    """Whether a survey's item is asked, and not how a label is cut into tokens."""
    return len(str(body["messages"][-1]["content"])) > 60


def kept(out: Path) -> dict[str, str | None]:
    with contextlib.closing(sqlite3.connect(out / "run.db")) as db:
        return dict(db.execute("SELECT request, failure FROM replies"))


@pytest.mark.slow
def test_a_whole_run_over_a_faulty_server_tells_no_key(
    elsewhere: FakeServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Also what is asked again when the run goes on: what failed in passing, and nothing else."""
    caplog.set_level(logging.DEBUG)
    with FaultyServer(seed=4, elsewhere_at=elsewhere.url, key=KEY) as server:
        os.environ["OPENAI_BASE_URL"] = server.url
        ServerEngine(ModelSpec("tiny", "server")).close()  # probed in peace
        server.share = 0.3
        code, said, lines = measured(tmp_path / "run", server)
        assert code == 0, said[-3000:]
        first = kept(tmp_path / "run")
        server.share, before = 0.0, len(server.asked)
        again, said_again, _ = measured(tmp_path / "run", server)
        assert again == 0, said_again[-3000:]
    passing = [request for request, failure in first.items() if failure == "transient"]
    again_asked = [body for body in server.asked[before:] if is_item(body)]
    assert len(again_asked) == len(passing) > 0
    assert kept(tmp_path / "run").keys() == first.keys()
    assert b"server:tiny" in lines
    assert KEY in json.dumps(server.headers)
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    for place in (said, said_again, str(lines), caplog.text, str(files)):
        assert KEY not in place
        assert KEY[3:] not in place
