"""Where weights are put and in how many bits: what transformers is told, and what is refused."""

import importlib.util
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from acculturate.engines import ModelSpec, find_model, open_engine
from acculturate.engines.hf import HfEngine, packing
from acculturate.engines.hf.mounted_adapter import put_on
from acculturate.engines.hf.placing import place
from acculturate.engines.quiet import quiet
from acculturate.errors import ConfigError, EngineError
from acculturate.records import Choice, GenerateRequest, Message, Sampling

from .test_bases import ASK
from .test_loading import save_adapter


@pytest.fixture
def gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with two GPUs, as far as anybody asks."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)


@pytest.fixture
def bitsandbytes(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: name == "bitsandbytes" or usual(name)
    )


@pytest.mark.parametrize(
    ("device", "options", "moved"),
    [
        ("", {}, "cuda"),
        ("cuda:1", {}, "cuda:1"),
        ("cpu", {}, "cpu"),
        ("auto", {"device_map": "auto"}, ""),
        ("balanced", {"device_map": "balanced"}, ""),
    ],
)
def test_what_transformers_is_told(
    gpus: None, device: str, options: dict[str, Any], moved: str
) -> None:
    assert place(device, "", torch.bfloat16) == (options, moved)


@pytest.mark.parametrize(
    ("device", "where"), [("", {"": "cuda"}), ("cuda:1", {"": "cuda:1"}), ("auto", "auto")]
)
def test_quantised_weights_are_put_as_they_are_read(gpus: None, device: str, where: Any) -> None:
    options, moved = place(device, "4bit", torch.bfloat16)
    assert options["device_map"] == where
    assert not moved
    bits = options["quantization_config"]
    assert (bits.load_in_4bit, bits.bnb_4bit_quant_type) == (True, "nf4")
    assert bits.bnb_4bit_compute_dtype == torch.bfloat16
    assert place(device, "8bit", torch.bfloat16).options["quantization_config"].load_in_8bit


