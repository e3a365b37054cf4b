"""`make bench`: times the product beside its peers, taking turns, and writes bench.json.

    python -m benchmarks.run [--sizes usual] [--minutes 15] [--only NAME] [--dtype float32] ...

Each work has its share of the minutes: it takes turns with its peers until that is used up, and at
least once. Every row is the median over these pairs. `ours` and `peer` are in the row's unit;
`ratio` is the figure that targets speak of: ours over the peer's, but for `startup` (ours less the
peer's), `choose_share_of_peak` (a share), `half_shifts` and `adapted_shifts` (ours). `lowest` and
`highest` are those of single pairs. `limit` is what hardware at its measured peak would reach
against the same peer, where that can be said.
"""

import argparse
import gc
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from acculturate.engines.hf.loading import pick_dtype
from acculturate.engines.hf.placing import device
from benchmarks import choosing
from benchmarks.beside import BesideBusy
from benchmarks.bootstrap import Bootstrap
from benchmarks.interviews import Interviews
from benchmarks.memory import Memory
from benchmarks.precision import Precision
from benchmarks.roleplay import RolePlay
from benchmarks.startup import Startup
from benchmarks.timing import Job, Options, Timing, processor_ticks, share_taken, timed
from benchmarks.tuning import Tuning
from benchmarks.workers import Workers

ROWS: dict[Callable[[Options], Job], dict[str, str]] = {
    Startup: {"startup": "s"},
    Bootstrap: {"bootstrap_vs_scipy": "draws/s"},
    choosing.personas: {
        "choose_personas_vs_lmeval": "prompts/s",
        "choose_personas_vs_loop": "prompts/s",
        "choose_personas_vs_lmeval_as_it_comes": "prompts/s",
        "choose_personas_vs_loop_as_it_comes": "prompts/s",
        "choose_share_of_peak": "GFLOP/s",
    },
    choosing.cultures: {"choose_cultures_vs_lmeval": "prompts/s"},
    Precision: {
        f"{name}_{what}": unit
        for name in ("half", "adapted")
        for what, unit in (
            ("pace", "prompts/s"),
            ("nats", "nats"),
            ("shares", "variation"),
            ("shifts", "correlation"),
        )
    },
    RolePlay: {"roleplay_vs_loop": "tokens/s", "roleplay_vs_batched": "tokens/s"},
    Interviews: {"interview_vs_loop": "items/s"},
    Tuning: {"tune_vs_trl": "rows/s"},
    BesideBusy: {"beside_a_busy_process": "rows/s"},
    Memory: {"memory_growth": "MiB"},
    Workers: {"ray_two_workers": "prompts/s"},
}
"""The work, in the order in which it is done, with the rows that it gives and what these count."""

UNITS = {name: unit for rows in ROWS.values() for name, unit in rows.items()}

NOTICED = 0.05
"""Share of the cores' time that, where others have it, is told beside a pair."""

Row = dict[str, str | float | None]


SIZES: dict[str, dict[str, int]] = {
    # persons of choose_personas and of interviews
    "people": {"quick": 2, "usual": 2, "whole": 8},
    # items of each interview
    "interview_items": {"quick": 12, "usual": 24, "whole": 90},
    # items of 259 that choose_cultures asks of each of 19 cultures
    "items": {"quick": 3, "usual": 6, "whole": 12},
    # of role-play, and turns of each of them
    "conversations": {"quick": 16, "usual": 32, "whole": 32},
    "turns": {"quick": 2, "usual": 2, "whole": 4},
    # training rows of tune_vs_trl
    "rows": {"quick": 8, "usual": 16, "whole": 24},
    # mock prompts of memory_growth
    "prompts": {"quick": 20_000, "usual": 100_000, "whole": 1_000_000},
}
"""How much work a pair is, by the names of `--sizes`."""
MINUTES = {"quick": 5.0, "usual": 15.0, "whole": 90.0}


