import pytest

from acculturate.culturespa import AnswerPair, Answers, CultureSpaSettings, ShiftSettings
from acculturate.culturespa.shifts import find_shifts
from acculturate.records import Item, Wording

WORDS = ("a", "b", "c")


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
    assert selected.lost == {
        "left out by the rule": 2,
        "with the same answer in both": 1,
    }
    assert (used.count, used.of) == (3, 3)
    assert [(y.step, y.count, y.of) for y in result.cultures] == [("CHN", 1, 3), ("DEU", 2, 3)]
    assert [(y.step, y.count, y.of) for y in result.topics] == [("Work", 2, 4), ("Faith", 1, 2)]


def test_a_shift_keeps_both_answers_and_its_strength() -> None:
    result = find_shifts(Answers(PAIRS, ()), CultureSpaSettings())
    shift = next(s for s in result.shifts if s.item == "q3" and s.culture == "CHN")
    assert shift.unaware == (0.6, 0.3, 0.1)
    assert shift.aware == (0.1, 0.3, 0.6)
    assert shift.strength == pytest.approx(0.5)
    assert shift.target == pytest.approx([1 / 235, 18 / 235, 216 / 235])


def test_a_question_of_one_option_has_no_shift() -> None:
    one = Item("q9", "Work", (1,), "nominal", {"en": (Wording("Rate.", ("yes",)),)})
    pairs = (*PAIRS, AnswerPair(one, "CHN", (1.0,), (1.0,), 1.0))
    own = CultureSpaSettings(shifts=ShiftSettings(strength=0))
    assert len(find_shifts(Answers(pairs, ()), own).shifts) == len(PAIRS)
