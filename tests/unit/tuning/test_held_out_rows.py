"""Rows held out change nothing of what is trained, and every loss is kept and told."""

import json
from pathlib import Path
from typing import Any

import pytest
from transformers import TrainerCallback
from transformers.integrations import integration_utils

from acculturate.engines.hf import LoadedModel
from acculturate.errors import TrainingError
from acculturate.records import TrainingRow
from acculturate.tuning import sft, trainer
from acculturate.tuning.held_out_rows import hold_out
from acculturate.tuning.tuning_settings import TuningSettings, resolve


def test_rows_held_out_are_read_and_not_trained(
    tiny: LoadedModel, target_rows: list[TrainingRow], tmp_path: Path
) -> None:
    settings = resolve("default", {"rank": 2, "batch": 2, "epochs": 3, "held_out": 0.25})
    report = sft.tune(target_rows, tiny, settings, tmp_path / "apart")
    lines = [
        json.loads(line) for line in (tmp_path / "apart/training.jsonl").read_text().splitlines()
    ]
    steps = [line["loss"] for line in lines if "loss" in line]
    read = [line["held_out_loss"] for line in lines if "held_out_loss" in line]
    assert len(steps) == len(report.losses) == 9  # 6 of 8 rows, one question less
    assert [row.step for row in report.held_out] == [0, *range(1, 10)]
    assert read == [row.loss for row in report.held_out]
    assert read[-1] < read[0]
    assert sft.kept_report(tmp_path / "apart") == report

    left = [row for row in target_rows if row.source not in {lost_source(target_rows, settings)}]
    alone = resolve("default", {"rank": 2, "batch": 2, "epochs": 3})
    without = sft.tune(left, tiny, alone, tmp_path / "alone")
    assert without.adapter_weights == report.adapter_weights


def lost_source(rows: list[TrainingRow], settings: TuningSettings) -> str:
    _, apart = hold_out([row.source for row in rows], settings.held_out, settings.seed)
    [source] = {rows[place].source for place in apart}
    return source


def test_each_loss_is_told_to_what_the_user_names(
    tiny: LoadedModel,
    target_rows: list[TrainingRow],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[float] = []

    class Tracker(TrainerCallback):  # type: ignore[misc]  # transformers is not followed
        def on_log(self, args: Any, state: Any, control: Any, logs: Any, **kwargs: Any) -> None:
            told.extend(logs[name] for name in ("loss", "held_out_loss") if name in logs)

    monkeypatch.setitem(integration_utils.INTEGRATION_TO_CALLBACK, "trackio", Tracker)
    monkeypatch.setattr(trainer, "lacking", lambda *_: "")
    settings = {"rank": 2, "batch": 4, "held_out": 0.25, "report_to": ["trackio"]}
    report = sft.tune(target_rows, tiny, resolve("default", settings), tmp_path / "adapter")
    assert sorted(told) == sorted([*report.losses, *(row.loss for row in report.held_out)])

    monkeypatch.undo()
    with pytest.raises(TrainingError, match="report_to = trackio needs trackio: type pip install"):
        sft.tune(target_rows, tiny, resolve("default", settings), tmp_path / "other")


def test_what_is_shown_meanwhile_is_no_part_of_the_settings_digest() -> None:
    plain = resolve("default")
    assert resolve("default", {"report_to": ["wandb"]}).digest == plain.digest
    assert resolve("default", {"held_out": 0.1}).digest != plain.digest
