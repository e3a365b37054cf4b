"""What would be sent is an adapter's or a model's own files, and nothing else."""

import json
import shutil
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
from huggingface_hub.errors import HfHubHTTPError

from acculturate.errors import EngineError
from acculturate.handover import prepare, send


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What a Hub that takes everything was given."""
    given: list[dict[str, Any]] = []

    class Hub:
        def create_repo(self, name: str, **more: Any) -> str:
            given.append({"repo": name, **more})
            return f"https://hub/{name}"

        def upload_folder(self, **more: Any) -> None:
            given.append(more)

    monkeypatch.setattr(huggingface_hub, "HfApi", Hub)
    return given


def test_an_adapter_is_sent_without_its_neighbours(
    adapter: Path, sent: list[dict[str, Any]]
) -> None:
    (adapter / "notes.txt").write_text("mine alone")
    upload = prepare(adapter, "me/spa")
    assert upload.files == (
        "README.md",
        "acculturate.json",
        "adapter_config.json",
        "adapter_model.safetensors",
    )
    assert "To the private repository me/spa" in upload.text
    assert "the folder" in upload.text  # the base's name is a path of this machine
    assert "one training row" in upload.text
    assert send(upload) == "https://hub/me/spa"
    assert sent[0] == {"repo": "me/spa", "private": True, "exist_ok": True}
    assert sent[1]["allow_patterns"] == list(upload.files)


def test_a_base_that_peft_does_not_find_is_told(adapter: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(adapter, tmp_path / "mine")
    config = json.loads((folder / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = "embedded"
    (folder / "adapter_config.json").write_text(json.dumps(config))
    assert "names its base 'embedded', which peft does not" in prepare(folder, "me/spa").text


def test_what_is_no_adapter_or_has_no_name_is_refused(adapter: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="neither an adapter nor a model"):
        prepare(tmp_path, "me/spa")
    with pytest.raises(EngineError, match="no name on the Hub"):
        prepare(adapter, "spa")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(EngineError, match="no weights"):
        prepare(tmp_path, "me/spa")


CLIENT = HfHubHTTPError.__bases__[0]
"""What the Hub's HTTP client raises without a network."""


@pytest.mark.parametrize("trouble", [OSError, CLIENT])
def test_a_hub_that_refuses_is_told_in_a_sentence(
    trouble: type[Exception], adapter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hub:
        def create_repo(self, *_: Any, **__: Any) -> None:
            raise trouble("no network is there")

    monkeypatch.setattr(huggingface_hub, "HfApi", Hub)
    with pytest.raises(EngineError, match=r"did not take me/spa: no network is there\."):
        send(prepare(adapter, "me/spa"))


def test_an_error_of_the_program_is_not_laid_on_the_hub(
    adapter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hub:
        def create_repo(self, *_: Any, **__: Any) -> None:
            raise AssertionError("a mistake of ours")

    monkeypatch.setattr(huggingface_hub, "HfApi", Hub)
    with pytest.raises(AssertionError, match="a mistake of ours"):
        send(prepare(adapter, "me/spa"))
