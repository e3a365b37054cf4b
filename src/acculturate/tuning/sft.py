"""Tune an adapter on rows: one atomic job that either leaves a sound adapter or says why not.

Training can go wrong and show no error: rows cut at their end, every row masked, a loss that is no
number, weights that never moved. Each of these is counted or refused here. An adapter's folder
appears by rename once it is whole; the same rows, settings and base on the same machine give the
same weights, and a folder that already holds them is left as it is.

    >>> from acculturate.engines.hf import load_model  # doctest: +SKIP
    >>> report = tune(rows, load_model(spec), resolve("default"), Path("adapter"))  # doctest: +SKIP
    >>> report.first_row.trained  # doctest: +SKIP
    '3<|im_end|>'
"""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acculturate.engines.weights import adapter_name
from acculturate.errors import TrainingError
from acculturate.executors import Note
from acculturate.files import rename_whole
from acculturate.records import TrainingRow
from acculturate.tuning.card import Merged
from acculturate.tuning.held_out_rows import hold_out
from acculturate.tuning.ranks import Ranks, check_launched, check_shares
from acculturate.tuning.report import (
    ADAPTER_FILE,
    REPORT_FILE,
    STEPS_FILE,
    TuningReport,
    read_report,
    weights_digest,
)
from acculturate.tuning.rows import check_rows, rows_digest
from acculturate.tuning.tokenised_rows import Example, make_example, show_row
from acculturate.tuning.tuning_settings import TuningSettings

if TYPE_CHECKING:
    from acculturate.engines.hf import LoadedModel
    from acculturate.engines.protocol import Identity
    from acculturate.tuning.trainer import Progress


def tune(
    rows: Sequence[TrainingRow],
    model: "LoadedModel",
    settings: TuningSettings,
    folder: Path,
    *,
    note: Note | None = None,
    ranks: Ranks = Ranks(),  # noqa: B008  (frozen)
) -> TuningReport:
    """Train a LoRA adapter of `model` on `rows` and leave it in `folder`.

    `model` is used as it is loaded and given back unchanged. A folder with an adapter of the same
    rows, settings and base is not trained again: its report is returned. A folder with another
    adapter tuned here is replaced. Where several `ranks` train together the model is used up, and
    only the first of them writes.

    Raises `TrainingError`, one sentence, for missing extras, unsound rows, rows of which nothing
    is left to train, a loss or weights that are not finite or did not change, and a folder that
    holds other things or cannot be written.
    """
    check_rows(rows)
    check_shares(ranks, settings)
    if model.identity.adapter:
        raise TrainingError(
            f"{model.identity.model} is loaded with an adapter, and an adapter of an adapted model "
            "would not fit its base: load the model with that one merged (`ModelSpec.on_top`)."
        )
    held = kept_report(folder)
    if held is not None and is_of(held, rows, settings, model.identity):
        return held
    examples = [make_example(model.tokenizer, row, settings.max_length) for row in rows]
    kept = [(row, example) for row, example in zip(rows, examples, strict=True) if example]
    if not kept:
        raise TrainingError(
            f"None of the {len(rows)} rows has a token left to train: every prompt alone fills "
            f"max_length = {settings.max_length} tokens; raise it."
        )
    own, apart = hold_out([row.source for row, _ in kept], settings.held_out, settings.seed)
    trained, held_out = [kept[place] for place in own], [kept[place][1] for place in apart]
    with built(folder) if ranks.first else nullcontext() as partial:
        progress, weights = _train(
            [example for _, example in trained],
            held_out,
            model,
            settings,
            partial,
            note or _silent,
            ranks,
        )
        report = TuningReport(
            **_plan(rows, settings, model.identity),
            truncated=sum(example.truncated for _, example in kept),
            dropped=len(rows) - len(kept),
            trained_tokens=sum(example.items for _, example in trained),
            losses=tuple(progress.losses),
            first_row=show_row(model.tokenizer, *trained[0]),
            adapter_weights=ranks.told(weights),
            base_adapters=tuple(lower.name for lower in merged_adapters(model)),
            held_out=tuple(progress.held_out),
            halved=progress.halved,
        )
        if partial:
            report.write(partial)
            (partial / STEPS_FILE).write_text(progress.lines, encoding="utf-8")
    return report


def merged_adapters(model: "LoadedModel") -> list[Merged]:
    """Return the adapters that are merged into a model, the lowest first."""
    digests = model.identity.weights.split("+")[1:]
    names = [adapter_name(folder) for folder in model.merged]
    return [Merged(*pair) for pair in zip(names, digests, strict=True)]


