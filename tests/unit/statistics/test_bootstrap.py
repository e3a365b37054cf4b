import time

import numpy as np
import pytest

from acculturate.statistics.bootstrap import (
    item_weights,
    kish_n,
    macro_mean,
    people_draws,
    ratio_draws,
)

BATTERIES = ["a", "a", "b", "", "", "b"]


def test_a_battery_is_drawn_whole_and_all_draws_hold_as_many_batteries() -> None:
    weight = item_weights(BATTERIES, 200, seed=3)
    assert (weight[:, 0] == weight[:, 1]).all()
    assert (weight[:, 2] == weight[:, 5]).all()
    assert (weight[:, 3] != weight[:, 4]).any()
    assert (weight[:, [0, 2, 3, 4]].sum(1) == 4).all()


def test_the_seed_decides_the_draw() -> None:
    assert np.array_equal(item_weights(BATTERIES, 50, 1), item_weights(BATTERIES, 50, 1))
    assert not np.array_equal(item_weights(BATTERIES, 50, 1), item_weights(BATTERIES, 50, 2))


def test_like_a_loop_over_draws() -> None:
    rng = np.random.default_rng(5)
    top, bottom = rng.random((3, 6)), rng.random((3, 6))
    top[1, 2] = bottom[1, 2] = 0.0
    weight = item_weights(BATTERIES, 30, seed=7)
    naive = []
    for counts in weight:
        drawn = [i for i, n in enumerate(counts) for _ in range(int(n))]
        naive.append([top[c, drawn].sum() / bottom[c, drawn].sum() for c in range(3)])
    assert ratio_draws(top, bottom, weight) == pytest.approx(np.array(naive))


def test_error_of_a_mean_is_the_textbooks_and_larger_by_battery() -> None:
    """Items alike within batteries of 5: the error is that of the batteries' means."""
    rng = np.random.default_rng(11)
    level = np.repeat(rng.normal(size=40), 5)
    value = (level + 0.1 * rng.normal(size=200))[None]
    ones = np.ones_like(value)
    apart = ratio_draws(value, ones, item_weights([""] * 200, 4000, 1)).std()
    whole = ratio_draws(value, ones, item_weights([str(i // 5) for i in range(200)], 4000, 1)).std()
    assert apart == pytest.approx(value.std() / np.sqrt(200), rel=0.05)
    assert whole == pytest.approx(value.reshape(40, 5).mean(1).std() / np.sqrt(40), rel=0.05)


def test_shared_draws_keep_what_cultures_have_in_common() -> None:
    """Two cultures with the same values: their mean is as unsure as one of them, not less."""
    value = np.random.default_rng(2).random((1, 60)).repeat(2, axis=0)
    draws = ratio_draws(value, np.ones_like(value), item_weights([""] * 60, 2000, 1))
    assert macro_mean(draws) == pytest.approx(draws[:, 0])


def test_people_are_drawn_around_their_shares() -> None:
    count = np.array([[[300.0, 100.0, 0.0], [0.0, 0.0, 0.0]]])
    parts = list(people_draws(count, count.sum(-1), 400, seed=1))
    share = np.concatenate([part for _, part in parts])
    assert share.shape == (400, 1, 2, 3)
    assert share[:, 0, 0].mean(0) == pytest.approx([0.75, 0.25, 0.0], abs=0.01)
    assert share[:, 0, 0, 0].std() == pytest.approx(np.sqrt(0.75 * 0.25 / 400), rel=0.15)
    assert np.isnan(share[:, 0, 1]).all()


def test_kish_n_counts_equal_weights_in_full() -> None:
    assert kish_n(np.full(50, 2.0)) == pytest.approx(50)
    assert kish_n(np.array([1.0, 0.0, 0.0])) == pytest.approx(1)
    assert kish_n(np.array([])) == 0


def test_a_whole_survey_is_drawn_in_moments() -> None:
    start = time.perf_counter()
    weight = item_weights([str(i // 4) for i in range(259)], 10_000, 1)
    value = np.random.default_rng(1).random((19, 259))
    draws = ratio_draws(value, np.ones_like(value), weight)
    assert draws.shape == (10_000, 19)
    assert time.perf_counter() - start < 5
    assert weight.nbytes < 6_000_000
