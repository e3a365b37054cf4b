"""Choosing: many prompts that begin alike, each weighed for the probabilities of a few labels.

Ours cuts the work into batches as a run does. The peers are lm-evaluation-harness (batches of 16)
and one `generate` call per prompt. Neither shares anything between prompts, so a prompt costs them
the same in whatever company, and they are timed on every sixth and every sixteenth.
"""

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from acculturate.engines import chat, parse_model
from acculturate.engines.hf import HfEngine
from acculturate.engines.labels import plan_labels
from acculturate.engines.prefix import build_tree
from acculturate.engines.quiet import quiet
from acculturate.records import Choice, ChooseRequest
from acculturate.runner import cut
from benchmarks import peers, work
from benchmarks.flops import gemm_peak, tree_flops
from benchmarks.timing import Options, Timing, timed

HARNESS_STEP, LOOP_STEP = 6, 16
PEAK_SECONDS = 0.4
AGREE = {"float32": 1e-3, "bfloat16": 0.5, "float16": 0.1}
"""Nats within which a peer's label log-probabilities must lie from ours for its time to count."""

Weighed = list[list[float]]


class Choosing:
    """Rows over one list of requests: `harness`, `loop` and `share` name those that are wanted."""

    def __init__(
        self,
        options: Options,
        asked: Sequence[ChooseRequest],
        *,
        harness: str = "",
        loop: str = "",
        share: str = "",
    ) -> None:
        self.engine = HfEngine(parse_model(options.model, dtype=options.dtype))
        self.asked = asked
        wanted = options.names
        self.harness, self.loop, self.share = (
            name if name in wanted else "" for name in (harness, loop, share)
        )
        self.lm = peers.harness(self.engine.loaded) if self.harness else None
        self.flops = self._flops()

    def warm_up(self) -> None:
        """A few of the requests, for all; the distance is checked in every pair."""
        few = self.asked[:8]
        self._peers(self._ours(few), few, few)

    def pair(self) -> dict[str, Timing]:
        found, seconds, peak = self._beside_peak()
        rate, best = len(self.asked) / seconds, len(self.asked) / (self.flops / peak)
        rows = {
            name: Timing(rate, peer, rate / peer, best / peer)
            for name, peer in self._peers(
                found, self.asked[::HARNESS_STEP], self.asked[::LOOP_STEP]
            ).items()
        }
        if self.share:
            speed = self.flops / seconds
            rows[self.share] = Timing(speed / 1e9, peak / 1e9, speed / peak, 1.0)
        return rows

    def _beside_peak(self) -> tuple[dict[str, Choice], float, float]:
        """What we find, in how many seconds, and the peak of products meanwhile.

        The peak is taken before and after every batch: a shared machine's moves within seconds.
        """
        model = self.engine.loaded.model

        def peak_now() -> float:
            return gemm_peak(model.dtype, model.device, PEAK_SECONDS)

        replies: dict[str, Choice] = {}
        before, whole_seconds, possible = peak_now(), 0.0, 0.0
        for batch in self._batches(self.asked):
            seconds, found = timed(functools.partial(self._weigh, batch))
            after = peak_now()
            replies |= found
            whole_seconds += seconds
            possible += seconds * (before + after) / 2
            before = after
        return replies, whole_seconds, possible / whole_seconds

    def _ours(self, asked: Sequence[ChooseRequest]) -> dict[str, Choice]:
        return {k: r for batch in self._batches(asked) for k, r in self._weigh(batch).items()}

    def _batches(self, asked: Sequence[ChooseRequest]) -> Iterator[list[ChooseRequest]]:
        size = self.engine.choose_batch_size
        for batch in cut(asked, size, size):
            yield [each for each in batch if isinstance(each, ChooseRequest)]

    def _weigh(self, batch: Sequence[ChooseRequest]) -> dict[str, Choice]:
        return {key: r for key, r in self.engine.choose(batch) if isinstance(r, Choice)}

    def _peers(
        self,
        ours: dict[str, Choice],
        for_harness: Sequence[ChooseRequest],
        for_loop: Sequence[ChooseRequest],
    ) -> dict[str, float]:
        """Prompts per second of the peers, each checked to find what we found."""
        loaded = self.engine.loaded
        rates: dict[str, float] = {}

        def run(name: str, asked: Sequence[ChooseRequest], ask: Callable[[], Weighed]) -> None:
            seconds, rows = timed(ask)
            check(name, ours, asked, rows, self.engine)
            rates[name] = len(asked) / seconds

        with quiet():
            if self.harness:
                ask = peers.ask_harness
                run(self.harness, for_harness, lambda: ask(self.lm, loaded, for_harness))
            if self.loop:
                run(self.loop, for_loop, lambda: peers.ask_loop(loaded, for_loop))
        return rates

    def _flops(self) -> float:
        """Arithmetic of one pass over the tree of all rendered prompts."""
        words = self.engine.loaded.tokenizer
        lists = [
            tuple(plan_labels(words, chat.render(words, each.messages), each.labels).context)
            for each in self.asked
        ]
        return tree_flops(self.engine.loaded.model, build_tree(lists), len(set(lists)))


def check(
    name: str,
    ours: dict[str, Choice],
    asked: Sequence[ChooseRequest],
    theirs: Weighed,
    engine: HfEngine,
) -> None:
    """A peer that computes something else is no peer."""
    words = engine.loaded.tokenizer
    gap = max(
        abs(a - b)
        for request, row in zip(asked, theirs, strict=True)
        for a, b in zip(ours[request.id].logprobs, whole(words, request.labels, row), strict=True)
    )
    if gap > AGREE[engine.identity.dtype]:
        raise SystemExit(f"{name} differs from ours by {gap:.3f} nats: the bench is not fair.")


def whole(words: Any, labels: Sequence[str], logprobs: Sequence[float]) -> list[float]:
    """Log-probabilities of labels as they are meant: a peer's "1" is that of every reply which
    begins so, and where "10" is "1" and "0" to the tokenizer, that holds the "10"s as well.
    """
    tokens = [tuple(words(each, add_special_tokens=False)["input_ids"]) for each in labels]
    found = []
    for own, logprob in zip(tokens, logprobs, strict=True):
        longer = [
            math.exp(other)
            for each, other in zip(tokens, logprobs, strict=True)
            if len(each) > len(own) and each[: len(own)] == own
        ]
        found.append(math.log(math.exp(logprob) - sum(longer)) if longer else logprob)
    return found


def personas(options: Options) -> Choosing:
    """People who do not exist, each put the same 44 items."""
    return Choosing(
        options,
        work.of_people(options.people),
        harness="choose_personas_vs_lmeval",
        loop="choose_personas_vs_loop",
        share="choose_share_of_peak",
    )


def cultures(options: Options) -> Choosing:
    """Every culture of the built-in survey, put a seeded draw of its 259 items under `aware`."""
    asked = work.of_cultures(options.items)
    return Choosing(options, asked, harness="choose_cultures_vs_lmeval")
