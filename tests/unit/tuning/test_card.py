"""An adapter whose base peft cannot open by its name says how it is opened, and that works."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from acculturate.engines import DType, ModelSpec, embedded
from acculturate.engines.hf import LoadedModel, load_model
from acculturate.engines.weights import adapter_digest
from acculturate.errors import EngineError
from acculturate.records import TrainingRow
from acculturate.tuning import sft
from acculturate.tuning.card import Merged, card, opening
from acculturate.tuning.tuning_settings import resolve

QUICK = resolve("default", {"rank": 2, "batch": 4, "accumulation": 1, "epochs": 1})


def opened(text: str, folder: Path) -> dict[str, Any]:
    """What the Python of a card leaves, typed with the folder in its place."""
    [code] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    left: dict[str, Any] = {}
    exec(code.replace('"FOLDER"', repr(str(folder))), left)
    return left


def test_a_base_of_the_hub_is_named_with_its_revision() -> None:
    assert 'from_pretrained(base, revision="abc1")' in card("org/model", revision="abc1")
    assert "from_pretrained(base)" in opening("org/model")


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


@pytest.mark.filterwarnings(
    "ignore:`is_gradient_checkpointing` is deprecated:FutureWarning"
)  # by peft
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_what_the_card_says_opens_an_adapter_on_top_of_another(
    dtype: DType, tiny_model: Path, target_rows: list[TrainingRow], tmp_path: Path
) -> None:
    """By plain peft, merged in float32: our own numbers."""
    lower, upper = tmp_path / "adapters" / "lower", tmp_path / "adapters" / "upper"
    settings = QUICK.model_copy(update={"learning_rate": 0.01, "epochs": 4})
    spec = ModelSpec(str(tiny_model), dtype=dtype)
    for folder in (lower, upper):
        sft.tune(target_rows, load_model(spec), settings, folder)
        spec = spec.on_top(folder) if folder == upper else spec.on_top(folder).on_top(None)
    text = (upper / "README.md").read_text()
    assert f"`{tiny_model}` with the adapter `lower` merged into its weights" in text
    assert f"digest begins with `{adapter_digest(lower)[:12]}`" in text
    with pytest.raises(EngineError, match="give that one first"):
        load_model(ModelSpec(str(tiny_model), dtype=dtype, adapter=upper))
    left = opened(text.replace('"LOWER"', repr(str(lower))), upper)
    ids = torch.arange(5)[None]
    with torch.no_grad():
        by_peft = left["model"](ids).logits
        ours = load_model(replace(spec, dtype="float32")).model(ids).logits
        below = (
            load_model(replace(spec, dtype="float32", merged=(), adapter=lower)).model(ids).logits
        )
    torch.testing.assert_close(by_peft, ours, rtol=0, atol=1e-4)
    assert float((ours - below).abs().max()) > 1e-2


def test_a_card_of_several_names_each() -> None:
    text = card("embedded", [Merged("a", "1" * 64), Merged("b", "2" * 64)])
    assert "acculturate measure embedded --adapter LOWER1 --adapter LOWER2 --adapter FOLDER" in text
    assert 'for lower in ["LOWER1", "LOWER2"]:' in text
    assert "embedded_folder()" in text
