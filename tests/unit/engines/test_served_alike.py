"""The same 8 questions to the embedded model behind three servers, and in this process.

`make test-vllm` has all of them: vLLM's server, llama.cpp's own, `transformers serve`.
"""

import math
import re
import time
from pathlib import Path

import pytest

from acculturate.engines import ModelSpec
from acculturate.engines.embedded import gguf_file
from acculturate.engines.hf import HfEngine
from acculturate.engines.server import ServerEngine, ServerSettings
from acculturate.records import Failure

from .serving import llama_server, served, transformers_serve, vllm_serve, widened
from .test_parity import survey_requests

pytestmark = [pytest.mark.vllm, pytest.mark.embedded]

SAMPLES = 24
LEAST = 4
"""Questions that must be answered."""
PATIENCE = 1200.0
"""Seconds for a start that takes one minute where nothing else runs."""
BOUNDS = {
    "vllm serve": 0.001,
    "llama.cpp in float32": 0.001,
    "llama.cpp": 0.1,
    "transformers serve": 0.35,
}
"""Mean total variation: none but rounding; arithmetic on 4-bit weights; the noise of counted draws,
which is at most a standard error of .1 for an option."""


@pytest.fixture(scope="module")
def true(embedded_files: Path) -> dict[str, list[float]]:
    engine = HfEngine(ModelSpec(str(embedded_files), dtype="float32"))
    found = shares(engine)
    engine.close()
    return found


def shares(engine: HfEngine | ServerEngine) -> dict[str, list[float]]:
    """Each question's shares of its options, which are 1 together; a question has none where an
    option that is not among the listed tokens could be much, and where no draw is an option.
    """
    found = {}
    for key, reply in engine.choose(survey_requests()[:8]):
        if isinstance(reply, Failure):
            assert re.search("is not among them|None of .* draws is", reply.message)
            continue
        weights = [math.exp(logprob) for logprob in reply.logprobs]
        found[key] = [weight / sum(weights) for weight in weights]
    return found


@pytest.mark.parametrize("name", BOUNDS)
def test_the_same_answers_within_noise(
    name: str,
    embedded_files: Path,
    true: dict[str, list[float]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    command = {
        "vllm serve": lambda: vllm_serve(embedded_files),
        "llama.cpp in float32": lambda: llama_server(widened(gguf_file(), tmp_path / "wide.gguf")),
        "llama.cpp": lambda: llama_server(gguf_file()),
        "transformers serve": lambda: transformers_serve(embedded_files),
    }[name]()
    with served(command, PATIENCE) as url:
        settings = ServerSettings(
            url=url, samples=SAMPLES, at_once=4, timeout=PATIENCE, patience=PATIENCE
        )
        start = time.monotonic()
        engine = ServerEngine(ModelSpec(str(embedded_files), "server", settings=(settings,)))
        probed = time.monotonic()
        found = shares(engine)
        asked = time.monotonic()
        notes = "; ".join(engine.notes)
        engine.close()
    gaps = {key: [abs(a - b) for a, b in zip(found[key], true[key], strict=True)] for key in found}
    assert len(gaps) >= LEAST
    variations = [sum(gap) / 2 for gap in gaps.values()]
    mean = sum(variations) / len(variations)
    print(  # noqa: T201 (seen with -s)
        f"{name}: {len(gaps)} answered, mean total variation {mean:.4f}, "
        f"largest {max(variations):.4f}, share {max(map(max, gaps.values())):.4f}; "
        f"probe {probed - start:.0f} s, 8 questions {asked - probed:.0f} s; {notes}"
    )
    assert mean < BOUNDS[name]
