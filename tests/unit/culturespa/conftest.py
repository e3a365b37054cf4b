"""A survey of two topics, and a lookup over a dict: what a run folder is to a stage."""

from collections.abc import Callable

import pytest

from acculturate.engines.mock import MockEngine
from acculturate.executors import work
from acculturate.records import Item, Reply, Request, Wording
from acculturate.runner import Lookup, Stage, cut

AGREE = ("Strongly agree", "Agree", "Disagree", "Strongly disagree")


def seed(key: str, topic: str, stem: str) -> Item:
    return Item(key, topic, (1, 2, 3, 4), "ordinal", {"en": (Wording(stem, AGREE),)})


@pytest.fixture
def survey_items() -> tuple[Item, ...]:
    return (
        seed("W1", "Work", "Work is a duty towards society."),
        seed("W2", "Work", "People who do not work turn lazy."),
        seed("W3", "Work", "Work should always come first."),
        seed("W4", "Work", "A job is only a way of earning money."),
        seed("F1", "Faith", "Religion gives comfort in hard times."),
        seed("F2", "Faith", "Only one religion can be true."),
    )


Carry = Callable[..., Lookup]


@pytest.fixture
def carry() -> Carry:
    """Carry a stage over a mock engine as the runner does; returns the lookup."""

    def run(
        stage: Stage,
        engine: MockEngine,
        replies: dict[str, Reply] | None = None,
        batches: int = 10_000,
    ) -> Lookup:
        have = {} if replies is None else replies

        def done(role: str, request: Request) -> Reply | None:
            return have.get(request.id)

        left = batches
        for todo in stage.rounds(done):
            for batch in cut(todo.requests, engine.batch_size, engine.batch_size):
                if all(request.id in have for request in batch):
                    continue
                if left == 0:
                    return done
                left -= 1
                have.update((request.id, reply) for request, reply in work(engine, batch))
        return done

    return run
