"""Scenarios and dialogues by hand, and a lookup over a dict: what a run folder is to a stage."""

from collections.abc import Callable

import pytest

from acculturate.clca.descriptors import Descriptors
from acculturate.clca.play.dialogue import Dialogue, End, Utterance
from acculturate.clca.play.moves import Kind
from acculturate.clca.scenarios.scenario import Character, Scenario
from acculturate.engines.mock import MockEngine
from acculturate.executors import work
from acculturate.records import Reply, Request
from acculturate.runner import Lookup, Stage, cut

Carry = Callable[..., Lookup]
Talk = Callable[..., Dialogue]


def scenario_of(number: int = 1, culture: str = "DEU", language: str = "en") -> Scenario:
    return Scenario(
        id=f"test-{number}/{culture}/{language}/1",
        situation=f"test-{number}",
        variant=0,
        domain="test",
        culture=culture,
        language=language,
        setting=f"Jonas and Lena meet in house number {number}.",
        tension="Whether one says it.",
        first=Character("Jonas", "baker", "Gets up early.", "GOAL OF JONAS", "SECRET OF JONAS"),
        second=Character("Lena", "pilot", "Is often away.", "GOAL OF LENA", "SECRET OF LENA"),
        adapted=True,
    )


@pytest.fixture
def scenarios() -> Callable[..., tuple[Scenario, ...]]:
    def make(count: int = 1, culture: str = "DEU", language: str = "en") -> tuple[Scenario, ...]:
        return tuple(scenario_of(number, culture, language) for number in range(1, count + 1))

    return make


@pytest.fixture
def talk() -> Talk:
    """A dialogue of moves in turn, Jonas first: texts, or (kind, text)."""

    def make(
        *moves: str | tuple[Kind, str],
        number: int = 1,
        language: str = "en",
        culture: str = "DEU",
        end: End = "limit",
    ) -> Dialogue:
        pairs: list[tuple[Kind, str]] = [
            ("speak", move) if isinstance(move, str) else move for move in moves
        ]
        said = tuple(Utterance(k % 2, kind, text) for k, (kind, text) in enumerate(pairs))
        scenario = scenario_of(number, culture, language)
        return Dialogue(
            f"{scenario.id}#1", scenario, language, Descriptors(culture, language, ""), said, end
        )

    return make


@pytest.fixture
def carry() -> Carry:
    """Carry a stage over mock engines by role as the runner does; returns the lookup."""

    def run(
        stage: Stage,
        engines: MockEngine | dict[str, MockEngine],
        replies: dict[tuple[str, str], Reply] | None = None,
        batches: int = 10_000,
    ) -> Lookup:
        have = {} if replies is None else replies

        def done(role: str, request: Request) -> Reply | None:
            return have.get((role, request.id))

        left = batches
        for todo in stage.rounds(done):
            engine = engines[todo.role] if isinstance(engines, dict) else engines
            for batch in cut(todo.requests, engine.batch_size, engine.batch_size):
                if all((todo.role, request.id) in have for request in batch):
                    continue
                if left == 0:
                    return done
                left -= 1
                answers = work(engine, batch)
                have.update(((todo.role, request.id), reply) for request, reply in answers)
        return done

    return run
