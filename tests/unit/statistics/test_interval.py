import numpy as np
import pytest

from acculturate.statistics.bootstrap import item_weights, macro_mean, ratio_draws
from acculturate.statistics.interval import (
    FEWEST,
    NO_INTERVAL,
    battery_interval,
    battery_sizes,
    centred,
    clusters_behind,
    equal_batteries,
    percentile_interval,
    seed_interval,
    tail_probability,
)


def test_intervals_say_nothing_where_most_draws_have_no_value() -> None:
    low, high = percentile_interval(np.linspace(0, 1, 1001))
    assert (low, high) == pytest.approx((0.025, 0.975))
    assert np.isnan(percentile_interval(np.array([1.0, np.nan, np.nan]))).all()
    assert np.isnan(macro_mean(np.full((2, 3), np.nan))).all()


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
    assert battery_sizes(["a", "", "a", ""]).tolist() == [2, 1, 1]
    scored = np.array([True, False, False, True])
    assert battery_sizes(["a", "", "a", ""], scored).tolist() == [1, 1]
    # sizes 6, 6, 6, 6 and 36 are worth 3600 / 1440 of equal size, and at most 5 less 2
    names = [
        name for name, size in zip("abcde", (6, 6, 6, 6, 36), strict=True) for _ in range(size)
    ]
    assert equal_batteries(names) == pytest.approx(2.5)


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
    result = [
        clusters_behind(ratio_draws(value[None], np.ones((1, 60)), weight)[:, 0], batteries, seed=5)
        for value in (plain, one)
    ]
    assert 30 < result[0] < 90
    assert result[1] < 5
    assert np.isnan(clusters_behind(np.full(4000, np.nan), batteries, 5))


def test_below_twelve_batteries_there_is_no_interval() -> None:
    for n, known in ((2, False), (FEWEST - 1, False), (FEWEST, True)):
        batteries = [str(i) for i in range(n)]
        value = np.random.default_rng(3).random((1, n))
        draws = ratio_draws(value, np.ones_like(value), item_weights(batteries, 3000, 1))[:, 0]
        interval = battery_interval(draws, batteries, np.ones(n, dtype=bool), 1)
        assert (interval is not NO_INTERVAL) is known
    # a hundred items of one grid are one battery
    draws = np.random.default_rng(1).normal(size=3000)
    assert battery_interval(draws, ["a"] * 100, np.ones(100, dtype=bool), 1) is NO_INTERVAL


def test_what_does_not_vary_has_no_interval() -> None:
    assert percentile_interval(np.full(500, 0.0216)) is NO_INTERVAL
    draws = 0.0216 + 1e-5 * np.random.default_rng(1).normal(size=500)
    assert percentile_interval(draws) is NO_INTERVAL  # it would read +.0216 to +.0216
    assert seed_interval(np.full(2, 0.1), np.full((2, 500), 0.1)) is NO_INTERVAL


def test_skewed_figures_count_two_batteries_less() -> None:
    assert equal_batteries([""] * 20) == 18
    assert equal_batteries(["a"] * 19 + [""]) == 2
