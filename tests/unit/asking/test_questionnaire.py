"""In what company items are put: batteries, interviews, and thoughts before a choice."""

import itertools
import json
import math
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from acculturate.asking import AnswerSettings
from acculturate.asking.asking import every_option
from acculturate.asking.batteries import WholeBattery
from acculturate.asking.conversation import Conversation, Sitting
from acculturate.asking.questionnaire import conversations, size_of
from acculturate.culture import find_culture
from acculturate.errors import ConfigError
from acculturate.framing import Backdrop, find_framing
from acculturate.records import (
    Answer,
    Choice,
    ChooseRequest,
    Failure,
    GenerateRequest,
    Generation,
    Item,
    Reply,
    Request,
)
from acculturate.survey import load_survey

SURVEY = load_survey()
ITEMS = SURVEY.select(["Q1", "Q2", "Q3", "Q46", "Q152"])  # a grid of three, and two by themselves
LANGUAGES = ("en", "de", "es", "ja", "zh")


def held(
    items: tuple[Item, ...] = ITEMS, framing: str = "unaware", language: str = "en", **keys: Any
) -> list[Conversation]:
    settings = AnswerSettings.model_validate({"languages": [language], **keys})
    cultures = [find_culture(code) for code in ("CHN", "DEU")]
    found = list(conversations(items, find_framing(framing, language), cultures, settings))
    asked = 1 if framing == "unaware" else len(cultures)
    requests = [one for conversation in found for one in all_of(conversation)]
    size = size_of(items, settings)
    assert len(requests) == size.requests * asked
    assert sum(len(list(carried(request))) for request in found) == size.answers * asked
    return found


def likely(asked: Request) -> Reply:
    if isinstance(asked, ChooseRequest):
        n = len(asked.labels)
        return Choice(tuple(math.log(2 * (k + 1) / (n * (n + 1))) for k in range(n)))
    return Generation("1", 1, 1, "end")


def all_of(conversation: Conversation) -> Iterator[Request]:
    sitting = Sitting(conversation)
    while (asked := sitting.next(likely)) is not None:
        yield asked


def carried(conversation: Conversation) -> Iterator[Answer]:
    return Sitting(conversation).answers(likely)


@pytest.mark.parametrize("kind", ["expected", "sampled"])
@pytest.mark.parametrize("orders", ["forward", "balanced", "random"])
@pytest.mark.parametrize("presentation", ["single", "battery", "interview"])
@pytest.mark.parametrize("reason", [False, True])
def test_as_many_are_asked_as_are_counted(
    presentation: str, orders: str, kind: str, reason: bool
) -> None:
    keys: dict[str, Any] = {"orders": orders, "kind": kind, "samples": 2, "wordings": 2}
    keys["reason"] = reason
    held(ITEMS, "aware", presentation=presentation, **keys)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_battery_stands_on_one_page_with_its_scale_once(language: str) -> None:
    found = held(presentation="battery", orders="forward", language=language, items=ITEMS[:3])
    pages = [next(all_of(conversation)) for conversation in found]
    text = pages[1].messages[1].text
    for item in ITEMS[:3]:
        assert text.count(item.wording(language).stem) == 1
    assert text.count(f"4. {ITEMS[0].wording(language).texts[3]}") == 1
    assert "2" in text.splitlines()[-1]
    assert [page.messages[0] for page in pages] == [pages[0].messages[0]] * 3
    assert all("{" not in page.messages[1].text for page in pages)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("labels", ["numbers", "letters", "texts"])
def test_a_whole_battery_is_read_item_by_item(language: str, labels: str) -> None:
    [page] = held(
        ITEMS[:3], language=language, presentation="battery", orders="forward", kind="sampled",
        labels=labels, no_answer="offered",
    )  # fmt: skip
    asked = page.request(())
    assert isinstance(asked, GenerateRequest)
    assert '{"1": "...", "2": "..."}' in asked.messages[1].text
    assert asked.sampling.max_tokens == 3 * 24
    assert isinstance(page, WholeBattery)
    # a form that named the options would leave no words to refuse with
    assert json.loads(asked.schema)["properties"]["2"] == {"type": "string"}
    options = [option.label for option in every_option(page.asks[1])]
    said = Generation(json.dumps({"1": options[3], "2": options[4]}), 9, 9, "length")
    (_, first), (_, second), (_, third) = page.answers([said])
    assert (first.item, first.code, first.presentation) == ("Q1", 4, "battery")
    assert second.no_answer == (1.0, 0.0)
    assert third.refused
    assert third.cut
    assert all(one.refused for _, one in page.answers([Failure("content", "no")]))
    some = json.dumps({"1": options[3], "2": "I would rather not say.", "3": options[0]})
    unwilling = page.answers([Generation(some, 9, 9, "end")])
    assert [one.refused for _, one in unwilling] == [False, True, False]


