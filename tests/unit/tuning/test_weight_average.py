"""The mean of an adapter's weights over its last steps."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file

from acculturate.engines.hf import LoadedModel
from acculturate.records import TrainingRow
from acculturate.tuning import sft
from acculturate.tuning.tuning_settings import resolve
from acculturate.tuning.weight_average import WeightAverage


@pytest.mark.parametrize(("share", "kept"), [(0.0, 3.0), (0.25, 3.0), (0.5, 2.5), (0.75, 2.0)])
def test_the_last_steps_weights_are_averaged(share: float, kept: float) -> None:
    model = torch.nn.Linear(2, 1)
    model.bias.requires_grad = False
    average = WeightAverage(share)
    for step in range(1, 5):
        model.weight.data.fill_(step - 1)
        model.bias.data.fill_(step)
        state = SimpleNamespace(global_step=step, max_steps=4)
        average.on_step_end(None, state, None, model=model)
    assert model.weight.tolist() == [[kept, kept]]
    assert model.bias.tolist() == [4]


def test_an_adapter_holds_the_mean(
    tiny: LoadedModel, target_rows: list[TrainingRow], tmp_path: Path
) -> None:
    quick = {"rank": 4, "learning_rate": 1e-2, "epochs": 2, "batch": 4, "held_out": 0.25}
    last, mean = (
        sft.tune(target_rows, tiny, resolve("default", more), tmp_path / name)
        for name, more in (("last", quick), ("mean", {**quick, "averaged": 0.9}))
    )
    assert last.losses == mean.losses
    # rows held out are read with the weights that are kept
    assert [loss.loss for loss in last.held_out[:-1]] == [loss.loss for loss in mean.held_out[:-1]]
    assert last.held_out[-1].loss != mean.held_out[-1].loss
    held, averaged = (
        load_file(tmp_path / name / "adapter_model.safetensors") for name in ("last", "mean")
    )
    moved = [name for name in held if "lora_B" in name]
    assert sum(float(averaged[name].norm()) for name in moved) < sum(
        float(held[name].norm()) for name in moved
    )
