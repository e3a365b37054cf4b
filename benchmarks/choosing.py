"""Choosing: many prompts that begin alike, each weighed for the probabilities of a few labels.

Ours cuts the work into batches as a run does. The peers are lm-evaluation-harness (batches of 16)
and one `generate` call per prompt. Neither shares anything between prompts, so a prompt costs them
the same in whatever company, and they are timed on some of the prompts only.

A peer computes in our precision, or (the rows `_as_it_comes`) in the one it takes when it is told
nothing: the checkpoint's own, bfloat16.
"""

import functools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from acculturate.engines import DType, chat, parse_model
from acculturate.engines.hf import HfEngine
from acculturate.engines.hf.loading import LoadedModel
from acculturate.engines.hf.prefix import build_tree
from acculturate.engines.labels import plan_labels
from acculturate.engines.quiet import quiet
from acculturate.records import Choice, ChooseRequest
from acculturate.runner import cut
from benchmarks import peers, work
from benchmarks.flops import gemm_peak, tree_flops
from benchmarks.timing import Options, Timing, timed_calmly

HARNESS_STEP = 4  # of our batches of 64, one of the harness's 16
PEAK_SECONDS = 0.4
PUBLISHED_IN: DType = "bfloat16"
"""The precision of most checkpoints, the embedded model's among them."""

AGREE = {"float32": 1e-3, "bfloat16": 0.5, "float16": 0.1}
"""Nats within which a peer's label log-probabilities must lie from ours for its time to count."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Who fills a row beside us: timed on every so many of the prompts, in which precision
    (ours without one).
    """

    open: Callable[[LoadedModel], peers.Asker]
    step: int
    dtype: DType | None = None


@dataclass(slots=True)
class Pace:
    """Prompts and the seconds that they took."""

    prompts: int = 0
    seconds: float = 0.0

    def add(self, prompts: int, seconds: float) -> None:
        self.prompts += prompts
        self.seconds += seconds

    @property
    def rate(self) -> float:
        return self.prompts / self.seconds


class Choosing:
    """Rows over one list of requests: those of `beside` (peers by the row's name) and `share` that
    are wanted.
    """

    def __init__(
        self,
        options: Options,
        asked: Sequence[ChooseRequest],
        beside: Mapping[str, Peer],
        share: str = "",
    ) -> None:
        self.engine = HfEngine(parse_model(options.model, dtype=options.dtype))
        self.asked = asked
        self.share = share if share in options.names else ""
        self.beside = {name: peer for name, peer in beside.items() if name in options.names}
        models: dict[DType | None, LoadedModel] = {None: self.engine.loaded}
        for peer in self.beside.values():
            if peer.dtype and peer.dtype not in models:
                models[peer.dtype] = HfEngine(parse_model(options.model, dtype=peer.dtype)).loaded
        self.askers = {name: peer.open(models[peer.dtype]) for name, peer in self.beside.items()}
        self.flops = self._flops()

    def warm_up(self) -> None:
        """A few of the requests, for all."""
        few = self.asked[:8]
        result = self._weigh(few)
        for name in self.beside:
            self._time_peer(name, result, few)

    def pair(self) -> dict[str, Timing]:
        """Turns are taken batch by batch, since a shared machine's speed moves within seconds."""
        ours = Pace()
        theirs = {name: Pace() for name in self.beside}
        possible, before = 0.0, self._peak()
        for batch in self._batches():
            seconds, result = timed_calmly(functools.partial(self._weigh, batch))
            after = self._peak()
            ours.add(len(batch), seconds)
            possible += seconds * (before + after) / 2
            for name, peer in self.beside.items():
                some = batch[:: peer.step]
                theirs[name].add(len(some), self._time_peer(name, result, some))
            before = self._peak()
        speed, peak = self.flops / ours.seconds, possible / ours.seconds
        best = ours.rate * peak / speed
        rows = {
            name: Timing(ours.rate, peer.rate, ours.rate / peer.rate, best / peer.rate)
            for name, peer in theirs.items()
        }
        if self.share:
            rows[self.share] = Timing(speed / 1e9, peak / 1e9, speed / peak, 1.0)
        return rows

    def _peak(self) -> float:
        """Operations per second of large products at this moment."""
        model = self.engine.loaded.model
        return gemm_peak(model.dtype, model.device, PEAK_SECONDS)

    def _batches(self) -> Iterator[list[ChooseRequest]]:
        size = self.engine.choose_batch_size
        for batch in cut(self.asked, size, size):
            yield [request for request in batch if isinstance(request, ChooseRequest)]

    def _weigh(self, batch: Sequence[ChooseRequest]) -> dict[str, Choice]:
        return {key: r for key, r in self.engine.choose(batch) if isinstance(r, Choice)}

    def _time_peer(
        self, name: str, ours: dict[str, Choice], asked: Sequence[ChooseRequest]
    ) -> float:
        """Seconds that a peer takes; it is checked to find what we found."""
        with quiet():
            seconds, rows = timed_calmly(functools.partial(self.askers[name], asked))
        own = self.engine.identity.dtype
        agree = max(AGREE[own], AGREE[self.beside[name].dtype or own])
        check(name, ours, asked, rows, self.engine, agree)
        return seconds

    def _flops(self) -> float:
        """Arithmetic of one pass over the tree of all rendered prompts."""
        words = self.engine.loaded.tokenizer
        lists = [
            tuple(plan_labels(words, chat.render(words, request.messages), request.labels).context)
            for request in self.asked
        ]
        return tree_flops(self.engine.loaded.model, build_tree(lists), len(set(lists)))


