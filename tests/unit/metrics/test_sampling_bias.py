import itertools

import numpy as np
import pytest

from acculturate.metrics.divergence import js_divergence
from acculturate.metrics.sampling_bias import js_divergence_corrected, js_floor

PEOPLE = np.array([0.5, 0.3, 0.2, 0.0])


def test_floor_is_the_mean_over_draws() -> None:
    rng = np.random.default_rng(1)
    drawn = js_divergence(rng.multinomial(20, PEOPLE, 40_000) / 20, PEOPLE).mean()
    assert js_floor(PEOPLE, 20) == pytest.approx(drawn, rel=0.02)
    assert js_floor(np.array([1.0, 0.0]), 5) == pytest.approx(0, abs=1e-12)
    assert np.isnan(js_floor(np.array([np.nan, np.nan]), 5))


def test_floor_falls_with_texts() -> None:
    assert js_floor(PEOPLE, 20) > 3 * js_floor(PEOPLE, 100) > 0


def test_jackknife_like_leaving_texts_out_one_by_one() -> None:
    texts = [0, 0, 0, 1, 2, 2]
    count = np.bincount(texts, minlength=4).astype(float)
    whole = js_divergence(count / 6, PEOPLE)
    left = [
        js_divergence(np.bincount(rest, minlength=4) / 5, PEOPLE)
        for rest in itertools.combinations(texts, 5)
    ]
    by_hand = 6 * whole - 5 * np.mean(left)
    assert js_divergence_corrected(count, PEOPLE) == pytest.approx(by_hand)


def test_corrected_is_near_the_truth_where_the_plain_one_is_not() -> None:
    rng = np.random.default_rng(2)
    for model in (PEOPLE, np.array([0.2, 0.3, 0.4, 0.1])):
        truth = float(js_divergence(model, PEOPLE))
        count = rng.multinomial(20, model, 20_000).astype(float)
        plain = float(js_divergence(count / 20, PEOPLE).mean()) - truth
        corrected = float(js_divergence_corrected(count, PEOPLE).mean()) - truth
        assert plain > 0.01
        assert abs(corrected) < 0.3 * plain


def test_too_few_texts_have_no_figure() -> None:
    count = np.array([[1.0, 0, 0, 0], [0, 0, 0, 0], [np.nan] * 4, [1, 1, 0, 0]])
    assert np.isnan(js_divergence_corrected(count, PEOPLE)).tolist() == [True, True, True, False]
