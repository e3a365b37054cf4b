"""Presentations, requests, and answers put back into the order of the scale."""

import math
from collections.abc import Iterator
from typing import Any, Literal

import pytest

from acculturate.asking import (
    Ask,
    Presentation,
    answer,
    asks,
    choose_request,
    messages,
    orders,
    shown,
)
from acculturate.asking.answer_settings import AnswerSettings
from acculturate.asking.asking import every_option
from acculturate.asking.presentation import instruction, no_answer_texts
from acculturate.culture import find_culture
from acculturate.errors import ConfigError, SurveyError
from acculturate.framing import Backdrop, Persona, find_framing
from acculturate.records import Choice, Failure, Generation, Item, Wording
from acculturate.survey import load_survey

LIKERT = Item("L", "t", (1, 2, 3), "ordinal", {"en": (Wording("Good?", ("Yes", "So so", "No")),)})
THIRD = Item("T", "t", (1, 3, 2), "ordinal", {"en": (Wording("Now?", ("Up", "Same", "Down")),)})
NOMINAL = Item(
    "N",
    "t",
    (0, 1, 2),
    "nominal",
    {"en": (Wording("Which?", ("Red", "Green", "Blue")),)},
    reversible=False,
)
SCALE = Item(
    "S",
    "t",
    tuple(range(11)),
    "ordinal",
    {"en": (Wording("How much?", ("None", *[""] * 9, "All")),)},
)


def ask(item: Item, order: tuple[int, ...]) -> Ask:
    return Ask(item, find_framing("unaware"), None, Presentation(order))


def test_orders_by_scale() -> None:
    assert orders(LIKERT) == ((0, 1, 2), (2, 1, 0))
    assert orders(NOMINAL) == ((0, 1, 2), (1, 2, 0), (2, 0, 1))
    assert orders(LIKERT, "forward") == ((0, 1, 2),)
    fixed = Item("F", "t", (1, 2), "ordinal", LIKERT.wordings, reversible=False)
    assert orders(fixed) == ((0, 1),)


def test_labels_ascend_and_texts_move() -> None:
    back = shown(LIKERT, Presentation((2, 1, 0)))
    assert [(o.label, o.text, o.code) for o in back] == [
        ("1", "No", 3),
        ("2", "So so", 2),
        ("3", "Yes", 1),
    ]
    # a list counts from 1 even where its codes start at 0; a named-ends scale shows its codes
    assert [o.label for o in shown(NOMINAL, Presentation((0, 1, 2)))] == ["1", "2", "3"]
    swapped = shown(SCALE, Presentation(orders(SCALE)[1]))
    assert [o.label for o in swapped] == [str(n) for n in range(11)]
    assert (swapped[0].text, swapped[10].text) == ("All", "None")
    letters = shown(LIKERT, Presentation((0, 1, 2), labels="letters"))
    assert [o.label for o in letters] == ["A", "B", "C"]


@pytest.mark.parametrize("item", [LIKERT, THIRD, NOMINAL, SCALE])
def test_probabilities_return_to_scale_order(item: Item) -> None:
    """A model that loves one option's text answers the same in every order."""
    loved = item.codes[-1]
    for order in orders(item):
        one = ask(item, order)
        request = choose_request(one)
        options = shown(item, one.presentation)
        assert request.labels == tuple(o.label for o in options)
        logprobs = tuple(math.log(0.5 if o.code == loved else 0.01) for o in options)
        read = answer(one, Choice(logprobs))
        assert read.probabilities is not None
        rest = 0.01 * (len(options) - 1)
        assert read.mass == pytest.approx(0.5 + rest)
        assert read.probabilities[-1] == pytest.approx(0.5 / (0.5 + rest))
        assert sum(read.probabilities) == pytest.approx(1)


def test_texts_are_read_with_the_labels_that_were_shown() -> None:
    back = ask(THIRD, (2, 1, 0))
    assert answer(back, Generation("1", 5, 1, "end")).code == 2
    assert answer(back, Generation("Up", 5, 1, "end")).code == 1
    assert answer(back, Generation("cannot say", 5, 1, "end")).refused
    assert answer(back, Failure("content", "cut")).refused


