import numpy as np
import pytest

from acculturate.metrics.agreement import kappa_of


def test_a_worked_example() -> None:
    # 20 both good, 5 and 10 apart, 15 both bad: p_o .7, p_e .5, kappa .4
    assert kappa_of(np.array([[20.0, 5], [10, 15]])) == pytest.approx(0.4)
    assert kappa_of(np.array([[20.0, 5], [10, 15]]) * 0.25) == pytest.approx(0.4)


def test_full_agreement_chance_and_opposition() -> None:
    assert kappa_of(np.array([[2.0, 0], [0, 2]])) == 1
    assert kappa_of(np.array([[1.0, 1], [1, 1]])) == 0
    assert kappa_of(np.array([[0.0, 2], [2, 0]])) == -1


def test_more_than_two_categories() -> None:
    count_KK = np.array([[1.0, 0, 0], [0, 1, 0], [1, 0, 1]])
    assert kappa_of(count_KK) == pytest.approx((0.75 - 5 / 16) / (1 - 5 / 16))


def test_nothing_and_one_category_only_say_nothing() -> None:
    assert np.isnan(kappa_of(np.zeros((2, 2))))
    assert np.isnan(kappa_of(np.array([[3.0, 0], [0, 0]])))


def test_many_tables_one_value_each() -> None:
    count_BKK = np.array([[[20.0, 5], [10, 15]], [[4, 0], [0, 4]], [[3, 0], [0, 0]]])
    result = kappa_of(count_BKK)
    assert result[:2] == pytest.approx([0.4, 1])
    assert np.isnan(result[2])
