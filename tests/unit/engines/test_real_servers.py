"""The engine `server` over servers that people run: what the probe finds, and that numbers agree.

`transformers serve` has no log-probabilities, gives one reply a request, ignores what it does not
know with a line in its own log, and takes the likeliest token unless its own kind of config says
otherwise. llama-cpp-python has them; LLAMA_CPP_PYTHON names an interpreter that it is installed in.
"""

import math
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import acculturate
from acculturate.asking import AnswerSettings
from acculturate.engines import ModelSpec
from acculturate.engines.embedded import embedded_folder, gguf_file
from acculturate.engines.hf import HfEngine
from acculturate.engines.server import ServerEngine, ServerSettings
from acculturate.engines.server.capabilities import Abilities
from acculturate.errors import EngineError
from acculturate.records import (
    Choice,
    ChooseRequest,
    GenerateRequest,
    Generation,
    Message,
    Reply,
    Sampling,
)

from .chain import save_chain
from .serving import llama_cpp_serve, served, transformers_serve
from .test_parity import survey_requests
from .tiny import STRICT, make_tokenizer

pytestmark = pytest.mark.slow

ASK = (Message("system", "Answer with the number only."), Message("user", "Tea (1) or coffee (2)?"))
SURE = 4.0
"""Standard errors by which counted shares may miss the true ones."""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all, so that a server is probed once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def own_address(monkeypatch: pytest.MonkeyPatch, cache: Path) -> pytest.MonkeyPatch:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("ACCULTURATE_CACHE", str(cache))
    return monkeypatch


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A model whose shares are known, with a template that refuses a system message."""
    tokenizer = make_tokenizer(STRICT, split_digits=True)
    links = [
        ("Ċ", {"1": 0.6, "2": 0.25, "Ġ": 0.05}),
        *((label, {"<|im_end|>": 1.0}) for label in ("1", "2", "Ġ")),
    ]
    folder = save_chain(tokenizer, tmp_path_factory.mktemp("served") / "chain", links)
    with served(transformers_serve(folder)) as url:
        yield folder, url


@pytest.fixture(scope="module")
def small() -> Path:
    """The embedded model's folder, out of the user's own cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("ACCULTURATE_CACHE", raising=False)
        try:
            return embedded_folder()
        except EngineError as missing:
            pytest.skip(str(missing))


@pytest.fixture(scope="module")
def small_server(small: Path) -> Iterator[str]:
    with served(transformers_serve(small)) as url:
        yield url


def opened(name: str | Path, url: str, samples: int = 20) -> ServerEngine:
    settings = ServerSettings(url=url, samples=samples, at_once=4)
    return ServerEngine(ModelSpec(str(name), "server", settings=(settings,)))


def shares(reply: Reply) -> list[float]:
    assert isinstance(reply, Choice), reply
    return [math.exp(logprob) for logprob in reply.logprobs]


def largest_gap(counted: list[float], true: list[float], samples: int) -> float:
    """In standard errors of a counted share, no smaller than that of one draw in a hundred."""
    return max(
        abs(one - other) / math.sqrt(max(other * (1 - other), 0.01) / samples)
        for one, other in zip(counted, true, strict=True)
    )


def test_what_the_probe_finds_of_transformers_serve(
    chain: tuple[Path, str], own_address: pytest.MonkeyPatch
) -> None:
    folder, url = chain
    engine = opened(folder, url)
    able: Abilities = engine._able
    assert (able.manner.whole, able.manner.system) == ("config", False)
    assert (able.listed, able.constrained, able.many, able.thinks) == (0, False, False, False)
    assert able.draws
    assert engine.can_choose
    assert "options are weighed by samples, counted" in engine.notes
    engine.close()


def test_counted_shares_are_the_models(
    chain: tuple[Path, str], own_address: pytest.MonkeyPatch
) -> None:
    folder, url = chain
    samples = 200
    engine = opened(folder, url, samples)
    [(_, reply)] = engine.choose([ChooseRequest(ASK, ("1", "2"))])
    engine.close()
    gap = largest_gap(shares(reply), [0.6, 0.25], samples)
    print(f"a model known beforehand: {gap:.1f} standard errors")  # noqa: T201 (seen with -s)
    assert gap < SURE
    assert sum(shares(reply)) < 1


def test_texts_are_drawn_as_asked(chain: tuple[Path, str], own_address: pytest.MonkeyPatch) -> None:
    folder, url = chain
    engine = opened(folder, url)
    greedy, drawn = (Sampling(temperature, 1.0, 4, 1) for temperature in (0.0, 1.0))
    texts = {
        sampling.temperature: [
            reply.text
            for _, reply in engine.generate([GenerateRequest(ASK, sampling, n) for n in range(16)])
            if isinstance(reply, Generation)
        ]
        for sampling in (greedy, drawn)
    }
    engine.close()
    assert texts[0.0] == ["1"] * 16
    assert len(set(texts[1.0])) > 1
    assert len(texts[1.0]) == 16


