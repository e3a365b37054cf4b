"""Rounds, batches, and what a kill leaves: the same records, each once."""

import contextlib
import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from acculturate.engines import Engine, Identity
from acculturate.errors import EngineError
from acculturate.executors import Batch, Carried, Executor, Inline
from acculturate.records import (
    Choice,
    ChooseRequest,
    Failure,
    GenerateRequest,
    Generation,
    Message,
    Reply,
    Request,
)
from acculturate.runner import Lookup, Round, Runner, Silent, Stage, cut
from acculturate.store import Store


class Company:
    """An engine whose reply depends on the whole batch, as rounding does on real hardware."""

    identity = Identity("company", "0", "float32")
    can_choose = True
    can_seed_rows = False
    can_bind = False
    batch_size = 2
    choose_batch_size = 4
    commits_each = False

    def __init__(self, die_after: int | None = None, fail: bool = False) -> None:
        self.asked = 0
        self.die_after = die_after
        self.fail = fail

    def choose(self, requests: Sequence[ChooseRequest]) -> Iterator[tuple[str, Choice | Failure]]:
        company = sum(int(request.messages[0].text) for request in requests)
        for number in reversed(requests):
            self.asked += 1
            if self.die_after is not None and self.asked > self.die_after:
                raise KeyboardInterrupt
            yield number.id, Failure("content", "no") if self.fail else Choice((-float(company),))

    def generate(self, requests: Sequence[GenerateRequest]) -> Iterator[tuple[str, Generation]]:
        return iter(())

    def close(self) -> None:
        """Hold nothing."""


def request(number: int) -> ChooseRequest:
    return ChooseRequest((Message("user", str(number)),), ("1",))


class TwoRounds:
    """The second round asks about the sum of the first."""

    name = "two rounds"

    def rounds(self, done: Lookup) -> Iterator[Round]:
        first = [request(n) for n in range(10)]
        yield Round("base", first, 10)
        replies = [done("base", request) for request in first]
        total = sum(int(-r.logprobs[0]) for r in replies if isinstance(r, Choice))
        yield Round("base", [request(total + n) for n in range(5)], 5)


def records(store: Store) -> list[tuple[list[tuple[str, str]], Reply]]:
    return list(store.exchanges("two rounds"))


@pytest.mark.parametrize("die_after", [0, 1, 4, 5, 9, 11, 14])
def test_killed_or_not_the_same_records(tmp_path: Path, die_after: int) -> None:
    with Store(tmp_path / "whole") as store:
        Runner(store, {"base": Company()}, Silent()).run(TwoRounds())
        whole = records(store)
    with Store(tmp_path / "killed") as store, pytest.raises(KeyboardInterrupt):
        Runner(store, {"base": Company(die_after)}, Silent()).run(TwoRounds())
    with Store(tmp_path / "killed") as store:
        engine = Company()
        Runner(store, {"base": engine}, Silent()).run(TwoRounds())
        assert records(store) == whole
        assert engine.asked <= 15 - die_after // 4 * 4
        Runner(store, {"base": Company(0)}, Silent()).run(TwoRounds())  # nothing is asked


def test_replies_that_stand_alone_are_kept_as_they_come(tmp_path: Path) -> None:
    engine = Company(die_after=6)
    engine.commits_each = True
    with Store(tmp_path) as store, pytest.raises(KeyboardInterrupt):
        Runner(store, {"base": engine}, Silent()).run(TwoRounds())
    with Store(tmp_path) as store:
        assert len(records(store)) == 6
        again = Company()
        again.commits_each = True
        Runner(store, {"base": again}, Silent()).run(TwoRounds())
        assert (again.asked, len(records(store))) == (15 - 6, 15)


class Ahead(Inline):
    """An executor that takes three batches before it gives the first."""

    def carry(self, engine: Engine, batches: Iterable[Batch]) -> Iterator[Carried]:
        waiting: deque[Batch] = deque()
        for batch in batches:
            waiting.append(batch)
            if len(waiting) == 3:
                yield from super().carry(engine, [waiting.popleft()])
        yield from super().carry(engine, waiting)


class Twice:
    """A round in which the same is asked in several batches."""

    name = "two rounds"

    def rounds(self, done: Lookup) -> Iterator[Round]:
        yield Round("base", [request(n % 7) for n in range(30)], 30)


@pytest.mark.parametrize("stage", [TwoRounds(), Twice()])
def test_an_executor_that_asks_ahead_brings_the_same(tmp_path: Path, stage: Stage) -> None:
    result = []
    for executor in (Inline(), Ahead()):
        with Store(tmp_path / type(executor).__name__) as store:
            Runner(store, {"base": Company()}, Silent(), executor=executor).run(stage)
            result.append(records(store))
    assert result[0] == result[1] != []


def test_too_many_failures_stop_the_stage(tmp_path: Path) -> None:
    class Many:
        name = "many"

        def rounds(self, done: Lookup) -> Iterator[Round]:
            yield Round("base", (request(n) for n in range(100)), 100)

    engine = Company(fail=True)
    with Store(tmp_path) as store, pytest.raises(EngineError, match="20 of 20 requests of 'many'"):
        Runner(store, {"base": engine}, Silent()).run(Many())
    assert engine.asked == 20


