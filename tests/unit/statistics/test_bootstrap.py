import time

import numpy as np
import pytest

from acculturate.statistics.bootstrap import (
    centred,
    clusters_behind,
    effective_batteries,
    item_weights,
    kish_n,
    macro_mean,
    people_draws,
    percentile_interval,
    ratio_draws,
    seed_interval,
    tail_probability,
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


def test_intervals_say_nothing_where_most_draws_have_no_value() -> None:
    low, high = percentile_interval(np.linspace(0, 1, 1001))
    assert (low, high) == pytest.approx((0.025, 0.975))
    assert np.isnan(percentile_interval(np.array([1.0, np.nan, np.nan]))).all()
    assert np.isnan(macro_mean(np.full((2, 3), np.nan))).all()


def test_a_whole_survey_is_drawn_in_moments() -> None:
    start = time.perf_counter()
    weight = item_weights([str(i // 4) for i in range(259)], 10_000, 1)
    value = np.random.default_rng(1).random((19, 259))
    draws = ratio_draws(value, np.ones_like(value), weight)
    assert draws.shape == (10_000, 19)
    assert time.perf_counter() - start < 5
    assert weight.nbytes < 6_000_000


def test_few_clusters_widen_the_interval() -> None:
    draws = np.linspace(-1, 1, 10_001)
    plain = percentile_interval(draws)
    few, many = (percentile_interval(draws, clusters=n) for n in (8.0, 1e6))
    assert few.low < plain.low < 0 < plain.high < few.high
    assert many == pytest.approx(plain, abs=1e-3)
    # Student's 2.365 of 7 degrees, times root(8 / 7), is 2.528 normal deviations: .57% a side
    assert tail_probability(0.95, 8) == pytest.approx(0.00573, abs=2e-4)
    assert tail_probability(0.95, None) == pytest.approx(0.025)


def test_batteries_count_by_their_sizes() -> None:
    assert effective_batteries(["a", "a", "b", "b"]) == pytest.approx(2)
    assert effective_batteries(["", "", ""]) == pytest.approx(3)
    assert effective_batteries(["a"] * 9 + [""]) == pytest.approx(100 / 82)


def test_centred_draws_keep_their_width() -> None:
    draws = np.array([1.0, 2.0, np.nan, 3.0])
    moved = centred(draws, 0.0)
    assert np.nanmean(moved) == pytest.approx(0)
    assert np.nanstd(moved) == pytest.approx(np.nanstd(draws))
    assert centred(draws, float("nan")) is draws


def test_interval_over_seeds_holds_seeds_and_items() -> None:
    rng = np.random.default_rng(1)
    value = np.array([0.1, 0.2, 0.3])
    draws = value[:, None] + 0.001 * rng.normal(size=2000)
    low, high = seed_interval(value, draws)
    # Student's t of 2 degrees times the seeds' own error
    assert (high - low) / 2 == pytest.approx(4.303 * 0.1 / np.sqrt(3), rel=0.01)
    alike = seed_interval(np.full(3, 0.2), 0.2 + 0.01 * rng.normal(size=(1, 2000)).repeat(3, 0))
    assert (alike.high - alike.low) / 2 == pytest.approx(0.0196, rel=0.05)
    assert np.isnan(seed_interval(value[:1], draws[:1])).all()


def test_clusters_behind_a_figure_are_those_that_move_it() -> None:
    batteries = [str(i) for i in range(60)]
    weight = item_weights(batteries, 4000, seed=5)
    rng = np.random.default_rng(6)
    plain, one = rng.normal(size=60), rng.normal(size=60)
    one[0] = 40.0
    found = [
        clusters_behind(ratio_draws(value[None], np.ones((1, 60)), weight)[:, 0], batteries, seed=5)
        for value in (plain, one)
    ]
    assert 30 < found[0] < 90
    assert found[1] < 5
    assert np.isnan(clusters_behind(np.full(4000, np.nan), batteries, 5))
