"""A training sent somewhere else: what comes back is the adapter that is trained here."""

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from acculturate.engines import ModelSpec
from acculturate.engines.hf import load_model
from acculturate.errors import TrainingError
from acculturate.records import TrainingRow
from acculturate.tuning.sft import kept_report, tune
from acculturate.tuning.training import Trained, Training, publish
from acculturate.tuning.tuning_settings import resolve

QUICK = resolve("default", {"rank": 4, "learning_rate": 1e-2, "batch": 4})


@pytest.fixture
def training(tiny_model: Path, target_rows: list[TrainingRow]) -> Training:
    spec = ModelSpec(str(tiny_model), dtype="float32")
    return Training("spa/CHN", tuple(target_rows), spec, QUICK)


def ignored(done: int, total: int) -> None:
    """Nobody listens."""


def done(training: Training) -> Trained | None:
    """What a worker brings: both ways lead through another process."""
    trained = pickle.loads(pickle.dumps(training))(ignored)
    return pickle.loads(pickle.dumps(trained)) if trained else None


def test_what_is_brought_is_the_adapter_that_is_tuned_here(
    training: Training, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "run" / "adapters" / "spa" / "CHN"
    report = tune(training.rows, load_model(training.spec), QUICK, here)
    told: list[tuple[int, int]] = []
    trained = training(lambda *step: told.append(step))
    assert trained is not None
    publish(trained, there)
    files = sorted(file.name for file in here.iterdir())
    assert files == sorted(file.name for file in there.iterdir())
    for name in files:
        assert (there / name).read_bytes() == (here / name).read_bytes()
    assert kept_report(there) == report
    assert [path.name for path in there.parent.iterdir()] == ["CHN"]
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_one_that_is_kept_is_not_trained_again(training: Training, tmp_path: Path) -> None:
    folder = tmp_path / "a"
    trained = done(training)
    assert trained is not None
    assert trained.seconds > 0
    publish(trained, folder)
    again = replace(training, kept=kept_report(folder))
    assert done(again) is None
    other = done(replace(again, rows=again.rows[1:]))
    assert other is not None
    publish(other, folder)
    assert kept_report(folder) != again.kept
    weights = folder / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-8])
    assert kept_report(folder) is None


def test_what_is_wrong_names_the_adapter(training: Training) -> None:
    still = replace(training, settings=QUICK.model_copy(update={"learning_rate": 0.0}))
    with pytest.raises(TrainingError, match=r"^spa/CHN: Training changed nothing"):
        done(still)
    bits = replace(training, settings=QUICK.model_copy(update={"quantised": "4bit"}))
    with pytest.raises(TrainingError, match=r"^spa/CHN: Tuning with quantised = '4bit' .*needs"):
        done(bits)
