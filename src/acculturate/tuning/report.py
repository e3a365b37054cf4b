"""What a training did, in numbers that show when it did nothing.

The same content is `acculturate.json` beside the adapter: it makes the adapter known again (which
base, which rows, which settings) and lets a reader see what was trained without training again.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from acculturate.bounded import json_tree
from acculturate.errors import TrainingError
from acculturate.files import file_digest
from acculturate.records.results.made import FirstRow, StepLoss

REPORT_FILE = "acculturate.json"
STEPS_FILE = "training.jsonl"
"""Beside an adapter: a line for each step, with its loss and learning rate, and for each reading of
rows held out."""
ADAPTER_FILE = "adapter_model.safetensors"


@dataclass(frozen=True, slots=True)
class TuningReport:
    """One training. `losses` are mean nats per trained token or row, one per step.

    `base_*` tell which model the adapter belongs to; `adapter_weights` is the digest of its file.
    `truncated` rows were cut at the settings' `max_length`; `dropped` rows had nothing left to
    train; `rows` counts all that were given. `base_adapters` are the names of adapters merged into
    the base, the lowest first; `base_weights` has their digests. `held_out` are losses on rows that
    were not trained on. `halved` is how often what is computed at once was halved, since it did
    not fit into memory.
    """

    base_model: str
    base_weights: str
    base_dtype: str
    base_template: str
    rows_digest: str
    settings_digest: str
    settings: dict[str, Any]
    rows: int
    truncated: int
    dropped: int
    trained_tokens: int
    losses: tuple[float, ...]
    first_row: FirstRow
    adapter_weights: str
    base_adapters: tuple[str, ...] = ()
    held_out: tuple[StepLoss, ...] = ()
    halved: int = 0

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences on rows that were not trained as given; empty where all were."""
        limit = self.settings["max_length"]
        lines = []
        if self.truncated:
            lines.append(
                f"{self.truncated} of {self.rows} rows were cut at {limit} tokens "
                "(raise max_length to keep them whole)."
            )
        if self.dropped:
            lines.append(
                f"{self.dropped} of {self.rows} rows were dropped: their prompt alone fills "
                f"{limit} tokens."
            )
        if self.halved:
            lines.append(
                "Rows were computed in smaller portions than planned, which did not fit into "
                "memory: the same weights but for rounding"
                f"{', and for what dropout draws' if self.settings['dropout'] else ''}."
            )
        return tuple(lines)

    def write(self, folder: Path) -> None:
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        (folder / REPORT_FILE).write_text(f"{text}\n", encoding="utf-8")


def read_report(folder: Path) -> TuningReport:
    """Return the report beside an adapter.

    Raises `TrainingError` where the folder has none or it cannot be read.
    """
    path = folder / REPORT_FILE
    try:
        held = json_tree(path.read_text(encoding="utf-8"))
        held["first_row"] = FirstRow(**held["first_row"])
        for name in ("losses", "base_adapters"):
            held[name] = tuple(held.get(name, ()))
        held["held_out"] = tuple(StepLoss(**row) for row in held.get("held_out", ()))
        return TuningReport(**held)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise TrainingError(
            f"{path} is not the report of an adapter tuned here: give the folder that "
            "`acculturate tune` wrote, or an empty one."
        ) from error


def weights_digest(folder: Path) -> str:
    """Return 32 hex digits of the SHA-256 of an adapter's weights."""
    return file_digest(folder / ADAPTER_FILE)[:32]
