"""A training beside another busy process, against the training alone.

The peer is the same work on an idle machine. Beside one process that only counts, `threads` of ours
on as many cores have a fair share of threads / (threads + 1) of their time; the figure is the pace
that is left over that share: 1 is fair, and threads that spin while they wait give .1.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from acculturate.engines import parse_model
from acculturate.engines.hf import HfEngine
from acculturate.tuning.sft import tune
from acculturate.tuning.tuning_settings import TuningSettings
from benchmarks.timing import Options, Timing, timed
from benchmarks.tuning import training_rows


class BesideBusy:
    """Row `beside_a_busy_process`, in rows per second."""

    def __init__(self, options: Options) -> None:
        self.engine = HfEngine(parse_model(options.model, dtype=options.dtype))
        self.rows = training_rows(options.rows)

    def warm_up(self) -> None:
        self._tune()

    def pair(self) -> dict[str, Timing]:
        alone, _ = timed(self._tune)
        with busy():
            beside, _ = timed(self._tune)
        count = len(self.rows)
        ours, peer = count / beside, count / alone * fair_share()
        return {"beside_a_busy_process": Timing(ours, peer, ours / peer, 1.0)}

    def _tune(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            tune(self.rows, self.engine.loaded, TuningSettings(), Path(folder) / "adapter")


@contextmanager
def busy() -> Iterator[None]:
    """Keep one core busy with a process that only counts."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def fair_share() -> float:
    """The share of the time of our threads' cores that is theirs beside one more thread."""
    threads, cores = torch.get_num_threads(), os.cpu_count() or 1
    return min(threads, cores * threads / (threads + 1)) / min(threads, cores)
