"""Nats of whole texts: those of the plain way, whatever stands beside a text in its batch."""

from pathlib import Path

import pytest
import torch

from acculturate.engines import ModelSpec, ReadsTexts
from acculturate.engines.hf import HfEngine
from acculturate.engines.mock import MockEngine

TEXTS = ("How important is work?", "x", "Water boils sooner with a lid on the pot. " * 8, "")


@pytest.mark.parametrize("family", ["llama", "llama-base", "gemma2"])
def test_each_text_takes_what_it_takes_alone(folders: dict[str, Path], family: str) -> None:
    engine = HfEngine(ModelSpec(str(folders[family]), dtype="float32"))
    assert isinstance(engine, ReadsTexts)
    natses = engine.text_nats(TEXTS)
    model, tokenizer = engine.loaded.model, engine.loaded.tokenizer
    for text, nats in zip(TEXTS, natses, strict=True):
        ids = tokenizer(text)["input_ids"]
        assert nats.tokens == max(0, len(ids) - 1)
        if nats.tokens:
            with torch.inference_mode():
                logp_TV = model(torch.tensor([ids])).logits[0, :-1].float().log_softmax(-1)
            plain = -logp_TV[range(nats.tokens), ids[1:]].sum()
            assert nats.nats == pytest.approx(float(plain), rel=1e-4)


def test_an_engine_without_weights_reads_no_texts() -> None:
    assert not isinstance(MockEngine([]), ReadsTexts)
