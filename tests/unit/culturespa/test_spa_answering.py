import gc
import math

import pytest

from acculturate.asking import AnswerSettings, Ask
from acculturate.culture import find_culture
from acculturate.culturespa import (
    AnsweringSettings,
    AnswerStage,
    CultureSpaSettings,
    ShiftSettings,
    find_shifts,
    teaching_rows,
)
from acculturate.engines.mock import MockEngine
from acculturate.records import (
    ChooseRequest,
    Failure,
    GenerateRequest,
    Item,
    Reply,
    Request,
    Wording,
)

from .conftest import Carry

CULTURES = (find_culture("CHN"), find_culture("DEU"))
THREE = Item("g1", "Work", (1, 2, 3), "nominal", {"en": (Wording("Pick.", ("x", "y", "z")),)})
SCALE = Item("g2", "Faith", (1, 2), "ordinal", {"en": (Wording("Rate.", ("low", "high")),)})
ITEMS = (THREE, SCALE)
DEFAULT, PUBLISHED = CultureSpaSettings(), CultureSpaSettings(preset="published")


def options(request: Request) -> list[str]:
    return [line[-1] for line in request.messages[-1].text.splitlines()[1:]]


def by_text(request: Request) -> list[float]:
    """Likes the third option without a culture, the first as a German; and the first position."""
    german = "a German" in request.messages[0].text
    liked = {"x": 0.6, "w": 0.6, "y": 0.2, "z": 0.1} if german else {"z": 0.6, "y": 0.2, "x": 0.1}
    raw = [liked.get(letter, 0.1) + 0.3 * (at == 0) for at, letter in enumerate(options(request))]
    return [0.9 * weight / sum(raw) for weight in raw]


def test_both_answers_are_to_the_same_task(carry: Carry) -> None:
    stage = AnswerStage(ITEMS, CULTURES, DEFAULT, AnswerSettings())
    [todo] = stage.rounds(lambda role, request: None)
    requests = list(todo.requests)
    # orders: 3 of the nominal item and 2 of the ordinal one; unaware in three wordings, aware
    # per culture
    assert len(requests) == todo.total == (3 + 2) * (3 + 2)
    users = [request.messages[-1].text for request in requests]
    systems = [request.messages[0].text for request in requests]
    assert len(set(systems)) == 5
    for at in range(0, 25, 5):
        assert users[at : at + 5] == users[:5]
        assert len(set(systems[at : at + 5])) == 1


@pytest.mark.parametrize("settings", [DEFAULT, PUBLISHED])
def test_requests_begin_in_the_middle_as_they_go_on(settings: CultureSpaSettings) -> None:
    stage = AnswerStage(ITEMS, CULTURES, settings, AnswerSettings())
    every = [request.id for request in stage.requests()]
    assert len(every) == stage.total
    for start in range(len(every) + 1):
        assert [request.id for request in stage.requests(start)] == every[start:]


def test_a_digest_names_all_that_decides_the_requests() -> None:
    first = AnswerStage(ITEMS, CULTURES, DEFAULT, AnswerSettings())
    same = AnswerStage(ITEMS, CULTURES, DEFAULT, AnswerSettings())
    others = [
        AnswerStage(ITEMS[:1], CULTURES, DEFAULT, AnswerSettings()),
        AnswerStage(ITEMS, CULTURES[:1], DEFAULT, AnswerSettings()),
        AnswerStage(ITEMS, CULTURES, PUBLISHED, AnswerSettings()),
        AnswerStage(ITEMS, CULTURES, DEFAULT, AnswerSettings(labels="letters")),
        AnswerStage(ITEMS, CULTURES, DEFAULT, AnswerSettings(name_survey=True), survey="WVS"),
    ]
    assert same.digest == first.digest
    assert len({first.digest, *(other.digest for other in others)}) == 6


def test_answers_are_averaged_over_orders_in_scale_order(carry: Carry) -> None:
    stage = AnswerStage(ITEMS, CULTURES, DEFAULT, AnswerSettings())
    answers = stage.collect(carry(stage, MockEngine(by_text)))
    pair = next(p for p in answers.pairs if p.item is THREE and p.culture == "DEU")
    unaware = [0.1, 0.2, 0.6]
    aware = [0.6, 0.2, 0.1]
    # each option stands first in one of three orders, where it gains .3 of a sum of 1.2
    assert pair.unaware == pytest.approx([(share + 0.1) / 1.2 for share in unaware])
    assert pair.aware == pytest.approx([(share + 0.1) / 1.2 for share in aware])
    assert pair.mass == pytest.approx(0.9)
    chinese = next(p for p in answers.pairs if p.item is THREE and p.culture == "CHN")
    assert chinese.aware == pytest.approx(pair.unaware)
    assert (answers.yields[0].count, answers.yields[0].of) == (4, 4)


