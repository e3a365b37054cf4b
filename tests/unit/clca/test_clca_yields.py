"""Whatever a model writes, what is counted adds up, and what broke off is never trained on."""

import random
from dataclasses import replace
from typing import Any

import pytest

from acculturate.clca import ClcaSettings, JudgeStage, dialogue_rows, learn
from acculturate.clca.adaptation import _of_turns
from acculturate.clca.dialogue_rows import TAUGHT
from acculturate.clca.judges.judging import BROKEN_OFF, KEPT, PASSED, READ
from acculturate.clca.method import Learned, Made, RoleStage
from acculturate.clca.play.roleplay import PLAYED
from acculturate.culture import find_culture
from acculturate.engines.mock import MockEngine, Script
from acculturate.records import ChooseRequest, Failure, Request
from acculturate.records.yields import Yield

from .conftest import Carry, Talk

VERDICTS = (
    "Verdict: good\nConfidence: confident\nCritique: Fine.",
    "Verdict: bad, Confidence: very confident, Critique: dull",
    "Bad.",
    "Good, I think.",
    "Verdict: good or bad",
    "I cannot say.",
    '{"verdict": "good", "confidence": "not sure"}',
    "",
)
MOVES = (
    "",
    "[leaves]",
    "*nods*",
    "[says nothing]",
    "As an AI language model I do not talk.",
    "我今天想谈谈花园的事情，你觉得呢？",
    "{",
)


def hostile(seed: int, share: float) -> Script:
    """A model that fails in every way, in that share of its replies; the same for the same seed."""

    def say(request: Request) -> str | list[float] | Failure:
        draw = random.Random(f"{seed}/{request.id}/{getattr(request, 'sample', 0)}")
        if draw.random() < share / 4:
            return Failure("content", "gone")
        if isinstance(request, ChooseRequest):
            good = draw.random()
            return [good, 1 - good]
        prompt = request.messages[-1].text
        if "Verdict:" in prompt:
            return draw.choice(VERDICTS)
        if draw.random() < share:
            return draw.choice(MOVES)
        return (
            f"I saw {draw.randrange(999)} birds and {draw.randrange(999)} trees on my road today."
        )

    return say


def learned_from(carry: Carry, say: Script, **given: dict[str, Any]) -> Learned:
    tree = {"scenarios": {"count": 3, "tries": 2}, "roleplay": {"exchanges": 3, "tries": 2}}
    settings = ClcaSettings.model_validate({**tree, **given})

    def run(stage: RoleStage[Made], /) -> Made:
        return stage.collect(carry(stage, MockEngine(say)))

    cultures = [find_culture(code) for code in ("GBR", "USA")]
    return learn(cultures, settings, run, can_choose=True, second_can_choose=False)


def check(yields: tuple[Yield, ...]) -> dict[str, Yield]:
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


GIVEN: list[dict[str, dict[str, Any]]] = [
    {},
    {"judging": {"way": "text"}},
    {"judging": {"way": "text", "keep": "published", "stereotypes": False}},
    {"judging": {"way": "text", "keep": "none"}, "teaching": {"quantity": 0.5}},
    {"scenarios": {"count": 3, "fallback": False}, "teaching": {"imitation": 0}},
    {"scenarios": {"count": 2, "adapt": "rule"}, "roleplay": {"dialogues": 3, "tries": 1}},
]


@pytest.mark.parametrize("given", GIVEN)
@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_what_is_counted_adds_up(carry: Carry, share: float, given: dict[str, Any]) -> None:
    for seed in range(4):
        learned = learned_from(carry, hostile(seed, share), **given)
        steps = check(learned.yields)
        dialogues = learned.dialogues.dialogues
        whole = [dialogue for dialogue in dialogues if dialogue.end != "failed"]
        assert (steps[PLAYED].count, steps[PLAYED].of) == (len(whole), len(dialogues))
        assert steps[PASSED].of == len(whole)
        assert steps[KEPT].count == len(learned.judged.kept)
        assert steps[READ].count == len(learned.judged.verdicts)
        assert learned.second is not None
        second = steps[READ.replace("the judge", "the second judge")]
        assert second.count == len(learned.second.verdicts)
        assert steps[TAUGHT].count == len(learned.teaching.used)
        assert steps["training rows were made"].count == len(learned.teaching.rows)
        broken = {dialogue.id for dialogue in dialogues if dialogue.end == "failed"}
        assert not broken & {dialogue.id for dialogue in learned.judged.kept}
        assert not broken & set(learned.teaching.used)
        for row in dialogue_rows(learned):
            assert (row.dropped == BROKEN_OFF) == (row.id in broken)


LENIENT = ClcaSettings.model_validate({"judging": {"keep": "lenient"}})


def test_a_dialogue_that_broke_off_is_not_judged(talk: Talk, carry: Carry) -> None:
    moves = ("Good day, Lena, the bread is ready.", "Thank you, I have to fly at noon.",
             "Then take two of them with you.", "What do I owe you for all this?")  # fmt: skip
    asked: list[Request] = []

    def say(request: Request) -> list[float]:
        asked.append(request)
        return [0.9, 0.1]

    stage = JudgeStage([talk(*moves, end="failed"), talk(*moves, number=2)], LENIENT)
    judged = stage.collect(carry(stage, MockEngine(say)))
    assert [dialogue.scenario.situation for dialogue in judged.kept] == ["test-2"]
    assert len(asked) == 2 * 4
    assert judged.drops[-1].reason == BROKEN_OFF
    assert (judged.yields[0].count, judged.yields[0].of) == (1, 1)


@pytest.mark.parametrize(("turns", "kept", "told"), [(14, 1, True), (15, 1, False), (3, 0, False)])
def test_a_model_that_often_fails_to_play_is_told(
    carry: Carry, turns: int, kept: int, told: bool
) -> None:
    learned = learned_from(carry, hostile(0, 0.5))
    step = learned.dialogues.yields[0].step
    dialogues = replace(learned.dialogues, yields=(Yield(step, turns, 20),))
    judged = replace(learned.judged, kept=learned.dialogues.dialogues[:kept])
    said = list(_of_turns("clca", replace(learned, dialogues=dialogues, judged=judged)))
    assert bool(said) == told
    if told:
        assert "only 14 of 20 replies were taken as a turn" in said[0]
        assert "read the 1 dialogues that are kept" in said[0]
