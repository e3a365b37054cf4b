import itertools
import json
import random
from collections import Counter

import pytest

from acculturate.asking import Presentation, shown
from acculturate.culturespa import CultureSpaSettings, QuestionSettings, QuestionStage
from acculturate.culturespa.filters import LEAK
from acculturate.culturespa.questions import SURPLUS
from acculturate.culturespa.rulebook import LEAKED
from acculturate.engines.mock import MockEngine
from acculturate.errors import EngineError, SurveyError
from acculturate.records import (
    Choice,
    Failure,
    GenerateRequest,
    Item,
    Reply,
    Request,
)

from .conftest import Carry


def settings(**questions: object) -> CultureSpaSettings:
    given = {"per_topic": 4, "round_size": 6, **questions}
    return CultureSpaSettings(questions=QuestionSettings.model_validate(given))


def good(request: Request) -> str:
    """Another question for every request, always the same for the same one."""
    draw = random.Random(request.id)
    words = ["".join(draw.choices("abcdefghijklmnop", k=7)) for _ in range(4)]
    stem = f"How important is {' '.join(words)} to you?"
    return json.dumps({"question": stem, "options": ["Very important", "Not important"]})


def patchy(request: Request) -> str:
    """Some attempts are good, some are lists, some are garbage."""
    kind = random.Random("x" + request.id).randrange(3)
    if kind == 0:
        return "I am sorry, I cannot do that."
    if kind == 1:
        tree = json.loads(good(request))
        return "\n".join([tree["question"], *(f"- {option}" for option in tree["options"])])
    return good(request)


def test_every_topic_gets_what_is_wanted(survey_items: tuple[Item, ...], carry: Carry) -> None:
    stage = QuestionStage(survey_items, settings())
    result = stage.collect(carry(stage, MockEngine(good)))
    assert Counter(item.topic for item in result.items) == {"Work": 4, "Faith": 4}
    assert len({item.id for item in result.items}) == 8
    *_, kept, wanted = result.yields
    assert (kept.count, wanted.count, wanted.of, wanted.note) == (8, 8, 8, "")
    assert {drop.reason for drop in result.drops} <= {SURPLUS}
    assert [(topic.step, topic.count) for topic in result.topics] == [("Work", 4), ("Faith", 4)]


def test_attempts_name_the_form_of_a_question(survey_items: tuple[Item, ...], carry: Carry) -> None:
    for bound in (True, False):
        asked: list[Request] = []

        def say(request: Request, asked: list[Request] = asked) -> str:
            asked.append(request)
            return good(request)

        stage = QuestionStage(survey_items, settings(bound=bound))
        assert len(stage.collect(carry(stage, MockEngine(say))).items) == 8
        forms = {request.schema for request in asked if isinstance(request, GenerateRequest)}
        if not bound:
            assert forms == {""}
            continue
        [form] = map(json.loads, forms)
        shown = [m.text for m in asked[0].messages if m.role == "assistant"]
        assert all(list(json.loads(text)) == form["required"] for text in shown)


@pytest.mark.parametrize(("pool", "shown"), [(1, {1, 2, 3}), (0, {0, 1, 2})])
def test_few_seeds_or_none_can_be_drawn_from(
    pool: int, shown: set[int], survey_items: tuple[Item, ...], carry: Carry
) -> None:
    replies: dict[str, Reply] = {}
    asked: list[Request] = []

    def remember(request: Request) -> str:
        asked.append(request)
        return good(request)

    stage = QuestionStage(survey_items, settings(pool=pool, survey_items=1, generated=2))
    assert len(stage.collect(carry(stage, MockEngine(remember), replies)).items) == 8
    stems = {item.wording().stem for item in survey_items}
    texts = [[m.text for m in request.messages if m.role == "assistant"] for request in asked]
    assert {len(text) for text in texts} <= shown
    used = {json.loads(text)["question"] for examples in texts for text in examples}
    assert len(used & stems) == 2 * pool
    for todo, examples in zip(asked, texts, strict=True):
        assert ("in the form" in todo.messages[0].text) == (not examples)


