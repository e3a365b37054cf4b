"""Every way of asking over vLLM's own server, in three languages: the same answers as `hf` gives.

One server and one engine of each kind are asked all of it (`make test-vllm`).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from acculturate.engines import Engine, ModelSpec
from acculturate.engines.hf import HfEngine
from acculturate.engines.server import ServerEngine, ServerSettings

from .serving import served, vllm_serve
from .test_real_vllm import WAYS, asked

pytestmark = [
    pytest.mark.vllm,
    pytest.mark.embedded,
    pytest.mark.filterwarnings("ignore"),  # of what vLLM imports
]

PATIENCE = 1200.0
"""Seconds for a start that takes one minute where nothing else runs."""
COUNTED = {"texts", "texts by length"}
"""Ways in which a server counts draws, or which it refuses."""
ITEMS = {"en": ("Q1", "Q2", "Q164"), "de": ("Q1", "Q2", "Q43"), "zh": ("Q1", "Q2", "Q43")}
"""Two of a grid, and one of ten points, which has no wording in other languages."""
ABROAD: dict[str, dict[str, Any]] = {
    "perturbed": {"perturb": ["typos", "case", "spaces"]},
    "battery, no answer": {"presentation": "battery", "no_answer": "offered"},
    "letters, interview": {"labels": "letters", "presentation": "interview"},
    "interview after thoughts": WAYS["interview after thoughts"],
}
"""What is asked in other languages."""
VARIATION, AFTER_A_THOUGHT = 1e-4, 1e-2
"""Mean total variation; more behind a thought: .003 in Chinese."""


@pytest.fixture(scope="module")
def plain(embedded_files: Path) -> Iterator[Engine]:
    engine = HfEngine(ModelSpec(str(embedded_files), dtype="float32"))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def server(embedded_files: Path) -> Iterator[Engine]:
    with served(vllm_serve(embedded_files), PATIENCE) as url:
        settings = ServerSettings(url=url, timeout=PATIENCE, patience=PATIENCE, at_once=8)
        engine = ServerEngine(ModelSpec(str(embedded_files), "server", settings=(settings,)))
        yield engine
        engine.close()


CASES: list[tuple[str, str, dict[str, Any]]] = [
    *(("en", way, WAYS[way]) for way in WAYS if way not in COUNTED),
    *(("de", way, answers) for way, answers in ABROAD.items()),
    # letters have no case in Chinese, and a perturbation that changes nothing is refused
    *(("zh", way, answers) for way, answers in ABROAD.items() if way != "perturbed"),
]


@pytest.mark.parametrize(("language", "way", "answers"), CASES)
def test_every_way_of_asking_is_answered_as_on_hf(
    language: str,
    way: str,
    answers: dict[str, Any],
    server: Engine,
    plain: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    ours, theirs = (
        asked(engine, answers, tmp_path / name, language=language, items=ITEMS[language])
        for engine, name in ((server, "server"), (plain, "hf"))
    )
    assert len(ours) == len(theirs) >= 2 * len(ITEMS[language])
    apart = [
        sum(abs(one - other) for one, other in zip(a, b, strict=True)) / 2
        for a, b in zip(ours, theirs, strict=True)
    ]
    mean = sum(apart) / len(apart)
    print(f"{language} {way}: {len(apart)}, mean {mean:.1e}, at most {max(apart):.1e}")  # noqa: T201
    assert mean <= (AFTER_A_THOUGHT if answers.get("reason") else VARIATION)