def test_batches_are_of_one_kind_and_ask_once() -> None:
    requests: list[Request] = [request(n) for n in (1, 2, 2, 3, 4, 5)]
    assert [len(batch) for batch in cut(requests, 2, 4)] == [3, 2]


class Said(list[str]):
    """A progress that keeps what it is told."""

    def begin(self, name: str, total: int) -> None:
        self.append(f"{total} to do")

    def kept(self, name: str, total: int) -> None:
        self.append(f"{total} kept")

    def advance(self, count: int) -> None:
        self.append(f"{count:+}")

    def end(self) -> None:
        self.append("end")

    def beside(self) -> "Said":
        return self


def test_what_is_kept_is_not_said_to_be_done(tmp_path: Path) -> None:
    with Store(tmp_path) as store, pytest.raises(KeyboardInterrupt):
        Runner(store, {"base": Company(die_after=5)}, Silent()).run(TwoRounds())
    with Store(tmp_path) as store:
        said = Said()
        Runner(store, {"base": Company()}, said).run(TwoRounds())
        assert said[0] == "6 to do"  # a batch of 4 was kept
        assert sum(int(number) for number in said if number[0] == "+") == 11
        again = Said()
        Runner(store, {"base": Company(0)}, again).run(TwoRounds())
        assert again == ["10 kept", "5 kept"]


class Long:
    """A round that can begin in its middle; notes where it was begun and what was made of it."""

    name = "two rounds"

    def __init__(self, digest: str = "long", length: int = 50) -> None:
        self.digest, self.length = digest, length
        self.made: list[int] = []

    def since(self, start: int) -> Iterator[Request]:
        for number in range(start, self.length):
            self.made.append(number)
            yield request(number % 45)  # the last ones are asked twice

    def rounds(self, done: Lookup) -> Iterator[Round]:
        yield Round("base", self.since(0), self.length, self.since, self.digest)


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acculturate.store.done_part.STEP", 8)


def go_on(folder: Path, stage: Long, engine: Company, executor: Executor | None = None) -> None:
    with Store(folder) as store:
        Runner(store, {"base": engine}, Silent(), executor=executor or Inline()).run(stage)


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize("executor", [Inline(), Ahead()])
@pytest.mark.parametrize("die_after", [0, 3, 11, 12, 29, 44])
def test_what_is_done_is_not_made_again(tmp_path: Path, die_after: int, executor: Executor) -> None:
    go_on(tmp_path / "whole", Long(), Company())
    with pytest.raises(KeyboardInterrupt):
        go_on(tmp_path / "killed", Long(), Company(die_after), executor)
    stage = Long()
    go_on(tmp_path / "killed", stage, Company(), executor)
    done = die_after // 4 * 4
    assert min(stage.made) >= max(done - 8 - 12, 0)  # a step of marks, and what was asked ahead
    with Store(tmp_path / "whole") as one, Store(tmp_path / "killed") as other:
        assert records(one) == records(other)
        assert one.facts("counted ") == other.facts("counted ")
    again = Long()
    go_on(tmp_path / "killed", again, Company(0))
    assert again.made == []


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM replies WHERE request = (SELECT MIN(request) FROM replies)",
        "UPDATE replies SET request = 'x' WHERE request = (SELECT MIN(request) FROM replies)",
    ],
)
def test_a_record_that_was_taken_out_is_asked_again(tmp_path: Path, change: str) -> None:
    go_on(tmp_path, Long(), Company())
    with contextlib.closing(sqlite3.connect(tmp_path / "run.db")) as db, db:
        db.execute(change)
    engine = Company()
    go_on(tmp_path, Long(), engine)
    assert 0 < engine.asked <= 8  # the batches that it is in


@pytest.mark.usefixtures("often")
def test_marks_hold_for_the_same_requests_alone(tmp_path: Path) -> None:
    go_on(tmp_path, Long(), Company())
    other = Company()
    go_on(tmp_path, Long("another survey", 60), other)
    assert other.asked == 0  # the same requests, all of them made
    stage = Long()
    go_on(tmp_path, stage, Company())
    assert stage.made == []
    changed = Company()
    changed.choose_batch_size = 8
    cut_otherwise = Long()
    go_on(tmp_path, cut_otherwise, changed)
    assert len(cut_otherwise.made) == 50


@pytest.mark.usefixtures("often")
def test_only_batches_with_failures_are_looked_at_again(tmp_path: Path) -> None:
    class Flaky(Company):
        def choose(
            self, requests: Sequence[ChooseRequest]
        ) -> Iterator[tuple[str, Choice | Failure]]:
            for one in requests:
                self.asked += 1
                busy = one.messages[0].text in ("9", "30")
                yield one.id, Failure("transient", "busy") if busy else Choice((0.0,))

    go_on(tmp_path, Long(), Flaky())
    with Store(tmp_path) as store:
        assert store.forget_failures(["transient"]) == 2
    stage, engine = Long(), Company()
    go_on(tmp_path, stage, engine)
    assert (stage.made, engine.asked) == ([8, 9, 10, 11, 28, 29, 30, 31], 8)
    with Store(tmp_path) as store:
        assert store.counts() == {"two rounds": (45, 0)}
    last = Long()
    go_on(tmp_path, last, Company(0))
    assert last.made == []
