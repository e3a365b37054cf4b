import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from acculturate.engines import ModelSpec, weights
from acculturate.engines import protocol as engines_base
from acculturate.engines.hf import HfEngine, load_model
from acculturate.engines.hf.loading import pick_dtype
from acculturate.engines.protocol import Identity
from acculturate.engines.quiet import quiet
from acculturate.errors import EngineError
from acculturate.records import ChooseRequest, Message

ASK = [ChooseRequest((Message("system", "You answer."), Message("user", "So?")), ("1", "2"))]


def save_adapter(
    base: Path, folder: Path, seed: int = 1, r: int = 2, std: float = 0.5, **more: Any
) -> Path:
    """A LoRA adapter whose change is not zero, made elsewhere: without a passport."""
    from peft import LoraConfig, get_peft_model

    model = load_model(ModelSpec(str(base), dtype="float32")).model
    with quiet():
        options: dict[str, Any] = {"target_modules": ["q_proj", "v_proj"], **more}
        config = LoraConfig(r=r, task_type="CAUSAL_LM", **options)
        tuned: Any = get_peft_model(model, config)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for name, weight in tuned.named_parameters():
            if "lora_B" in name or "modules_to_save" in name:
                torch.nn.init.normal_(weight, std=std)
    with quiet():
        tuned.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def adapter(folders: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_adapter(folders["llama"], tmp_path_factory.mktemp("adapters") / "a")


def test_adapter_changes_answers_and_identity(folders: dict[str, Path], adapter: Path) -> None:
    base = HfEngine(ModelSpec(str(folders["llama"])))
    tuned = HfEngine(ModelSpec(str(folders["llama"]), adapter=adapter))
    assert dict(base.choose(ASK)) != dict(tuned.choose(ASK))
    assert tuned.identity.weights == base.identity.weights
    assert tuned.identity.adapter
    assert tuned.identity.digest != base.identity.digest


def write_passport(adapter: Path, base_weights: str) -> None:
    said = {"base_model": "a model", "base_weights": base_weights}
    (adapter / weights.PASSPORT).write_text(json.dumps(said))


def test_adapter_of_another_base_is_refused(folders: dict[str, Path], tmp_path: Path) -> None:
    adapter = save_adapter(folders["llama"], tmp_path / "b")
    write_passport(adapter, "0" * 64)
    with pytest.raises(EngineError, match="trained on other weights"):
        load_model(ModelSpec(str(folders["llama"]), adapter=adapter))
    ours = weights.weights_digest(folders["llama"])
    write_passport(adapter, ours)
    assert load_model(ModelSpec(str(folders["llama"]), adapter=adapter)).identity.adapter


def test_adapter_of_another_shape_is_refused(adapter: Path, tmp_path: Path) -> None:
    from transformers import LlamaConfig

    from .tiny import SIZES, Family, save_family

    wide = Family(LlamaConfig(**SIZES | {"hidden_size": 64}), None, split_digits=True)
    folder = save_family(wide, tmp_path / "wide")
    with pytest.raises(EngineError, match="does not fit this model"):
        load_model(ModelSpec(str(folder), adapter=adapter))


def test_folder_that_is_no_adapter(folders: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"is no adapter: it has no adapter_config\.json"):
        load_model(ModelSpec(str(folders["llama"]), adapter=tmp_path))


@pytest.mark.parametrize(
    "name", ["./nowhere", "/nowhere/at/all", "nobody/nothing", "nothing", "Embeded"]
)
def test_model_that_is_not_there(name: str) -> None:
    with pytest.raises(EngineError, match=r"There is no model( folder)? '"):
        load_model(ModelSpec(name))


class RefusalError(OSError):
    """What huggingface_hub raises where the Hub answers with an error."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status} Client Error")
        self.response = SimpleNamespace(status_code=status)


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, r"refuses the token for the model 'me/mine' \(401\)"), (500, "cannot be reached")],
)
@pytest.mark.parametrize("kept_from", [None, OSError])
def test_a_wrong_token_is_told_as_one(
    status: int, said: str, kept_from: type[OSError] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        if kept_from:
            raise kept_from("no copy") from RefusalError(status)
        raise RefusalError(status)

    monkeypatch.setattr("huggingface_hub.snapshot_download", refuse)
    with pytest.raises(EngineError, match=said):
        load_model(ModelSpec("me/mine"))


def test_weights_that_can_run_code_are_refused(folders: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text((folders["llama"] / "config.json").read_text())
    torch.save({}, tmp_path / "pytorch_model.bin")
    with pytest.raises(EngineError, match="run code"):
        load_model(ModelSpec(str(tmp_path)))


def test_broken_weights_are_one_sentence(folders: dict[str, Path], tmp_path: Path) -> None:
    for file in folders["llama"].iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(EngineError, match="cannot be read"):
        load_model(ModelSpec(str(tmp_path)))


def test_identity_is_the_bytes(folders: dict[str, Path]) -> None:
    one, other = (load_model(ModelSpec(str(folders[name]))).identity for name in ("llama", "qwen2"))
    assert one.weights != other.weights
    again = load_model(ModelSpec(str(folders["llama"]))).identity
    assert again == one


def test_digests_are_remembered_and_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"one")
    first = weights.weights_digest(tmp_path)
    assert weights.weights_digest(tmp_path) == first
    known = json.loads((weights.cache_folder() / "digests.json").read_text())
    assert any(key.startswith(str(file.resolve())) for key in known)
    file.write_bytes(b"another")
    assert weights.weights_digest(tmp_path) != first


def test_a_spoilt_table_of_digests_is_made_anew(tmp_path: Path) -> None:
    (weights.cache_folder() / "digests.json").write_text("{")
    (tmp_path / "model.safetensors").write_bytes(b"three")
    assert weights.weights_digest(tmp_path)


def test_dtype_auto_is_float32_but_on_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also on a processor that has arithmetic for bfloat16."""
    monkeypatch.delenv("ACCULTURATE_DTYPE", raising=False)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    for there, device, dtype in (
        (False, "", "float32"),
        (True, "", "bfloat16"),
        (True, "cuda:1", "bfloat16"),
        (True, "auto", "bfloat16"),
        (True, "cpu", "float32"),
        (True, "mps", "float32"),
    ):
        monkeypatch.setattr(torch.cuda, "is_available", lambda there=there: there)
        assert pick_dtype("auto", device) == dtype
        assert pick_dtype("float16", device) == "float16"


def test_dtype_auto_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("float32", "bfloat16"):
        monkeypatch.setenv("ACCULTURATE_DTYPE", name)
        assert pick_dtype("auto") == name
        assert pick_dtype("float16") == "float16"
    monkeypatch.setenv("ACCULTURATE_DTYPE", "half")
    with pytest.raises(EngineError, match="set it to float32, bfloat16, float16, or unset it"):
        pick_dtype("auto")


def test_replies_in_half_precision_are_known_by_how_they_are_computed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    exact, half = (Identity("m", "w", dtype) for dtype in ("float32", "bfloat16"))
    assert exact.digest == "fe7c7104bc7c2ea4"  # runs in float32 go on with what they have
    before = half.digest
    monkeypatch.setattr(engines_base, "HALF_ARITHMETIC", "another")
    engines_base._digest.cache_clear()
    assert half.digest != before
    engines_base._digest.cache_clear()


def test_missing_torch_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EngineError, match=r"pip install 'acculturate\[hf\]'"):
        load_model(ModelSpec("embedded"))
