"""Tuning: short multiple-choice rows, of which the label and the end of the turn are trained.

The peer is TRL's `SFTTrainer` with its defaults, on the same rendered rows, with the same LoRA and
rows per step. What it is told besides is told to be fair: float32 where ours is (its default, bf16
arithmetic, is slow on a processor without it), no reports, no checkpoints.
"""

import contextlib
import io
import tempfile
from pathlib import Path
from typing import Any

from acculturate.engines import chat, parse_model
from acculturate.engines.hf import HfEngine
from acculturate.engines.hf.loading import LoadedModel
from acculturate.engines.quiet import quiet
from acculturate.records import TrainingRow
from acculturate.tuning.sft import tune
from acculturate.tuning.tuning_settings import TuningSettings
from benchmarks import work
from benchmarks.timing import Options, Timing, timed

AGREE = {"float32": 1e-3, "bfloat16": 0.1, "float16": 0.1}
"""Nats within which the losses of the same first step must agree; .027 of 7.2 were met in
bfloat16."""


class Tuning:
    """Row `tune_vs_trl`, in rows per second."""

    def __init__(self, options: Options) -> None:
        self.spec = parse_model(options.model, dtype=options.dtype)
        self.engine = HfEngine(self.spec)
        self.rows = training_rows(options.rows)

    def warm_up(self) -> None:
        """One step of the same rows: the same loss."""
        settings = TuningSettings()
        rows = self.rows[: settings.batch]
        ours, theirs = self._ours(rows), self._trl(rows)[1]
        if abs(ours - theirs) > AGREE[self.engine.identity.dtype]:
            raise SystemExit(f"TRL's loss is {theirs}, ours {ours}: the bench is not fair.")

    def pair(self) -> dict[str, Timing]:
        ours, _ = timed(lambda: self._ours(self.rows))
        peer, _ = self._trl(self.rows)
        count = len(self.rows)
        return {"tune_vs_trl": Timing(count / ours, count / peer, peer / ours)}

    def _ours(self, rows: tuple[TrainingRow, ...]) -> float:
        """The first step's loss."""
        with tempfile.TemporaryDirectory() as folder:
            report = tune(rows, self.engine.loaded, TuningSettings(), Path(folder) / "adapter")
        return report.losses[0]

    def _trl(self, rows: tuple[TrainingRow, ...]) -> tuple[float, float]:
        """Seconds from rows to a trained adapter, and the first step's loss."""
        fresh = HfEngine(self.spec).loaded
        said = io.StringIO()  # its progress bars and losses
        with (
            tempfile.TemporaryDirectory() as folder,
            quiet(),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
        ):
            seconds, trainer = timed(lambda: train_with_trl(fresh, rows, folder))
        losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
        return seconds, losses[0]


def training_rows(count: int) -> tuple[TrainingRow, ...]:
    """Survey items put to fictitious people, each with an option as its completion."""
    asked = work.of_people(-(-count // len(work.ITEMS)))[:count]
    return tuple(
        TrainingRow(
            prompt=request.messages,
            culture="XXA",
            source=f"row {at}",
            completion=request.labels[at % len(request.labels)],
        )
        for at, request in enumerate(asked)
    )


def train_with_trl(loaded: LoadedModel, rows: tuple[TrainingRow, ...], folder: str) -> Any:
    from datasets import Dataset
    from peft import LoraConfig
    from trl import SFTConfig, SFTTrainer

    settings = TuningSettings()
    parts = [chat.render_completion(loaded.tokenizer, row.prompt, row.completion) for row in rows]
    trainer = SFTTrainer(
        model=loaded.model,
        processing_class=loaded.tokenizer,
        args=SFTConfig(
            output_dir=folder,
            num_train_epochs=1,
            per_device_train_batch_size=settings.batch,
            bf16=False,
            use_cpu=loaded.model.device.type == "cpu",
            logging_steps=1,
            report_to="none",
            save_strategy="no",
            disable_tqdm=True,
        ),
        train_dataset=Dataset.from_list(
            [{"prompt": prompt, "completion": completion} for prompt, completion in parts]
        ),
        peft_config=LoraConfig(
            r=settings.rank,
            lora_alpha=settings.alpha,
            lora_dropout=settings.dropout,
            target_modules="all-linear",
            task_type="CAUSAL_LM",
        ),
    )
    trainer.train()
    return trainer
