"""Ray: the same records as in one process, on two nodes of which one is killed, and after a kill.

Only in `make test-all`: a cluster takes half a minute to begin on two busy cores.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

from acculturate.config import validate
from acculturate.engines import parse_model
from acculturate.errors import EngineError
from acculturate.executors import RaySettings, open_executor
from acculturate.study.schema import Study
from acculturate.study.wiring import run_study

from .test_kills import apart, records

pytestmark = pytest.mark.slow

TOKEN = secrets.token_hex(32)
STARTED = b"Ray runtime started."
RAY = Path(sys.executable).with_name("ray")


def run(*words: str) -> "subprocess.Popen[bytes]":
    """A command in a session of its own, so that Ctrl-C can be sent to all of it.

    Clusters want a token, and none is written to the user's folder.
    """
    return subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={
            **os.environ,
            "OMP_NUM_THREADS": "1",
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN": TOKEN,
        },
    )


def ask(folder: Path, model: Path, *where: str) -> "subprocess.Popen[bytes]":
    return run(
        sys.executable, str(Path(__file__).with_name("asking.py")), str(folder), str(model), *where
    )


def ended(process: "subprocess.Popen[bytes]") -> None:
    _, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors.decode()


def wait(there: Callable[[], bool], seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def family(process: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    return list(psutil.Process(process.pid).children(recursive=True))


def under_way(folder: Path, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a driver has kept some batches."""
    wait(lambda: process.poll() is not None or kept(folder) >= 128)
    assert process.poll() is None, process.communicate()[1].decode()


def kept(folder: Path) -> int:
    return len(records(folder)) if (folder / "run.db").exists() else 0


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> list[tuple[str, ...]]:
    """What one process keeps, of as many threads as a worker has."""
    folder = tmp_path_factory.mktemp("inline")
    ended(ask(folder, tiny_model, "inline"))
    return records(folder)


# -- two nodes ------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture
def nodes() -> Iterator[tuple[str, "list[subprocess.Popen[bytes]]"]]:
    """The address of a head without cores, and two nodes of one core each."""
    address = f"127.0.0.1:{free_port()}"
    begun: list[subprocess.Popen[bytes]] = []
    try:
        port = address.split(":")[1]
        begin_node(begun, "--head", "--port", port, "--num-cpus=0", "--include-dashboard=false")
        begin_node(begun, "--address", address, "--num-cpus=1")
        begin_node(begun, "--address", address, "--num-cpus=1")
        yield address, begun[1:]
    finally:
        for node in reversed(begun):
            end_node(node)


def begin_node(begun: "list[subprocess.Popen[bytes]]", *words: str) -> None:
    """`ray start`, which stays for as long as the node does, and says when the node is there."""
    small = ("--object-store-memory=100000000", "--disable-usage-stats", "--block")
    node = run(str(RAY), "start", *words, *small)
    begun.append(node)
    assert node.stdout is not None
    said = b"".join(iter_until(node.stdout, STARTED))
    assert STARTED in said, said.decode()


def iter_until(lines: Iterable[bytes], last: bytes) -> Iterator[bytes]:
    for line in lines:
        yield line
        if last in line:
            return


def end_node(node: "subprocess.Popen[bytes]") -> None:
    """Kill a node with all its processes, as a power cut would."""
    if node.poll() is None:
        for process in (*family(node), psutil.Process(node.pid)):
            process.kill()
    node.communicate()


def test_a_node_that_is_killed_costs_nothing_but_its_work(
    whole: list[tuple[str, ...]], nodes: tuple[str, Any], tmp_path: Path, tiny_model: Path
) -> None:
    address, begun = nodes
    process = ask(tmp_path, tiny_model, "ray", address)
    under_way(tmp_path, process)
    end_node(begun[0])
    before = kept(tmp_path)
    ended(process)
    assert before < len(whole)
    assert list(apart(records(tmp_path), whole)) == []


# -- this machine ---------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_cut_off_leaves_no_process_and_goes_on(
    whole: list[tuple[str, ...]], tmp_path: Path, tiny_model: Path, how: signal.Signals
) -> None:
    process = ask(tmp_path, tiny_model, "ray")
    under_way(tmp_path, process)
    others = family(process)
    assert any("Worker" in " ".join(each.cmdline()) for each in others)
    if how is signal.SIGINT:
        os.killpg(process.pid, how)  # as a terminal does, to everybody
    else:
        process.send_signal(how)
    process.communicate(timeout=60)
    assert process.returncode
    wait(lambda: not [each for each in others if alive(each)])
    assert len(records(tmp_path)) < len(whole)
    ended(ask(tmp_path, tiny_model, "ray"))
    assert list(apart(records(tmp_path), whole)) == []


def alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_workers_in_this_process_s_own_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mock's study is the same; what a worker cannot do is told; a small machine is told."""
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    monkeypatch.setenv("RAY_AUTH_TOKEN", TOKEN)
    tree: dict[str, Any] = {
        "study": {"name": "s", "draws": 100},
        "survey": {"items": [f"Q{n}" for n in range(1, 42)]},
        "cultures": {"measure": ["CHN", "DEU", "MEX"]},
        "models": {"base": {"name": "mock:noise"}},
        "arm": [{"id": "aware"}, {"id": "unaware", "framing": "unaware"}],
    }
    inline = run_study(validate(Study, tree, "s"), tmp_path / "one")
    tree["study"]["executor"] = "ray"
    assert (
        run_study(validate(Study, tree, "s"), tmp_path / "two").metrics["rows"]
        == (inline.metrics["rows"])
    )
    assert records(tmp_path / "one") == records(tmp_path / "two")
    assert not run_study(validate(Study, tree, "s"), tmp_path / "one").fresh

    crew = open_executor("ray", RaySettings(workers=1))
    try:
        with pytest.raises(EngineError, match="There is no model folder '/nowhere'"):
            crew.open(parse_model("/nowhere"))
    finally:
        crew.close()
    large = open_executor("ray", RaySettings(cores=1000))
    with pytest.raises(EngineError, match="No node of the Ray cluster has 1000 cores"):
        large.open(parse_model("mock:noise"))
