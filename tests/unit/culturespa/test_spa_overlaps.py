import pytest

from acculturate.culturespa import AnswerPair, Answers, CultureSpaSettings, ShiftSettings
from acculturate.culturespa.overlaps import overlaps
from acculturate.culturespa.shifts import find_shifts
from acculturate.records import Item, Wording

EVEN, LOW, HIGH = (1 / 3, 1 / 3, 1 / 3), (0.8, 0.1, 0.1), (0.1, 0.1, 0.8)


def pair(item: str, culture: str, aware: tuple[float, ...]) -> AnswerPair:
    scale = Item(item, "Work", (1, 2, 3), "ordinal", {"en": (Wording("Rate.", ("a", "b", "c")),)})
    return AnswerPair(scale, culture, EVEN, aware, 1.0)


ANSWERS = Answers(
    (
        pair("1", "CHN", LOW),
        pair("2", "CHN", LOW),
        pair("3", "CHN", EVEN),
        pair("4", "CHN", EVEN),
        pair("1", "DEU", HIGH),
        pair("2", "DEU", EVEN),
        pair("3", "DEU", EVEN),
        pair("4", "DEU", EVEN),
        pair("1", "MEX", EVEN),
        pair("9", "MEX", LOW),
    ),
    (),
)
TAKEN = {("1", "CHN"), ("2", "CHN"), ("1", "DEU"), ("9", "MEX")}


def test_shared_shifts_and_their_direction() -> None:
    first, second, third = overlaps(ANSWERS, TAKEN)
    assert (first.culture, first.other, first.questions) == ("CHN", "DEU", 4)
    assert (first.shifts, first.other_shifts, first.both) == (2, 1, 1)
    assert first.likeness == pytest.approx(1 / 2)
    assert first.chance == pytest.approx(0.5 / (3 - 0.5))
    # on one of two questions the other way: cumulative (7, 3.5) / 15 against (-3.5, -7) / 15
    assert first.direction == pytest.approx(-0.8 / 2**0.5)
    assert (second.questions, second.both, second.direction) == (1, 0, None)
    assert (third.culture, third.other, third.likeness) == ("DEU", "MEX", 0)


def test_shifts_come_with_their_overlaps() -> None:
    settings = CultureSpaSettings(shifts=ShiftSettings(strength=0.01))
    assert find_shifts(ANSWERS, settings).overlaps == overlaps(ANSWERS, TAKEN)
    assert overlaps(Answers((), ()), ()) == ()
