"""Folders that are full, taken or in the way; adapters of another base: one sentence, exit 2."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from acculturate.store import Store

MEASURE = ["measure", "mock:noise", "--cultures", "CHN,DEU", "--items", "all", "--quiet"]


def run(*words: str, limit: int | None = None) -> str:
    """Run a command that must fail; returns the one sentence it says."""
    code = "from acculturate.cli.main import main\n"
    if limit is not None:
        code = (
            f"import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, ({limit},) * 2)\n" + code
        )
    code += f"import sys\nsys.argv = ['acculturate', *{list(words)!r}]\nmain()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
def test_a_full_disk_keeps_what_was_finished(tmp_path: Path) -> None:
    said = run(*MEASURE, "--out", "full", limit=60_000)
    assert "cannot be written" in said
    assert "What was finished before is kept" in said
    assert not (tmp_path / "full" / "metrics.json").exists()
    # with room again, it goes on
    words = [sys.executable, "-m", "acculturate.cli.main", *MEASURE, "--out", "full", "--json"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"]


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("in the way")
    assert "cannot be written" in run(*MEASURE, "--out", "taken/run")


def test_a_run_that_another_process_works_on(tmp_path: Path) -> None:
    with Store(tmp_path / "busy"):
        assert "Another process is working on" in run(*MEASURE, "--out", "busy")


def test_an_adapter_of_another_base(tmp_path: Path, tiny_model: Path) -> None:
    pytest.importorskip("peft")
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text('{"peft_type": "LORA"}')
    (adapter / "adapter_model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    (adapter / "acculturate.json").write_text('{"base_model": "other", "base_weights": "0"}')
    words = ["measure", str(tiny_model), "--cultures", "CHN", "--adapter", str(adapter)]
    assert "another" in run(*words) or "other" in run(*words)
    assert not (tmp_path / "runs").exists()


def test_a_model_without_safetensors(tmp_path: Path, tiny_model: Path) -> None:
    bare = tmp_path / "bare"
    shutil.copytree(tiny_model, bare)
    (bare / "model.safetensors").rename(bare / "pytorch_model.bin")
    assert "safetensors" in run("measure", str(bare), "--cultures", "CHN", "--items", "Q1")
