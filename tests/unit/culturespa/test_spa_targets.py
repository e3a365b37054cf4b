import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acculturate.culturespa.targets import FLOOR, strength, target


@st.composite
def two_answers(draw: st.DrawFn) -> tuple[tuple[float, ...], tuple[float, ...]]:
    size = draw(st.integers(2, 10))
    weights = st.lists(st.floats(0, 1), min_size=size, max_size=size).filter(lambda w: sum(w) > 0.1)
    left, right = draw(weights), draw(weights)
    return tuple(w / sum(left) for w in left), tuple(w / sum(right) for w in right)


def by_hand(unaware: tuple[float, ...], aware: tuple[float, ...], gain: float) -> list[float]:
    """The formula as a product of powers, without logarithms."""
    floor = [(max(u, FLOOR), max(a, FLOOR)) for u, a in zip(unaware, aware, strict=True)]
    raw = [a * (a / u) ** gain for u, a in floor]
    return [weight / math.fsum(raw) for weight in raw]


@given(two_answers(), st.floats(0.01, 4))
@settings(max_examples=60, deadline=None)
def test_the_target_is_the_formula(
    answers: tuple[tuple[float, ...], tuple[float, ...]], gain: float
) -> None:
    aim = target(answers[1], *answers, gain)
    assert aim == pytest.approx(by_hand(*answers, gain), rel=1e-9, abs=1e-12)
    assert math.fsum(aim) == pytest.approx(1)


@given(two_answers())
@settings(max_examples=30, deadline=None)
def test_no_gain_is_the_aware_answer_itself(
    answers: tuple[tuple[float, ...], tuple[float, ...]],
) -> None:
    assert target(answers[1], *answers, 0.0) is answers[1]


@pytest.mark.parametrize("gain", [1.0, 50.0, 1e6])
@pytest.mark.parametrize(
    ("unaware", "aware"),
    [
        ((1.0, 0.0), (0.0, 1.0)),
        ((1.0, 0.0, 0.0), (1.0, 0.0, 0.0)),
        ((0.0, 1.0), (1e-300, 1.0)),
        ((0.5, 0.5), (1.0, 0.0)),
    ],
)
def test_extremes_stay_finite(
    unaware: tuple[float, ...], aware: tuple[float, ...], gain: float
) -> None:
    aim = target(aware, unaware, aware, gain)
    assert all(math.isfinite(share) and 0 <= share <= 1 for share in aim)
    assert math.fsum(aim) == pytest.approx(1)
    assert max(range(len(aim)), key=lambda k: aim[k]) == max(
        range(len(aware)), key=lambda k: aware[k]
    )


def test_a_larger_gain_goes_further() -> None:
    shares = [target((0.6, 0.4), (0.4, 0.6), (0.6, 0.4), gain)[0] for gain in (0.0, 0.5, 1.0, 2.0)]
    assert shares == sorted(shares)
    assert shares[2] == pytest.approx(0.6 * 1.5 / (0.6 * 1.5 + 0.4 / 1.5))


def test_strength_knows_the_scale() -> None:
    first, second, last = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
    assert strength(first, second, ordinal=True) == pytest.approx(0.5)
    assert strength(first, last, ordinal=True) == pytest.approx(1)
    assert strength(first, second, ordinal=False) == pytest.approx(1)
    assert strength(first, first, ordinal=False) == 0


def test_it_is_the_own_answer_that_is_moved() -> None:
    own, unaware, aware = (0.9, 0.06, 0.04), (0.5, 0.3, 0.2), (0.25, 0.3, 0.45)
    raw = [0.9 * (0.25 / 0.5), 0.06, 0.04 * (0.45 / 0.2)]
    assert target(own, unaware, aware, 1.0) == pytest.approx([weight / sum(raw) for weight in raw])
    assert target(own, unaware, unaware, 3.0) == pytest.approx(own)
