"""The engine `vllm` over vLLM itself, on the embedded model: the same numbers and texts as `hf`.

`make test-vllm` makes the environment: vLLM's build for processors, which is the same release.
Starting one takes half a minute to minutes, so the tests of a precision share one.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import acculturate
from acculturate.asking import AnswerSettings
from acculturate.engines import Engine, ModelSpec, open_engine
from acculturate.engines.bases import keeping_base
from acculturate.engines.embedded import embedded_folder
from acculturate.engines.vllm import VllmSettings
from acculturate.export import open_run, rows_of
from acculturate.records import (
    Choice,
    GenerateRequest,
    Generation,
    Message,
    Reply,
    Sampling,
)
from acculturate.records.json_schema import object_of, one_of, schema_text
from acculturate.runner import Silent

from .test_loading import save_adapter
from .test_parity import survey_requests

pytestmark = [
    pytest.mark.vllm,
    pytest.mark.embedded,
    pytest.mark.filterwarnings("ignore"),  # vLLM's own, of what it imports
]

SETTINGS = VllmSettings(max_model_len=2048)
NATS = 1e-4
"""What the same arithmetic in another order may change of a log-probability in float32."""
VARIATION = 0.02
"""Mean total variation between the two in bfloat16."""


@pytest.fixture(scope="module", autouse=True)
def folder() -> Path:
    """The embedded model's folder, out of the user's own cache: making one takes half a minute."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("ACCULTURATE_CACHE", raising=False)
        return embedded_folder()


def opened(folder: Path, engine: str, dtype: Any, adapter: Path | None = None) -> Engine:
    spec = ModelSpec(str(folder), engine, dtype=dtype, adapter=adapter, settings=(SETTINGS,))
    return open_engine(spec)


@pytest.fixture(scope="module")
def real(folder: Path) -> Iterator[Engine]:
    engine = opened(folder, "vllm", "float32")
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def plain(folder: Path) -> Iterator[Engine]:
    engine = opened(folder, "hf", "float32")
    yield engine
    engine.close()


def logprobs(reply: Reply) -> tuple[float, ...]:
    assert isinstance(reply, Choice), reply
    return reply.logprobs


def weighed(engine: Engine) -> dict[str, tuple[float, ...]]:
    return {key: logprobs(reply) for key, reply in engine.choose(survey_requests())}


def largest(ours: dict[str, tuple[float, ...]], theirs: dict[str, tuple[float, ...]]) -> float:
    """The largest difference of a label's log-probability, in nats."""
    assert list(ours) == list(theirs)
    return max(
        abs(one - other) for key in ours for one, other in zip(ours[key], theirs[key], strict=True)
    )


def variation(ours: dict[str, tuple[float, ...]], theirs: dict[str, tuple[float, ...]]) -> float:
    """The mean total variation between the choices."""
    assert list(ours) == list(theirs)
    return sum(
        sum(abs(math.exp(one) - math.exp(other)) for one, other in zip(a, b, strict=True)) / 2
        for a, b in zip(ours.values(), theirs.values(), strict=True)
    ) / len(ours)


def written(engine: Engine, temperature: float = 0.0, schema: str = "") -> list[Generation]:
    drawn = Sampling(temperature, 1.0, 48, 7)
    topics = ("family", "work", "religion", "neighbours", "science", "the sea")
    asked = [
        GenerateRequest((Message("user", f"Write a sentence on {topic}."),), drawn, 0, schema)
        for topic in topics
    ]
    replies = dict(engine.generate(asked))
    texts = [replies[request.id] for request in asked]
    assert all(isinstance(text, Generation) for text in texts), texts
    return [text for text in texts if isinstance(text, Generation)]


def test_options_in_float32(real: Engine, plain: Engine) -> None:
    gap = largest(weighed(real), weighed(plain))
    print(f"vllm and hf in float32: {gap:.1e} nats at most")  # noqa: T201 (seen with -s)
    assert gap <= NATS


def test_the_likeliest_texts_are_the_same(real: Engine, plain: Engine) -> None:
    ours, theirs = written(real), written(plain)
    same = sum(one.text == other.text for one, other in zip(ours, theirs, strict=True))
    print(f"greedy texts of 48 tokens: {same} of {len(ours)} the same")  # noqa: T201
    assert same >= len(ours) - 1


def test_a_drawn_text_is_that_of_its_seed(real: Engine) -> None:
    together = written(real, 1.0)
    assert len({text.text for text in together}) == len(together)
    again = written(real, 1.0)
    same = sum(one == other for one, other in zip(together, again, strict=True))
    assert same >= len(together) - 1


def test_more_than_a_step_of_prompts_is_drawn(real: Engine) -> None:
    """A prompt that is computed in two steps ends vLLM on a processor, where a seed draws."""
    long = "Tell me of the sea and of the ships that cross it. " * 40
    drawn = Sampling(1.0, 1.0, 8, 7)
    asked = [GenerateRequest((Message("user", f"{n}. {long}"),), drawn, 0) for n in range(24)]
    assert all(isinstance(reply, Generation) for reply in dict(real.generate(asked)).values())