def test_a_scale_named_at_its_ends_keeps_its_numbers_among_letters() -> None:
    lettered = Presentation(orders(SCALE)[0], labels="letters")
    one = Ask(SCALE, find_framing("unaware"), None, lettered)
    assert choose_request(one).labels == tuple(str(n) for n in range(11))
    system, user = messages(one)
    assert "Choose a whole number from 0 to 10." in user.text
    assert "letter or number" in system.text
    assert answer(one, Generation("I choose 7.", 5, 1, "end")).code == 7
    assert answer(one, Generation("C", 5, 1, "end")).refused
    back = Ask(LIKERT, find_framing("unaware"), None, Presentation((2, 1, 0), labels="letters"))
    assert messages(back)[0] == system
    assert answer(back, Generation("A", 5, 1, "end")).code == 3


@pytest.mark.parametrize(
    ("tag", "letter", "number"),
    [
        ("en", "letter", "number"),
        ("de", "Buchstabe", "Zahl"),
        ("es", "letra", "número"),
        ("zh", "字母", "数字"),
        ("ja", "文字", "数字"),
    ],
)
def test_the_instruction_says_what_may_be_written(tag: str, letter: str, number: str) -> None:
    lettered = instruction(Presentation((), tag, labels="letters"))
    numbered = instruction(Presentation((), tag))
    assert letter in lettered
    assert number in lettered
    assert number in numbered
    assert letter not in numbered


@pytest.mark.parametrize(
    ("text", "stop", "code"),
    [
        ("1", "length", None),
        ("I would say 1", "length", None),
        ("１", "length", None),
        ("1", "end", 1),
        ("1.", "length", 1),
        ("1\n", "length", 1),
        ("10", "length", 10),
        ("2", "length", 2),
        ("I choose 3 since I", "length", 3),
    ],
)
def test_a_label_that_the_length_limit_may_have_cut_is_unclear(
    text: str, stop: Literal["end", "length"], code: int | None
) -> None:
    assert answer(ask(SCALE, orders(SCALE)[0]), Generation(text, 5, 1, stop)).code == code


def test_a_cut_label_that_begins_no_other_is_read() -> None:
    assert answer(ask(LIKERT, (0, 1, 2)), Generation("1", 5, 1, "length")).code == 1


def test_an_answer_tells_its_presentation() -> None:
    shape = Presentation((1, 0, 2), labels="letters")
    one = Ask(LIKERT, find_framing("aware", wording=2), find_culture("DEU"), shape, sample=3)
    read = answer(one, Generation("B", 5, 1, "end"))
    assert (read.framing, read.framing_wording, read.labels) == ("aware", 2, "letters")
    assert (read.order, read.wording, read.sample) == ((1, 0, 2), 0, 3)
    assert read.code == 1


def test_rendering_looks_for_no_file_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    aware = Ask(SCALE, find_framing("aware"), find_culture("DEU"), Presentation(orders(SCALE)[0]))
    first = messages(aware)
    looked: list[Any] = []
    monkeypatch.setattr("acculturate.prompts.resources.files", looked.append)
    assert messages(aware) == first
    assert looked == []


def test_no_probability_at_all_is_a_refusal() -> None:
    assert answer(ask(LIKERT, (0, 1, 2)), Choice((-math.inf,) * 3)).refused


def test_prompts_share_their_beginning_and_name_the_culture() -> None:
    system, user = messages(ask(LIKERT, (0, 1, 2)))
    assert "survey" in system.text
    assert user.text.splitlines() == ["Good?", "1. Yes", "2. So so", "3. No"]
    german = Ask(SCALE, find_framing("aware"), find_culture("DEU"), Presentation(orders(SCALE)[0]))
    system, user = messages(german)
    assert "a German" in system.text
    assert user.text.splitlines()[1:] == [
        "Choose a whole number from 0 to 10.",
        "0 = None",
        "10 = All",
    ]


def test_a_framing_without_a_culture_is_asked_once() -> None:
    people = [find_culture("DEU"), find_culture("CHN")]

    def count(name: str) -> int:
        result: Iterator[Ask] = asks([LIKERT], find_framing(name), people, AnswerSettings())
        return len(list(result))

    assert count("unaware") == 2
    assert count("aware") == 4