def check(
    name: str,
    ours: dict[str, Choice],
    asked: Sequence[ChooseRequest],
    theirs: Sequence[Sequence[float]],
    engine: HfEngine,
    agree: float,
) -> None:
    """A peer that computes something else is no peer."""
    words = engine.loaded.tokenizer
    gap = max(
        abs(a - b)
        for request, row in zip(asked, theirs, strict=True)
        for a, b in zip(ours[request.id].logprobs, whole(words, request.labels, row), strict=True)
    )
    if gap > agree:
        raise SystemExit(f"{name} differs from ours by {gap:.3f} nats: the bench is not fair.")


def whole(words: Any, labels: Sequence[str], logprobs: Sequence[float]) -> list[float]:
    """Log-probabilities of labels as they are meant: a peer's "1" is that of every reply which
    begins so, and where "10" is "1" and "0" to the tokenizer, that holds the "10"s as well.
    """
    tokens = [tuple(peers.label_tokens(words, label)) for label in labels]
    result = []
    for own, logprob in zip(tokens, logprobs, strict=True):
        longer = [
            math.exp(other)
            for token, other in zip(tokens, logprobs, strict=True)
            if len(token) > len(own) and token[: len(own)] == own
        ]
        result.append(math.log(math.exp(logprob) - sum(longer)) if longer else logprob)
    return result


def personas(options: Options) -> Choosing:
    """People who do not exist, each put the same 44 items."""
    beside = {
        "choose_personas_vs_lmeval": Peer(peers.harness, HARNESS_STEP),
        "choose_personas_vs_loop": Peer(peers.loop, 16),
        "choose_personas_vs_lmeval_as_it_comes": Peer(
            peers.harness, 2 * HARNESS_STEP, PUBLISHED_IN
        ),
        "choose_personas_vs_loop_as_it_comes": Peer(peers.loop, 32, PUBLISHED_IN),
    }
    return Choosing(options, work.of_people(options.people), beside, "choose_share_of_peak")


def cultures(options: Options) -> Choosing:
    """Every culture of the built-in survey, put a seeded draw of its 259 items under `aware`."""
    beside = {"choose_cultures_vs_lmeval": Peer(peers.harness, HARNESS_STEP)}
    return Choosing(options, work.of_cultures(options.items), beside)
