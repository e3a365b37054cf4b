"""Half precision: what an answer loses in bfloat16, and what it saves in time.

The same questions are put in float32 and in bfloat16, to a base and to the base with a LoRA of a
trained one's size, unaware of any culture and aware of four. Three figures say how far bfloat16 is
from float32: the mean distance of options' log-probabilities, the mean total variation of their
shares, and the correlation of the strengths of culture shifts. The peer computes in bfloat16 as
transformers and peft do when they are told nothing: the output matrix in bfloat16, one prompt after
another, the adapter beside the weights.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from acculturate.asking import AnswerSettings
from acculturate.culturespa.answering import AnswerStage
from acculturate.culturespa.culturespa_settings import CultureSpaSettings
from acculturate.culturespa.targets import strength
from acculturate.engines import DType, ModelSpec, parse_model
from acculturate.engines.hf import HfEngine
from acculturate.engines.hf.loading import load_model
from acculturate.engines.local import Answer, Found, Tokens, weigh
from acculturate.engines.quiet import quiet
from acculturate.records import Choice, ChooseRequest, Reply, Request
from acculturate.survey import load_survey
from benchmarks import work
from benchmarks.timing import Options, Timing, timed_calmly

CULTURES = ("CHN", "DEU", "BRA", "NGA")
SPREAD = 0.003
"""Standard deviation of the numbers in the adapter's B."""

Replies = Mapping[str, Choice]


@dataclass(frozen=True, slots=True)
class Distance:
    """How far replies are from those in float32."""

    nats: float
    shares: float
    shifts: float


class Precision:
    """Rows `half_*` (the base) and `adapted_*` (with an adapter)."""

    def __init__(self, options: Options) -> None:
        survey = load_survey()
        self.stage = AnswerStage(
            work.drawn(survey, options.items),
            [survey.culture(code) for code in CULTURES],
            CultureSpaSettings(),
            AnswerSettings(),
        )
        self.asked = [request for request in self._requests() if isinstance(request, ChooseRequest)]
        base = parse_model(options.model)
        with tempfile.TemporaryDirectory() as folder:
            make_adapter(base, Path(folder))
            specs = {"half": base, "adapted": ModelSpec(base.name, adapter=Path(folder))}
            self.whole = {name: opened(spec, "float32") for name, spec in specs.items()}
            self.half = {name: opened(spec, "bfloat16") for name, spec in specs.items()}
            self.plain = {name: plainly(spec) for name, spec in specs.items()}

    def warm_up(self) -> None:
        """A few of the requests, for all."""
        for engine in (*self.whole.values(), *self.half.values()):
            list(engine.choose(self.asked[:8]))

    def pair(self) -> dict[str, Timing]:
        rows: dict[str, Timing] = {}
        for name in self.half:
            seconds, right = self._timed(self.whole[name])
            faster, result = self._timed(self.half[name])
            words = self.half[name].loaded.tokenizer
            peer = self._distance(only_choices(weigh(words, self.asked, self.plain[name])), right)
            ours, count = self._distance(result, right), len(self.asked)
            rows |= {
                f"{name}_pace": Timing(count / faster, count / seconds, seconds / faster),
                f"{name}_nats": Timing(ours.nats, peer.nats, ours.nats / peer.nats),
                f"{name}_shares": Timing(ours.shares, peer.shares, ours.shares / peer.shares),
                f"{name}_shifts": Timing(ours.shifts, peer.shifts, ours.shifts),
            }
        return rows

    def _requests(self) -> list[Request]:
        return [request for part in self.stage.rounds(lambda *_: None) for request in part.requests]

    def _timed(self, engine: HfEngine) -> tuple[float, Replies]:
        return timed_calmly(lambda: only_choices(engine.choose(self.asked)))

    def _distance(self, replies: Replies, right: Replies) -> Distance:
        both = [
            (np.array(replies[request.id].logprobs), np.array(right[request.id].logprobs))
            for request in self.asked
        ]
        apart = [np.abs(shares(ours) - shares(theirs)).sum() / 2 for ours, theirs in both]
        return Distance(
            float(np.mean([np.abs(ours - theirs).mean() for ours, theirs in both])),
            float(np.mean(apart)),
            float(np.corrcoef(self._strengths(replies), self._strengths(right))[0, 1]),
        )

    def _strengths(self, replies: Replies) -> list[float]:
        """Of every shift, as CultureSPA selects by them."""

        def reply(_: str, request: Request) -> Reply | None:
            return replies.get(request.id)

        return [
            strength(pair.unaware, pair.aware, ordinal=pair.item.ordinal)
            for pair in self.stage.collect(reply).pairs
        ]


def opened(spec: ModelSpec, dtype: DType) -> HfEngine:
    """A model in a number format."""
    return HfEngine(ModelSpec(spec.name, dtype=dtype, adapter=spec.adapter))


def shares(logprobs_K: Any) -> Any:
    """Of the options among themselves."""
    odds_K = np.exp(logprobs_K - logprobs_K.max())
    return odds_K / odds_K.sum()


def only_choices(replies: Any) -> Replies:
    """The replies by their requests, without those that weighed nothing."""
    return {key: reply for key, reply in replies if isinstance(reply, Choice)}


def make_adapter(base: ModelSpec, folder: Path) -> None:
    """A LoRA of rank 8 on all linear layers, drawn by chance."""
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(r=8, lora_alpha=16, target_modules="all-linear", task_type="CAUSAL_LM")
    model = load_model(ModelSpec(base.name, dtype="float32")).model
    with quiet(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        tuned: Any = get_peft_model(model, config)
        for name, weight in tuned.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(weight, std=SPREAD)
        tuned.save_pretrained(folder)


def plainly(spec: ModelSpec) -> Answer:
    """The model in bfloat16 as transformers computes it, its adapter as peft does."""
    from peft import PeftModel

    model = load_model(ModelSpec(spec.name, dtype="bfloat16")).model
    if spec.adapter:
        with quiet():
            PeftModel.from_pretrained(model, str(spec.adapter)).eval()

    def answer(wanted: Mapping[Tokens, Sequence[int]]) -> Mapping[Tokens, Found]:
        return {tokens: one(tokens, following) for tokens, following in wanted.items()}

    def one(tokens: Tokens, following: Sequence[int]) -> dict[int, float]:
        with torch.inference_mode():
            ids = torch.tensor([tokens], device=model.device)
            logits = model(input_ids=ids, use_cache=False, logits_to_keep=1).logits
        row = logits[0, -1].float().log_softmax(-1)
        return {token: float(row[token]) for token in following}

    return answer
