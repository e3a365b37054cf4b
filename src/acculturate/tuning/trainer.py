"""TRL's trainer with two changes: it learns distributions, and computes only the logits it needs.

TRL's own loss multiplies every position with the whole vocabulary, where a survey row has one
position to learn at; here `loss_logits` gives the logits of just those. Nothing is masked by token:
what is trained is named by its place, because the pad token may well be the end-of-turn token that
is to be trained.

Imports torch and trl: only `sft` imports this module, inside a function.
"""

import json
import math
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, cast

import torch
from datasets import Dataset
from torch.utils.data import DataLoader, Sampler
from transformers import PrinterCallback, TrainerCallback
from transformers.integrations import is_tensorboard_available
from trl import SFTConfig, SFTTrainer

from acculturate.engines.hf.halving import ran_out, set_free
from acculturate.engines.hf.lower_layers import LowerLayers, lower_layers
from acculturate.errors import TrainingError
from acculturate.extras import lacking
from acculturate.records.results.made import StepLoss
from acculturate.tuning.fitting_portions import FittingPortions
from acculturate.tuning.logs import LOGS
from acculturate.tuning.loss_logits import read_logits
from acculturate.tuning.ranks import Ranks
from acculturate.tuning.row_losses import batch_loss, step_items, target_spread
from acculturate.tuning.tokenised_rows import Example
from acculturate.tuning.tuning_settings import TuningSettings

READINGS = 10
"""How often rows held out are read, about, in a training."""
KEPT = ("loss", "learning_rate", "grad_norm")
"""What of a step is kept."""


class RowOrder(Sampler[list[int]]):
    """Batches of row numbers: shuffled anew each epoch, and sorted only inside a step.

    Every step therefore sees a plain random draw. `keys` sort its rows, so that those that begin
    alike (packed) or are of like length (padded) share a batch. Rows of one of `groups` (names, ""
    for a row by itself) stay together, and count as one row.

    Among several `ranks` a step's rows are dealt out, and each rank has as many batches: where rows
    run short, a batch of the row number `len(keys)`, which is to weigh nothing.
    """

    def __init__(
        self,
        keys: Sequence[Any],
        batch: int,
        accumulation: int,
        seed: int,
        ranks: Ranks = Ranks(),  # noqa: B008  (frozen)
        groups: Sequence[str] = (),
    ) -> None:
        self._keys, self._batch, self._seed, self._ranks = keys, batch, seed, ranks
        self._units = _units(keys, groups)
        self._step = batch * accumulation
        self._epoch = 0

    def __len__(self) -> int:
        whole, rest = divmod(len(self._units), self._step)
        return whole * self._batches(self._step) + self._batches(rest)

    def _batches(self, rows: int) -> int:
        """Return a rank's batches in a step of so many rows."""
        return math.ceil(rows / (self._batch * self._ranks.count))

    def __iter__(self) -> Iterator[list[int]]:
        generator = torch.Generator().manual_seed(self._seed + self._epoch)
        self._epoch += 1
        order = torch.randperm(len(self._units), generator=generator).tolist()
        for start in range(0, len(order), self._step):
            drawn = [self._units[unit] for unit in order[start : start + self._step]]
            units = sorted(drawn, key=lambda unit: self._keys[unit[0]])
            own = units[self._ranks.number :: self._ranks.count]
            for at in range(self._batches(len(units))):
                batch = own[at * self._batch : (at + 1) * self._batch]
                yield [row for unit in batch for row in unit] or [len(self._keys)]


def _units(keys: Sequence[Any], groups: Sequence[str]) -> list[tuple[int, ...]]:
    """Return the rows that are trained together: each group's, sorted by their keys, or one by
    itself.
    """
    places: dict[object, list[int]] = {}
    for row in range(len(keys)):
        group = groups[row] if groups else ""
        places.setdefault(group or row, []).append(row)
    return [tuple(sorted(rows, key=lambda row: keys[row])) for rows in places.values()]


