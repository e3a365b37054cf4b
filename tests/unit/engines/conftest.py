from pathlib import Path

import pytest

from acculturate.engines import ModelSpec
from acculturate.engines.hf import HfEngine

from .tiny import FAMILIES, save_family


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> object:
    """Digests of throw-away models stay out of the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ACCULTURATE_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A saved model of every family."""
    root = tmp_path_factory.mktemp("models")
    return {name: save_family(family, root / name) for name, family in FAMILIES.items()}


@pytest.fixture(scope="session")
def llama(folders: dict[str, Path]) -> HfEngine:
    return HfEngine(ModelSpec(str(folders["llama"]), dtype="float32"))


@pytest.fixture(scope="module")
def embedded_files() -> Path:
    """The embedded model in the user's own cache: it is made in 30 s."""
    from acculturate.engines.embedded import embedded_folder

    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("ACCULTURATE_CACHE", raising=False)
        return embedded_folder()
