"""Neutral texts: our own passages, and what a change of their nats is held for."""

import numpy as np
import pytest

from acculturate.evaluation.neutral import Readings, change, languages, nats_per_token, passages

COUNTS = {"en": 60, "de": 12, "es": 12, "ja": 12, "zh": 12}


@pytest.mark.parametrize("language", languages())
def test_passages_are_short_different_and_as_many_as_said(language: str) -> None:
    result = passages(language)
    assert len(set(result)) == len(result) == COUNTS[language]
    assert all(20 < len(text) < 160 for text in result)


def test_a_language_is_met_by_the_one_that_stands_in_for_it() -> None:
    assert passages("zh-Hans") == passages("zh")
    assert passages("fi") == ()


def readings(rise: float, spread: float = 0.0) -> Readings:
    rng = np.random.default_rng(0)
    tokens = tuple(range(20, 80))
    per_token = 3 + rise + spread * rng.standard_normal(60)
    return Readings(tuple(n * nats for n, nats in zip(tokens, per_token, strict=True)), tokens)


def test_a_change_is_held_against_the_margin() -> None:
    before = readings(0)
    assert nats_per_token(before) == pytest.approx(3)
    worse = change(before, readings(0.2, 0.1), margin=0.05)
    assert worse.outcome == "worse"
    assert worse.low < worse.value < worse.high
    assert change(before, readings(0.01, 0.02), margin=0.05).outcome == "kept"
    assert change(before, readings(0.05, 0.3), margin=0.05).outcome == "open"
    # reading better than before is no loss, and not "kept" as it was
    assert change(before, readings(-0.2, 0.01), margin=0.05).outcome == "open"


def test_only_the_same_tokens_can_be_compared() -> None:
    with pytest.raises(ValueError, match="not read in the same tokens"):
        change(Readings((1.0,), (2,)), Readings((1.0,), (3,)), 0.05)