def test_an_answer_that_lacks_an_order_is_no_answer(carry: Carry) -> None:
    def script(request: Request) -> list[float] | Failure:
        broken = "German" in request.messages[0].text and options(request)[0] == "y"
        return Failure("content", "no") if broken else by_text(request)

    stage = AnswerStage(ITEMS, CULTURES, DEFAULT, AnswerSettings())
    answers = stage.collect(carry(stage, MockEngine(script)))
    assert {(p.item.id, p.culture) for p in answers.pairs} == {
        ("g1", "CHN"),
        ("g2", "CHN"),
        ("g2", "DEU"),
    }
    assert answers.yields[0].lost == {"without a readable answer where the culture is named": 1}


def test_published_answers_are_texts_drawn_once_in_one_order(carry: Carry) -> None:
    stage = AnswerStage(ITEMS, CULTURES, PUBLISHED, AnswerSettings(labels="numbers"))

    def say(request: Request) -> str:
        assert isinstance(request, GenerateRequest)
        assert (request.sampling.temperature, request.sampling.top_p) == (0.6, 0.9)
        if "German" in request.messages[0].text:
            return "2"
        return "Call 1-800-555 for help." if "Chin" in request.messages[0].text else "1"

    answers = stage.collect(carry(stage, MockEngine(say)))
    assert [(p.item.id, p.culture, p.unaware, p.aware, p.mass) for p in answers.pairs] == [
        ("g1", "DEU", (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), None),
        ("g2", "DEU", (1.0, 0.0), (0.0, 1.0), None),
    ]


def test_several_samples_make_shares(carry: Carry) -> None:
    own = CultureSpaSettings(
        answering=AnsweringSettings(kind="sampled", orders="forward", samples=4)
    )
    stage = AnswerStage([SCALE], CULTURES[:1], own, AnswerSettings())

    def say(request: Request) -> str:
        assert isinstance(request, GenerateRequest)
        return ["1", "1", "1", "2"][request.sample]

    [pair] = stage.collect(carry(stage, MockEngine(say))).pairs
    assert pair.aware == (0.75, 0.25)


def test_no_more_requests_are_held_than_are_asked(carry: Carry) -> None:
    own = CultureSpaSettings(answering=AnsweringSettings(kind="sampled", samples=50))
    stage = AnswerStage(ITEMS, CULTURES, own, AnswerSettings())
    done = carry(stage, MockEngine(lambda request: "1"))
    asked, held = 0, []

    def alive() -> int:
        return sum(type(held) in (Ask, GenerateRequest) for held in gc.get_objects())

    def watched(role: str, request: Request) -> Reply | None:
        nonlocal asked
        asked += 1
        if asked % 75 == 0:  # looking at all objects takes long
            held.append(alive())
        return done(role, request)

    gc.collect()
    before = alive()
    assert len(stage.collect(watched).pairs) == 4
    assert asked == stage.total == (3 + 2) * (3 + 2) * 50
    assert len(held) == 16
    assert max(held) - before < 10
    [todo] = stage.rounds(done)
    assert todo.total == stage.total
    assert len({request.id for request in todo.requests}) == stage.total


def test_a_framing_without_a_culture_shifts_nothing(carry: Carry) -> None:
    own = CultureSpaSettings(answering=AnsweringSettings(framing="unaware"))
    stage = AnswerStage(ITEMS, CULTURES, own, AnswerSettings())
    answers = stage.collect(carry(stage, MockEngine(by_text)))
    assert len(answers.pairs) == 4
    assert find_shifts(answers, own).shifts == ()


def test_nothing_to_ask_gives_no_pairs(carry: Carry) -> None:
    stage = AnswerStage((), CULTURES, DEFAULT, AnswerSettings())
    answers = stage.collect(carry(stage, MockEngine(by_text)))
    assert answers.pairs == ()
    assert find_shifts(answers, DEFAULT).shifts == ()
    assert teaching_rows((), (), CULTURES, DEFAULT, AnswerSettings()).rows == ()