def measure(
    job: Job, names: tuple[str, ...], pairs: int, seconds_left: float
) -> dict[str, list[Timing]]:
    """Take turns up to `pairs` times while there are seconds left, and once in any case, after an
    untimed round that warms everything up.
    """
    seconds, _ = timed(job.warm_up)
    print(f"{', '.join(names)}: warmed up in {seconds:.0f} s", flush=True)
    seconds_left -= seconds
    result: dict[str, list[Timing]] = {name: [] for name in names}
    for pair in range(pairs):
        if pair and seconds > seconds_left:  # the next one takes as long as the last
            break
        began = processor_ticks()
        seconds, timings = timed(job.pair)
        seconds_left -= seconds
        taken = share_taken(began)
        for name in names:
            result[name].append(timings[name])
        figures = ", ".join(f"{name} {timings[name].figure:.3g}" for name in names)
        beside = f" ({taken:.0%} of the cores' time went to others)" if taken >= NOTICED else ""
        print(f"  pair {pair + 1} of {pairs} in {seconds:.0f} s: {figures}{beside}", flush=True)
    return result


def row(name: str, timings: list[Timing]) -> Row:
    """Medians of the pairs."""
    middle = [statistics.median(column) for column in zip(*(t[:3] for t in timings), strict=True)]
    limits = [timing.limit for timing in timings if timing.limit is not None]
    ours, peer, figure = (round(value, 4) for value in middle)
    return {
        "name": name,
        "unit": UNITS[name],
        "ours": ours,
        "peer": peer,
        "ratio": figure,
        "limit": round(statistics.median(limits), 2) if limits else None,
        "pairs": len(timings),
        "lowest": round(min(timing.figure for timing in timings), 4),
        "highest": round(max(timing.figure for timing in timings), 4),
    }


def machine(options: Options, taken: float) -> dict[str, Any]:
    """What the figures were measured on; `taken` is the share of the cores' time others had."""
    return {
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "device": device(),
        "dtype": pick_dtype(options.dtype),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "taken_by_others": round(taken, 3),
    }


def usual_dtype() -> str:
    """The bench computes in bfloat16 where a processor has arithmetic for it: its targets are of
    such a machine. A study says so itself (docs/decisions/013).
    """
    able = torch.cpu.get_capabilities()
    return "bfloat16" if able.get("avx512_bf16") or able.get("amx_tile") else "auto"


def parse() -> tuple[argparse.Namespace, Options]:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--only", choices=tuple(UNITS), action="append", help="may be repeated")
    parser.add_argument("--dtype", default=usual_dtype(), choices=("auto", "float32", "bfloat16"))
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--out", type=Path, default=Path("bench.json"))
    parser.add_argument("--sizes", choices=tuple(MINUTES), default="usual")
    parser.add_argument("--minutes", type=float, help="of all work (15; quick 5, whole 90)")
    for name in SIZES:
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, help="in place of --sizes's")
    given = parser.parse_args()
    names = tuple(given.only or UNITS)
    chosen = {name: getattr(given, name) or by[given.sizes] for name, by in SIZES.items()}
    given.minutes = given.minutes or MINUTES[given.sizes]
    return given, Options(names=names, model=given.model, dtype=given.dtype, **chosen)


def main() -> None:
    given, options = parse()
    rows: list[Row] = []
    failed: list[str] = []
    began, started = processor_ticks(), time.monotonic()
    wanted = [
        (make, names)
        for make, every in ROWS.items()
        if (names := tuple(name for name in every if name in options.names))
    ]
    for done, (make, names) in enumerate(wanted):
        left = given.minutes * 60 - (time.monotonic() - started)
        try:
            result = measure(make(options), names, given.pairs, left / (len(wanted) - done))
        except SystemExit as unfair:  # the rows of the other work stand
            print(unfair, flush=True)
            failed.append(str(unfair))
            continue
        rows += [row(name, timings) for name, timings in result.items()]
        gc.collect()  # the last job's model goes before the next one's comes
    heads = f"{'ours':>9} {'peer':>9} {'ratio':>7} {'lowest':>7} {'highest':>7} {'limit':>7}"
    print(f"\n{'name':38} {'unit':10} {heads}")
    for own in rows:
        limit = "" if own["limit"] is None else f"{own['limit']:7.2f}"
        print(
            f"{own['name']:38} {own['unit']:10} {own['ours']:9.3f} {own['peer']:9.3f} "
            f"{own['ratio']:7.2f} {own['lowest']:7.2f} {own['highest']:7.2f} {limit}"
        )
    about = machine(options, share_taken(began))
    minutes = round((time.monotonic() - started) / 60, 1)
    told = {"rows": rows, "machine": about, "sizes": given.sizes, "minutes": minutes}
    given.out.write_text(json.dumps(told, indent=1) + "\n")
    print(f"{minutes} minutes, written to {given.out}")
    if failed:
        raise SystemExit("\n".join(failed))


if __name__ == "__main__":
    main()
