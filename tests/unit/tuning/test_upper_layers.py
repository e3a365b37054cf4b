"""An adapter on the upper layers: lower ones computed once or in every step give the same."""

from pathlib import Path

import pytest

from acculturate.engines.hf import LoadedModel, lower_layers
from acculturate.records import TrainingRow
from acculturate.tuning import sft, trainer
from acculturate.tuning.tuning_settings import resolve

UPPER = {"rank": 2, "batch": 4, "epochs": 3, "target": r".*layers\.1\..*_proj"}


def test_training_is_the_same_with_and_without(
    tiny: LoadedModel,
    target_rows: list[TrainingRow],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = resolve("default", {**UPPER, "held_out": 0.25})
    once = sft.tune(target_rows, tiny, settings, tmp_path / "once")
    monkeypatch.setattr(trainer, "lower_layers", lambda model, lists: None)
    always = sft.tune(target_rows, tiny, settings, tmp_path / "always")
    assert once.losses == pytest.approx(always.losses, abs=1e-5)
    read = [row.loss for row in always.held_out]
    assert [row.loss for row in once.held_out] == pytest.approx(read, abs=1e-5)
    assert once.losses[-1] < once.losses[0]


@pytest.mark.parametrize("target", ["all-linear", r".*layers\.0\..*_proj"])
def test_nothing_is_held_where_the_lowest_layer_is_trained(
    target: str, tiny: LoadedModel, target_rows: list[TrainingRow], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(lower_layers, "LowerLayers", None)
    sft.tune(target_rows, tiny, resolve("default", {**UPPER, "target": target}), tmp_path / "one")


def test_nothing_is_held_beyond_a_bound(
    tiny: LoadedModel, target_rows: list[TrainingRow], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(lower_layers, "LowerLayers", None)
    monkeypatch.setattr(lower_layers, "MOST_BYTES", 1000)
    sft.tune(target_rows, tiny, resolve("default", UPPER), tmp_path / "one")
