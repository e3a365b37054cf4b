"""Intraclass correlations: the published example, another package, and degenerate cases."""

import numpy as np
import pytest

from acculturate.metrics.intraclass import consistency, one_way

SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]],
    dtype=np.float64,
)
"""Table 2 of Shrout & Fleiss 1979: six targets, four judges."""
ONE = np.ones((1, 1))


def test_the_published_example() -> None:
    single, mean = one_way(SHROUT_FLEISS[:, None], ONE)
    assert (round(float(single[0]), 2), round(float(mean[0]), 2)) == (0.17, 0.44)
    single, mean = consistency(SHROUT_FLEISS[:, None], ONE)
    assert (round(float(single[0]), 2), round(float(mean[0]), 2)) == (0.71, 0.91)


def test_another_package_gives_the_same() -> None:
    reliability = pytest.importorskip("popfidelity.reliability", reason="extra 'measures'")
    rng = np.random.default_rng(5)
    for _ in range(200):
        targets, ways = rng.integers(2, 12), rng.integers(2, 6)
        ratings = rng.normal(size=(targets, 1)) * rng.uniform(0, 2) + rng.normal(
            size=(targets, ways)
        )
        for ours, model in ((one_way, "oneway"), (consistency, "consistency")):
            single, mean = ours(ratings[:, None], ONE)
            assert single[0] == pytest.approx(reliability.icc(ratings, model))
            assert mean[0] == pytest.approx(reliability.icc(ratings, model, average=True))


def test_krippendorffs_alpha_comes_to_the_same_with_many_targets() -> None:
    reliability = pytest.importorskip("popfidelity.reliability", reason="extra 'measures'")
    rng = np.random.default_rng(8)
    ratings = rng.normal(size=(400, 1)) + rng.normal(size=(400, 3))
    single, _ = one_way(ratings[:, None], ONE)
    assert single[0] == pytest.approx(
        reliability.krippendorff_alpha(ratings, "interval"), abs=0.005
    )


def test_blocks_count_as_often_as_they_are_drawn() -> None:
    rng = np.random.default_rng(6)
    value_CIL = rng.normal(size=(4, 3, 2)) + rng.normal(size=(4, 3, 1))
    drawn = np.array([[2.0, 0.0, 1.0]])
    repeated = value_CIL[:, [0, 0, 2]]
    for correlation in (one_way, consistency):
        by_weight, by_hand = correlation(value_CIL, drawn), correlation(repeated, np.ones((1, 3)))
        assert np.concatenate(by_weight) == pytest.approx(np.concatenate(by_hand))


def test_what_all_targets_share_is_an_error_of_one_and_none_of_the_other() -> None:
    shift = SHROUT_FLEISS.mean(0)
    moved = SHROUT_FLEISS - shift + shift[::-1] * 5
    same, other = (consistency(table[:, None], ONE) for table in (SHROUT_FLEISS, moved))
    assert other.single_B == pytest.approx(same.single_B)
    assert one_way(moved[:, None], ONE).single_B < one_way(SHROUT_FLEISS[:, None], ONE).single_B


def test_ways_may_be_missing() -> None:
    ratings = SHROUT_FLEISS.copy()
    ratings[0, 1:] = np.nan
    without = SHROUT_FLEISS[1:]
    single, _ = one_way(ratings[:, None], ONE)
    assert single == pytest.approx(one_way(without[:, None], ONE).single_B)
    single, _ = consistency(ratings[:, None], ONE)
    assert single == pytest.approx(consistency(without[:, None], ONE).single_B)
    some = SHROUT_FLEISS.copy()
    some[0, 3] = np.nan
    assert 0 < float(one_way(some[:, None], ONE).single_B[0]) < 1


@pytest.mark.parametrize(
    "ratings",
    [
        np.full((3, 2), 0.4),  # all alike
        SHROUT_FLEISS[:1],  # one target
        SHROUT_FLEISS[:, :1],  # one way
        np.full((3, 2), np.nan),
    ],
)
def test_there_is_none_where_nothing_can_be_told(ratings: np.ndarray) -> None:
    for correlation in (one_way, consistency):
        assert np.isnan(correlation(ratings[:, None], ONE).single_B).all()
