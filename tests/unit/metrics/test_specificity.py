import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from acculturate.metrics import specificity as sp

Floats = NDArray[np.float64]
SIZE = np.array([3, 2, 4])
ORDINAL = np.array([True, True, False])


def shares(seed: int, cultures: int = 4) -> Floats:
    rng = np.random.default_rng(seed)
    held = np.arange(4) < SIZE[:, None]
    raw = rng.gamma(0.7, size=(cultures, 3, 4)) * held + 1e-3 * held
    return np.asarray(raw / raw.sum(-1, keepdims=True))


def by_hand(model: Floats, people: Floats) -> tuple[float, float]:
    """Correlation and slope by loops over cells."""
    both = ours = theirs = 0.0
    for i, (size, ordinal) in enumerate(zip(SIZE, ORDINAL, strict=True)):
        known = [
            c
            for c in range(len(model))
            if not (np.isnan(model[c, i]).any() or np.isnan(people[c, i]).any())
        ]
        sides = []
        for table in (model, people):
            rows = [
                np.cumsum(table[c, i, :size])[:-1] if ordinal else table[c, i, :size] for c in known
            ]
            centre = sum(rows) / len(rows)
            sides.append([(row - centre) / np.sqrt(size - 1) for row in rows])
        for m, o in zip(*sides, strict=True):
            both, ours, theirs = both + m @ o, ours + m @ m, theirs + o @ o
    return both / np.sqrt(ours * theirs), both / theirs


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.booleans())
def test_like_loops_over_cells_and_within_bounds(seed: int, gap: bool) -> None:
    model, people = shares(seed), shares(seed + 1)
    if gap:
        people[1, 0] = np.nan
        model[2, 2] = np.nan
    sums = sp.deviation_sums(model, people, SIZE, ORDINAL)
    r, slope = by_hand(model, people)
    assert sp.deviation_correlation(sums) == pytest.approx(r)
    assert sp.deviation_slope(sums) == pytest.approx(slope)
    assert -1 - 1e-12 <= r <= 1 + 1e-12
    assert np.nansum(sums.slopes.top_I) / np.nansum(sums.slopes.bottom_I) == pytest.approx(slope)
    assert (np.abs(sp.culture_correlations(sums)) <= 1 + 1e-12).all()


@given(st.integers(0, 1000))
def test_the_people_lean_as_the_people_and_half_as_far_is_half(seed: int) -> None:
    people = shares(seed)
    half = (people + people.mean(0)) / 2
    own = sp.deviation_sums(people, people, SIZE, ORDINAL)
    flat = sp.deviation_sums(half, people, SIZE, ORDINAL)
    assert (sp.deviation_correlation(own), sp.deviation_slope(own)) == pytest.approx((1, 1))
    assert (sp.deviation_correlation(flat), sp.deviation_slope(flat)) == pytest.approx((1, 0.5))


def test_a_level_that_all_cultures_share_is_not_specific() -> None:
    people = shares(1)
    blind = sp.deviation_sums(np.broadcast_to(people[0], people.shape), people, SIZE, ORDINAL)
    assert sp.deviation_slope(blind) == pytest.approx(0, abs=1e-12)


def test_order_of_cultures_and_of_nominal_options_changes_nothing() -> None:
    model, people = shares(3), shares(4)
    r = sp.deviation_correlation(sp.deviation_sums(model, people, SIZE, ORDINAL))
    turned = sp.deviation_sums(model[::-1], people[::-1], SIZE, ORDINAL)
    assert sp.deviation_correlation(turned) == pytest.approx(r)
    for table in (model, people):
        table[:, 2] = table[:, 2, [2, 0, 3, 1]]
    again = sp.deviation_sums(model, people, SIZE, ORDINAL)
    assert sp.deviation_correlation(again) == pytest.approx(r)


def test_exchanged_cultures_are_like_computing_anew() -> None:
    model, people = shares(5), shares(6)
    orders = np.array(list(itertools.permutations(range(4))))
    null = sp.permuted_correlations(model, people, SIZE, ORDINAL, orders)
    anew = [
        float(sp.deviation_correlation(sp.deviation_sums(model[order], people, SIZE, ORDINAL)))
        for order in orders
    ]
    assert null == pytest.approx(anew)
    people[0, 1] = np.nan
    first = sp.permuted_correlations(model, people, SIZE, ORDINAL, orders[:1])
    whole = sp.deviation_correlation(sp.deviation_sums(model, people, SIZE, ORDINAL))
    assert first[0] == pytest.approx(whole)


def test_matrix_by_hand() -> None:
    m = np.array([[0.9, 0.7, 0.6], [0.5, 0.6, 0.9], [0.4, 0.5, 0.8]])
    # pairs: 1.5 > 1.2; 1.7 > 1.0; 1.4 = 1.4, a half
    assert sp.pair_share(m) == pytest.approx(2.5 / 3)
    centred = m - m.mean(1)[:, None] - m.mean(0) + m.mean()
    assert sp.double_centred_diagonal(m) == pytest.approx(np.trace(centred) / 3)
    assert sp.distinctness_as_published(m) == pytest.approx((1 + 0.6 / 0.9 + 1) / 3)
    assert np.isnan(sp.pair_share(m[:1, :1]))


@given(st.integers(0, 1000))
def test_one_answer_set_for_all_is_no_better_than_chance(seed: int) -> None:
    m = np.random.default_rng(seed).random((1, 5)).repeat(5, axis=0)
    assert sp.pair_share(m) == 0.5
    assert sp.double_centred_diagonal(m) == pytest.approx(0, abs=1e-12)
    assert sp.distinctness_as_published(m) < 1
    assert sp.pair_share(np.stack([m, np.eye(5)])).tolist() == [0.5, 1.0]
