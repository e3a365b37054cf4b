"""Questions that their writer finds worse than the survey's own are dropped, and counted."""

import math

import pytest

from acculturate.culturespa.culturespa_settings import CultureSpaSettings, QuestionSettings
from acculturate.culturespa.questions import KEPT, Questions
from acculturate.culturespa.self_judged import ASKS, UNJUDGED, WORSE, SelfJudgeStage
from acculturate.records import Choice, ChooseRequest, Failure, Item, Reply, Request, Wording
from acculturate.records.yields import Yield
from acculturate.runner import Lookup


def question(key: str, stem: str) -> Item:
    return Item(key, "Work", (1, 2), "nominal", {"en": (Wording(stem, ("Yes", "No")),)})


WRITTEN = (question("good", "Is work good?"), question("bad", "Is green odd?"))


def stage_of(survey: tuple[Item, ...], share: float, items: tuple[Item, ...]) -> SelfJudgeStage:
    kept = Yield(KEPT, len(items), len(items))
    settings = CultureSpaSettings(questions=QuestionSettings(self_judged=share))
    return SelfJudgeStage(Questions(items, (), (kept,), ()), survey, settings)


def judge(liked: dict[str, float]) -> Lookup:
    """Return a lookup that says yes with a probability by words of the prompt, else of .5; the
    order of yes and no moves it as far up as down.
    """

    def done(role: str, request: Request) -> Reply | None:
        assert isinstance(request, ChooseRequest)
        prompt = request.messages[-1].text
        share = next((p for words, p in liked.items() if words in prompt), 0.5)
        push = 0.7 if prompt.endswith("Yes or No?") else -0.7
        odds = math.log(share / (1 - share)) + push
        return Choice((odds, 0.0))

    return done


def test_what_is_found_worse_than_the_surveys_own_is_dropped(
    survey_items: tuple[Item, ...],
) -> None:
    stage = stage_of(survey_items, 0.25, WRITTEN)
    judged = stage.collect(judge({"Is work good?": 0.8, "Is green odd?": 0.2}))
    assert [item.id for item in judged.items] == ["good"]
    assert [(drop.reason, drop.text) for drop in judged.drops] == [(WORSE, "Is green odd?")]
    step = judged.yields[-1]
    assert (step.count, step.of, step.after, step.lost) == (1, 2, KEPT, {WORSE: 1})
    assert all(step.adds_up for step in judged.yields)


def test_the_threshold_is_the_share_of_the_surveys_own(survey_items: tuple[Item, ...]) -> None:
    liked = {"Is work good?": 0.5, "comfort": 0.3, "turn lazy": 0.3, "Only one": 0.9}
    judged = stage_of(survey_items, 0.1, WRITTEN).collect(judge(liked))
    assert len(judged.items) == 2
    judged = stage_of(survey_items, 0.9, WRITTEN).collect(judge(liked))
    assert not judged.items


def test_each_criterion_is_asked_in_both_orders(survey_items: tuple[Item, ...]) -> None:
    (todo,) = stage_of(survey_items, 0.1, WRITTEN).rounds(lambda *_: None)
    asked = list(todo.requests)
    assert len(asked) == todo.total == ASKS * (len(survey_items) + len(WRITTEN))
    assert len({request.id for request in asked}) == len(asked)
    prompt = [request.messages[-1].text for request in asked if "Is work good?" in str(request)]
    assert [text.endswith("No or Yes?") for text in prompt] == [False, True] * (ASKS // 2)
    assert all("Options: Yes; No" in text for text in prompt)


def test_a_question_without_a_reply_is_dropped_by_name(survey_items: tuple[Item, ...]) -> None:
    good = judge({})

    def done(role: str, request: Request) -> Reply | None:
        return Failure("content", "none") if "green" in str(request) else good(role, request)

    judged = stage_of(survey_items, 0.1, WRITTEN).collect(done)
    assert judged.yields[-1].lost == {UNJUDGED: 1}


def test_nothing_is_asked_where_no_question_is_left(survey_items: tuple[Item, ...]) -> None:
    assert not list(stage_of(survey_items, 0.1, ()).rounds(lambda *_: None))


@pytest.mark.parametrize("share", [-0.1, 1.0])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="self_judged"):
        QuestionSettings(self_judged=share)
