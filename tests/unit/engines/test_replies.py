"""What is a text or a choice, and what is a failure with its reason."""

import math

import pytest

from acculturate.engines.labels import LEAST
from acculturate.engines.replies import (
    ABOVE_ONE,
    LIMIT,
    NO_NUMBERS,
    NO_OPTION,
    Written,
    choice_reply,
    text_reply,
)
from acculturate.records import Choice, Failure, Generation, Reply


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (Written("", "One, or", cut=True), f"The thought is cut off after 24 tokens: {LIMIT}."),
        (
            Written(" ", "One, or", full=True),
            f"The thought is cut off after 24 tokens: {LIMIT}.",
        ),
        (Written("", full=True), f"The 24 tokens written hold no text: {LIMIT}."),
        (Written("", "One."), "The reply is a thought without an answer."),
    ],
)
def test_what_holds_no_answer_is_a_failure_that_names_the_setting(
    written: Written, said: str
) -> None:
    assert text_reply(written, 9, 24, LIMIT) == Failure("content", said)
    assert "answers.max_tokens" in LIMIT


def test_a_text_is_kept_with_its_thought_and_its_end() -> None:
    assert text_reply(Written("2", "Even."), 9, 4, LIMIT) == Generation("2", 9, 4, "end", "Even.")
    assert text_reply(Written("2 is", full=True), 9, 4, LIMIT) == Generation("2 is", 9, 4, "length")
    assert text_reply(Written(""), 9, 1, LIMIT) == Generation("", 9, 1, "end")  # it said nothing


@pytest.mark.parametrize(
    ("logprobs", "reply"),
    [
        ((math.log(0.6), LEAST), Choice((math.log(0.6), LEAST), 9)),
        ((LEAST, LEAST), NO_OPTION),
        ((math.nan, math.log(0.6)), NO_NUMBERS),
        ((0.0, 0.0), ABOVE_ONE),
        ((math.log(0.605), math.log(0.4)), Choice((math.log(0.605), math.log(0.4)), 9)),
    ],
)
def test_options_without_probabilities_are_no_answer(
    logprobs: tuple[float, ...], reply: Reply
) -> None:
    assert choice_reply(logprobs, 9) == reply


def test_a_dtype_that_gives_no_numbers_is_named() -> None:
    assert "set dtype to float32" in NO_NUMBERS.message
