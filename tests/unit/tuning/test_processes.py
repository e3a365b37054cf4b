"""Two processes tune one adapter: the same as one process, and written once."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from acculturate.records import TrainingRow
from acculturate.tuning.rows import dump_rows

SETTINGS = ("batch=4", "accumulation=2", "epochs=2", "learning_rate=0.01")
FSDP = {
    "ACCELERATE_USE_FSDP": "true", "FSDP_VERSION": "2", "FSDP_RESHARD_AFTER_FORWARD": "true",
    "FSDP_AUTO_WRAP_POLICY": "TRANSFORMER_BASED_WRAP", "FSDP_CPU_RAM_EFFICIENT_LOADING": "false",
    "FSDP_STATE_DICT_TYPE": "SHARDED_STATE_DICT",
}  # fmt: skip


def tune(folder: Path, out: str, *launcher: str, **environment: str) -> str:
    words = [sys.executable, *launcher, "tune", "rows.jsonl", "--out", out, "--base", "model"]
    words += [word for setting in SETTINGS for word in ("--set", setting)]
    known = {**os.environ, "OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true", **environment}
    done = subprocess.run(
        [*words, "--quiet"], cwd=folder, env=known, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def two(*program: str) -> tuple[str, ...]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    return ("-m", "torch.distributed.run", "--master_port", port, "--nproc_per_node", "2", *program)


@pytest.mark.slow
@pytest.mark.parametrize("parted", [False, True], ids=["ddp", "fsdp"])
def test_two_processes_train_what_one_does(
    tmp_path: Path,
    parted: bool,
    tiny: Any,
    target_rows: list[TrainingRow],
    completion_rows: list[TrainingRow],
) -> None:
    from safetensors.torch import load_file

    tiny.model.save_pretrained(tmp_path / "model")
    tiny.tokenizer.save_pretrained(tmp_path / "model")
    # 13 rows: the last step has fewer than the two have batches for
    rows = [*target_rows, *completion_rows, target_rows[0]]
    (tmp_path / "rows.jsonl").write_text(dump_rows(rows), encoding="utf-8")
    tune(tmp_path, "one", "-m", "acculturate.cli.main")
    here = str(Path(__file__).with_name("processors.py"))
    program = (here,) if parted else ("-m", "acculturate.cli.main")
    said = tune(tmp_path, "two", *two(*program), **(FSDP if parted else {}))
    assert said.count("parted") == (2 if parted else 0)
    assert said.count("Adapter: two") == 1
    one, both = (
        load_file(tmp_path / name / "adapter_model.safetensors") for name in ("one", "two")
    )
    assert one.keys() == both.keys()
    assert max(weight.abs().max() for weight in both.values()) > 1e-3
    for name, weight in both.items():
        assert weight.isfinite().all()
        assert (weight - one[name]).abs().max() < 1e-4
    reports = [json.loads((tmp_path / n / "acculturate.json").read_text()) for n in ("one", "two")]
    assert reports[0]["losses"] == pytest.approx(reports[1]["losses"], abs=1e-4)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "one", "rows.jsonl", "two"]


@pytest.mark.slow
def test_two_processes_that_cannot_share_a_step(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(
        '{"prompt": [{"role": "user", "content": "a"}], "completion": "b"}\n'
    )
    words = [sys.executable, *two("-m", "acculturate.cli.main"), "tune", "rows.jsonl", "--out", "a"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode
    assert "batch = 4, accumulation = 2 sees the same 8 rows a step." in done.stderr
    assert not (tmp_path / "a").exists()
