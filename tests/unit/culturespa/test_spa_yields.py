"""Whatever a model writes, what is counted from attempts to rows adds up."""

import json
import random
from typing import Any

import pytest

from acculturate.asking import AnswerSettings
from acculturate.culture import find_culture
from acculturate.culturespa import (
    AnswerStage,
    CultureSpaSettings,
    QuestionStage,
    find_shifts,
    teaching_rows,
)
from acculturate.culturespa.adaptation import _of_writer
from acculturate.culturespa.answering import PAIRED
from acculturate.culturespa.questions import KEPT, WANTED
from acculturate.culturespa.shifts import SELECTED, USED
from acculturate.engines.mock import MockEngine, Script
from acculturate.records import ChooseRequest, Failure, Item, Request
from acculturate.records.yields import Yield

from .conftest import Carry

ATTEMPTS = (
    "",
    "I am sorry.",
    '{"question": "Is it',
    '{"question": "Should work come first?", "options": ["Agree", "Disagree"]}',
    '{"question": "Do you like tea and do you like it hot?", "options": ["1", "2"]}',
    '{"question": "Work should always come first.", "options": ["Agree", "Disagree"]}',
    '{"question": "Magst du die Arbeit sehr, sag?", "options": ["Ja", "Ja"]}',
)
SETTINGS: list[dict[str, Any]] = [
    {},
    {"preset": "published"},
    {"questions": {"leaks": "keep"}, "shifts": {"noise": "ignore", "select": "top", "top": 0.4}},
    {"shifts": {"strength": 0.0, "noise": "report", "quantity": 0.5}},
    {"shifts": {"strength": 0.2, "control": "unshifted"}},
    {"answering": {"kind": "sampled", "samples": 2}, "shifts": {"control": "shuffled"}},
]


def hostile(seed: int, share: float) -> Script:
    """A model that fails in every way, in that share of its replies."""

    def say(request: Request) -> str | list[float] | Failure:
        draw = random.Random(f"{seed}/{request.id}/{getattr(request, 'sample', 0)}")
        if draw.random() < share / 5:
            return Failure("content", "gone")
        if isinstance(request, ChooseRequest):
            shares = [draw.random() for _ in request.labels]
            return [share / sum(shares) for share in shares]
        if (
            "question" not in request.messages[-1].text.casefold()
            or "1" in request.messages[-1].text
        ):
            return draw.choice(["1", "2", "A", "B", "I cannot say."])
        if draw.random() < share:
            return draw.choice(ATTEMPTS)
        words = " ".join("".join(draw.choices("abcdefghijklmnop", k=7)) for _ in range(4))
        stem = f"How important is {words} to you?"
        return json.dumps({"question": stem, "options": ["Very important", "Not important"]})

    return say


def check(yields: list[Yield]) -> dict[str, Yield]:
    """Each step's sum is what came in, and that is what the step before it left."""
    by_step = {tally.step: tally for tally in yields}
    assert len(by_step) == len(yields)
    for tally in yields:
        assert tally.adds_up, tally
        assert 0 <= tally.count <= tally.of, tally
        assert all(reason and count > 0 for reason, count in tally.lost.items()), tally
        if tally.after:
            assert tally.of == by_step[tally.after].count, tally
    return by_step


@pytest.mark.parametrize("given", SETTINGS)
@pytest.mark.parametrize(("share", "seed"), [(0.1, 0), (0.5, 1), (0.9, 2)])
def test_what_is_counted_adds_up(
    carry: Carry, survey_items: tuple[Item, ...], share: float, seed: int, given: dict[str, Any]
) -> None:
    questions = {**given.get("questions", {}), "per_topic": 4, "attempts": 2, "round_size": 6}
    settings = CultureSpaSettings.model_validate({**given, "questions": questions})
    cultures = [find_culture(code) for code in ("CHN", "DEU")]
    engine = MockEngine(hostile(seed, share))
    writing = QuestionStage(survey_items, settings, avoid=survey_items)
    result = writing.collect(carry(writing, engine))
    asking = AnswerStage(result.items, cultures, settings, AnswerSettings())
    answers = asking.collect(carry(asking, engine))
    shifts = find_shifts(answers, settings)
    taught = teaching_rows(shifts.shifts, result.items, cultures, settings, AnswerSettings())
    steps = check([*result.yields, *answers.yields, *shifts.yields, *taught.yields])
    assert sum(result.yields[0].lost.values()) + result.yields[0].count == result.yields[0].of
    assert steps[KEPT].count == steps[WANTED].count == len(result.items)
    assert steps[PAIRED].of == len(result.items) * len(cultures)
    assert steps[PAIRED].count == steps[SELECTED].of == len(answers.pairs)
    if not settings.control:
        assert steps[USED].count == len(shifts.shifts)
    assert steps["training rows were made"].count == len(taught.rows)


@pytest.mark.parametrize(("share", "told"), [(0.1, False), (0.9, True)])
def test_a_writer_that_mostly_fails_is_told(
    carry: Carry, survey_items: tuple[Item, ...], share: float, told: bool
) -> None:
    settings = CultureSpaSettings.model_validate(
        {"questions": {"per_topic": 4, "attempts": 2, "round_size": 6}}
    )
    writing = QuestionStage(survey_items, settings, avoid=survey_items)
    written = writing.collect(carry(writing, MockEngine(hostile(3, share))))
    good, tried = written.usable
    assert len(written.items) <= good <= tried == written.yields[0].of
    said = list(_of_writer("spa", "small", written))
    assert bool(said) == told
    if told:
        assert f"only {good} of {tried} attempts of 'small'" in said[0]
        assert f"read the {len(written.items)} kept ones" in said[0]