def arguments(
    settings: TuningSettings,
    batches: int,
    device: str,
    scratch: str,
    ranks: int = 1,
    own: torch.dtype = torch.float32,
) -> SFTConfig:
    """Return what transformers and trl are told; everything they would decide themselves is set.

    `batches` is how many one epoch has on each of `ranks`, `device` what is computed on, `scratch`
    a folder that stays empty, `own` the model's number format.
    """
    accumulation = settings.accumulation // ranks
    steps = math.ceil(batches / accumulation) * settings.epochs
    checkpointing = settings.gradient_checkpointing
    # A single warm-up step would be a step at rate 0: its rows would be seen for nothing.
    warmup = int(settings.warmup * steps)
    schedule = "constant_with_warmup" if settings.scheduler == "constant" else settings.scheduler
    return SFTConfig(
        output_dir=scratch,
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch,
        gradient_accumulation_steps=accumulation,
        learning_rate=settings.learning_rate,
        lr_scheduler_type=schedule,
        warmup_steps=warmup if warmup > 1 else 0,
        weight_decay=settings.weight_decay,
        max_grad_norm=settings.clip,
        optim="adamw_torch",
        seed=settings.seed,
        data_seed=settings.seed,
        bf16=_computes_bf16(settings, device, own),
        fp16=False,
        use_cpu=device == "cpu",
        activation_checkpointing=device != "cpu" if checkpointing == "auto" else checkpointing,
        max_length=None,
        dataset_kwargs={"skip_prepare_dataset": True},
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        logging_steps=1,
        logging_nan_inf_filter=False,
        save_strategy="no",
        report_to=_trackers(settings),
        disable_tqdm=True,
    )


def _trackers(settings: TuningSettings) -> list[str]:
    """Return what is told of each step besides; raises `TrainingError` where it is not
    installed.
    """
    for name in settings.report_to:
        if name != "tensorboard" and (
            missing := lacking(f"report_to = {name} needs", "train", name)
        ):
            raise TrainingError(f"{missing.partition(':')[0]}: type pip install {name}.")
    if "tensorboard" in settings.report_to:
        if not is_tensorboard_available():
            raise TrainingError(
                "report_to = tensorboard needs tensorboard: type pip install tensorboard."
            )
        # without it logs would go to the scratch folder, which is deleted
        os.environ.setdefault(LOGS, "tensorboard")
    return list(settings.report_to)


def _computes_bf16(settings: TuningSettings, device: str, own: torch.dtype) -> bool:
    if settings.dtype == "auto":
        return own == torch.bfloat16 or (device == "cuda" and torch.cuda.is_bf16_supported())
    return settings.dtype == "bfloat16"


