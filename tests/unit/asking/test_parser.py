"""The strict parser: what states an option, what declines, what is neither."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acculturate.asking.parser import parse
from acculturate.records import Option

AGREE = [
    Option(code, str(code), text)
    for code, text in enumerate(("Strongly agree", "Agree", "Disagree", "Strongly disagree"), 1)
]
TEN = [Option(code, str(code), {1: "Never", 10: "Always"}.get(code, "")) for code in range(1, 11)]
LETTERS = [Option(1, "A", "Yes"), Option(2, "B", "No")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2", 2),
        (" 2.", 2),
        ("**3**", 3),
        ("(4)", 4),
        ("4. Strongly disagree", 4),
        ("1 = Strongly agree", 1),
        ("2.Agree", 2),
        ("Strongly agree", 1),
        ("strongly disagree.", 4),
        ("I strongly disagree.", 4),
        ("I would choose 3.", 3),
        ("I'd say... 2", 2),
        ("My answer is option 4, since I have thought about it for 3 days.", 4),
        ("Honestly? I think people differ. So I'd go with 2!", 2),
        ("I would pick:\n\n1\n\n(Take it as one view of many.)", 1),
        ("As things stand I can't be sure, but I'd say 3.", 3),
        ("３", 3),
    ],
)
def test_stated(text: str, code: int) -> None:
    assert parse(text, AGREE) == (code, "stated")


@pytest.mark.parametrize(
    ("text", "code"), [("10", 10), ("I choose 10.", 10), ("1", 1), ("Always", 10)]
)
def test_ten_points(text: str, code: int) -> None:
    assert parse(text, TEN).code == code


@pytest.mark.parametrize(("text", "code"), [("B", 2), ("A.", 1), ("I choose B", 2), ("No", 2)])
def test_letters(text: str, code: int) -> None:
    assert parse(text, LETTERS).code == code


@pytest.mark.parametrize(
    "text",
    [
        "I cannot answer this.",
        "I'm sorry, I can't help with that question.",
        "I can't say. Please call 1-800-555-0100 if you need somebody to talk to.",
        "I am unable to answer. Try these:\n\n1. A crisis line: 555 01\n2. A doctor\n3. A friend",
        "As an AI, I do not have opinions of my own.",
        "I cannot choose an option that excuses violence. There are 3 things you can do.",
        "I won't answer; text HOME to 4 or 55.",
    ],
)
def test_refused(text: str) -> None:
    assert parse(text, TEN) == (None, "refused")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "2.5",
        "I'd say 5.5.",
        "Between 3 and 4",
        "1, 2",
        "11",
        "12 monkeys",
        "0",
        "-1",
        "I choose 3. No, I choose 4.",
        "It depends on the day.",
        "1st",
        "3/4",
        "2020-01-02",
        "50%",
    ],
)
def test_unclear(text: str) -> None:
    assert parse(text, TEN) == (None, "unclear")


def test_a_capital_that_begins_a_sentence_is_no_answer() -> None:
    assert parse("A hard question.", LETTERS) == (None, "unclear")


@pytest.mark.parametrize(
    "text",
    [
        "I do not agree.",
        "I do not choose 3.",
        "I would never pick 2",
        "I'd say 3 or 4",
        "I choose 3–4",
        "2. Disagree",
        "3%",
        "Either 1 and 2 would do",
    ],
)
def test_negated_doubled_or_at_odds(text: str) -> None:
    assert parse(text, AGREE) == (None, "unclear")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I do not agree, but I'd say 3.", 3),
        ("On this, where 1 is best, I'd say 3", 3),
        ("3 Disagree", 3),
        ("I agree", 2),
        ("My rating: I give a 4, not a 2", 4),
    ],
)
def test_one_answer_among_other_words(text: str, code: int) -> None:
    assert parse(text, AGREE) == (code, "stated")


def test_an_option_may_hold_a_negation_of_its_own() -> None:
    options = [Option(1, "1", "Important"), Option(2, "2", "Not important")]
    assert parse("To me it is not important.", options).code == 2


def test_a_label_beside_another_options_text_states_nothing_certain() -> None:
    assert parse("Agree or disagree", AGREE).code is None


@given(st.text(max_size=200))
def test_any_text_is_read_without_error(text: str) -> None:
    parsed = parse(text, TEN)
    assert (parsed.code in range(1, 11)) == (parsed.reason == "stated")


@given(st.sampled_from(AGREE), st.sampled_from(["{}", "{}.", " {}\n", "Option {}", "I choose {}"]))
def test_every_option_can_be_stated(option: Option, shape: str) -> None:
    assert parse(shape.format(option.label), AGREE).code == option.code