def test_an_answer_is_kept_in_each_order_too(carry: Carry) -> None:
    stage = AnswerStage(ITEMS, CULTURES, DEFAULT, AnswerSettings())
    pair = next(
        p
        for p in stage.collect(carry(stage, MockEngine(by_text))).pairs
        if p.item is THREE and p.culture == "DEU"
    )
    liked = (0.6, 0.2, 0.1)
    assert set(pair.in_order) == {(0, 1, 2), (1, 2, 0), (2, 0, 1)}
    for order, share in pair.in_order.items():
        raw = [weight + 0.3 * (place == order[0]) for place, weight in enumerate(liked)]
        assert share == pytest.approx([weight / 1.2 for weight in raw])


# -- training rows ------------------------------------------------------------------------------


@pytest.mark.parametrize("labels", ["numbers", "letters"])
@pytest.mark.parametrize("named", [True, False])
def test_a_training_prompt_is_the_prompt_that_asks(labels: str, named: bool, carry: Carry) -> None:
    base = AnswerSettings.model_validate({"labels": labels, "name_survey": named})
    stage = AnswerStage(ITEMS, CULTURES, DEFAULT, base, "World Values Survey")
    [todo] = stage.rounds(lambda role, request: None)
    asked = {
        (request.messages, request.labels)
        for request in todo.requests
        if isinstance(request, ChooseRequest)
    }
    shifts = find_shifts(stage.collect(carry(stage, MockEngine(by_text))), DEFAULT).shifts
    taught = teaching_rows(shifts, ITEMS, CULTURES, DEFAULT, base, "World Values Survey")
    assert taught.rows
    assert {(row.prompt, row.labels) for row in taught.rows} <= asked
    assert all(named == ("World Values Survey" in row.prompt[0].text) for row in taught.rows)


def test_a_row_teaches_the_target_in_the_order_shown(carry: Carry) -> None:
    stage = AnswerStage(ITEMS, CULTURES, DEFAULT, AnswerSettings())
    shifts = find_shifts(stage.collect(carry(stage, MockEngine(by_text))), DEFAULT).shifts
    by_key = {(s.item, s.culture): s for s in shifts}
    rows = teaching_rows(shifts, ITEMS, CULTURES, DEFAULT, AnswerSettings()).rows
    own = [row for row in rows if row.source == "g1"]
    assert len(own) == 3
    for row in own:
        letters = [line[-1] for line in row.prompt[-1].text.splitlines()[1:]]
        taught = by_key[row.source, row.culture].taught(tuple(map("xyz".index, letters)))
        aim = dict(zip("xyz", taught, strict=True))
        assert row.target == tuple(aim[letter] for letter in letters)
        assert row.labels == ("1", "2", "3")
        assert row.completion == ""
        assert math.fsum(row.target) == pytest.approx(1)


def test_published_rows_complete_with_the_bare_number(carry: Carry) -> None:
    stage = AnswerStage(ITEMS, CULTURES, PUBLISHED, AnswerSettings())

    def say(request: Request) -> str:
        return "2" if "German" in request.messages[0].text else "1"

    shifts = find_shifts(stage.collect(carry(stage, MockEngine(say))), PUBLISHED).shifts
    rows = teaching_rows(shifts, ITEMS, CULTURES, PUBLISHED, AnswerSettings()).rows
    assert sorted((row.culture, row.source, row.completion, row.target) for row in rows) == [
        ("DEU", "g1", "2", ()),
        ("DEU", "g2", "2", ()),
    ]


def test_rows_are_shuffled_by_the_seed(carry: Carry) -> None:
    stage = AnswerStage(ITEMS, CULTURES, DEFAULT, AnswerSettings())
    every = DEFAULT.model_copy(update={"shifts": ShiftSettings(strength=0)})
    shifts = find_shifts(stage.collect(carry(stage, MockEngine(by_text))), every).shifts

    def order(seed: int) -> list[str]:
        own = every.model_copy(update={"seed": seed})
        rows = teaching_rows(shifts, ITEMS, CULTURES, own, AnswerSettings()).rows
        return [f"{row.culture}{row.prompt[-1].text}" for row in rows]

    assert order(1) == order(1)
    assert order(1) != order(2)
    assert sorted(order(1)) == sorted(order(2))


def test_training_without_a_culture_keeps_whose_row_it_is(carry: Carry) -> None:
    own = CultureSpaSettings(shifts=ShiftSettings(train_framing="unaware"))
    stage = AnswerStage(ITEMS, CULTURES, own, AnswerSettings())
    shifts = find_shifts(stage.collect(carry(stage, MockEngine(by_text))), own).shifts
    rows = teaching_rows(shifts, ITEMS, CULTURES, own, AnswerSettings()).rows
    assert {row.culture for row in rows} == {"DEU"}
    assert not any("German" in row.prompt[0].text for row in rows)
