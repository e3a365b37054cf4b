"""An adapter whose base peft cannot open by its name says how it is opened, and that works."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from acculturate.engines import embedded
from acculturate.engines.hf import LoadedModel
from acculturate.records import TrainingRow
from acculturate.tuning import sft
from acculturate.tuning.card import card
from acculturate.tuning.tuning_settings import resolve

QUICK = resolve("default", {"rank": 2, "batch": 4, "accumulation": 1, "epochs": 1})


def opened(text: str, folder: Path) -> dict[str, Any]:
    """What the Python of a card leaves, typed with the folder in its place."""
    [code] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    left: dict[str, Any] = {}
    exec(code.replace('"FOLDER"', repr(str(folder))), left)
    return left


def test_a_name_of_the_hub_needs_no_card() -> None:
    assert card("org/model") is None


@pytest.mark.filterwarnings(
    "ignore:`is_gradient_checkpointing` is deprecated:FutureWarning"
)  # by peft
@pytest.mark.parametrize("base", ["embedded", "folder"])
def test_what_the_card_says_opens_the_adapter(
    base: str,
    tiny: LoadedModel,
    target_rows: list[TrainingRow],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source, folder = tmp_path / "base", tmp_path / "adapter"
    tiny.model.save_pretrained(source)
    tiny.tokenizer.save_pretrained(source)
    monkeypatch.setattr(embedded, "embedded_folder", lambda: source)
    name = "embedded" if base == "embedded" else str(source)
    model = replace(tiny, identity=replace(tiny.identity, model=name))
    sft.tune(target_rows, model, QUICK, folder)

    assert json.loads((folder / "adapter_config.json").read_text())[
        "base_model_name_or_path"
    ] == name  # fmt: skip
    left = opened((folder / "README.md").read_text(), folder)
    ids = torch.arange(5)[None]
    with torch.no_grad():
        adapted, plain = left["model"](ids).logits, tiny.model(ids).logits
    assert not torch.equal(adapted, plain)
    assert left["tokenizer"].vocab_size == tiny.tokenizer.vocab_size
