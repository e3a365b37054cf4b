"""A batch that does not fit into memory is halved: the same replies, which say so."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

import acculturate
from acculturate.engines import ModelSpec
from acculturate.engines.hf import HfEngine, decoding, scoring
from acculturate.errors import EngineError
from acculturate.records import Choice, ChooseRequest, Generation, Message
from acculturate.store import Store, Wanted

from .test_choose import survey_requests
from .test_generate import requests

ERRORS = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB."),
    RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to ..."),
    MemoryError(),
]


def tight(real: Callable[..., Any], most: int, error: Exception, place: int = 1) -> Any:
    """A model that takes no more than so many at once."""

    def asked(*words: Any, **named: Any) -> Any:
        if len(words[place]) > most:
            raise error
        return real(*words, **named)

    return asked


@pytest.fixture
def engine(folders: dict[str, Path]) -> HfEngine:
    return HfEngine(ModelSpec(str(folders["llama"]), dtype="float32"))


def test_what_torch_says_of_memory_is_known() -> None:
    from acculturate.engines.hf.halving import ran_out

    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**60)
    assert ran_out(caught.value)
    assert not ran_out(ValueError("out of memory"))


@pytest.mark.parametrize("error", ERRORS)
def test_options_are_weighed_in_halves(
    engine: HfEngine, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    asked = survey_requests()
    whole = dict(engine.choose(asked))
    real = scoring.next_token_logprobs
    seen: list[int] = []

    def noted(model: Any, wanted: Any) -> Any:
        seen.append(len(wanted))
        return real(model, wanted)

    monkeypatch.setattr(scoring, "next_token_logprobs", tight(noted, 4, error))
    halved = dict(engine.choose(asked))
    assert halved.keys() == whole.keys()
    for key, reply in halved.items():
        assert isinstance(reply, Choice)
        assert reply.halved > 0
        assert reply.logprobs == pytest.approx(whole[key].logprobs, abs=1e-4)  # type: ignore[union-attr]
    assert max(seen) <= 4
    before = len(seen)
    assert all(reply.halved for reply in dict(engine.choose(asked)).values())  # type: ignore[union-attr]
    assert len(seen) - before == before  # nothing is tried in vain again


def test_texts_are_written_in_halves(engine: HfEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = dict(engine.generate(requests()))
    monkeypatch.setattr(decoding.Writer, "write", tight(decoding.Writer.write, 1, ERRORS[0]))
    halved = dict(engine.generate(requests()))
    for key, reply in halved.items():
        assert isinstance(reply, Generation)
        assert reply.halved > 0
        assert reply.text == whole[key].text  # type: ignore[union-attr]


def test_a_prompt_that_does_not_fit_alone_is_told(
    engine: HfEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        scoring, "next_token_logprobs", tight(scoring.next_token_logprobs, 0, MemoryError())
    )
    with pytest.raises(EngineError, match="One prompt alone does not fit into memory"):
        list(engine.choose([ChooseRequest((Message("user", "Tea?"),), ("1", "2"))]))


def test_another_error_is_no_lack_of_memory(
    engine: HfEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = RuntimeError("shapes cannot be multiplied")
    monkeypatch.setattr(
        scoring, "next_token_logprobs", tight(scoring.next_token_logprobs, 1, error)
    )
    with pytest.raises(RuntimeError, match="shapes"):
        list(engine.choose(survey_requests()))


def test_a_run_tells_what_was_halved(
    folders: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        scoring, "next_token_logprobs", tight(scoring.next_token_logprobs, 3, ERRORS[1])
    )
    model = str(folders["llama"])
    result = acculturate.measure(model, ["CHN"], items=["Q1", "Q7", "Q46"], out=tmp_path / "run")
    with Store(tmp_path / "run") as store:
        records = store.some_asked(Wanted(), ("", ""), 100)
    assert records
    assert all(isinstance(one.reply, Choice) and one.reply.halved for one in records)
    told = f"{len(records)} replies of 'arm aware' were computed in parts of their batches"
    assert any(told in caution for caution in result.cautions)