@pytest.mark.usefixtures("gpus", "bitsandbytes")
def test_the_whole_way_to_transformers(
    folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from transformers import AutoModelForCausalLM

    told: list[dict[str, Any]] = []
    usual = AutoModelForCausalLM.from_pretrained

    def fake(folder: Any, **options: Any) -> Any:
        told.append(options)
        rest = {k: v for k, v in options.items() if k not in ("device_map", "quantization_config")}
        return usual(folder, **rest)

    monkeypatch.setattr(AutoModelForCausalLM, "from_pretrained", fake)
    engine = HfEngine(
        ModelSpec(str(folders["llama"]), dtype="float32", device="auto", quantised="4bit")
    )
    assert told[0]["device_map"] == "auto"
    assert told[0]["quantization_config"].load_in_4bit
    assert engine.identity.dtype == "float32, 4bit"


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever would fetch a model fails."""

    def fetch(*_: Any, **__: Any) -> None:
        raise AssertionError("a model was fetched")

    monkeypatch.setattr("huggingface_hub.snapshot_download", fetch)


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"quantised": "4bit"}, r"quantised = '4bit' needs a GPU"),
        ({"device": "cuda"}, r"device = 'cuda', and this machine has 0 GPUs"),
        ({"device": "gpu"}, r"no device 'gpu': use auto"),
        ({"device": "mps"}, "no Mac"),
    ],
)
def test_what_is_not_here_is_told_before_anything_is_fetched(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], said: str
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    for ask in (find_model, open_engine):
        with pytest.raises(EngineError, match=said):
            ask(ModelSpec("org/model", **options))


@pytest.mark.usefixtures("offline", "gpus")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"quantised": "8bit"}, r"needs bitsandbytes.*pip install 'acculturate\[qlora\]'"),
        ({"quantised": "8bit", "device": "cpu"}, "needs a GPU"),
        ({"device": "cuda:2"}, "this machine has 2 GPUs"),
    ],
)
def test_what_is_missing_beside_a_gpu(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], said: str
) -> None:
    usual = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "bitsandbytes" else usual(name)
    )
    with pytest.raises(EngineError, match=said):
        find_model(ModelSpec("org/model", **options))


def test_other_engines_have_no_such_options() -> None:
    with pytest.raises(ConfigError, match="device and quantised are for the engine 'hf'"):
        open_engine(ModelSpec("uniform", "mock", device="auto"))


def test_auto_gives_the_same_numbers(folders: dict[str, Path]) -> None:
    spec, auto = (
        ModelSpec(str(folders["llama"]), dtype="float32", device=name) for name in ("cpu", "auto")
    )
    assert dict(HfEngine(auto).choose(ASK)) == dict(HfEngine(spec).choose(ASK))


def test_a_model_on_several_devices_is_computed_the_librarys_way(
    folders: dict[str, Path],
) -> None:
    """Our own attention would need every table on every device."""
    one, spread = (HfEngine(ModelSpec(str(folders["llama"]), dtype="float32")) for _ in range(2))
    spread.loaded.model.hf_device_map = {"model.layers.0": 0, "model.layers.1": 1}
    assert packing.packs(one.loaded.model)
    assert not packing.packs(spread.loaded.model)
    ours, theirs = (dict(engine.choose(ASK)) for engine in (one, spread))
    for key, reply in ours.items():
        other = theirs[key]
        assert isinstance(reply, Choice)
        assert isinstance(other, Choice)
        assert all(
            math.isclose(a, b, abs_tol=1e-4)
            for a, b in zip(reply.logprobs, other.logprobs, strict=True)
        )
    drawn = Sampling(temperature=0.0, top_p=1.0, max_tokens=8, seed=1)
    texts = [GenerateRequest((Message("user", text),), drawn) for text in ("So?", "Why is it so?")]
    assert [r for _, r in one.generate(texts)] == [r for _, r in spread.generate(texts)]


def test_an_adapter_stays_beside_quantised_weights(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    """Nothing is added to the weights, and the adapter is taken off by leaving it out."""
    engine = HfEngine(ModelSpec(str(folders["llama"]), dtype="float32"))
    model = engine.loaded.model
    before = dict(engine.choose(ASK))
    adapter = save_adapter(folders["llama"], tmp_path / "a")
    merged = HfEngine(ModelSpec(str(folders["llama"]), dtype="float32", adapter=adapter))
    weight = model.model.layers[0].self_attn.q_proj.weight
    held = weight.detach().clone()
    model.is_quantized = True
    with quiet():
        change = put_on(model, [adapter], remember=True)
    assert torch.equal(weight, held)
    for (_, one), (_, two) in zip(engine.choose(ASK), merged.choose(ASK), strict=True):
        assert isinstance(one, Choice)
        assert isinstance(two, Choice)
        assert one.logprobs == pytest.approx(two.logprobs, abs=1e-4)
    assert change.take_off()
    assert dict(engine.choose(ASK)) == before


PAGES = Path("/sys/kernel/mm/transparent_hugepage/enabled")
LOOK = """
import re
from pathlib import Path
from acculturate.engines.hf.placing import take_large_pages
take_large_pages()
import torch
large = torch.ones(16 << 20)
print(bool(re.search("VmFlags:.* hg ", Path("/proc/self/smaps").read_text())))
"""
"""Whether a large tensor's memory is marked for large pages; Linux gives them as it can."""


@pytest.mark.skipif(not PAGES.exists(), reason="the system has no large pages")
@pytest.mark.parametrize(("own", "asked"), [({}, "True"), ({"THP_MEM_ALLOC_ENABLE": "0"}, "False")])
def test_large_pages_are_asked_for_unless_the_user_says_no(own: dict[str, str], asked: str) -> None:
    result = subprocess.run(
        [sys.executable, "-c", LOOK],
        env={k: v for k, v in os.environ.items() if k != "THP_MEM_ALLOC_ENABLE"} | own,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == asked
