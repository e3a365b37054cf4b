"""A round on its way through workers that are slow, die, and differ, without a cluster."""

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from acculturate.engines import ModelSpec, open_engine
from acculturate.errors import EngineError
from acculturate.executors import Batch, Inline
from acculturate.executors.dispatch import AHEAD, AT_ONCE, Dispatch
from acculturate.executors.pool import Pool, Ref, Slot
from acculturate.executors.worker import About, Worker
from acculturate.records import ChooseRequest, GenerateRequest, Message, Sampling

SPEC = ModelSpec("noise", "mock")
ABOUT = About.of(open_engine(SPEC))


class Actor:
    """What a Ray actor looks like; a call is made when its result is read."""

    def __init__(self, about: About | None = None) -> None:
        self.worker = Worker(".", cast(Any, SimpleNamespace(cores=1, gpus=0)))
        self.about = about
        self.open = SimpleNamespace(remote=lambda spec: lambda: self._open(spec))
        self.work = SimpleNamespace(remote=lambda *asked: lambda: self.worker.work(*asked))
        self.close = SimpleNamespace(remote=self.worker.close)

    def _open(self, spec: ModelSpec) -> About:
        result = self.worker.open(spec)
        return self.about or result


class Waiting:
    """Pool whose results come in a drawn order; some workers die instead, `deaths` in all."""

    def __init__(self, count: int, *, deaths: int = 0, share: float = 0.3, seed: int = 0) -> None:
        self.all = [Slot(Actor()) for _ in range(count)]
        self.deaths, self.share, self.draw = deaths, share, random.Random(seed)
        self.most = 0

    def openings(self, spec: ModelSpec) -> dict[Ref, Slot]:
        return Pool.openings(cast(Pool, self), spec)

    def next(self, awaited: Mapping[Ref, Slot]) -> tuple[Ref, Any]:
        self.most = max(self.most, len(awaited))
        ref = self.draw.choice(list(awaited))
        slot = awaited[ref]
        if slot in self.all and (self.deaths == 0 or self.draw.random() > self.share):
            return ref, ref()
        if slot in self.all:
            self.deaths -= 1
            self.all[self.all.index(slot)] = Slot(Actor())
        return ref, None


def choices(count: int, size: int = 3) -> Iterator[Batch]:
    for batch in range(count):
        yield tuple(
            ChooseRequest((Message("user", f"{batch}-{n}"),), ("1", "2")) for n in range(size)
        )


def dispatch(pool: Waiting) -> Dispatch:
    return Dispatch(cast(Pool, pool), SPEC, ABOUT)


def listed(carried: Iterable[tuple[Batch, Any]]) -> list[tuple[Batch, list[Any]]]:
    return [(batch, list(pairs)) for batch, pairs in carried]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.setenv(name, "")  # a worker sets them for itself


@pytest.mark.parametrize(("count", "deaths"), [(1, 0), (4, 0), (1, 2), (4, 2)])
def test_the_same_batches_in_the_same_order_whoever_dies(count: int, deaths: int) -> None:
    inline = listed(Inline().carry(open_engine(SPEC), choices(30)))
    for seed in range(20):
        pool = Waiting(count, deaths=deaths, seed=seed)
        assert listed(dispatch(pool).carry(choices(30))) == inline
        assert pool.deaths == 0


def test_a_long_round_is_taken_a_few_batches_at_a_time() -> None:
    begun = 0

    def counted() -> Iterator[Batch]:
        nonlocal begun
        for batch in choices(300):
            begun += 1
            yield batch

    pool = Waiting(3)
    for come, _ in enumerate(dispatch(pool).carry(counted())):
        assert begun <= come + AHEAD * 3
    assert begun == 300
    assert pool.most <= AT_ONCE * 3


def test_a_batch_that_kills_whoever_takes_it_ends_the_run() -> None:
    pool = Waiting(4, deaths=100, share=1.0)
    for slot in pool.all:
        slot.opened[SPEC] = ABOUT
    with pytest.raises(EngineError, match=r"A Ray batch was lost 3 times.*run it again to go on"):
        listed(dispatch(pool).carry(choices(1)))


def test_a_worker_that_opens_another_model_is_refused() -> None:
    other = replace(ABOUT, identity=replace(ABOUT.identity, dtype="bfloat16"))
    pool = Waiting(2)
    pool.all[1] = Slot(Actor(other))
    with pytest.raises(EngineError, match=r"differently \(dtype bfloat16 for none\)"):
        listed(dispatch(pool).carry(choices(40)))
    newer = replace(ABOUT, versions=("torch 3",))
    assert newer.difference(ABOUT).startswith("versions ('torch 3',) for ")


def test_texts_go_where_their_conversation_was() -> None:
    """As long as a round has no more batches than the workers take at once."""
    sampling = Sampling(1.0, 1.0, 5, 0)
    pool = Waiting(3)
    for slot in pool.all:
        slot.opened[SPEC] = ABOUT
    went: list[list[int]] = []
    for turn in range(4):
        on = dispatch(pool)
        batches = [
            (GenerateRequest((Message("user", f"{n} {turn}"),), sampling),) for n in range(6)
        ]
        on._send(iter(batches))
        went.append([pool.all.index(slot) for _, slot in on._on_the_way.values()])
    assert went == [[0, 1, 2, 0, 1, 2]] * 4