def test_attempts_add_up_to_items_and_drops(survey_items: tuple[Item, ...], carry: Carry) -> None:
    stage = QuestionStage(survey_items, settings())
    result = stage.collect(carry(stage, MockEngine(patchy)))
    attempts = result.yields[0].of
    assert attempts == len(result.items) + len(result.drops)
    assert attempts == sum(topic.of for topic in result.topics)
    unread = sum(drop.reason == "no options" for drop in result.drops)
    assert unread > 0
    assert result.yields[0].count == attempts - unread
    assert result.yields[0].lost == {"no options": unread}
    assert all(tally.adds_up for tally in result.yields)


@pytest.mark.parametrize("text", ["", "garbage", '{"question": "Is it', "{" * 300])
def test_endless_garbage_ends_with_a_statement(
    text: str, survey_items: tuple[Item, ...], carry: Carry
) -> None:
    stage = QuestionStage(survey_items, settings(attempts=3))
    result = stage.collect(carry(stage, MockEngine(lambda request: text)))
    assert result.items == ()
    assert result.yields[0].of == 2 * 3 * 4
    assert "2 of 2 topics have fewer than the 4 wanted" in result.yields[-1].note
    with pytest.raises(EngineError, match="None of 24 attempts made a usable question"):
        result.require()


def test_one_question_again_and_again_is_kept_once(
    survey_items: tuple[Item, ...], carry: Carry
) -> None:
    line = '{"question": "How often do you sing?", "options": ["Often", "Never"]}'
    stage = QuestionStage(survey_items, settings(attempts=2))
    result = stage.collect(carry(stage, MockEngine(lambda request: line)))
    assert [item.wording().stem for item in result.items] == ["How often do you sing?"]
    assert {drop.reason for drop in result.drops} == {"duplicate"}


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("Work is a duty towards society.", "survey item"),
        ("Work is a duty toward society", "near a survey item"),
        ("Only one planet can be ours.", ""),
        ("Write one new question as JSON.", "echo of the prompt"),
        ("Tea tastes best at noon, agree or not?", "survey item"),
    ],
)
def test_copies_are_dropped_with_their_reason(
    question: str, reason: str, survey_items: tuple[Item, ...], carry: Carry
) -> None:
    line = json.dumps({"question": question, "options": ["Agree", "Disagree"]})
    tea = Item(
        "X", "Tea", (1, 2), "ordinal", {"en": (survey_items[0].wordings["en"][0],)}, battery="X"
    )
    avoid = [_with_stem(tea, "Tea tastes best at noon, agree or not?")]
    stage = QuestionStage(survey_items, settings(per_topic=1, attempts=1, similar=0.7), avoid)
    result = stage.collect(carry(stage, MockEngine(lambda request: line)))
    assert result.drops[0].reason == (reason or "duplicate")
    assert len(result.items) == (reason == "")


@pytest.mark.parametrize("choice", ["remove", "keep"])
def test_leaks_are_removed_or_kept_and_counted(
    choice: str, survey_items: tuple[Item, ...], carry: Carry
) -> None:
    line = json.dumps({"question": "Should work come first?", "options": ["Agree", "Disagree"]})
    stage = QuestionStage(
        survey_items, settings(per_topic=1, attempts=1, leaks=choice), survey_items
    )
    result = stage.collect(carry(stage, MockEngine(lambda request: line)))
    leaked = result.yields[-1]
    if choice == "keep":
        assert (leaked.step, leaked.count, leaked.of) == (LEAKED, 1, 1)
        assert "partly trained on" in leaked.note
    else:
        [no_leak] = [tally for tally in result.yields if tally.step == "questions are no leak"]
        assert (no_leak.count, no_leak.of, no_leak.lost) == (0, 2, {LEAK: 2})
        assert {(drop.reason, drop.like.split(",")[0]) for drop in result.drops} == {(LEAK, "W3")}


def _with_stem(item: Item, stem: str) -> Item:
    from acculturate.records import Wording

    return Item(item.id, item.topic, (1, 2), "ordinal", {"en": (Wording(stem, ("a", "b")),)})


def test_failures_count_as_attempts(survey_items: tuple[Item, ...], carry: Carry) -> None:
    stage = QuestionStage(survey_items, settings(attempts=1))
    lines: itertools.cycle[Reply] = itertools.cycle([Failure("content", "blocked"), Choice((0.0,))])
    have: dict[str, Reply] = {}

    def done(role: str, request: Request) -> Reply | None:
        return have.get(request.id)

    for todo in stage.rounds(done):
        have.update((request.id, next(lines)) for request in todo.requests)
    result = stage.collect(done)
    assert {drop.reason for drop in result.drops} == {"no reply"}
    assert result.yields[0].of == 8