def kept_report(folder: Path) -> TuningReport | None:
    """Return the report of the adapter that `folder` holds whole; None where there is none yet.

    Raises `TrainingError` where the folder holds something other than an adapter tuned here.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return None
    if not (folder / REPORT_FILE).is_file():
        raise TrainingError(
            f"{folder} holds something other than an adapter tuned here: name a folder that is "
            "empty or does not exist."
        )
    report, weights = read_report(folder), folder / ADAPTER_FILE
    whole = weights.is_file() and weights_digest(folder) == report.adapter_weights
    return report if whole else None


def is_of(
    report: TuningReport, rows: Sequence[TrainingRow], settings: TuningSettings, base: "Identity"
) -> bool:
    """Return whether a report is of the adapter that `tune` would train."""
    planned = _plan(rows, settings, base)
    names = ("base_weights", "base_dtype", "base_template", "rows_digest", "settings_digest")
    return all(getattr(report, name) == planned[name] for name in names)


def _plan(
    rows: Sequence[TrainingRow], settings: TuningSettings, base: "Identity"
) -> dict[str, Any]:
    """Return the part of the report that is known beforehand and names the adapter."""
    return {
        "base_model": base.model,
        "base_weights": base.weights,
        "base_dtype": base.dtype,
        "base_template": base.template,
        "rows_digest": rows_digest(rows),
        "settings_digest": settings.digest,
        "settings": settings.model_dump(mode="json"),
        "rows": len(rows),
    }


@contextmanager
def built(folder: Path) -> Iterator[Path]:
    """Give a folder beside `folder` to build in; it takes `folder`'s place when all went well."""
    partial = folder.parent / f".{folder.name}.partial"
    replaced = folder.parent / f".{folder.name}.replaced"
    try:
        for left in (partial, replaced):  # by a training that was killed
            shutil.rmtree(left, ignore_errors=True)
        partial.mkdir(parents=True)
        yield partial
        if folder.exists():
            folder.rename(replaced)
        rename_whole(partial, folder)
        shutil.rmtree(replaced, ignore_errors=True)
    except OSError as error:
        raise TrainingError(
            f"The adapter cannot be written to {folder}: {(error.strerror or str(error)).lower()}."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _train(
    examples: Sequence[Example],
    held_out: Sequence[Example],
    model: "LoadedModel",
    settings: TuningSettings,
    partial: Path | None,
    note: Note,
    ranks: Ranks,
) -> "tuple[Progress, str]":
    """Train, check and write into `partial`; returns each step's losses and the weights' digest.

    A rank that does not write has no `partial`, and "" for a digest.
    """
    try:
        import torch

        from acculturate.engines.hf.free_cores import free_cores
        from acculturate.engines.hf.head import wide_head
        from acculturate.tuning import lora, loss_logits, trainer
        from acculturate.tuning.weight_average import WeightAverage
    except ImportError as error:
        raise TrainingError(
            f"Tuning needs the package '{error.name}': pip install 'acculturate[train]'."
        ) from error
    device = "cuda" if ranks.sharded and torch.cuda.is_available() else model.model.device.type
    check_launched(ranks, torch.cuda.device_count() if device == "cuda" else 0)
    alone = ranks.count == 1
    with (
        lora.lora_on(model.model, settings, keep=alone) as peft_model,
        # what parts a model over ranks knows neither of packed trees nor of another output matrix
        loss_logits.tree_attention_in(model.model) if alone else nullcontext(False) as packed,
        wide_head(model.model) if alone else nullcontext(),
        tempfile.TemporaryDirectory() as scratch,
        free_cores() if alone and device == "cpu" else nullcontext(),
    ):
        order = trainer.RowOrder(
            [example.sequences if packed else example.length for example in examples],
            settings.batch,
            settings.accumulation,
            settings.seed,
            ranks,
            [example.group for example in examples],
        )
        run = trainer.RowTrainer(
            peft_model,
            trainer.arguments(
                settings, len(order), device, scratch, ranks.count, model.model.dtype
            ),
            examples=examples,
            held_out=held_out,
            order=order,
            pad=model.pad_id,
            packed=packed,
            ranks=ranks,
            contrast=settings.contrast,
            processing_class=model.tokenizer,
            callbacks=[WeightAverage(settings.averaged)],
        )
        progress = trainer.Progress(note, run.held_out_loss if held_out else None)
        run.carry_out(progress)
        weights = lora.trained_weights(peft_model)
        lora.check_weights(weights)
        if not partial:
            return progress, ""
        merged = merged_adapters(model)
        return progress, lora.save_adapter(peft_model, weights, partial, model.identity, merged)


def _silent(step: int, steps: int) -> None:
    """Do nothing with a step's figures."""
