import numpy as np
import pytest

from acculturate.metrics.agreement import cohens_kappa, kappa_of


def test_a_worked_example() -> None:
    # 20 both good, 5 and 10 apart, 15 both bad: p_o .7, p_e .5, kappa .4
    left = np.array([1] * 25 + [0] * 25)
    right = np.array([1] * 20 + [0] * 5 + [1] * 10 + [0] * 15)
    assert cohens_kappa(left, right) == pytest.approx(0.4)


def test_full_agreement_chance_and_opposition() -> None:
    left = np.array([0, 1, 0, 1])
    assert cohens_kappa(left, left) == 1
    assert cohens_kappa(left, np.array([0, 0, 1, 1])) == 0
    assert cohens_kappa(left, 1 - left) == -1


def test_more_than_two_categories() -> None:
    left, right = np.array([0, 1, 2, 2]), np.array([0, 1, 2, 0])
    assert cohens_kappa(left, right) == pytest.approx((0.75 - 5 / 16) / (1 - 5 / 16))


def test_nothing_and_one_category_only_say_nothing() -> None:
    assert np.isnan(cohens_kappa(np.array([], dtype=int), np.array([], dtype=int)))
    assert np.isnan(cohens_kappa(np.ones(3, dtype=int), np.ones(3, dtype=int)))
    with pytest.raises(ValueError, match="two raters of 1 and 2"):
        cohens_kappa(np.ones(1, dtype=int), np.ones(2, dtype=int))


def test_tables_of_counts_one_value_each() -> None:
    count_BKK = np.array(
        [[[20, 5], [10, 15]], [[4, 0], [0, 4]], [[3, 0], [0, 0]], [[0, 0], [0, 0]]]
    )
    found = kappa_of(count_BKK.astype(float))
    assert found[:2] == pytest.approx([0.4, 1])
    assert np.isnan(found[2:]).all()
    assert kappa_of(count_BKK[0] * 0.25) == pytest.approx(0.4)
