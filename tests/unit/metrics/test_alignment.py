import numpy as np
import pytest

from acculturate.metrics.alignment import alignment, skill
from acculturate.metrics.ratio import Ratio, mean
from acculturate.metrics.references import culture_blind

SIZE = np.array([2, 3, 3])
ORDINAL = np.array([True, True, False])
PEOPLE = np.array([[0.2, 0.8, 0.0], [0.1, 0.2, 0.7], [0.3, 0.3, 0.4]])
MODEL = np.array([[0.5, 0.5, 0.0], [0.7, 0.2, 0.1], [0.0, 0.3, 0.7]])


def test_by_hand() -> None:
    """Distances .3, (.6 + .6) / 2 and .3: their mean is .4."""
    assert alignment(MODEL, PEOPLE, SIZE, ORDINAL) == pytest.approx(0.6)


def test_nominal_items_know_no_order_and_ordinal_ones_do() -> None:
    def turned(item: int) -> float:
        order = [0, 1, 2] if item != 1 else [1, 2, 0]
        if item == 2:
            order = [1, 2, 0]
        model, people = MODEL.copy(), PEOPLE.copy()
        model[item], people[item] = model[item][order], people[item][order]
        return float(alignment(model, people, SIZE, ORDINAL))

    assert turned(2) == pytest.approx(0.6)
    assert turned(1) != pytest.approx(0.6)


def test_items_without_an_answer_or_people_are_left_out() -> None:
    model, people = MODEL.copy(), PEOPLE.copy()
    model[0], people[2] = np.nan, np.nan
    assert alignment(model, people, SIZE, ORDINAL) == pytest.approx(0.4)
    assert np.isnan(alignment(np.full_like(MODEL, np.nan), PEOPLE, SIZE, ORDINAL))


def test_skill_is_one_for_the_people_and_zero_for_the_blind_guess() -> None:
    people_CIK = np.stack([PEOPLE, MODEL, (PEOPLE + MODEL) / 2])
    blind_CIK = culture_blind(people_CIK)
    scale = (SIZE, ORDINAL)
    assert skill(people_CIK, people_CIK, blind_CIK, *scale) == pytest.approx([1, 1, 1])
    assert skill(blind_CIK, people_CIK, blind_CIK, *scale) == pytest.approx([0, 0, 0])
    assert skill(MODEL, people_CIK, blind_CIK, *scale)[0] < 0


def test_a_ratio_leaves_out_what_either_side_lacks() -> None:
    ratio = Ratio(np.array([1.0, np.nan, 3.0]), np.array([2.0, 2.0, np.nan]))
    assert ratio.scored_I.tolist() == [True, False, False]
    assert ratio.value() == pytest.approx(0.5)
    assert ratio.only(np.array([False, True, True])).scored_I.sum() == 0
    assert np.isnan(mean(np.array([np.nan])).value())
