import numpy as np
import pytest

from acculturate.metrics import references

SIZE = np.array([2, 3, 4])
PEOPLE = np.array(
    [
        [[0.2, 0.8], [0.5, 0.5]],
        [[0.4, 0.6], [np.nan, np.nan]],
        [[0.9, 0.1], [0.1, 0.9]],
    ]
)


def test_uniform_midpoint_and_first_are_distributions_without_weight_on_padding() -> None:
    for make in (references.uniform, references.midpoint, references.first_option):
        share = make(SIZE, 5)
        assert share.sum(-1) == pytest.approx([1, 1, 1])
        assert all((share[i, size:] == 0).all() for i, size in enumerate(SIZE))
    assert references.midpoint(SIZE, 5)[1].tolist() == [0, 1, 0, 0, 0]
    assert references.midpoint(SIZE, 5)[2].tolist() == [0, 0.5, 0.5, 0, 0]


def test_culture_blind_is_the_mean_of_the_others_who_were_asked() -> None:
    blind = references.culture_blind(PEOPLE)
    assert blind[0, 0] == pytest.approx([0.65, 0.35])
    assert blind[0, 1] == pytest.approx([0.1, 0.9])
    assert blind[1, 1] == pytest.approx([0.3, 0.7])
    assert np.isnan(references.culture_blind(PEOPLE[:1])).all()


def test_another_culture_is_never_ones_own() -> None:
    assert references.another_culture(PEOPLE)[0] is not PEOPLE[0]
    assert np.array_equal(references.another_culture(PEOPLE)[0, 0], PEOPLE[1, 0])
    assert np.array_equal(references.another_culture(PEOPLE)[2, 0], PEOPLE[0, 0])


def test_mode_is_the_peoples_most_frequent_answer() -> None:
    assert references.mode(PEOPLE)[0].tolist() == [[0, 1], [0.5, 0.5]]