def test_unknown_framing_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'unaware'"):
        find_framing("unawear")
    with pytest.raises(SurveyError, match="speaks of a culture"):
        find_framing("aware").system(None)


def test_every_framing_has_three_wordings_that_differ() -> None:
    for name in ("unaware", "aware"):
        texts = {find_framing(name, wording=n).parts[0].digest for n in range(3)}
        assert len(texts) == 3
    with pytest.raises(ConfigError, match="is not in the language 'xx': it is in de, "):
        find_framing("aware", language="xx")


def test_the_survey_is_named_only_where_asked() -> None:
    assert "World Values" not in find_framing("unaware").system()
    assert "World Values" in find_framing("unaware", survey="the World Values Survey").system()


def test_random_orders_repeat_with_their_seed_and_keep_scales_whole() -> None:
    many = Item("M", "t", tuple(range(6)), "nominal", NOMINAL.wordings)
    drawn = orders(many, "random", seed=1, draws=5)
    assert len(set(drawn)) == 5
    assert all(sorted(order) == list(range(6)) for order in drawn)
    assert drawn == orders(many, "random", seed=1, draws=5)
    assert drawn != orders(many, "random", seed=2, draws=5)
    assert orders(many, "random", seed=1, draws=2) == drawn[:2]
    other = Item("O", "t", tuple(range(6)), "nominal", NOMINAL.wordings)
    assert drawn != orders(other, "random", seed=1, draws=5)
    # not every random order is a rotation
    assert set(orders(many, "random", 1, 40)) - set(orders(many))
    assert len(orders(NOMINAL, "random", draws=50)) == 6
    assert set(orders(LIKERT, "random", draws=9)) == {(0, 1, 2), (2, 1, 0)}
    assert {orders(LIKERT, "random", seed, 1) for seed in range(20)} == {
        ((0, 1, 2),),
        ((2, 1, 0),),
    }


def test_a_language_is_met_with_one_that_stands_in_for_it() -> None:
    chinese = Item("Z", "t", (1, 2), "ordinal", {"zh": (Wording("好吗？", ("好", "不好")),)})
    [first, _] = asks([chinese], find_framing("unaware", "zh-Hans"), (), AnswerSettings())
    assert messages(first)[1].text == "好吗？\n1. 好\n2. 不好"
    read = answer(first, Generation("我选择1。", 3, 3, "end"))
    assert (read.code, read.language) == (1, "zh-Hans")


def test_examples_are_shown_forward_under_the_labels_of_the_item() -> None:
    survey = load_survey()
    framing = find_framing("aware+self-alignment", backdrop=Backdrop(survey))
    family = survey.item("Q1")
    for labels, label in (("numbers", "Answer: 1"), ("letters", "Answer: A")):
        back = Presentation(orders(family)[1], labels=labels)  # type: ignore[arg-type]
        system, user = messages(Ask(family, framing, find_culture("DEU"), back))
        assert system.text.count("\nAnswer: ") == 5
        assert label in system.text
        assert "family" not in system.text
        assert user.text.splitlines()[1].endswith("Not important at all")
        first = system.text.split("\n\n")[2].splitlines()
        assert first[1].endswith("Very important")


def test_a_persona_is_asked_for_itself() -> None:
    people = {
        "DEU": (Persona("a", "DEU", {"sex": "male"}), Persona("b", "DEU", {"sex": "female"})),
        "CHN": (Persona("c", "CHN", {"sex": "male"}),),
    }
    cultures = [find_culture("DEU"), find_culture("CHN")]
    forward = AnswerSettings(orders="forward")
    asked = list(asks([LIKERT], find_framing("persona"), cultures, forward, people))
    assert [(ask.culture.code, ask.persona.id) for ask in asked] == [  # type: ignore[union-attr]
        ("DEU", "a"),
        ("DEU", "b"),
        ("CHN", "c"),
    ]
    read = answer(asked[1], Generation("2", 3, 1, "end"))
    assert (read.respondent, read.culture) == ("b", "DEU")
    assert "You are a woman." in messages(asked[1])[0].text
    nobody = asks([LIKERT], find_framing("persona"), cultures, forward)
    with pytest.raises(SurveyError, match="speaks for a respondent"):
        messages(next(nobody))


