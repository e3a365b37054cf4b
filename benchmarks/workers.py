"""Workers: the same batches asked by two Ray workers of one core each, and by one.

Both pools stand ready on one cluster of this machine, and only one of them works at a time. Batches
are a quarter of what a run has, so that both of two workers have the same number of them.
"""

import functools
import itertools
import logging
import os
from collections.abc import Sequence

from acculturate.engines import Engine, parse_model
from acculturate.executors import Pair, RaySettings
from acculturate.executors.ray_executor import RayExecutor
from acculturate.records import ChooseRequest
from acculturate.runner import cut
from benchmarks import work
from benchmarks.timing import Options, Timing, timed

BATCH = 16


class Workers:
    """Row `ray_two_workers`."""

    def __init__(self, options: Options) -> None:
        import ray

        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        ray.init(
            "local",
            num_cpus=3,  # for one executor of one and one of two, of which one is idle
            include_dashboard=False,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
        self.spec = parse_model(options.model, dtype=options.dtype)
        self.asked = work.of_people(options.people)
        self.pools = {count: RayExecutor(RaySettings(workers=count)) for count in (1, 2)}
        self.engines = {count: executor.open(self.spec) for count, executor in self.pools.items()}

    def warm_up(self) -> None:
        """Until every worker has the model open and has asked, and all find the same."""
        result = []
        for count, executor in self.pools.items():
            while not all(self.spec in slot.opened for slot in executor.pool.all):
                self._ask(executor, self.engines[count], self.asked[: 4 * BATCH])
            result.append(self._ask(executor, self.engines[count], self.asked[: 4 * BATCH]))
        if result[0] != result[1]:
            raise SystemExit("Two workers find other numbers than one: the bench is not fair.")

    def pair(self) -> dict[str, Timing]:
        rates = {}
        for count, executor in self.pools.items():
            ask = functools.partial(self._ask, executor, self.engines[count], self.asked)
            seconds, _ = timed(ask)
            rates[count] = len(self.asked) / seconds
        return {"ray_two_workers": Timing(rates[2], rates[1], rates[2] / rates[1], 2.0)}

    def _ask(
        self, executor: RayExecutor, engine: Engine, asked: Sequence[ChooseRequest]
    ) -> list[Pair]:
        carried = executor.carry(engine, cut(asked, BATCH, BATCH))
        return list(itertools.chain.from_iterable(pairs for _, pairs in carried))
