import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acculturate.metrics.individual import (
    demographics_forecast,
    given_shares,
    marginal,
    ranked_probability,
)


def test_missing_answers_are_no_answers() -> None:
    given_RIK = given_shares(np.array([[0, 2], [-1, 2], [1, -1]]), 3)
    assert np.isnan(given_RIK).any(-1).tolist() == [[False, False], [True, False], [False, True]]
    assert marginal(given_RIK).tolist() == [[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]
    assert np.isnan(marginal(given_RIK[1:2])[0]).all()


def test_ranked_probability_by_hand() -> None:
    model, person = np.array([0.5, 0.3, 0.2]), np.array([0.0, 0.0, 1.0])
    size = np.array(3)
    along = (0.5**2 + 0.8**2) / 2
    assert ranked_probability(model, person, size, np.array(True)) == pytest.approx(along)
    brier = (0.5**2 + 0.3**2 + 0.8**2) / 2
    assert ranked_probability(model, person, size, np.array(False)) == pytest.approx(brier)


@given(st.lists(st.floats(0.01, 1), min_size=4, max_size=4), st.integers(0, 999), st.booleans())
def test_nothing_beats_the_truth_on_average(raw: list[float], seed: int, ordinal: bool) -> None:
    truth = np.array(raw) / sum(raw)
    guess = np.random.default_rng(seed).dirichlet(np.ones(4))
    size, kind = np.array(4), np.array(ordinal)

    def mean(forecast: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        score = ranked_probability(forecast, np.eye(4), size, kind)
        assert (score >= 0).all()
        assert (score <= 1 + 1e-12).all()
        return float(score @ truth)

    assert mean(truth) <= mean(guess) + 1e-12


def test_regression_finds_what_demographics_say_and_nothing_else() -> None:
    rng = np.random.default_rng(1)
    sex = rng.integers(0, 2, 600)
    place = np.stack([np.where(rng.random(600) < 0.8, sex, 1 - sex), rng.integers(0, 3, 600)], 1)
    place[:50, 1] = -1
    given_RIK = given_shares(place, 3)
    forecast = demographics_forecast(given_RIK, sex[:, None].astype(float))
    assert forecast.sum(-1) == pytest.approx(1)
    assert (forecast >= 0).all()
    assert forecast[sex == 1, 0, 1].mean() == pytest.approx(0.8, abs=0.05)
    assert forecast[:, 1].std(0).max() < 0.1
    assert forecast[:, 0, 2].max() == 0


def test_a_thousand_persons_in_a_moment() -> None:
    rng = np.random.default_rng(2)
    given_RIK = given_shares(rng.integers(-1, 4, (1000, 44)), 4)
    start = time.perf_counter()
    demographics_forecast(given_RIK, rng.normal(size=(1000, 60)))
    assert time.perf_counter() - start < 10
