import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acculturate.metrics import published

SIZE = np.array([4, 2, 10])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("3", 3),
        ("I would choose option 10.", 10),
        ("I'd say 2.2", 2),
        ("0", 0),
        ("11", None),
        ("Call 1-800-555-0100.", 1),
        ("Call 988.", None),
        ("007", 7),
        ("none", None),
        ("", None),
        ("9" * 5000, None),
    ],
)
def test_the_first_integer_is_the_answer(text: str, code: int | None) -> None:
    assert published.published_code(text) == code


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    assert published.published_code(text) in {None, *range(11)}


def test_by_hand() -> None:
    code, gold = np.array([1.0, 2.0, 4.0]), np.array([3.0, 1.0, 4.0])
    score = 1 - np.sqrt(4 + 1 + 0) / np.sqrt(9 + 1 + 81)
    assert published.alignment_as_published(code, gold, SIZE) == pytest.approx(score)
    assert published.hard_accuracy_as_published(code, gold) == pytest.approx(1 / 3)
    assert published.absolute_error_as_published(code, gold, SIZE) == pytest.approx((2 / 3 + 1) / 3)
    assert published.soft_accuracy_as_published(code, gold, SIZE) == pytest.approx((1 / 3 + 1) / 3)
    assert published.answer_share_as_published(np.array([0.2, np.nan, 0.4])) == pytest.approx(0.3)


def test_unread_and_unasked_items_vanish_from_both_sums() -> None:
    code, gold = np.array([1.0, np.nan, 4.0]), np.array([3.0, 1.0, np.nan])
    assert published.alignment_as_published(code, gold, SIZE) == pytest.approx(1 - 2 / 3)
    assert published.hard_accuracy_as_published(code, gold) == 0
    assert np.isnan(published.alignment_as_published(code[1:], gold[1:], SIZE[1:]))


def test_a_code_off_the_scale_counts_as_the_number_it_is() -> None:
    code, gold = np.array([10.0]), np.array([1.0])
    assert published.alignment_as_published(code, gold, np.array([4])) == pytest.approx(-2.0)
    assert published.soft_accuracy_as_published(code, gold, np.array([4])) == pytest.approx(-2.0)


@pytest.mark.parametrize(
    ("people", "model", "value"),
    [
        # figures of the published formula on made-up counts; the last cell counts invalid answers
        ([10, 0, 0, 0, 0], [10, 0, 0, 0, 0], 0.904832441554448),
        ([10, 0, 0], [10, 0, 0], 0.5514447139320509),
        ([40, 30, 20, 10, 0], [40, 30, 20, 10, 0], 0.23956210564323488),
        ([40, 30, 20, 10, 0], [100, 0, 0, 0, 0], 0.22497821572078053),
        ([40, 30, 20, 10, 0], [0, 0, 0, 0, 100], 0.6249782157207805),
        ([70, 30, 0], [70, 30, 0], 0.28243574156989826),
    ],
)
def test_published_divergence_prefers_the_mode_to_the_people(
    people: list[int], model: list[int], value: float
) -> None:
    result = published.kl_as_published(np.array(people, float), np.array(model, float))
    assert result == pytest.approx(value, abs=1e-12)