def offered(labels: str = "numbers", language: str = "en", kind: str = "expected") -> Ask:
    settings = AnswerSettings.model_validate(
        {"labels": labels, "no_answer": "offered", "kind": kind, "languages": [language]}
    )
    item = load_survey().item("Q1")
    return next(asks([item], find_framing("unaware", language), [], settings))


def test_texts_are_weighed_without_labels_and_by_their_length() -> None:
    settings = AnswerSettings(labels="texts", by_length=True)
    one = next(asks([LIKERT], find_framing("unaware"), [], settings))
    assert choose_request(one).labels == ("Yes", "So so", "No")
    assert messages(one)[1].text.splitlines()[1:] == ["- Yes", "- So so", "- No"]
    logprobs = (-3.0, -5.0, -4.0)
    given = answer(one, Choice(logprobs))
    by_length = [math.exp(-1.0), math.exp(-1.0), math.exp(-2.0)]
    assert given.probabilities == pytest.approx([w / sum(by_length) for w in by_length])
    assert given.mass == pytest.approx(sum(map(math.exp, logprobs)))
    anchored = next(asks([SCALE], find_framing("unaware"), [], settings))
    assert choose_request(anchored).labels[-1] == "10"
    even = answer(anchored, Choice((math.log(1 / 11),) * 11)).probabilities
    assert even == pytest.approx([1 / 11] * 11)  # numbers are not divided by their digits


@pytest.mark.parametrize("language", ["en", "de", "es", "ja", "zh"])
@pytest.mark.parametrize("labels", ["numbers", "letters", "texts"])
def test_no_answer_is_neither_an_answer_nor_a_refusal(language: str, labels: str) -> None:
    one = offered(labels, language)
    assert len(choose_request(one).labels) == 6
    weights = (0.2, 0.1, 0.1, 0.1, 0.3, 0.1)
    given = answer(one, Choice(tuple(map(math.log, weights))))
    assert given.probabilities == pytest.approx((0.4, 0.2, 0.2, 0.2))
    assert given.no_answer == pytest.approx((1 / 3, 1 / 9))
    assert given.mass == pytest.approx(0.9)
    written = offered(labels, language, "sampled")
    options = every_option(written)
    for option in options[:4]:
        read = answer(written, Generation(option.text, 1, 1, "end"))
        assert (read.code, read.no_answer) == (option.code, (0.0, 0.0))
    for option, shares in zip(options[4:], ((1.0, 0.0), (0.0, 1.0)), strict=True):
        read = answer(written, Generation(option.text, 1, 1, "end"))
        assert (read.code, read.no_answer, read.refused) == (None, shares, False)
    declined = answer(written, Generation("", 1, 1, "end"))
    assert declined.refused
    assert declined.no_answer == ()


def test_no_answer_stands_apart_from_a_scale_of_numbers() -> None:
    one = next(asks([SCALE], find_framing("unaware"), [], AnswerSettings(no_answer="offered")))
    assert messages(one)[1].text.endswith("10 = All\n88 = Don't know\n99 = No answer")
    assert choose_request(one).labels[-3:] == ("10", "88", "99")


def test_stated_shares_are_of_those_who_answer() -> None:
    one = offered(kind="stated")
    said = answer(one, Generation("1: 40\n2: 20\n3: 10\n4: 10\n5: 15\n6: 5", 1, 1, "end"))
    assert said.probabilities == pytest.approx((0.5, 0.25, 0.125, 0.125))
    assert said.no_answer == pytest.approx((0.15, 0.05))


def test_a_language_without_words_for_no_answer_is_told() -> None:
    with pytest.raises(ConfigError, match="no words for \"don't know\" in 'fr'"):
        no_answer_texts("fr")


def test_what_does_not_fit_together_is_told() -> None:
    with pytest.raises(ConfigError, match='set labels = "texts"'):
        AnswerSettings(by_length=True)
    with pytest.raises(ConfigError, match="kind is 'sampled'"):
        AnswerSettings(by_length=True, labels="texts", kind="sampled")
