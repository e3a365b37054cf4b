"""A machine: how fast it computes and reads, probed in a second, and how much it can hold.

A probe rather than a table of processors: what counts is this one now, with what else it does.
The probe is of large products, which no real work reaches; what it does reach is a share of it,
measured for each kind of work and written down here with where it was measured.

    >>> 0 < Machine.probe("float32").peak  # doctest: +SKIP
    True
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from acculturate.engines import DType

READING, WRITING, TUNING = 0.55, 0.35, 0.55
"""Shares of the peak that are reached in computing prompts, in the products of writing, and in
tuning: docs/performance.md and docs/scale.md, on a processor. On a GPU they are taken to be the
same, which nobody has measured."""

LAYER_SECONDS = 0.001
"""Of a step of writing and layer, beside products and memory: the dice, and the way through it."""

STEP_SECONDS = 0.0075
"""Of a step of tuning and layer that is trained, beside products: the adapter's small matrices,
passes over numbers, and AdamW. On a processor: .008 with one thread, on ten layers as on thirty,
.0074 with two (SmolLM2-135M, rank 16; Intel Xeon). On a GPU nobody has measured it."""

NUMBER_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}


@dataclass(frozen=True, slots=True)
class Machine:
    """Operations per second of large products (`peak`), bytes per second read, bytes of memory."""

    device: str
    dtype: str
    peak: float
    reads: float
    memory: int

    @classmethod
    def probe(cls, dtype: DType = "auto", clock: Callable[[], float] = time.perf_counter) -> Self:
        """Measure this machine for models in `dtype`, in about a second.

        By the `clock` of one thread's processor time it is as fast as if nobody else used it.
        """
        import torch

        from acculturate.engines.hf.loading import pick_dtype
        from acculturate.engines.hf.placing import device

        chosen, where = pick_dtype(dtype), device()
        with torch.inference_mode():
            return cls(
                where,
                chosen,
                _peak(torch, getattr(torch, chosen), where, clock),
                _read_rate(torch, where, clock),
                _memory(torch, where),
            )

    @property
    def number(self) -> int:
        """Bytes of a weight."""
        return NUMBER_BYTES[self.dtype]


def _peak(
    torch: Any, dtype: Any, where: str, clock: Callable[[], float], seconds: float = 0.6
) -> float:
    """Return the best of several products, as the bench measures it."""
    side = 2048 if where == "cpu" else 8192
    left, right = (torch.randn(side, side, device=where).to(dtype) for _ in range(2))
    return _best(lambda: (left @ right).sum().item(), seconds, 2 * side**3, clock)


def _read_rate(torch: Any, where: str, clock: Callable[[], float], seconds: float = 0.3) -> float:
    block = torch.ones(32 << 20, device=where)
    return _best(lambda: block.sum().item(), seconds, block.nbytes, clock)


def _best(work: Any, seconds: float, amount: float, clock: Callable[[], float]) -> float:
    """Return the highest rate among as many runs as fit the time, after one to warm up."""
    work()
    best = 0.0
    until = clock() + seconds
    while not best or clock() < until:
        began = clock()
        work()
        best = max(best, amount / (clock() - began))
    return best


def _memory(torch: Any, where: str) -> int:
    if where == "cuda":
        return int(torch.cuda.mem_get_info()[1])
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
