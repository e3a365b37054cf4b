import numpy as np
import pytest

from acculturate.metrics.accuracy import (
    hard_accuracy,
    modal_agreement,
    mode_share,
    soft_accuracy,
)
from acculturate.metrics.spread import deviation, entropy

PEOPLE = np.array([0.1, 0.2, 0.6, 0.1])
SIZE, ORDINAL, NOMINAL = np.array(4), np.array(True), np.array(False)


def test_one_answer_is_right_or_some_way_off() -> None:
    answers = np.eye(4)
    assert hard_accuracy(answers, PEOPLE).tolist() == [0, 0, 1, 0]
    assert soft_accuracy(answers, PEOPLE, SIZE, ORDINAL) == pytest.approx([1 / 3, 2 / 3, 1, 2 / 3])
    assert soft_accuracy(answers, PEOPLE, SIZE, NOMINAL).tolist() == [0, 0, 1, 0]


def test_a_distribution_scores_the_mean_of_its_draws() -> None:
    share = np.array([0.4, 0.0, 0.5, 0.1])
    single = soft_accuracy(np.eye(4), PEOPLE, SIZE, ORDINAL)
    assert soft_accuracy(share, PEOPLE, SIZE, ORDINAL) == pytest.approx(share @ single)
    assert hard_accuracy(share, PEOPLE) == pytest.approx(0.5)


def test_tied_modes_share_the_point() -> None:
    people = np.array([0.4, 0.2, 0.4])
    assert mode_share(people).tolist() == [0.5, 0, 0.5]
    assert hard_accuracy(np.eye(3), people).tolist() == [0.5, 0, 0.5]


def test_two_options_are_exact_either_way() -> None:
    people, size = np.array([0.3, 0.7]), np.array(2)
    for ordinal in (ORDINAL, NOMINAL):
        assert soft_accuracy(np.eye(2), people, size, ordinal).tolist() == [0, 1]


def test_accuracy_rewards_flattening() -> None:
    """Why spread is reported beside it: a people's mode beats the people themselves."""
    mode = mode_share(PEOPLE)
    assert hard_accuracy(mode, PEOPLE) > hard_accuracy(PEOPLE, PEOPLE)
    assert entropy(mode) == 0 < entropy(PEOPLE)
    assert deviation(mode, SIZE) == 0 < deviation(PEOPLE, SIZE)


def test_spread_has_its_known_ends() -> None:
    assert entropy(np.full(4, 0.25)) == pytest.approx(np.log(4))
    assert deviation(np.array([0.5, 0, 0, 0.5, 0]), SIZE) == pytest.approx(0.5)
    assert np.isnan(entropy(np.array([np.nan, np.nan])))


def test_modes_agree_wholly_partly_or_not() -> None:
    people = np.array([[0.5, 0.3, 0.2], [0.4, 0.4, 0.2]])
    model = np.array([[0.6, 0.2, 0.2], [0.1, 0.8, 0.1]])
    assert modal_agreement(model, people).tolist() == [1.0, 0.5]
    assert modal_agreement(people, people).tolist() == [1.0, 1.0]
    assert modal_agreement(model[:, ::-1], people).tolist() == [0.0, 0.5]
