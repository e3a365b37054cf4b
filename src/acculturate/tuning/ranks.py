"""Ranks: processes that tune one adapter together, started by accelerate, one for each GPU.

    accelerate launch --num_processes 2 --use_fsdp ... -m acculturate.cli.main tune ROWS ...

The rows of a step are dealt out to the ranks, so a step sees the same rows as in one process, and
`batch` x `accumulation` stays what it was: a rank computes its share of the accumulated batches.
Gradients are averaged by DDP, or by FSDP, which also parts the model's weights. Only the first rank
writes. What the launcher says stands in environment variables, read here and nowhere else.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from acculturate.errors import TrainingError, first_line
from acculturate.tuning.tuning_settings import TuningSettings

LAUNCH = "accelerate launch --num_processes {count} -m acculturate.cli.main tune ..."


@dataclass(frozen=True, slots=True)
class Ranks:
    """One process among `count`, numbered from 0; `sharded` where FSDP parts the weights."""

    number: int = 0
    count: int = 1
    sharded: bool = False

    @property
    def first(self) -> bool:
        """Whether this is the process that writes and speaks."""
        return self.number == 0

    def join(self) -> None:
        """Meet the other processes, and take this one's GPU; does nothing alone."""
        if self.count == 1:
            return
        from accelerate import PartialState

        try:
            PartialState(cpu=_flag(os.environ, "ACCELERATE_USE_CPU"))
        except (ValueError, RuntimeError, KeyError) as error:
            raise TrainingError(
                f"The {self.count} processes cannot meet: {first_line(error)}. Start them with "
                f"`{LAUNCH.format(count=self.count)}`, and nothing else in RANK and WORLD_SIZE."
            ) from error

    def told(self, value: Any) -> Any:
        """Return what the first rank has in its place, known to all when all have come here."""
        if self.count == 1:
            return value
        import torch

        held = [value]
        torch.distributed.broadcast_object_list(held)
        return held[0]


def find_ranks(environment: Mapping[str, str] = os.environ) -> Ranks:
    """Return the ranks that a launcher started; one without a launcher.

    Raises `TrainingError` where the variables do not fit each other, and for FSDP version 1.
    """
    sharded = _flag(environment, "ACCELERATE_USE_FSDP")
    named = [environment.get(name, "") for name in ("WORLD_SIZE", "RANK", "LOCAL_RANK")]
    if not any(named) or named[0] in ("", "1"):
        return Ranks()
    if not all(value.isdecimal() for value in named) or int(named[1]) >= int(named[0]):
        size, rank, local = (value or "not set" for value in named)
        raise TrainingError(
            f"The environment does not say which process this is: WORLD_SIZE is {size}, RANK "
            f"{rank} and LOCAL_RANK {local}. Start with `{LAUNCH.format(count=2)}`, or unset "
            "WORLD_SIZE to tune in one process."
        )
    if sharded and environment.get("FSDP_VERSION", "1") != "2":
        raise TrainingError(
            "Tuning needs version 2 of FSDP: give accelerate --fsdp_version 2, or fsdp_version: 2 "
            "in its config file."
        )
    return Ranks(int(named[1]), int(named[0]), sharded)


def check_shares(ranks: Ranks, settings: TuningSettings) -> None:
    """Raise `TrainingError` where a step's batches cannot be dealt out evenly."""
    if settings.accumulation % ranks.count:
        rows = settings.effective_batch
        even = rows // ranks.count
        offer = (
            f"batch = {even}, accumulation = {ranks.count} sees the same {rows} rows a step"
            if even * ranks.count == rows
            else f"accumulation = {ranks.count} sees {settings.batch * ranks.count} rows a step"
        )
        raise TrainingError(
            f"accumulation = {settings.accumulation} batches cannot be shared out evenly among "
            f"{ranks.count} processes: {offer}."
        )


def check_launched(ranks: Ranks, gpus: int) -> None:
    """Raise `TrainingError` where one process sees several GPUs, of which it would use them all
    in a way that the trainer refuses.
    """
    if ranks.count == 1 and gpus > 1:
        raise TrainingError(
            f"{gpus} GPUs are visible and this is one process: set CUDA_VISIBLE_DEVICES to one of "
            f"them, or start one process for each with `{LAUNCH.format(count=gpus)}`."
        )


def _flag(environment: Mapping[str, str], name: str) -> bool:
    return environment.get(name, "").lower() in ("1", "true", "yes")