def test_items_of_a_battery_with_other_scales_keep_their_own() -> None:
    items = SURVEY.select(["Q106", "Q107"])
    page = held(items, presentation="battery", orders="forward")[0].request(())
    assert page is not None
    for item in items:
        assert all(text in page.messages[1].text for text in item.wording().texts if text)


def test_an_interview_goes_on_from_what_was_answered() -> None:
    forward, reversed_ = held(presentation="interview")
    asked = list(all_of(forward))
    assert len(asked) == len(ITEMS)
    for turn, (one, following) in enumerate(itertools.pairwise(asked)):
        assert following.messages[: len(one.messages)] == one.messages
        given = following.messages[len(one.messages)]
        assert isinstance(one, ChooseRequest)
        assert given.role == "assistant"
        assert given.text in one.labels
        assert len(following.messages) == 2 * turn + 4
    items = [answer.item for answer in carried(forward)]
    assert sorted(items) == sorted(item.id for item in ITEMS)
    start = items.index("Q1")
    assert items[start : start + 3] == ["Q1", "Q2", "Q3"]  # a battery stays together
    assert [answer.item for answer in carried(reversed_)] == items
    orders = {answer.item: answer.order for answer in carried(reversed_)}
    assert orders["Q1"] == (3, 2, 1, 0)


def test_interviews_of_other_samples_have_other_orders_and_answers() -> None:
    found = held(presentation="interview", samples=6, orders="forward")
    assert len({tuple(answer.item for answer in carried(request)) for request in found}) > 1
    again = held(presentation="interview", samples=6, orders="forward")
    assert [list(all_of(one)) for one in again] == [list(all_of(request)) for request in found]
    other = held(presentation="interview", samples=6, orders="forward", seed=7)
    assert [list(all_of(one)) for one in other] != [list(all_of(request)) for request in found]


