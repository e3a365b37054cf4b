import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acculturate.statistics.permutation import (
    culture_orders,
    derangement,
    holm,
    least_p,
    swaps,
    two_sided_p,
    upper_p,
)


def test_holm_by_the_book() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx((0.03, 0.06, 0.06))
    assert holm([0.5, 0.9]) == (1.0, 1.0)
    result = holm([0.02, float("nan"), 0.03])
    assert (result[0], result[2]) == pytest.approx((0.04, 0.04))
    assert np.isnan(result[1])
    assert holm([]) == ()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_only_raises_and_keeps_the_order(p: list[float]) -> None:
    result = holm(p)
    assert all(before <= after <= 1 for before, after in zip(p, result, strict=True))
    ranked = [result[k] for k in np.argsort(p, kind="stable")]
    assert ranked == sorted(ranked)
    # no more is rejected than by Bonferroni's stricter rule forbids, no less than it allows
    assert sum(x <= 0.05 for x in result) >= sum(x * len(p) <= 0.05 for x in p)


def test_batteries_change_sides_whole() -> None:
    side = swaps(["a", "", "a", "b"], 300, seed=1)
    assert (side[:, 0] == side[:, 2]).all()
    assert (side[:, 0] != side[:, 1]).any()
    assert side.mean() == pytest.approx(0.5, abs=0.08)
    assert set(np.unique(side)) == {0.0, 1.0}


def test_few_batteries_change_sides_in_every_way_once() -> None:
    side = swaps(["a", "", "a", "b"], 5000, seed=1)
    assert sorted(map(tuple, side[:, [0, 1, 3]].tolist())) == [
        (a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1) if a + b + c
    ]


def test_the_least_p_that_few_batteries_can_give() -> None:
    assert least_p(6, 5000) == 1 / 32
    assert least_p(5, 5000) == 1 / 16
    assert least_p(74, 5000) == 1 / 5001
    assert least_p(0, 5000) == 1
    # six batteries that all speak one way: the observed arrangement and its opposite, of 64
    side = swaps([str(i) for i in range(6)], 5000, seed=1)
    gain = np.array([0.1, 0.2, 0.3, 0.1, 0.2, 0.3])
    assert two_sided_p((1 - 2 * side) @ gain, gain.sum()) == 1 / 32


def test_orders_and_derangements() -> None:
    orders = culture_orders(4, 50, seed=2)
    assert (np.sort(orders, axis=1) == np.arange(4)).all()
    assert len(np.unique(orders, axis=0)) > 10
    rng = np.random.default_rng(3)
    assert all((derangement(5, rng) != np.arange(5)).all() for _ in range(20))
    with pytest.raises(ValueError, match="at least 2"):
        derangement(1, rng)


def test_p_values_are_never_zero_and_uniform_under_chance() -> None:
    rng = np.random.default_rng(4)
    assert two_sided_p(np.array([1.0, -1.0, 0.5]), 2.0) == 0.25
    assert two_sided_p(np.array([1.0, -1.0, 0.5]), -1.0) == 0.75
    assert upper_p(np.array([1.0, -1.0, 0.5]), 1.0) == 0.5
    assert np.isnan(two_sided_p(np.array([1.0]), float("nan")))
    assert np.isnan(upper_p(np.array([1.0]), float("nan")))
    p = [two_sided_p(rng.normal(size=199), float(rng.normal())) for _ in range(400)]
    assert np.mean(np.array(p) <= 0.1) == pytest.approx(0.1, abs=0.05)
