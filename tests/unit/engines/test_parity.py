"""The same prompts and weights through `hf` and through a server: the same distributions.

The server here is plain: transformers renders the messages and computes one forward pass for each
request, and the twenty likeliest tokens are listed, as servers do. Nothing of this package's own
rendering, label paths or packed attention is in it.
"""

import functools
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from acculturate.config import validate
from acculturate.engines import ModelSpec
from acculturate.engines.embedded import embedded_folder
from acculturate.engines.hf import HfEngine
from acculturate.engines.quiet import quiet
from acculturate.engines.server import ServerEngine, ServerSettings
from acculturate.errors import EngineError
from acculturate.records import Choice, ChooseRequest, Reply
from acculturate.study.parts import arm_parts
from acculturate.study.schema import Study
from acculturate.survey import load_survey

from .fake_server import FakeServer, Json

ITEMS = ("Q1", "Q7", "Q46", "Q49", "Q57", "Q164")
"""Scales of two, four and ten points."""
LISTED = {4000: (1e-3, 1e-4), 20: (2.5, 0.05)}
"""How many tokens the server lists, and what may lie between the two then: nats, and total
variation. Where every label is listed it is fp32 computed in another order; a label that is not
among twenty is written as half of what it can have at most."""


@dataclass
class PlainServer(FakeServer):
    """What a model of transformers says, computed the plainest way; `most` tokens are listed."""

    folder: Path = Path()
    most: int = 20
    busy: Any = field(default_factory=threading.Lock)
    done: dict[tuple[int, ...], torch.Tensor] = field(default_factory=dict)

    def reply(self, body: Json) -> Json:
        said = super().reply(body)
        with self.busy:
            ids = self._tokens_of(body)
            said["usage"]["prompt_tokens"] = len(ids)
            if body.get("logprobs"):
                top = self._next(tuple(ids)).topk(self.most)
                said["choices"][0]["logprobs"] = {"content": [{"top_logprobs": self._named(top)}]}
        return said

    def _named(self, top: Any) -> list[Json]:
        words, _ = self._parts
        pairs = zip(top.values.tolist(), top.indices.tolist(), strict=True)
        return [{"token": words.decode([token]), "logprob": logprob} for logprob, token in pairs]

    @functools.cached_property
    def _parts(self) -> tuple[Any, Any]:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        with quiet():
            tokenizer = AutoTokenizer.from_pretrained(self.folder)
            model = AutoModelForCausalLM.from_pretrained(self.folder, dtype=torch.float32)
        return tokenizer, model.eval()

    def _tokens_of(self, body: Json) -> list[int]:
        going_on = bool(body.get("continue_final_message"))
        ids: list[int] = self._parts[0].apply_chat_template(
            body["messages"],
            add_generation_prompt=not going_on,
            continue_final_message=going_on,
            return_dict=False,
            **body["chat_template_kwargs"],
        )
        return ids

    def _next(self, ids: tuple[int, ...]) -> torch.Tensor:
        if ids not in self.done:
            with torch.inference_mode():
                logits_V = self._parts[1](torch.tensor([ids])).logits[0, -1]
            self.done[ids] = logits_V.log_softmax(-1)
        return self.done[ids]


@pytest.fixture(scope="module")
def embedded() -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("ACCULTURATE_CACHE", raising=False)  # the user's own: it is made in 30 s
        try:
            return embedded_folder()
        except EngineError as missing:
            pytest.skip(str(missing))


@pytest.fixture
def server(embedded: Path) -> Iterator[PlainServer]:
    with PlainServer(folder=embedded, models=("plain",)) as plain:
        yield plain


def survey_requests() -> list[ChooseRequest]:
    """What a study asks about `ITEMS`, of one culture, aware and unaware."""
    tree = {
        "study": {"name": "parity"},
        "survey": {"items": list(ITEMS)},
        "cultures": {"measure": ["DEU"]},
        "models": {"base": {"name": "embedded"}},
        "answers": {"orders": "forward"},
        "arm": [{"id": name, "framing": name} for name in ("aware", "unaware")],
    }
    study = validate(Study, tree, "parity")
    survey = load_survey(study.survey.source)
    parts = [part for arm in study.arm for part in arm_parts(study, survey, arm)]
    asked = [request for _, stage in parts for request in stage.requests()]
    return [request for request in asked if isinstance(request, ChooseRequest)]


def logprobs(reply: Reply) -> np.ndarray[Any, Any]:
    assert isinstance(reply, Choice), reply
    return np.array(reply.logprobs)


@pytest.mark.slow
@pytest.mark.embedded
def test_options_over_a_server_are_those_of_hf(embedded: Path, server: PlainServer) -> None:
    asked = survey_requests()
    assert {len(request.labels) for request in asked} == {2, 4, 10}
    local = HfEngine(ModelSpec(str(embedded), dtype="float32"))
    ours = dict(local.choose(asked))
    local.close()
    for most, (nats, variation) in LISTED.items():
        server.most = most
        start = time.monotonic()
        engine = ServerEngine(
            ModelSpec("plain", "server", settings=(ServerSettings(url=server.url),))
        )
        theirs = dict(engine.choose(asked))
        engine.close()
        assert engine.identity.template.endswith("log-probabilities")
        pairs = [(logprobs(ours[request.id]), logprobs(theirs[request.id])) for request in asked]
        gap = max(np.abs(one - other).max() for one, other in pairs)
        distance = max(np.abs(shares(one) - shares(other)).sum() / 2 for one, other in pairs)
        print(  # noqa: T201 (seen with -s)
            f"hf and a plain server that lists {most} tokens, {len(asked)} questions: largest gap "
            f"{gap:.1e} nats, total variation {distance:.1e}, {time.monotonic() - start:.0f} s"
        )
        assert gap < nats
        assert distance < variation


def shares(logprobs_L: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Of the labels together, as a study has them."""
    share_L: np.ndarray[Any, Any] = np.exp(logprobs_L)
    normed: np.ndarray[Any, Any] = share_L / share_L.sum()
    return normed
