"""Chat rows: an adaptation's training rows as messages that other trainers train on as they are.

    trl              a JSON line each: "prompt" and "completion", both lists of messages; SFTTrainer
                     trains on the completion alone
    llama-factory    a JSON line each: "messages", the last of them the assistant's, and a
                     dataset_info.json that says so

A row of ours may weigh labels and say how often it counts, which neither format holds. So a row
that teaches shares becomes several, one for each label, as many of each as its share gives (by
largest remainders), and a row that counts twice stands twice. Of a conversation in which earlier
replies are trained too, each of these becomes a row of its own.

    write_chat_rows(run, folder, "trl", copies=10)
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from acculturate.engines.chat import merged
from acculturate.errors import StoreError
from acculturate.export.opened_run import OpenedRun
from acculturate.records import Message, TrainingRow
from acculturate.tuning.rows import read_rows

Trainer = Literal["trl", "llama-factory"]
COPIES = 10
"""Rows that one of ours which teaches shares becomes, where it counts once."""


class ChatRow(NamedTuple):
    """A prompt and the one reply that is trained."""

    prompt: tuple[Message, ...]
    reply: str


def write_chat_rows(run: OpenedRun, folder: Path, trainer: Trainer, copies: int = COPIES) -> str:
    """Write the rows of each adaptation for a trainer; returns what was written as a sentence.

    Raises `StoreError` for a run without adaptations, or whose rows are gone, and `TrainingError`
    for rows that cannot be read.
    """
    ids = [section.id for section in run.plan.study.adapt]
    if not ids:
        raise StoreError(
            f"The run {run.folder} has no adaptation, so it has no training rows to export."
        )
    folder.mkdir()
    counts = {name: _write(run.folder, name, folder, trainer, copies) for name in ids}
    if trainer == "llama-factory":
        info = {name: _INFO | {"file_name": f"{name}.jsonl"} for name in ids}
        _write_text(folder / "dataset_info.json", json.dumps(info, indent=2))
    _write_text(folder / "README.md", _page(trainer, counts, copies))
    told = ", ".join(f"{name} {count:,}" for name, (count, _) in counts.items())
    return f"training rows for {trainer} in {folder.name}/ ({told})"


def _write(
    run: Path, name: str, folder: Path, trainer: Trainer, copies: int
) -> tuple[int, Sequence[TrainingRow]]:
    source = run / f"{name}.rows.jsonl"
    if not source.is_file():
        raise StoreError(
            f"The training rows {source} are gone: run the study again, which writes them anew."
        )
    rows, count = read_rows(source), 0
    with (folder / f"{name}.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        for row in chat_rows(rows, copies):
            file.write(f"{json.dumps(_FORMS[trainer](row), ensure_ascii=False)}\n")
            count += 1
    return count, rows


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def chat_rows(rows: Sequence[TrainingRow], copies: int = COPIES) -> Iterator[ChatRow]:
    """Yield rows as prompts with one reply each, in their order.

    A row that counts once becomes `copies` rows where any row teaches shares or counts otherwise
    than the others; else each stands once.
    """
    alike = len({row.weight for row in rows}) < 2 and not any(row.labels for row in rows)
    heaviest = max((row.weight for row in rows), default=1.0)
    for row in rows:
        times = 1 if alike else max(1, round(copies * row.weight / heaviest))
        if row.labels:
            for label, count in zip(row.labels, allotted(row.target, times), strict=True):
                yield from [ChatRow(row.prompt, label)] * count
            continue
        for place in row.trained:
            yield from [ChatRow(row.prompt[:place], row.prompt[place].text)] * times
        yield from [ChatRow(row.prompt, row.completion)] * times


def allotted(shares: Sequence[float], seats: int) -> list[int]:
    """Return how many of `seats` each share gets, by largest remainders; they sum to `seats`.

    >>> allotted((0.62, 0.28, 0.1), 10)
    [6, 3, 1]
    """
    whole = sum(shares)
    exact = [share / whole * seats for share in shares]
    counts = [math.floor(part) for part in exact]
    order = sorted(range(len(exact)), key=lambda at: counts[at] - exact[at])
    for at in order[: seats - sum(counts)]:
        counts[at] += 1
    return counts


def _said(messages: Sequence[Message]) -> list[dict[str, str]]:
    """Return messages with a system message in front and no two neighbours of one role."""
    return [{"role": message.role, "content": message.text} for message in merged(messages)]


def _trl(row: ChatRow) -> dict[str, Any]:
    reply = {"role": "assistant", "content": row.reply}
    return {"prompt": _said(row.prompt), "completion": [reply]}


def _llama_factory(row: ChatRow) -> dict[str, Any]:
    return {"messages": [*_said(row.prompt), {"role": "assistant", "content": row.reply}]}


_FORMS: Mapping[Trainer, Callable[[ChatRow], dict[str, Any]]] = {
    "trl": _trl,
    "llama-factory": _llama_factory,
}
_INFO: dict[str, Any] = {
    "formatting": "sharegpt",
    "columns": {"messages": "messages"},
    "tags": {
        "role_tag": "role",
        "content_tag": "content",
        "user_tag": "user",
        "assistant_tag": "assistant",
        "system_tag": "system",
    },
}
_HOW: Mapping[Trainer, str] = {
    "trl": """```python
from datasets import load_dataset
from trl import SFTConfig, SFTTrainer

rows = load_dataset("json", data_files="NAME.jsonl", split="train")
SFTTrainer("MODEL", args=SFTConfig(output_dir="adapter"), train_dataset=rows).train()
```

The loss is on the completion alone.""",
    "llama-factory": """```yaml
stage: sft
finetuning_type: lora
dataset_dir: rows-llama-factory
dataset: NAME
mask_history: true
```

`mask_history` puts the loss on the last reply alone: earlier replies that are trained have rows of
their own.""",
}


def _page(
    trainer: Trainer, counts: Mapping[str, tuple[int, Sequence[TrainingRow]]], copies: int
) -> str:
    lines = [f"# Training rows for {trainer}", ""]
    for name, (count, rows) in counts.items():
        lines.append(f"- `{name}.jsonl`: {count:,} rows, from {len(rows):,} of acculturate.")
        lines += [f"  {line}" for line in _lost(rows, copies)]
    return "\n".join([*lines, "", _HOW[trainer].replace("NAME", next(iter(counts))), ""])


def _lost(rows: Sequence[TrainingRow], copies: int) -> Iterator[str]:
    """Yield what this format does not hold of these rows."""
    if any(row.labels for row in rows):
        yield (
            f"Shares are written as numbers of rows: a prompt has at most {copies}, divided among "
            "its labels. acculturate trains on the shares themselves."
        )
    if any(row.mass < 1 for row in rows):
        yield (
            "acculturate also trains the labels to keep their joint probability. This format "
            "cannot say that."
        )
    if any(row.group for row in rows):
        yield (
            "acculturate trains rows of one item for several cultures in one step. This format "
            "cannot say which rows those are."
        )
