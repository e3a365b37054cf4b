"""Stated shares: what is read as a distribution, and what is not."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acculturate.asking import Ask, Presentation, answer, asks, messages, orders, request
from acculturate.asking.answer_settings import AnswerSettings
from acculturate.asking.shares import read_shares
from acculturate.framing import find_framing
from acculturate.records import (
    Failure,
    GenerateRequest,
    Generation,
    Item,
    Option,
    Sampling,
    Wording,
)
from acculturate.survey import load_survey

AGREE = (
    Option(1, "1", "Strongly agree"),
    Option(2, "2", "Agree"),
    Option(3, "3", "Disagree"),
)
LETTERED = tuple(
    Option(option.code, label, option.text) for option, label in zip(AGREE, "ABC", strict=True)
)
LIKERT = Item("L", "t", (1, 2, 3), "ordinal", {"en": (Wording("Good?", ("Yes", "So so", "No")),)})


@pytest.mark.parametrize(
    "text",
    [
        "1: 20\n2: 50\n3: 30",
        "1: 20%\n2: 50%\n3: 30%",
        "Here are my estimates:\n\n1. Strongly agree: 20%\n2. Agree: 50 %\n3. Disagree: 30 %",
        "- **1**: 20\n- **2**: 50\n- **3**: 30",
        "1 - 20\n2 - 50\n3 - 30\nTotal: 100",
        "Out of 100 people:\n1: 20 people\n2: 50 people\n3: 30 people",
        '{"1": 20, "2": 50, "3": 30}',
        '```json\n{\n  "1": 20,\n  "2": 50,\n  "3": 30\n}\n```',
        "1: 20, 2: 50, 3: 30",
        "1: 0.2\n2: 0.5\n3: 0.3",
        "3: 30\n1: 20\n2: 50",
        "１：20％\n２：50％\n３：30％",
        "1 (Strongly agree) = 20\n2 (Agree) = 50\n3 (Disagree) = 30",
        "| 1 | 20 |\n| 2 | 50 |\n| 3 | 30 |",
    ],
)
def test_shares_are_read(text: str) -> None:
    assert read_shares(text, AGREE) == pytest.approx((0.2, 0.5, 0.3))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2",
        "I cannot say how people would answer.",
        "1: 20\n2: 50",  # one is missing
        "1: 20\n2: 50\n3: 30\n1: 0",  # one stands twice
        "1: 60\n2: 50\n3: 30",  # more than all
        "1: 10\n2: 10\n3: 10",
        "1: 20-30\n2: 50\n3: 30",
        "1: -20\n2: 90\n3: 30",
        "1. Agree: 20\n2. Strongly agree: 50\n3. Disagree: 30",  # a label beside another's text
        "1: 20\n2: 50\n3: 30\nMost are over 45 years old.",
        "1. Call 988\n2. Call 911\n3. Talk to 1 friend",
        "1: 0\n2: 0\n3: 0",
        "1.20\n2.50\n3.30",
        "Strongly agree: 20\nAgree: 50\nDisagree: 30",
        "1: 20\n2: 50\n3: about thirty",
    ],
)
def test_anything_else_is_a_refusal(text: str) -> None:
    assert read_shares(text, AGREE) is None


def test_rounded_shares_are_made_to_sum_to_1() -> None:
    shares = read_shares("1: 33\n2: 33\n3: 33", AGREE)
    assert shares == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    assert read_shares("1: 33,3 %\n2: 33,3 %\n3: 33,3 %", AGREE, "de") == pytest.approx(shares)
    assert read_shares("1: 30\n2: 34\n3: 33", AGREE) is None  # 97


def test_letters_and_long_scales_are_read() -> None:
    assert read_shares("A: 20\nB: 50\nC: 30", LETTERED) == pytest.approx((0.2, 0.5, 0.3))
    assert read_shares("a: 20\nb: 50\nc: 30", LETTERED) is None
    scale = [Option(k, str(k), "") for k in range(11)]
    text = "\n".join(f"{k}: {10 if k else 0}" for k in range(11))
    assert read_shares(text, scale) == pytest.approx((0, *[0.1] * 10))


def test_an_option_may_hold_commas_and_numbers() -> None:
    options = (Option(1, "1", "Once a day, or 2 times"), Option(2, "2", "Never, or as good as"))
    stated = "1. Once a day, or 2 times: 25%\n2. Never, or as good as: 75%"
    assert read_shares(stated, options) == pytest.approx((0.25, 0.75))
    assert read_shares("1. Once a day: 25%\n2. Never, or as good as: 75%", options) is None


@pytest.mark.parametrize(
    ("tag", "unit"),
    [("en", "people"), ("de", "Personen"), ("es", "personas"), ("ja", "人"), ("zh", "人")],
)
def test_people_are_counted_in_every_language(tag: str, unit: str) -> None:
    gap = "" if tag in ("ja", "zh") else " "
    text = "\n".join(f"{k}: {n}{gap}{unit}" for k, n in ((1, 20), (2, 50), (3, 30)))
    assert read_shares(text, AGREE, tag) == pytest.approx((0.2, 0.5, 0.3))


@given(st.lists(st.integers(0, 40), min_size=2, max_size=11).filter(lambda n: sum(n) > 0))
def test_every_distribution_can_be_stated(counts: list[int]) -> None:
    options = [Option(k, str(k), f"text {'x' * k}") for k in range(len(counts))]
    total = sum(counts)
    lines = [f"{k}. text {'x' * k}: {100 * n / total:.3f}%" for k, n in enumerate(counts)]
    shares = read_shares("\n".join(lines), options)
    assert shares == pytest.approx([n / total for n in counts], abs=1e-4)


# -- asking for them ----------------------------------------------------------------------------


def ask(item: Item, order: tuple[int, ...], language: str = "en") -> Ask:
    shape = Presentation(order, language, shares=True)
    return Ask(item, find_framing("unaware", language), None, shape)


def test_shares_return_to_the_order_of_the_scale() -> None:
    back = ask(LIKERT, (2, 1, 0))
    read = answer(back, Generation("1: 20\n2: 50\n3: 30", 9, 9, "end"))
    assert read.kind == "stated"
    assert read.probabilities == pytest.approx((0.3, 0.5, 0.2))
    assert read.code is None
    assert not read.refused
    assert answer(back, Failure("content", "cut")).refused


@pytest.mark.parametrize(
    ("text", "stop", "refused"),
    [
        ("1: 20\n2: 50\n3: 30", "length", True),
        ("1: 20\n2: 50\n3: 30", "end", False),
        ("1: 20\n2: 50\n3: 30\n", "length", False),
        ("1: 20\n2: 50", "end", True),
    ],
)
def test_a_text_cut_within_a_number_states_nothing(
    text: str, stop: Literal["end", "length"], refused: bool
) -> None:
    assert answer(ask(LIKERT, (0, 1, 2)), Generation(text, 9, 9, stop)).refused is refused


def test_a_stated_answer_is_asked_for_as_a_text() -> None:
    one = request(ask(LIKERT, (0, 1, 2)), "stated", Sampling(0, 1, 200, 1))
    assert isinstance(one, GenerateRequest)


@pytest.mark.parametrize("tag", ["en", "zh", "de", "ja", "es"])
def test_prompts_ask_for_shares_and_not_for_one_number(tag: str) -> None:
    scale = load_survey().item("Q45" if tag != "en" else "Q164")
    anchored = Item(
        "S", "t", tuple(range(11)), "ordinal", {tag: (Wording("?", ("a", *[""] * 9, "b")),)}
    )
    for item in (scale, anchored):
        for labels in ("numbers", "letters"):
            framing = find_framing("unaware", tag)
            forward = AnswerSettings(orders="forward", labels=labels)
            [stated] = asks([item], framing, (), forward.model_copy(update={"kind": "stated"}))
            [single] = asks([item], framing, (), forward)
            system, user = messages(stated)
            assert "100" in system.text
            assert system.text != messages(single)[0].text
            assert user.text.count("\n") == messages(single)[1].text.count("\n")
    assert (
        messages(ask(anchored, orders(anchored)[0], tag))[1].text.splitlines()[1]
        != (
            messages(Ask(anchored, framing, None, Presentation(orders(anchored)[0], tag)))[
                1
            ].text.splitlines()[1]
        )
    )
