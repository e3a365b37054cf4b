"""An adapter of the tiny model, tuned on eight rows."""

from pathlib import Path

import pytest

from acculturate.engines import ModelSpec
from acculturate.engines.hf import load_model
from acculturate.records import Message, TrainingRow
from acculturate.tuning import sft
from acculturate.tuning.tuning_settings import resolve

ROWS = [
    TrainingRow(
        prompt=(Message("user", f"How important is family? {number}"),),
        culture="DEU",
        source=f"Q{number}",
        labels=("1", "2"),
        target=(0.9, 0.1),
    )
    for number in range(8)
]
QUICK = {"rank": 2, "batch": 4, "epochs": 2, "learning_rate": 0.01}


@pytest.fixture(scope="session")
def adapter(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "adapters" / "spa"
    model = load_model(ModelSpec(str(tiny_model), dtype="float32"))
    sft.tune(ROWS, model, resolve("default", QUICK), folder)
    model.give_back()
    return folder
