from collections.abc import Iterator
from pathlib import Path

import pytest

import acculturate
from acculturate.engines.mock import CHARACTERS, MockEngine
from acculturate.export import OpenedRun, open_run
from acculturate.runner import Silent


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two arms and two cultures: eight items of a scripted model."""
    folder = tmp_path_factory.mktemp("runs") / "measured"
    acculturate.measure(
        MockEngine(CHARACTERS["noise"], "noise"), ["CHN", "DEU"], ["unaware", "aware"],
        items=["Q1", "Q7", "Q27", "Q46", "Q57", "Q112", "Q165", "Q176"], out=folder,
        progress=Silent(),
    )  # fmt: skip
    return folder


@pytest.fixture
def run(finished: Path) -> Iterator[OpenedRun]:
    with open_run(finished) as opened:
        yield opened