def test_a_text_is_held_to_its_schema(real: Engine) -> None:
    moods = ("glad", "sad", "neither")
    schema = schema_text(object_of({"mood": one_of(moods), "place": one_of(("town", "sea"))}))
    assert real.can_bind
    for text in written(real, 1.0, schema):
        said = json.loads(text.text)
        assert list(said) == ["mood", "place"]
        assert said["mood"] in moods


WAYS: dict[str, dict[str, Any]] = {
    "letters": {"labels": "letters"},
    "texts": {"labels": "texts"},
    "texts by length": {"labels": "texts", "by_length": True},
    "no answer": {"no_answer": "offered"},
    "perturbed": {"perturb": ["typos", "case", "spaces"]},
    "battery": {"presentation": "battery"},
    "interview": {"presentation": "interview"},
    "thought": {"reason": True, "reason_tokens": 16, "temperature": 0.0},
    "battery after a thought": {
        "presentation": "battery", "reason": True, "reason_tokens": 16, "temperature": 0.0,
    },
    "sampled": {"kind": "sampled", "temperature": 0.0},
    "whole battery": {"kind": "sampled", "presentation": "battery", "temperature": 0.0},
    "interview after thoughts": {
        "presentation": "interview", "reason": True, "reason_tokens": 16, "temperature": 0.0,
    },
    "sampled interview": {"kind": "sampled", "presentation": "interview", "temperature": 0.0},
    "stated": {"kind": "stated", "temperature": 0.0},
}  # fmt: skip
ITEMS = ("Q1", "Q2", "Q3", "Q46", "Q164")
"""A grid of three, and one item each of four and of ten points."""


def shares(row: Mapping[str, Any]) -> list[float]:
    """What an answer gives to each option, and to "don't know" and "no answer"."""
    silent = [row["dont_know"] or 0.0, row["no_answer"] or 0.0]
    given = row["shares"] or [0.0] * len(row["codes"])
    return [*(share * (1 - sum(silent)) for share in given), *silent]


def asked(
    engine: Engine,
    way: dict[str, Any],
    out: Path,
    language: str = "en",
    items: Sequence[str] = ITEMS,
) -> list[list[float]]:
    """Return each answer's shares, in the order in which they are asked for."""
    acculturate.measure(
        engine,
        ["CHN", "DEU"],
        items=items,
        language=language,
        answers=AnswerSettings.model_validate({"orders": "forward", **way}),
        out=out,
        progress=Silent(),
        settings=["neutral.read=false"],
    )
    with open_run(out) as run:
        return [shares(row) for row in rows_of(run, "answers")]


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_asking_is_answered_as_on_hf(
    way: str, real: Engine, plain: Engine, tmp_path: Path
) -> None:
    ours, theirs = (
        asked(engine, WAYS[way], tmp_path / engine.identity.model[:4]) for engine in (real, plain)
    )
    assert len(ours) == len(theirs) >= 2 * len(ITEMS)
    apart = [
        sum(abs(one - other) for one, other in zip(a, b, strict=True)) / 2
        for a, b in zip(ours, theirs, strict=True)
    ]
    mean = sum(apart) / len(apart)
    print(f"{way}: mean total variation {mean:.1e}, at most {max(apart):.1e}")  # noqa: T201
    assert mean <= NATS


@pytest.fixture(scope="module")
def adapters(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    root = tmp_path_factory.mktemp("adapters")
    return [
        save_adapter(folder, root / f"adapter-{seed}", seed=seed, r=4, std=0.05) for seed in (1, 2)
    ]


def test_two_adapters_on_one_base_are_told_apart(
    folder: Path, plain: Engine, adapters: list[Path]
) -> None:
    base = weighed(plain)
    theirs = []
    for adapter in adapters:
        engine = opened(folder, "hf", "float32", adapter)
        theirs.append(weighed(engine))
        engine.close()
    ours = []
    with keeping_base():
        for adapter in (*adapters, adapters[0]):
            engine = opened(folder, "vllm", "float32", adapter)
            ours.append(weighed(engine))
            engine.close()
        engine = opened(folder, "vllm", "float32")
        without = weighed(engine)
        engine.close()
    gaps = [largest(one, other) for one, other in zip(ours, (*theirs, theirs[0]), strict=True)]
    moved = [largest(base, one) for one in theirs]
    print(f"adapters: {gaps} nats, which move {moved}")  # noqa: T201 (seen with -s)
    assert max(gaps) <= NATS
    assert largest(without, base) <= NATS
    assert min(moved) > 100 * NATS
    assert largest(*theirs) > 100 * NATS


def test_options_in_bfloat16(folder: Path, plain: Engine) -> None:
    ours, theirs = (opened(folder, engine, "bfloat16") for engine in ("vllm", "hf"))
    half, other, wide = weighed(ours), weighed(theirs), weighed(plain)
    ours.close()
    theirs.close()
    figures = {
        "vllm and hf in bf16": variation(half, other),
        "vllm in bf16 and hf in float32": variation(half, wide),
        "hf in bf16 and in float32": variation(other, wide),
    }
    print(f"mean total variation: {figures}")  # noqa: T201 (seen with -s)
    assert max(figures.values()) <= VARIATION
