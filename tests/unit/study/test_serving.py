"""The command line for vLLM, with flags that vLLM 0.29 has."""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from acculturate.engines import weights
from acculturate.errors import ConfigError, EngineError
from acculturate.study.doctor.serving import find_served

SHAPES = json.loads((Path(__file__).parents[1] / "engines" / "vllm_0_29.json").read_text())

STUDY = """
[study]
name = "s"
[cultures]
measure = ["CHN", "DEU"]
adapt = ["CHN", "DEU"]
[models.base]
name = "vllm:org/model@v2"
dtype = "bfloat16"
[models.base.vllm]
tensor_parallel_size = 2
[[adapt]]
id = "spa"
method = "culturespa"
grouping = "specific"
[[arm]]
id = "after"
model = "@spa"
"""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCULTURATE_CACHE", str(tmp_path / "cache"))


def make_adapter(folder: Path, said: str = "weights", **config: Any) -> Path:
    """A folder as peft writes it."""
    folder.mkdir(parents=True)
    told = {"r": 16, "base_model_name_or_path": "org/model", "revision": None} | config
    (folder / "adapter_config.json").write_text(json.dumps(told))
    (folder / "adapter_model.safetensors").write_text(said)
    return folder


def words_of(command: str) -> list[str]:
    """A command's words, after a look that every flag is one of `vllm serve`."""
    words = shlex.split(command)
    assert words[:2] == ["vllm", "serve"]
    known = {*SHAPES["EngineArgs"], *SHAPES["serve"]}
    flags = [word for word in words if word.startswith("--")]
    assert {flag[2:].replace("-", "_") for flag in flags} <= known
    return words[2:]


def test_a_plain_model_is_served_without_its_makers_sampling() -> None:
    [served] = find_served("org/model@v2")
    assert served.command == (
        "vllm serve org/model --generation-config vllm --max-logprobs 256 --revision v2"
    )
    assert words_of(served.command)[0] == "org/model"
    assert served.models == ["server:org/model"]


def test_a_folder_is_served_under_its_own_name(tiny_model: Path) -> None:
    [served] = find_served(str(tiny_model))
    words = words_of(served.command)
    assert words[0] == str(tiny_model)
    assert words[-2:] == ["--served-model-name", "tiny"]
    assert served.models == ["server:tiny"]


def test_an_adapter_is_served_with_its_base_under_a_name_of_its_weights(tmp_path: Path) -> None:
    folder = make_adapter(tmp_path / "mine", r=17, revision="v3")
    [served] = find_served(str(folder))
    name = f"mine-{weights.adapter_digest(folder)[:8]}"
    assert words_of(served.command) == [
        *("org/model", "--generation-config", "vllm", "--max-logprobs", "256", "--revision", "v3"),
        *("--enable-lora", "--max-lora-rank", "32", "--lora-modules", f"{name}={folder}"),
    ]
    assert served.models == ["server:org/model", f"server:{name}"]
    assert served.spec.adapter == folder
    (folder / "adapter_model.safetensors").write_text("trained again")
    assert served.models[1].startswith("server:mine-")
    assert served.models[1] != f"server:{name}"


def test_a_passport_says_more_than_pefts_config(tmp_path: Path) -> None:
    folder = make_adapter(tmp_path / "mine", base_model_name_or_path="elsewhere/model")
    told = {"base_model": "org/other", "base_weights": "0" * 64}
    (folder / weights.PASSPORT).write_text(json.dumps(told))
    assert find_served(str(folder))[0].base.name == "org/other"


def test_a_run_is_served_with_all_its_adapters(tmp_path: Path) -> None:
    run = tmp_path / "run"
    (run / "adapters").mkdir(parents=True)
    (run / "study.toml").write_text(STUDY)
    [before] = find_served(str(run))
    assert before.models == ["server:org/model"]
    for culture, rank in (("CHN", 8), ("DEU", 64)):
        make_adapter(run / "adapters" / "spa" / culture, culture, r=rank)
    [served] = find_served(str(run))
    words = words_of(served.command)
    assert words[words.index("--max-lora-rank") + 1] == "64"
    assert words[words.index("--max-loras") + 1] == "2"
    assert words[words.index("--tensor-parallel-size") + 1] == "2"
    assert words[words.index("--dtype") + 1] == "bfloat16"
    modules = dict(word.split("=") for word in words[words.index("--lora-modules") + 1 :])
    assert [name.rpartition("-")[0] for name in modules] == ["spa/CHN", "spa/DEU"]
    assert list(modules.values()) == [str(run / "adapters" / "spa" / c) for c in ("CHN", "DEU")]
    assert served.spec.adapter is None


def test_a_folder_with_a_comma_is_told_as_json(tmp_path: Path) -> None:
    folder = make_adapter(tmp_path / "a,b=c")
    [served] = find_served(str(folder))
    told = json.loads(words_of(served.command)[-1])
    assert told["path"] == str(folder)
    assert f"server:{told['name']}" == served.models[1]


def test_what_cannot_be_served_is_said(tmp_path: Path) -> None:
    nameless = make_adapter(tmp_path / "nameless", base_model_name_or_path=None)
    with pytest.raises(ConfigError, match="does not name its base"):
        find_served(str(nameless))
    [missing] = find_served("./nowhere/model")
    with pytest.raises(EngineError, match="There is no model folder"):
        _ = missing.command
    [odd] = find_served(str(make_adapter(tmp_path / "odd", use_dora=True)))
    with pytest.raises(EngineError, match="use_dora, which vLLM does not compute"):
        _ = odd.command
