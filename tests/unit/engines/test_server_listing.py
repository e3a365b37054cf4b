"""Lists of first tokens in the ways that servers write them, and what is no such list."""

import math
from typing import Any

import pytest

from acculturate.engines.server.listing import begins_elsewhere, listed, steepness
from acculturate.engines.server.trouble import UnansweredError


def reply(tokens: list[dict[str, Any]], text: str = "") -> dict[str, Any]:
    first = {"token": "?", "logprob": 0.0, "top_logprobs": tokens}
    return {"choices": [{"message": {"content": text}, "logprobs": {"content": [first]}}]}


def tokens(**shares: float) -> list[dict[str, Any]]:
    return [{"token": text, "logprob": math.log(share)} for text, share in shares.items()]


@pytest.mark.parametrize(
    ("token", "text"),
    [
        ({"token": "1"}, "1"),
        ({"token": "\u01201"}, " 1"),
        ({"token": "\u25811"}, " 1"),
        ({"token": "\u010a"}, "\n"),
        ({"token": "<0x31>"}, "1"),
        ({"token": "bytes:\\x31"}, "1"),
        ({"token": [49]}, "1"),
        ({"token": None, "bytes": [32, 49]}, " 1"),
    ],
)
def test_a_token_is_read_however_it_is_written(token: dict[str, Any], text: str) -> None:
    assert list(listed(reply([{**token, "logprob": -0.5}]))) == [text]


def test_what_has_no_probability_is_not_listed() -> None:
    result = listed(reply([{"token": "1", "logprob": -0.1}, {"token": "2", "logprob": -9999.0}]))
    assert list(result) == ["1"]


@pytest.mark.parametrize("least", [-9999.0, -100.0, -math.inf])
def test_numbers_that_stand_for_nothing_are_left_out(least: float) -> None:
    numbers = [0.0, least, least]
    result = listed(
        reply([{"token": str(at), "logprob": number} for at, number in enumerate(numbers)])
    )
    assert result == {"0": 0.0}


def test_numbers_that_are_all_the_same_are_no_probabilities() -> None:
    with pytest.raises(UnansweredError, match="the same for every token"):
        listed(reply(tokens(a=0.05, b=0.05, c=0.05)))


@pytest.mark.parametrize("numbers", [[0.0, 0.0], [0.7, 0.2], [math.nan, -1.0]])
def test_what_is_no_probabilities_is_not_read(numbers: list[float]) -> None:
    bad = reply([{"token": str(at), "logprob": number} for at, number in enumerate(numbers)])
    with pytest.raises(UnansweredError, match="add up to more than 1"):
        listed(bad)


@pytest.mark.parametrize(
    ("shares", "text", "elsewhere"),
    [
        ({"1": 0.9, "2": 0.05}, "1", False),
        ({"1": 0.9, "2": 0.05}, "Sure", False),
        ({" ": 0.9, "1": 0.1}, " ", True),
        ({"\n": 0.6, "1": 0.3}, "", True),
        ({"**": 0.6, "1": 0.3}, "**", True),
        ({"<|im_end|>": 0.999, ".": 0.001}, "1", True),
        ({"<|im_end|>": 0.999, "1": 0.001}, "1", False),
        ({"Sure": 0.999, "1": 0.001}, "Su", False),
    ],
)
def test_a_list_of_another_place_is_found_out(
    shares: dict[str, float], text: str, elsewhere: bool
) -> None:
    assert begins_elsewhere(reply(tokens(**shares), text)) is elsewhere


def test_steepness_is_that_of_a_temperature() -> None:
    warm = {"1": -0.1, "2": -2.5, "3": -6.0}
    assert steepness(warm, warm) == pytest.approx(1)
    assert steepness(warm, {text: 2 * nats for text, nats in warm.items()}) == pytest.approx(2)
    assert steepness({"1": -0.1}, {"1": -0.2}) == 1
    assert steepness({}, {}) == 1
