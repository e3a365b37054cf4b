"""`make bench`: times the product beside its peers, taking turns, and writes bench.json.

    python -m benchmarks.run [--pairs 5] [--only NAME] [--dtype auto|float32|bfloat16] [--people 8]

Every row is the median over the pairs. `ours` and `peer` are prompts per second (higher is better),
`ratio` is ours over peer; `limit` is what hardware at its measured peak would reach. For
`choose_share_of_peak` both are GFLOP per second, `peer` being the peak. A loop over single prompts
costs the same for each, so it is timed on every eighth prompt.
"""

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from acculturate.engines import chat, parse_model
from acculturate.engines.hf import HfEngine
from acculturate.engines.labels import plan_labels
from acculturate.engines.loading import quiet
from acculturate.engines.prefix import build_tree
from acculturate.records import Choice, ChooseRequest
from benchmarks import peers
from benchmarks.flops import gemm_peak, tree_flops
from benchmarks.work import requests

NAMES = ("choose_personas_vs_lmeval", "choose_personas_vs_loop", "choose_share_of_peak")
LOOP_STEP = 8
AGREE = {"float32": 1e-3, "bfloat16": 0.5, "float16": 0.1}
"""Nats within which a peer's label log-probabilities must lie from ours for its time to count."""


class Bench:
    """The model, the work, and the seconds of every run."""

    def __init__(self, engine: HfEngine, asked: list[ChooseRequest]) -> None:
        self.engine = engine
        self.asked = asked
        self.loaded = engine.loaded
        self.sample = asked[::LOOP_STEP]
        self.seconds: dict[str, list[float]] = {}

    def timed(self, name: str, work: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        result = work()
        self.seconds.setdefault(name, []).append(time.perf_counter() - began)
        return result

    def ours(self) -> dict[str, Choice]:
        """Choose for every request, checked to be answers."""
        replies = dict(self.timed("ours", lambda: list(self.engine.choose(self.asked))))
        return {key: reply for key, reply in replies.items() if isinstance(reply, Choice)}

    def flops(self) -> float:
        """Arithmetic of one pass over the tree of rendered prompts."""
        words = self.loaded.tokenizer
        lists = [
            tuple(plan_labels(words, chat.render(words, each.messages), each.labels).context)
            for each in self.asked
        ]
        return tree_flops(self.loaded.model, build_tree(lists), len(set(lists)))

    def padded_flops(self) -> float:
        """Arithmetic of whole prompts one by one, with the head at their last token."""
        words = self.loaded.tokenizer
        totals = [
            tree_flops(
                self.loaded.model,
                build_tree([chat.encode(words, chat.render(words, each.messages))]),
                1,
            )
            for each in self.asked
        ]
        return sum(totals)


def check(name: str, ours: dict[str, Choice], theirs: dict[str, list[float]], dtype: str) -> float:
    """Largest distance in log-probability; a peer that computes something else is no peer."""
    gap = max(
        abs(a - b)
        for key, row in theirs.items()
        for a, b in zip(ours[key].logprobs, row, strict=True)
    )
    if gap > AGREE[dtype]:
        raise SystemExit(f"{name} differs from ours by {gap:.3f} nats: the bench is not fair.")
    return gap


def row(
    name: str, unit: str, ours: float, peer: float, limit: float | None
) -> dict[str, str | float | None]:
    return {
        "name": name,
        "unit": unit,
        "ours": round(ours, 3),
        "peer": round(peer, 3),
        "ratio": round(ours / peer, 3),
        "limit": limit if limit is None else round(limit, 2),
    }


def measure(bench: Bench, pairs: int, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Take turns `pairs` times; the first, untimed round warms everything up."""
    dtype = bench.engine.identity.dtype
    model, asked, sample = bench.loaded.model, bench.asked, bench.sample
    lm = peers.harness(bench.loaded) if NAMES[0] in names else None
    peaks: list[float] = []
    list(bench.engine.choose(sample))
    for pair in range(pairs):
        peaks.append(gemm_peak(model.dtype, model.device))
        found = bench.ours()
        if lm is not None:
            rows = bench.timed(NAMES[0], lambda: peers.ask_harness(lm, bench.loaded, asked))
            check("lm-eval", found, dict(zip((r.id for r in asked), rows, strict=True)), dtype)
        if NAMES[1] in names:
            with quiet():
                rows = bench.timed(NAMES[1], lambda: peers.ask_loop(bench.loaded, sample))
            check("the loop", found, dict(zip((r.id for r in sample), rows, strict=True)), dtype)
        print(
            f"pair {pair + 1} of {pairs}: "
            + ", ".join(f"{name} {times[-1]:.1f} s" for name, times in bench.seconds.items()),
            flush=True,
        )
    return report(bench, peaks, names)


def report(bench: Bench, peaks: list[float], names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Medians of the pairs' ratios and rates."""
    ours = bench.seconds["ours"]
    flops, peak = bench.flops(), statistics.median(peaks)
    rate = len(bench.asked) / statistics.median(ours)
    rows = []
    for name in names:
        if name == NAMES[2]:
            shares = [flops / s / p for s, p in zip(ours, peaks, strict=True)]
            share = statistics.median(shares)
            rows.append(row(name, "GFLOP/s", share * peak / 1e9, peak / 1e9, 1.0))
            continue
        count = len(bench.asked) if name == NAMES[0] else len(bench.sample)
        theirs = statistics.median(count / s for s in bench.seconds[name])
        limit = len(bench.asked) / (flops / peak) / theirs
        rows.append(row(name, "prompts/s", rate, theirs, limit))
    return rows


def machine(bench: Bench) -> dict[str, Any]:
    """What the figures were measured on."""
    model = bench.loaded.model
    return {
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "device": str(model.device),
        "dtype": bench.engine.identity.dtype,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "prompts": len(bench.asked),
        "prompt_flops_saved": round(1 - bench.flops() / bench.padded_flops(), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--only", choices=NAMES, action="append")
    parser.add_argument("--dtype", default="auto", choices=("auto", "float32", "bfloat16"))
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--out", type=Path, default=Path("bench.json"))
    options = parser.parse_args()
    names = tuple(options.only or NAMES)
    engine = HfEngine(parse_model(options.model, dtype=options.dtype))
    bench = Bench(engine, requests(options.people))
    rows = measure(bench, options.pairs, names)
    about = machine(bench)
    print(f"\n{'name':28} {'unit':10} {'ours':>9} {'peer':>9} {'ratio':>7} {'limit':>7}")
    for each in rows:
        print(
            f"{each['name']:28} {each['unit']:10} {each['ours']:9.2f} {each['peer']:9.2f} "
            f"{each['ratio']:7.2f} {each['limit'] or 0:7.2f}"
        )
    options.out.write_text(json.dumps({"rows": rows, "machine": about}, indent=1) + "\n")
    print(f"written to {options.out}")


if __name__ == "__main__":
    main()
