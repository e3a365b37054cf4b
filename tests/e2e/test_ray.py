"""Ray: the same records and adapters as in one process, where a node is killed, and after a kill.

Only in `make test-all`: a cluster takes half a minute to begin on two busy cores.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from acculturate.config import validate
from acculturate.engines import parse_model
from acculturate.errors import EngineError
from acculturate.executors import RaySettings, open_executor
from acculturate.study.schema import Study
from acculturate.study.wiring import run_study

from .small_studies import CULTURESPA as STUDY
from .test_kills import apart, numbers, records

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
    if not (folder / "run.db").exists():
        return 0
    try:
        return len(records(folder))
    except sqlite3.OperationalError:  # its tables are yet to come
        return 0


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> list[tuple[str, ...]]:
    """What one process keeps, of as many threads as a worker has."""
    folder = tmp_path_factory.mktemp("inline")
    ended(ask(folder, tiny_model, "inline"))
    return records(folder)


ADAPTING = (
    STUDY.replace('["CHN", "DEU"]', '["CHN", "DEU", "MEX"]')
    .replace('teacher = "writer"', 'teacher = "writer"\ngrouping = "specific"')
    .replace("rank = 2", "rank = 2\nepochs = 10")
)
ADAPTERS = ("spa/CHN", "spa/DEU", "spa/MEX")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Path:
    """A study that trains an adapter for each of three cultures."""
    pytest.importorskip("peft")
    file = tmp_path_factory.mktemp("adapting") / "study.toml"
    file.write_text(ADAPTING.format(model=str(tiny_model)))
    return file


def carry_out(study: Path, out: Path, *settings: str) -> "subprocess.Popen[bytes]":
    sets = [word for setting in settings for word in ("--set", setting)]
    words = ("-m", "acculturate.cli.main", "run", str(study), "--out", str(out), *sets)
    return run(sys.executable, *words)


def on_ray(study: Path, out: Path, *settings: str) -> "subprocess.Popen[bytes]":
    return carry_out(study, out, "study.executor=ray", "study.ray.workers=2", *settings)


def said(process: "subprocess.Popen[bytes]", *starts: str) -> None:
    """Wait until a driver has said lines that begin so."""
    assert process.stderr is not None
    waited = set(starts)
    for line in iter(process.stderr.readline, b""):
        waited -= {word for word in waited if line.decode().startswith(word)}
        if not waited:
            return
    raise AssertionError(f"it ended without saying {waited}")


def digests(folder: Path) -> dict[str, str]:
    """Of the weights of each adapter that is there."""
    files = {name: folder / "adapters" / name / "acculturate.json" for name in ADAPTERS}
    return {
        name: json.loads(file.read_text())["adapter_weights"]
        for name, file in files.items()
        if file.exists()
    }


@pytest.fixture(scope="module")
def adapted(study: Path) -> Path:
    """The run of one process, of as many threads as a worker has."""
    folder = study.parent / "inline"
    ended(carry_out(study, folder))
    assert len(set(digests(folder).values())) == len(ADAPTERS)
    return folder


@pytest.fixture
def untrained(adapted: Path, tmp_path: Path) -> Path:
    """That run as it was before its adapters were trained."""
    folder = tmp_path / "run"
    shutil.copytree(adapted, folder)
    shutil.rmtree(folder / "adapters")
    (folder / "metrics.json").unlink()
    return folder


def same(folder: Path, adapted: Path) -> None:
    assert digests(folder) == digests(adapted)
    assert list(apart(records(folder), records(adapted))) == []
    assert list(apart(numbers(folder), numbers(adapted))) == []


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


def test_a_node_that_is_killed_costs_nothing_but_its_training(
    study: Path, adapted: Path, untrained: Path, nodes: tuple[str, Any]
) -> None:
    address, begun = nodes
    process = on_ray(study, untrained, f"study.ray.address={address}")
    said(process, "tuning spa/CHN", "tuning spa/DEU")
    time.sleep(1)
    end_node(begun[0])
    assert not digests(untrained)
    ended(process)
    same(untrained, adapted)


# -- this machine ---------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_cut_off_leaves_no_process_and_goes_on(
    whole: list[tuple[str, ...]], tmp_path: Path, tiny_model: Path, how: signal.Signals
) -> None:
    process = ask(tmp_path, tiny_model, "ray")
    under_way(tmp_path, process)
    others = family(process)
    assert any("Worker" in " ".join(other.cmdline()) for other in others)
    if how is signal.SIGINT:
        os.killpg(process.pid, how)  # as a terminal does, to everybody
    else:
        process.send_signal(how)
    process.communicate(timeout=60)
    assert process.returncode
    wait(lambda: not [other for other in others if alive(other)])
    assert len(records(tmp_path)) < len(whole)
    ended(ask(tmp_path, tiny_model, "ray"))
    assert list(apart(records(tmp_path), whole)) == []


def test_a_run_that_is_killed_trains_again_only_what_was_under_way(
    study: Path, adapted: Path, untrained: Path
) -> None:
    process = on_ray(study, untrained)
    said(process, *(f"tuning {name}" for name in ADAPTERS))  # two workers: one adapter has come
    process.send_signal(signal.SIGKILL)
    process.communicate()
    before = digests(untrained)
    assert 0 < len(before) < len(ADAPTERS)
    process = on_ray(study, untrained)
    _, told = process.communicate(timeout=600)
    assert process.returncode == 0, told.decode()
    assert {name for name in ADAPTERS if f"tuning {name}:" in told.decode()} == (
        {*ADAPTERS} - {*before}
    )
    same(untrained, adapted)


def test_measure_on_ray_is_as_in_one_process(tmp_path: Path) -> None:
    words = ("measure", "mock:noise", "--cultures", "CHN", "--items", "Q1,Q2", "--json")
    command = [sys.executable, "-m", "acculturate.cli.main", *words]
    result = []
    for executor in ("inline", "ray"):
        process = run(*command, "--out", str(tmp_path / executor), "--executor", executor)
        told, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors.decode()
        result.append(json.loads(told)["rows"])
    assert result[0] == result[1]
    assert list(apart(records(tmp_path / "inline"), records(tmp_path / "ray"))) == []


def test_what_is_wrong_with_a_training_is_one_sentence(
    study: Path, untrained: Path, tmp_path: Path
) -> None:
    file = tmp_path / "study.toml"
    file.write_text(study.read_text().replace("rank = 2", "rank = 2\nlearning_rate = 1e30"))
    process = on_ray(file, untrained)
    _, told = process.communicate(timeout=600)
    assert process.returncode == 2
    assert "Traceback" not in told.decode()
    assert told.decode().splitlines()[-1].startswith("acculturate: spa/")


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
    on_ray = run_study(validate(Study, tree, "s"), tmp_path / "two")
    assert on_ray.results.rows == inline.results.rows
    assert records(tmp_path / "one") == records(tmp_path / "two")
    assert not run_study(validate(Study, tree, "s"), tmp_path / "one").fresh

    executor = open_executor("ray", RaySettings(workers=1))
    try:
        with pytest.raises(EngineError, match="There is no model folder '/nowhere'"):
            executor.open(parse_model("/nowhere"))
    finally:
        executor.close()
    large = open_executor("ray", RaySettings(cores=1000))
    with pytest.raises(EngineError, match="No node of the Ray cluster has 1000 cores"):
        large.open(parse_model("mock:noise"))