@pytest.mark.parametrize("kind", ["expected", "sampled"])
def test_a_survey_is_measured_over_transformers_serve(
    chain: tuple[Path, str], own_address: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    folder, url = chain
    own_address.setenv("OPENAI_BASE_URL", url)
    answers = AnswerSettings.model_validate({"kind": kind, "orders": "forward", "samples": 2})
    result = acculturate.measure(
        f"server:{folder}", ["CHN", "DEU"], items=["Q1", "Q2"], answers=answers, out=tmp_path / "m"
    )
    assert result.value("alignment", culture="CHN") is not None
    refused = {row.refused or 0 for row in result.scores if row.metric == "alignment"}
    assert max(refused) <= (0 if kind == "expected" else 4)


@pytest.mark.embedded
def test_counted_shares_agree_with_hf(
    small: Path, small_server: str, own_address: pytest.MonkeyPatch
) -> None:
    """The same prompts and weights: shares out of draws against log-probabilities."""
    samples = 24
    asked = [
        ChooseRequest(
            (
                Message("system", f"You live in {where}. Reply with the number only."),
                Message("user", f"How important is {what} to you?\n1. Very\n2. Rather\n3. Not"),
            ),
            ("1", "2", "3"),
        )
        for where, what in (("China", "family"), ("Germany", "work"))
    ]
    start = time.monotonic()
    engine = opened(small, small_server, samples)
    counted = dict(engine.choose(asked))
    engine.close()
    local = HfEngine(ModelSpec(str(small), dtype="float32"))
    true = dict(local.choose(asked))
    local.close()
    pairs = [(shares(counted[request.id]), shares(true[request.id])) for request in asked]
    apart = max(abs(a - b) for one, two in pairs for a, b in zip(one, two, strict=True))
    gap = max(largest_gap(one, two, samples) for one, two in pairs)
    print(  # noqa: T201 (seen with -s)
        f"transformers serve and hf, {samples} draws: {apart:.3f}, {gap:.1f} standard errors, "
        f"{time.monotonic() - start:.0f} s"
    )
    assert gap < SURE


@pytest.mark.embedded
def test_a_survey_is_measured_on_the_embedded_model(
    small: Path, small_server: str, own_address: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own_address.setenv("OPENAI_BASE_URL", small_server)
    result = acculturate.measure(
        f"server:{small}",
        ["CHN"],
        items=["Q1"],
        answers=AnswerSettings(orders="forward"),
        out=tmp_path / "m",
    )
    assert result.value("alignment", culture="CHN") is not None
    assert result.value("option_mass", culture="CHN") is not None


@pytest.fixture(scope="module")
def llama_server() -> Iterator[str]:
    try:
        file = gguf_file()
    except EngineError as missing:
        pytest.skip(str(missing))
    with served(llama_cpp_serve(file)) as url:
        yield url


@pytest.mark.embedded
def test_what_the_probe_finds_of_llama_cpp(
    llama_server: str, own_address: pytest.MonkeyPatch
) -> None:
    engine = opened("any", llama_server)
    able: Abilities = engine._able
    engine.close()
    assert (able.manner.whole, able.manner.system) == ("parameters", True)
    assert (able.listed, able.many, able.continues, able.thinks) == (20, False, False, False)
    assert able.draws


@pytest.mark.embedded
def test_llama_cpp_lists_what_hf_computes(
    small: Path, llama_server: str, own_address: pytest.MonkeyPatch
) -> None:
    """Its own kernels compute on the 4-bit weights, so numbers are only alike."""
    samples = 24
    ten = [request for request in survey_requests() if _ten(request)]
    asked = [request for request in survey_requests() if not _ten(request)] + ten[:1]
    start = time.monotonic()
    engine = opened("any", llama_server, samples)
    theirs = dict(engine.choose(asked))
    engine.close()
    seconds = time.monotonic() - start
    local = HfEngine(ModelSpec(str(small), dtype="float32"))
    ours = dict(local.choose(asked))
    local.close()
    listed, counted = (
        [
            (shares(theirs[request.id]), shares(ours[request.id]))
            for request in asked
            if many == _ten(request)
        ]
        for many in (False, True)
    )
    apart = max(abs(a - b) for one, two in listed for a, b in zip(one, two, strict=True))
    nats = max(abs(math.log(a / b)) for one, two in listed for a, b in zip(one, two, strict=True))
    gap = max(largest_gap(one, two, samples) for one, two in counted)
    print(  # noqa: T201 (seen with -s)
        f"llama.cpp and hf, {len(listed)} questions by log-probabilities: {apart:.3f}, "
        f"{nats:.2f} nats; {len(counted)} by {samples} draws: {gap:.1f} standard errors, "
        f"{seconds:.0f} s"
    )
    assert apart < 0.1
    assert gap < SURE


def _ten(request: ChooseRequest) -> bool:
    """Whether a label is of two tokens, which only a server can follow that goes on."""
    return "10" in request.labels


@pytest.mark.embedded
def test_a_survey_is_measured_over_llama_cpp(
    llama_server: str, own_address: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own_address.setenv("OPENAI_BASE_URL", llama_server)
    result = acculturate.measure(
        "server:any",
        ["CHN", "DEU"],
        items=["Q1", "Q46"],
        answers=AnswerSettings(orders="forward"),
        out=tmp_path / "m",
    )
    assert result.value("alignment", culture="DEU") is not None
    assert result.value("option_mass", culture="DEU") is not None


@pytest.mark.embedded
def test_texts_are_written_over_llama_cpp(
    llama_server: str, own_address: pytest.MonkeyPatch
) -> None:
    engine = opened("any", llama_server)
    asked = [GenerateRequest(ASK, Sampling(1.0, 1.0, 12, 1), n) for n in range(8)]
    texts = [reply for _, reply in engine.generate(asked)]
    engine.close()
    assert all(isinstance(text, Generation) and text.text for text in texts)
    assert len(set(map(repr, texts))) > 1