def test_rounds_are_full_and_spread_over_open_topics(survey_items: tuple[Item, ...]) -> None:
    stage = QuestionStage(survey_items, settings(per_topic=10, round_size=8))
    first = next(stage.rounds(lambda role, request: None))
    systems = Counter(request.messages[0].text for request in first.requests)
    assert first.total == 8
    assert sorted(systems.values()) == [4, 4]
    ids = [request.id for request in first.requests]
    assert len(set(ids)) == len(ids)


def test_examples_are_seeds_first_and_generated_ones_once_a_round_has_closed(
    survey_items: tuple[Item, ...],
) -> None:
    stage = QuestionStage(survey_items, settings(per_topic=10, round_size=8))
    have: dict[str, Reply] = {}

    def done(role: str, request: Request) -> Reply | None:
        return have.get(request.id)

    engine = MockEngine(good)
    rounds = stage.rounds(done)
    first = list(next(rounds).requests)
    stems = {item.wording().stem for item in survey_items}
    assert all(_shown(request) <= stems for request in first)
    assert {len(_shown(request)) for request in first} == {2, 4}  # all the survey_items a topic has
    have.update(engine.generate([one for one in first if isinstance(one, GenerateRequest)]))
    written = {json.loads(good(request))["question"] for request in first}
    for request in next(rounds).requests:
        assert len(_shown(request) & written) == 2
        assert len(_shown(request) - written) <= 3
        assert request.messages[-1].text == "Write one new question as JSON."
        assert request.messages[0].role == "system"


def _shown(request: Request) -> set[str]:
    turns = [message.text for message in request.messages if message.role == "assistant"]
    return {json.loads(turn)["question"] for turn in turns}


@pytest.mark.parametrize(("shared", "prompts"), [(1, 8), (2, 4), (4, 2), (100, 2)])
def test_attempts_of_a_topic_may_share_their_examples(
    shared: int, prompts: int, survey_items: tuple[Item, ...]
) -> None:
    many = tuple(
        Item(f"{item.id}-{k}", item.topic, item.codes, "ordinal", item.wordings)
        for item in survey_items
        for k in range(40)
    )
    stage = QuestionStage(
        many, settings(per_topic=10, round_size=8, shared=shared, survey_items=20)
    )
    requests = next(stage.rounds(lambda role, request: None)).requests
    assert len({request.messages for request in requests}) == prompts


def test_an_end_anchored_seed_is_shown_by_its_ends(survey_items: tuple[Item, ...]) -> None:
    from acculturate.culturespa.questions import as_json
    from acculturate.records import Wording

    texts = ("Never", *[""] * 8, "Always")
    item = Item("A", "Work", tuple(range(1, 11)), "ordinal", {"en": (Wording("Bribes?", texts),)})
    assert json.loads(as_json(item, item.wording()))["options"] == ["1 = Never", "10 = Always"]


@pytest.mark.parametrize("kill", [0, 1, 2, 5])
def test_a_killed_run_ends_in_the_same_questions(
    kill: int, survey_items: tuple[Item, ...], carry: Carry
) -> None:
    whole_stage = QuestionStage(survey_items, settings())
    whole = whole_stage.collect(carry(whole_stage, MockEngine(patchy, batch_size=4)))
    replies: dict[str, Reply] = {}
    carry(QuestionStage(survey_items, settings()), MockEngine(patchy, batch_size=4), replies, kill)
    again = QuestionStage(survey_items, settings())
    resumed = again.collect(carry(again, MockEngine(patchy, batch_size=4), replies))
    assert resumed == whole
    assert len(replies) == whole.yields[0].of


def test_another_seed_asks_otherwise(survey_items: tuple[Item, ...]) -> None:
    def first(seed: int) -> list[str]:
        stage = QuestionStage(survey_items, settings().model_copy(update={"seed": seed}))
        return [request.id for request in next(stage.rounds(lambda role, request: None)).requests]

    assert first(1) == first(1)
    assert not set(first(1)) & set(first(2))


def test_topics_can_be_chosen_and_must_have_seeds(
    survey_items: tuple[Item, ...], carry: Carry
) -> None:
    stage = QuestionStage(survey_items, settings(topics=("Faith",)))
    result = stage.collect(carry(stage, MockEngine(good)))
    assert {item.topic for item in result.items} == {"Faith"}
    with pytest.raises(SurveyError, match=r"'Fait' has no items .* Did you mean 'Faith'"):
        QuestionStage(survey_items, settings(topics=("Fait",)))


