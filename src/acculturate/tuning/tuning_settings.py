"""How an adapter is trained: one frozen object, whole, whose digest names what was done.

A user writes a preset and what differs from it; everything else is filled in here, so that the
settings kept beside an adapter leave nothing to a library's defaults, which change.

    >>> resolve("published", {"accumulation": 8}).effective_batch
    32
    >>> TuningSettings(preset="published").learning_rate
    0.0001
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator

from acculturate.bounded import flaw_in
from acculturate.config import Count, OverPreset, Seed
from acculturate.errors import ConfigError, nearest, unknown
from acculturate.files import text_digest
from acculturate.plugins import METHODS

DEFAULT = "default"
LINEAR_LAYERS = (
    *(f"self_attn.{name}_proj" for name in "qkvo"),
    *(f"mlp.{name}_proj" for name in ("gate", "up", "down")),
)
"""What linear layers are called inside a layer of most models."""


def presets() -> Mapping[str, Mapping[str, object]]:
    """Return what each preset sets other than the fields' own defaults; methods bring theirs."""
    presets_: dict[str, Mapping[str, object]] = {DEFAULT: {}}
    for name in METHODS.names:
        with suppress(ConfigError):  # a package that does not load is told where it is used
            presets_.update(getattr(METHODS.find(name), "tuning_presets", {}))
    return presets_


class TuningSettings(OverPreset):
    """LoRA and its optimiser. Values that are not given come from `preset`."""

    preset: str = Field(
        DEFAULT,
        description="Where values that are not given come from: default, or one that a method "
        "brings: published (CultureSPA's, of one adapter for all cultures), published-specific "
        "(of one for each), published-clca, survey, published-survey (SubPOP's).",
    )
    rank: Count = Field(16, description="Rank of the adapter's matrices.")
    alpha: float = Field(
        32.0, gt=0, description="The adapter's output is multiplied by alpha / rank."
    )
    dropout: float = Field(
        0.0, ge=0, lt=1, description="Share of the adapter's inputs dropped while training."
    )
    target: str | tuple[str, ...] = Field(
        "all-linear",
        description="Layers that get an adapter: all-linear (every linear layer but the output "
        "matrix), a list of module names such as q_proj, or a regular expression for whole names, "
        r"such as '.*layers\.2\d\..*_proj' (the last ten of thirty layers).",
    )
    embeddings: bool = Field(
        False,
        description="Train the embedding and the output matrix whole as well; the adapter is then "
        "larger than these.",
    )
    quantised: Literal["none", "4bit"] = Field(
        "none",
        description="4bit: the model's own weights are held in 4 bits while an adapter is trained "
        "(QLoRA), which needs a GPU and bitsandbytes.",
    )
    learning_rate: float = Field(2e-4, gt=0, description="Highest learning rate of AdamW.")
    scheduler: Literal["cosine", "linear", "constant"] = Field(
        "cosine", description="How the learning rate falls after the warm-up."
    )
    warmup: float = Field(
        0.1, ge=0, lt=1, description="Share of all steps in which the learning rate rises from 0."
    )
    epochs: Count = Field(1, description="How many times every row is seen.")
    batch: Count = Field(
        8, description="Rows computed at once, a group of rows counted as one; bounded by memory."
    )
    accumulation: Count = Field(
        1, description="Batches whose gradients make one step: a step sees their product."
    )
    weight_decay: float = Field(0.0, ge=0, description="AdamW's weight decay.")
    clip: float = Field(
        1.0, gt=0, description="Gradients with a norm above this are scaled down to it."
    )
    contrast: float = Field(
        0.0,
        ge=0,
        description="Weight of how far, in a group of rows (an item put to several cultures), "
        "their deviations from the group's mean lie from the targets': squared, over the "
        "targets' own.",
    )
    averaged: float = Field(
        0.0,
        ge=0,
        lt=1,
        description="Share of all steps, the last ones, over whose weights the mean is kept; with "
        "0 the last weights are.",
    )
    max_length: Count = Field(
        1024,
        ge=8,
        description="Tokens of a row; longer completions are cut, rows with a longer prompt "
        "dropped, and both are counted.",
    )
    held_out: float = Field(
        0.0,
        ge=0,
        lt=1,
        description="Share of the rows' sources (questions, dialogues) that is not trained on: "
        "the loss on them is read about ten times.",
    )
    seed: Seed = Field(0, description="Seed of the adapter's first weights and row order.")
    dtype: Literal["auto", "float32", "bfloat16"] = Field(
        "auto",
        description="What is computed in: auto is bfloat16 on a GPU that has it, else the "
        "model's own.",
    )
    gradient_checkpointing: Literal["auto"] | bool = Field(
        "auto",
        description="Compute activations twice instead of keeping them: auto does on GPUs only.",
    )
    report_to: tuple[Literal["wandb", "mlflow", "tensorboard", "trackio"], ...] = Field(
        (),
        description="Where else each step's loss is sent while training, by what is installed of "
        "these; the file training.jsonl beside the adapter holds it always.",
    )

    @field_validator("target")
    @classmethod
    def _can_be_read(cls, target: str | tuple[str, ...]) -> str | tuple[str, ...]:
        try:
            re.compile(target if isinstance(target, str) else "")
        except re.error as error:
            raise ValueError(
                f"'{target}' is neither 'all-linear' nor a regular expression ({error}): write a "
                "list of names of modules, such as ['q_proj', 'v_proj']"
            ) from None
        return target

    @classmethod
    def preset_values(cls, name: str) -> Mapping[str, Any]:
        """Return what a preset sets; raises `ValueError` for one that nobody brings."""
        return {} if name == DEFAULT else find_preset(name)

    def upper_share(self, layers: int) -> float:
        """Return the share of a model's `layers` from the lowest that gets an adapter upwards."""
        if self.embeddings or not isinstance(self.target, str) or self.target == "all-linear":
            return 1.0
        target = re.compile(self.target)
        names = ((layer, f"model.layers.{layer}.{name}") for layer in range(layers)
                 for name in LINEAR_LAYERS)  # fmt: skip
        return 1 - next((layer for layer, name in names if target.fullmatch(name)), 0) / layers

    @property
    def effective_batch(self) -> int:
        """Rows that one step sees."""
        return self.batch * self.accumulation

    @property
    def digest(self) -> str:
        """16 hex digits of the values that decide what is trained: without the preset's name, and
        without what is shown meanwhile.
        """
        new = {name for name in ("contrast", "held_out", "averaged") if not getattr(self, name)}
        without = {"preset", "report_to", *new}  # as in versions that had none of the new ones
        values = self.model_dump(mode="json", exclude=without)
        return text_digest(json.dumps(values, sort_keys=True))


