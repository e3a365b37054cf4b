"""Jobs on their way through workers that come late, die, and differ, without a cluster."""

import pickle
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from acculturate.errors import AcculturateError, EngineError, TrainingError
from acculturate.executors import RaySettings, ray_executor
from acculturate.executors.cluster import Share
from acculturate.executors.jobs import Jobs
from acculturate.executors.pool import MOST_LOST, Pool, Ref, Slot
from acculturate.executors.worker import Worker


@dataclass(frozen=True)
class Count:
    """A job of three steps, which gives back its number, or fails after them."""

    number: int
    error: Exception | None = None

    @property
    def name(self) -> str:
        return f"counting {self.number}"

    def __call__(self, note: Any) -> int:
        for step in range(4):
            note(step, 3)
        if self.error is not None:
            raise self.error
        return self.number


class Actor:
    """What a Ray actor looks like; a call is made when its result is read."""

    def __init__(self, versions: tuple[str, ...] = ("torch 2",)) -> None:
        worker = Worker(".", Share(1, 0))
        self.versions = SimpleNamespace(remote=lambda: lambda: versions)
        self.do = SimpleNamespace(remote=lambda job: lambda: worker.do(over(job)))
        self.next_event = SimpleNamespace(remote=lambda: lambda: over(worker.next_event()))


def over(sent: Any) -> Any:
    """What arrives of something that is sent to another process."""
    return pickle.loads(pickle.dumps(sent))


@dataclass
class Waiting:
    """Pool whose results come in a drawn order; those that are `absent` never come, and some die
    instead of answering, `deaths` in all.
    """

    all: list[Slot]
    deaths: int = 0
    absent: set[Slot] = field(default_factory=set)
    draw: random.Random = field(default_factory=lambda: random.Random(0))

    def next(self, awaited: Mapping[Ref, Slot]) -> tuple[Ref, Any]:
        ref = self.draw.choice([ref for ref, slot in awaited.items() if slot not in self.absent])
        slot = awaited[ref]
        if slot in self.all and self.deaths and self.draw.random() < 0.3:
            self.deaths -= 1
            self.all[self.all.index(slot)] = Slot(Actor())
        return ref, ref() if slot in self.all else None


def pool_of(count: int, **said: Any) -> Waiting:
    return Waiting([Slot(Actor()) for _ in range(count)], **said)


class Heard(list[tuple[int, int]]):
    """A note that keeps what it was told."""

    def __call__(self, done: int, total: int) -> None:
        self.append((done, total))


def carried(pool: Waiting, jobs: Sequence[Count], notes: Sequence[Heard] = ()) -> Jobs[int]:
    return Jobs(cast(Pool, pool), jobs, notes or [Heard() for _ in jobs])


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.setenv(name, "")  # a worker sets them for itself


@pytest.mark.parametrize(("count", "deaths"), [(1, 0), (4, 0), (1, 2), (4, 2)])
def test_every_job_is_done_once_whoever_dies(count: int, deaths: int) -> None:
    jobs = [Count(number) for number in range(9)]
    for seed in range(20):
        pool = pool_of(count, deaths=deaths, draw=random.Random(seed))
        notes = [Heard() for _ in jobs]
        assert sorted(carried(pool, jobs, notes).done()) == [(n, n) for n in range(9)]
        assert pool.deaths == 0
        for note in notes:
            assert note[-4:] == [(0, 3), (1, 3), (2, 3), (3, 3)]
        assert sum(note.count((0, 3)) for note in notes) <= 9 + deaths


def test_jobs_go_to_those_who_have_come() -> None:
    """Of a node that died the place is filled again only when there is room."""
    pool = pool_of(3)
    pool.absent = set(pool.all[1:])
    assert len(list(carried(pool, [Count(n) for n in range(4)]).done())) == 4


def test_an_error_is_told_when_what_is_under_way_has_ended() -> None:
    wrong = TrainingError("1: too few rows")
    jobs = [Count(0), Count(1, wrong), Count(2), Count(3), Count(4)]
    left = 0
    for seed in range(20):
        notes = [Heard() for _ in jobs]
        done: list[int] = []
        with pytest.raises(TrainingError, match=r"^1: too few rows$"):
            done += (
                n for n, _ in carried(pool_of(3, draw=random.Random(seed)), jobs, notes).done()
            )
        assert {number for number, note in enumerate(notes) if note} == {1, *done}
        left += 4 - len(done)
    assert left


def test_a_job_that_kills_whoever_takes_it_ends_the_run() -> None:
    class Deadly(Waiting):
        def next(self, awaited: Mapping[Ref, Slot]) -> tuple[Ref, Any]:
            ref, result = super().next(awaited)
            return ref, result if isinstance(result, tuple) and "torch 2" in result else None

    pool = Deadly([Slot(Actor()) for _ in range(MOST_LOST + 1)])
    with pytest.raises(EngineError, match=r"Ray job \(counting 7\) was lost 3 times.*run it again"):
        list(carried(pool, [Count(7)]).done())


def test_a_defect_is_no_sentence() -> None:
    with pytest.raises(ZeroDivisionError):
        list(carried(pool_of(1), [Count(0, ZeroDivisionError())]).done())


def test_workers_with_other_packages_are_refused() -> None:
    pool = Waiting([Slot(Actor()), Slot(Actor(("torch 3",)))])
    with pytest.raises(EngineError, match=r"different packages \(torch 2, torch 3\)"):
        list(carried(pool, [Count(n) for n in range(50)]).done())


def test_workers_for_jobs_begin_and_end_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has one GPU, and no worker begins for whom there is no job."""
    hirings: list[tuple[int | None, int | None]] = []
    left: list[Waiting] = []

    def begin(settings: RaySettings, most: int | None = None) -> Any:
        hirings.append((settings.gpus, most))
        pool = pool_of(2)
        return SimpleNamespace(all=pool.all, next=pool.next, dismiss=lambda: left.append(pool))

    monkeypatch.setattr(ray_executor, "Pool", begin)
    monkeypatch.setattr("acculturate.executors.cluster.check_installed", lambda: None)
    for gpus in (None, 0, 4):
        jobs = [Count(n) for n in range(3)]
        done = ray_executor.RayExecutor(RaySettings(gpus=gpus)).do(jobs, [Heard() for _ in jobs])
        assert sorted(number for number, _ in done) == [0, 1, 2]
    assert hirings == [(None, 3), (0, 3), (1, 3)]
    with pytest.raises(AcculturateError):
        list(ray_executor.RayExecutor(RaySettings()).do([Count(0, EngineError("no"))], [Heard()]))
    assert len(left) == 4