class RowTrainer(SFTTrainer):  # type: ignore[misc]  # trl ships no types
    """`SFTTrainer` on examples that are already tokens, in the batches of `order`."""

    loss_is_scaled_for_ga = True  # get_batch_samples counts the items of the whole step

    def __init__(
        self,
        *args: Any,
        examples: Sequence[Example],
        held_out: Sequence[Example] = (),
        order: RowOrder,
        pad: int,
        packed: bool,
        ranks: Ranks = Ranks(),  # noqa: B008  (frozen)
        contrast: float = 0.0,
        **kwargs: Any,
    ) -> None:
        spread = target_spread(examples) if contrast else 0.0
        self._contrast = contrast / spread if spread else 0.0
        # the last one is for a rank without rows: it takes part, and changes nothing
        idle = replace(min(examples, key=lambda example: example.length), weight=0.0, group="")
        self._examples, self._held_out, self._order = [*examples, idle], held_out, order
        self._pad, self._packed, self._ranks = pad, packed, ranks
        self._portions = FittingPortions(packed=packed)
        # The trainer asks for a data set; the real one goes in through get_train_dataloader.
        numbers = Dataset.from_dict({"row": list(range(len(examples)))})
        super().__init__(
            *args,
            train_dataset=numbers,
            data_collator=lambda batch: {"examples": tuple(batch)},
            **kwargs,
        )
        for weight in self.model.parameters():
            if weight.requires_grad:  # in bfloat16 small steps would round to nothing
                weight.data = weight.data.float()

    def carry_out(self, progress: "Progress") -> None:
        """Train, and note how in `progress`; raises `TrainingError` where a step does not fit into
        memory, however small its portions.
        """
        self.add_callback(progress)
        self.remove_callback(PrinterCallback)
        try:
            self.train()
        except (RuntimeError, MemoryError) as error:
            if not ran_out(error):
                raise
            mend = (
                "set tuning.rank lower, or take a smaller model"
                if self._ranks.count == 1
                else "halve batch and double accumulation, which trains the same"
            )
            raise TrainingError(f"A step does not fit into memory: {mend}.") from error
        progress.halved = self._portions.halved

    def _send_telemetry(self) -> None:
        """Do nothing: training here sends nothing anywhere."""

    def get_train_dataloader(self) -> "DataLoader[Example]":
        return DataLoader(
            self._examples,  # type: ignore[arg-type]  # a sequence does for a map-style dataset
            batch_sampler=self._order,
            collate_fn=self.data_collator,
        )

    def get_batch_samples(
        self, epoch_iterator: Iterator[Any], num_batches: int, device: torch.device
    ) -> tuple[list[Any], Any]:
        batches, _ = super().get_batch_samples(epoch_iterator, num_batches, device)
        items = sum(step_items(batch["examples"]) for batch in batches)
        if self._ranks.count > 1:
            items = self.accelerator.reduce(torch.tensor(items, device=device)).item()
        return batches, items

    def floating_point_ops(self, inputs: dict[str, Any]) -> int:
        return 0

    def training_step(
        self, model: Any, inputs: dict[str, Any], num_items_in_batch: Any = None
    ) -> torch.Tensor:
        """Train on a batch in portions, whose gradients add up: a long batch needs no more memory.
        A portion that does not fit into memory is done again in smaller ones.
        """
        if self._ranks.count > 1:  # several ranks take every step together
            whole = {"examples": inputs["examples"]}
            return cast(torch.Tensor, super().training_step(model, whole, num_items_in_batch))
        losses: list[torch.Tensor] = []
        waiting = deque(self._portions.of(inputs["examples"]))
        while waiting:
            part = waiting.popleft()
            loss = self._portion_loss(model, part, num_items_in_batch)
            if loss is None:
                set_free()
                waiting.extendleft(reversed(self._portions.halve(part)))
            else:
                losses.append(loss)
        return torch.stack(losses).sum()

    def _portion_loss(self, model: Any, part: Sequence[Example], items: Any) -> torch.Tensor | None:
        """Return a portion's loss, its gradient added to that of the portions before it; None where
        memory does not suffice, with the gradient as it was.
        """
        before = [
            (weight, weight.grad) for weight in self.model.parameters() if weight.requires_grad
        ]
        loss: torch.Tensor | None = None
        for weight, _ in before:
            weight.grad = None
        try:
            loss = super().training_step(model, {"examples": part}, items)
        except Exception as error:
            if not ran_out(error):
                raise
        for weight, gradient in before:
            if loss is None or weight.grad is None:
                weight.grad = gradient
            elif gradient is not None:
                weight.grad += gradient
        return loss

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> torch.Tensor:
        seen = _Within(model, self.model) if self._ranks.count > 1 else model
        logits_RV = self._logits(seen, inputs["examples"])
        # gradients are averaged over the ranks, and this is a part of their sum
        share = self._ranks.count / num_items_in_batch
        loss: torch.Tensor = batch_loss(logits_RV, inputs["examples"], self._contrast) * share
        if not torch.isfinite(loss):
            raise TrainingError(
                f"The loss is not a finite number in step {self.state.global_step + 1}: nothing "
                "was saved. Try a smaller learning_rate, or dtype = 'float32'."
            )
        return loss

    def _logits(self, model: Any, examples: Sequence[Example]) -> torch.Tensor:
        return read_logits(model, examples, self._pad, packed=self._packed, lower=self._lower)

    @cached_property
    def _lower(self) -> LowerLayers | None:
        """What is held of the layers below those trained, from the first step on."""
        if not self._packed or self._ranks.count > 1:
            return None
        every = [*self._examples, *self._held_out]
        return lower_layers(self.model, [line for one in every for line in one.sequences])

    def held_out_loss(self) -> float:
        """Return the loss on the rows held out, in nats per item."""
        was_training = self.model.training
        self.model.eval()
        with torch.no_grad():
            total = sum(
                batch_loss(self._logits(self.model, part), part).item()
                for part in self._portions.of(self._held_out)
            )
        self.model.train(was_training)
        loss = total / step_items(self._held_out)
        self.log({"held_out_loss": loss})
        return loss


class _Within:
    """A wrapped model: calls go to the wrapper, attributes are read from the model inside."""

    def __init__(self, outer: Any, inner: Any) -> None:
        self._outer, self._inner = outer, inner

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._outer(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class Progress(TrainerCallback):  # type: ignore[misc]  # transformers is not followed
    """Keeps each step's loss and tells `note(step, steps)`; reads the loss of rows `held_out`
    before the first step and about ten times more.
    """

    def __init__(
        self, note: Callable[[int, int], None], held_out: Callable[[], float] | None = None
    ) -> None:
        self._note, self._read = note, held_out
        self._rows: list[dict[str, float]] = []
        self.losses: list[float] = []
        self.halved = 0
        self.held_out: list[StepLoss] = []

    @property
    def lines(self) -> str:
        """What was read, as JSON lines in its order."""
        return "".join(f"{json.dumps(row)}\n" for row in self._rows)

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._note(0, state.max_steps)
        self._read_held_out(0)

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        if "loss" in (logs or {}):
            step, last = state.global_step, state.max_steps
            self.losses.append(float(logs["loss"]))
            self._rows.append({"step": step, **{name: logs[name] for name in KEPT if name in logs}})
            self._note(step, last)
            if step == last or step % max(1, last // READINGS) == 0:
                self._read_held_out(step)

    def _read_held_out(self, step: int) -> None:
        if self._read is not None:
            self.held_out.append(StepLoss(step, self._read()))
            self._rows.append({"step": step, "held_out_loss": self.held_out[-1].loss})