def find_preset(name: str) -> Mapping[str, object]:
    """Return what a preset sets; raises `ValueError` for one that nobody brings."""
    known = presets()
    if name not in known:
        raise ValueError(unknown("tuning preset", name, known).removesuffix("."))
    return known[name]


def resolve(preset: str = DEFAULT, overrides: Mapping[str, object] | None = None) -> TuningSettings:
    """Return the whole settings of `preset` with `overrides` on top.

    Raises `ConfigError`, one sentence, for an unknown preset or key and for a value out of range.
    """
    given = {"preset": preset, **(overrides or {})}
    try:
        find_preset(str(given["preset"]))
    except ValueError as error:
        raise ConfigError(f"{error}.") from None
    for key in given:
        if key not in TuningSettings.model_fields:
            raise ConfigError(
                f"Tuning has no setting '{key}'.{nearest(key, TuningSettings.model_fields)}"
            )
    if flaw := flaw_in(given):
        path, reason = flaw
        raise ConfigError(f"Tuning setting '{'.'.join(map(str, path))}' is {reason}.")
    try:
        return TuningSettings.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:  # of the settings as a whole
            reason = first["msg"].removeprefix("Value error, ")
            raise ConfigError(f"Tuning settings: {reason}.") from None
        key = str(first["loc"][0])
        raise ConfigError(
            f"Tuning setting '{key}' is {given[key]!r}: {first['msg'][:1].lower()}"
            f"{first['msg'][1:]} ({TuningSettings.model_fields[key].description})"
        ) from error