ODD = {
    "too short": ("Vote?", ["Yes", "No"]),
    "too long": (f"Is it {'very ' * 80}right to vote?", ["Yes", "No"]),
    "near to a survey item": ("Work is a duty toward society", ["Yes", "No"]),
    "one option": ("Do you really vote in each election?", ["Yes"]),
    "many options": ("Which party is nearest to you?", [f"party {n}" for n in range(30)]),
    "options alike": ("How do you feel about taxes here?", ["Well", "Well", "Badly"]),
    "an empty option": ("How do you feel about parliament?", ["Well", ""]),
    "two questions": ("How often do you vote, and why do you do so?", ["Often", "Never"]),
    "another language": ("Gehen Sie oft zur Wahl, oder eher nicht?", ["Ja", "Nein"]),
    "don't know": ("Is your vote counted?", ["Yes", "No", "Don't know"]),
    "digits from 1": ("On a scale where 1 is low, how sure are you?", ["1", "2", "3"]),
    "digits from 0": ("On a scale from low to high, how free are you?", ["0", "1", "2"]),
}
FALLEN = {
    "a copy of an item": ("Work is a duty towards society.", ["Yes", "No"]),
    "the same again": ("Vote?", ["Never", "Always"]),
    "digits of no scale": ("How sure is it that you vote?", ["1", "2", "3"]),
    "digits among others": ("How often do you vote a year?", ["0", "1", "More"]),
}


def test_the_published_rules_drop_copies_and_odd_digits_alone(
    survey_items: tuple[Item, ...], carry: Carry
) -> None:
    drafts = list((ODD | FALLEN).values())

    def say(request: Request) -> str:
        assert isinstance(request, GenerateRequest)
        question, options = drafts[request.sample % len(drafts)]
        return json.dumps({"question": question, "options": options})

    own = CultureSpaSettings.model_validate(
        {
            "preset": "published",
            "questions": {"topics": ["Work"], "per_topic": len(drafts), "attempts": 1},
        }
    )
    stage = QuestionStage(survey_items, own, survey_items)
    result = stage.collect(carry(stage, MockEngine(say)))
    by_stem = {item.wording().stem: item for item in result.items}
    assert set(by_stem) == {" ".join(question.split()) for question, _ in ODD.values()}
    assert {drop.reason for drop in result.drops} == {
        "survey item",
        "duplicate",
        "bare digits without a scale",
        "bare digits among other options",
    }
    dropped = {drop.reason for drop in result.drops if "Vote?" in drop.text}
    assert dropped == {"duplicate"}
    scale = by_stem[ODD["digits from 0"][0]]
    assert (scale.codes, scale.ordinal, scale.reversible) == ((0, 1, 2), True, False)
    assert by_stem[ODD["don't know"][0]].wording().texts[-1] == "Don't know"
    # each of them can be asked
    for item in result.items:
        assert shown(item, Presentation(tuple(range(len(item.codes))), labels="letters"))


def test_the_default_rules_drop_what_is_ill_formed(
    survey_items: tuple[Item, ...], carry: Carry
) -> None:
    drafts = list(ODD.values())

    def say(request: Request) -> str:
        assert isinstance(request, GenerateRequest)
        question, options = drafts[request.sample % len(drafts)]
        return json.dumps({"question": question, "options": options})

    own = settings(topics=["Work"], per_topic=len(drafts), attempts=1, similar=0.7)
    stage = QuestionStage(survey_items, own, ())
    kept = {item.wording().stem for item in stage.collect(carry(stage, MockEngine(say))).items}
    assert kept == {"Is your vote counted?"}


def test_leaks_may_be_removed_under_the_published_rules(
    survey_items: tuple[Item, ...], carry: Carry
) -> None:
    line = json.dumps({"question": "Should work come first?", "options": ["Agree", "Disagree"]})
    own = settings(per_topic=1, attempts=1, rules="published")
    stage = QuestionStage(survey_items, own, survey_items)
    result = stage.collect(carry(stage, MockEngine(lambda request: line)))
    assert [drop.reason for drop in result.drops] == [LEAK, "duplicate"]
    assert result.items == ()
