"""Rounds, batches, and what a kill leaves: the same records, each once."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from acculturate.engines import Engine, Identity
from acculturate.errors import EngineError
from acculturate.executors import Batch, Carried, Inline
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