def test_an_item_without_a_reply_is_left_out_of_the_interview() -> None:
    conversation = held(presentation="interview", orders="forward")[0]
    first = conversation.request(())
    assert first is not None
    failed = Failure("content", "no")
    second = conversation.request([failed])
    assert second is not None
    assert [message.role for message in second.messages] == ["system", "user"]
    assert second.messages[1] != first.messages[1]
    [(_, answer)] = conversation.answers([failed])
    assert answer.refused


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["expected", "sampled", "stated"])
def test_a_thought_comes_before_the_choice(language: str, kind: str) -> None:
    keys: dict[str, Any] = {"reason": True, "reason_tokens": 30, "kind": kind}
    [conversation, *_] = held(ITEMS[:1], language=language, **keys)
    thought = conversation.request(())
    assert isinstance(thought, GenerateRequest)
    assert thought.sampling.max_tokens == 30
    said = Generation("Family is close. \n", 9, 9, "length")
    choice = conversation.request([said])
    assert choice is not None
    assert choice.messages[:2] == thought.messages
    assert [message.role for message in choice.messages[2:]] == ["assistant", "user"]
    assert choice.messages[2].text == "Family is close."
    assert conversation.request([said, likely(choice)]) is None
    assert list(conversation.answers([said])) == []
    [(at, answer)] = conversation.answers([said, likely(choice)])
    assert at == 1
    assert answer.reasoned
    failed = Failure("content", "no")
    assert conversation.request([failed]) is None
    [(_, refused)] = conversation.answers([failed])
    assert refused.refused


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_thought_comes_before_each_answer_of_a_battery(language: str) -> None:
    keys: dict[str, Any] = {"presentation": "battery", "orders": "forward", "language": language}
    plain = held(ITEMS[:3], **keys)[1].request(())
    second = held(ITEMS[:3], reason=True, **keys)[1]
    thought = second.request(())
    assert isinstance(thought, GenerateRequest)
    assert plain is not None
    assert thought.messages[0] == plain.messages[0]
    assert thought.messages[1].text.startswith(plain.messages[1].text)
    said = Generation("It is near to me.", 9, 9, "end")
    choice = second.request([said])
    assert isinstance(choice, ChooseRequest)
    assert [message.role for message in choice.messages[2:]] == ["assistant", "user"]
    number = plain.messages[1].text.splitlines()[-1]
    assert number in choice.messages[3].text, "the question is named again"
    [(at, answer)] = second.answers([said, likely(choice)])
    assert (at, answer.item, answer.presentation, answer.reasoned) == (1, "Q2", "battery", True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_thought_comes_before_a_whole_battery(language: str) -> None:
    [page] = held(
        ITEMS[:3], language=language, presentation="battery", orders="forward", kind="sampled",
        reason=True, reason_tokens=30,
    )  # fmt: skip
    thought = page.request(())
    assert isinstance(thought, GenerateRequest)
    assert (thought.sampling.max_tokens, thought.schema) == (30, "")
    said = Generation("They are near to me.", 9, 9, "end")
    asked = page.request([said])
    assert isinstance(asked, GenerateRequest)
    assert '{"1": "...", "2": "..."}' in asked.messages[3].text
    assert asked.schema
    answers = list(page.answers([said, Generation('{"1": 4, "2": 1, "3": 2}', 9, 9, "end")]))
    assert [(at, one.code, one.reasoned) for at, one in answers] == [
        (1, 4, True), (1, 1, True), (1, 2, True)
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["expected", "sampled"])
def test_thoughts_of_an_interview_are_not_in_sight_afterwards(kind: str) -> None:
    keys: dict[str, Any] = {"presentation": "interview", "orders": "forward", "kind": kind}
    plain = held(**keys)[0]
    reasoned = held(reason=True, **keys)[0]
    replies: list[Reply] = []
    spoken: list[Request] = []
    while (asked := reasoned.request(replies)) is not None:
        spoken.append(asked)
        thinks = len(replies) % 2 == 0
        replies.append(Generation("A thought.", 9, 9, "end") if thinks else likely(asked))
    assert len(spoken) == 2 * len(ITEMS)
    answered = replies[1::2]
    for turn in range(len(ITEMS)):
        thought, choice = spoken[2 * turn : 2 * turn + 2]
        same = plain.request(answered[:turn])
        assert same is not None
        assert isinstance(thought, GenerateRequest)
        assert thought.messages[:-1] == same.messages[:-1]
        assert thought.messages[-1].text.startswith(same.messages[-1].text)
        assert choice.messages[:-2] == thought.messages
        assert choice.messages[-2].text == "A thought."
        assert sum(message.text == "A thought." for message in choice.messages) == 1
    read = list(reasoned.answers(replies))
    assert [at for at, _ in read] == list(range(1, 2 * len(ITEMS), 2))
    assert all(one.reasoned and one.presentation == "interview" for _, one in read)
    exchanges = list(Sitting(reasoned).exchanges(dict(zip(spoken, replies, strict=True)).get))
    assert [asked for asked, _ in exchanges] == spoken[1::2]


def test_an_interview_goes_on_after_a_thought_that_failed() -> None:
    conversation = held(presentation="interview", reason=True, orders="forward")[0]
    failed = Failure("content", "no")
    first, second = conversation.request(()), conversation.request([failed])
    assert isinstance(first, GenerateRequest)
    assert isinstance(second, GenerateRequest), "the thought before the next item"
    assert [message.role for message in second.messages] == ["system", "user"]
    said = Generation("Well.", 1, 1, "end")
    choice = conversation.request([failed, said])
    assert isinstance(choice, ChooseRequest)
    third = conversation.request([failed, said, failed])
    assert isinstance(third, GenerateRequest)
    assert len(third.messages) == 2
    read = list(conversation.answers([failed, said, likely(choice)]))
    assert [(at, one.refused) for at, one in read] == [(0, True), (2, False)]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"by_length": True}, 'set labels = "texts"'),
        ({"presentation": "battery", "kind": "stated"}, "a battery has no stated shares"),
    ],
)
def test_what_does_not_fit_together_is_told(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        AnswerSettings.model_validate(keys)


def test_a_framing_that_differs_from_item_to_item_has_no_interview() -> None:
    settings = AnswerSettings(presentation="interview")
    framing = find_framing("self-alignment", backdrop=Backdrop(SURVEY, settings.backdrop))
    with pytest.raises(ConfigError, match="set presentation to 'single', not 'interview'"):
        next(conversations(ITEMS, framing, [find_culture("CHN")], settings))
