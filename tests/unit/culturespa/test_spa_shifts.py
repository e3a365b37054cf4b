import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acculturate.culturespa import AnswerPair, Answers, CultureSpaSettings, ShiftSettings
from acculturate.culturespa.shifts import FLOOR, find_shifts, strength, target
from acculturate.records import Item, Wording

WORDS = ("a", "b", "c")
SCALE = Item("s", "Work", (1, 2, 3), "ordinal", {"en": (Wording("Rate.", WORDS),)})


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
    return [each / math.fsum(raw) for each in raw]


@given(two_answers(), st.floats(0.01, 4))
@settings(max_examples=60, deadline=None)
def test_the_target_is_the_formula(
    answers: tuple[tuple[float, ...], tuple[float, ...]], gain: float
) -> None:
    aim = target(*answers, gain)
    assert aim == pytest.approx(by_hand(*answers, gain), rel=1e-9, abs=1e-12)
    assert math.fsum(aim) == pytest.approx(1)


@given(two_answers())
@settings(max_examples=30, deadline=None)
def test_no_gain_is_the_aware_answer_itself(
    answers: tuple[tuple[float, ...], tuple[float, ...]],
) -> None:
    assert target(*answers, 0.0) is answers[1]


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
    aim = target(unaware, aware, gain)
    assert all(math.isfinite(share) and 0 <= share <= 1 for share in aim)
    assert math.fsum(aim) == pytest.approx(1)
    assert max(range(len(aim)), key=lambda k: aim[k]) == max(
        range(len(aware)), key=lambda k: aware[k]
    )


def test_a_larger_gain_goes_further() -> None:
    shares = [target((0.4, 0.6), (0.6, 0.4), gain)[0] for gain in (0.0, 0.5, 1.0, 2.0)]
    assert shares == sorted(shares)
    assert shares[2] == pytest.approx(0.6 * 1.5 / (0.6 * 1.5 + 0.4 / 1.5))


def test_strength_knows_the_scale() -> None:
    first, second, last = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
    assert strength(first, second, ordinal=True) == pytest.approx(0.5)
    assert strength(first, last, ordinal=True) == pytest.approx(1)
    assert strength(first, second, ordinal=False) == pytest.approx(1)
    assert strength(first, first, ordinal=False) == 0


# -- selection ------------------------------------------------------------------------------------


def pair(key: str, culture: str, aware: tuple[float, ...], topic: str = "Work") -> AnswerPair:
    item = Item(key, topic, (1, 2, 3), "ordinal", {"en": (Wording("Rate.", WORDS),)})
    return AnswerPair(item, culture, (0.6, 0.3, 0.1), aware, 1.0)


PAIRS = (
    pair("q1", "CHN", (0.6, 0.3, 0.1)),  # no change
    pair("q2", "CHN", (0.58, 0.31, 0.11)),  # .015
    pair("q3", "CHN", (0.1, 0.3, 0.6), "Faith"),  # .5
    pair("q1", "DEU", (0.4, 0.3, 0.3)),  # .2, same mode
    pair("q2", "DEU", (0.3, 0.6, 0.1)),  # .15, another mode
    pair("q3", "DEU", (0.59, 0.3, 0.11), "Faith"),  # .01
)


def found(**shifts: object) -> list[tuple[str, str]]:
    own = CultureSpaSettings(shifts=ShiftSettings.model_validate(shifts))
    return [(s.item, s.culture) for s in find_shifts(Answers(PAIRS, ()), own).shifts]


def test_selection_by_threshold() -> None:
    assert found(strength=0.1) == [("q3", "CHN"), ("q1", "DEU"), ("q2", "DEU")]
    assert len(found(strength=0)) == 6
    assert found(strength=1) == []


def test_selection_of_the_strongest_of_each_culture() -> None:
    assert found(select="top", top=0.3) == [("q3", "CHN"), ("q1", "DEU")]
    # what did not move is never among the strongest
    assert ("q1", "CHN") not in found(select="top", top=1)


def test_published_selection_takes_other_modes_and_teaches_them_alone() -> None:
    own = CultureSpaSettings(shifts=ShiftSettings(select="published", gain=0, teach="number"))
    shifts = find_shifts(Answers(PAIRS, ()), own).shifts
    assert [(s.item, s.culture, s.target) for s in shifts] == [
        ("q3", "CHN", (0.0, 0.0, 1.0)),
        ("q2", "DEU", (0.0, 1.0, 0.0)),
    ]


def test_quantity_is_nested_and_seeded() -> None:
    many = tuple(pair(f"q{k}", culture, (0.1, 0.3, 0.6)) for culture in "AB" for k in range(20))

    def used(quantity: float, seed: int = 1) -> set[tuple[str, str]]:
        own = CultureSpaSettings(seed=seed, shifts=ShiftSettings(quantity=quantity))
        return {(s.item, s.culture) for s in find_shifts(Answers(many, ()), own).shifts}

    assert [len(used(q)) for q in (0, 0.25, 0.5, 1)] == [0, 10, 20, 40]
    assert used(0.25) < used(0.5) < used(1)
    assert used(0.5) == used(0.5)
    assert used(0.5) != used(0.5, seed=2)
    assert sum(culture == "A" for _, culture in used(0.25)) == 5


def test_yields_count_steps_cultures_and_topics() -> None:
    own = CultureSpaSettings(shifts=ShiftSettings(strength=0.1))
    result = find_shifts(Answers(PAIRS, ()), own)
    differ, selected, used = result.yields
    assert (differ.count, differ.of) == (5, 6)
    assert (selected.count, selected.of, selected.note) == (3, 6, "strength at least 0.1")
    assert (used.count, used.of) == (3, 3)
    assert [(y.step, y.count, y.of) for y in result.cultures] == [("CHN", 1, 3), ("DEU", 2, 3)]
    assert [(y.step, y.count, y.of) for y in result.topics] == [("Work", 2, 4), ("Faith", 1, 2)]


def test_a_shift_keeps_both_answers_and_its_strength() -> None:
    result = find_shifts(Answers(PAIRS, ()), CultureSpaSettings())
    shift = next(s for s in result.shifts if s.item == "q3" and s.culture == "CHN")
    assert shift.unaware == (0.6, 0.3, 0.1)
    assert shift.aware == (0.1, 0.3, 0.6)
    assert shift.strength == pytest.approx(0.5)
    assert shift.target == pytest.approx(by_hand(shift.unaware, shift.aware, 1.0))
