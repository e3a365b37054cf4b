from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acculturate.asking import AnswerSettings
from acculturate.culture import find_culture
from acculturate.culturespa import (
    AnswerPair,
    Answers,
    CultureSpaSettings,
    Shifts,
    ShiftSettings,
    derangement,
    find_shifts,
    teaching_rows,
)
from acculturate.errors import TrainingError
from acculturate.records import Item, TrainingRow, Wording

CULTURES = ("CHN", "DEU", "USA")
WORDS = ("Low", "Middle", "High")


def item(key: str, topic: str) -> Item:
    return Item(key, topic, (1, 2, 3), "ordinal", {"en": (Wording("Rate it.", WORDS),)})


def pairs(moved: int = 6) -> tuple[AnswerPair, ...]:
    """12 items a culture; the first `moved` are answered otherwise with it."""
    return tuple(
        AnswerPair(
            item(f"q{n}", "Work" if n % 2 else "Faith"),
            culture,
            (0.6, 0.3, 0.1),
            (0.1, 0.3, 0.6) if n < moved else (0.6, 0.3, 0.1),
            0.9,
        )
        for culture in CULTURES
        for n in range(12)
    )


def found(answers: tuple[AnswerPair, ...] = pairs(), **shifts: object) -> Shifts:
    own = CultureSpaSettings(shifts=ShiftSettings.model_validate(shifts))
    return find_shifts(Answers(answers, ()), own)


def keys(shifts: Shifts) -> set[tuple[str, str]]:
    return {(each.item, each.culture) for each in shifts.shifts}


@given(st.sets(st.text(min_size=1, max_size=3), min_size=2, max_size=8), st.integers(0, 99))
def test_a_derangement_leaves_none_in_its_place(cultures: set[str], seed: int) -> None:
    drawn = derangement(sorted(cultures), seed)
    assert drawn == derangement(sorted(cultures), seed)
    assert set(drawn) == set(drawn.values()) == cultures
    assert all(left != right for left, right in drawn.items())


def test_derangements_differ_by_seed_and_need_two() -> None:
    assert len({tuple(derangement("ABCD", seed).values()) for seed in range(60)}) == 9
    with pytest.raises(TrainingError, match="needs two cultures"):
        derangement(("CHN",), 0)


def test_shuffled_teaches_the_same_shifts_as_others() -> None:
    true, control = found(), found(control="shuffled")
    label = derangement(CULTURES, 0)
    assert [(each.item, each.culture, each.target) for each in control.shifts] == [
        (each.item, label[each.culture], each.target) for each in true.shifts
    ]
    assert keys(found(control="shuffled", control_seed=1)) == keys(control)  # all items moved
    assert control.counts == true.counts
    assert control.yields[-1].step == "control: shuffled"


def test_shuffled_uses_the_part_that_the_quantity_leaves() -> None:
    part = found(quantity=0.5).shifts
    other = found(quantity=0.5, control="shuffled").shifts
    assert [each.item for each in part] == [each.item for each in other]


def test_stand_ins_are_as_many_and_of_their_kind() -> None:
    true = keys(found())
    unshifted, drawn = keys(found(control="unshifted")), keys(found(control="random"))
    for each in (unshifted, drawn):
        assert Counter(culture for _, culture in each) == dict.fromkeys(CULTURES, 6)
    assert not unshifted & true
    assert drawn & true
    assert drawn - true
    assert drawn == keys(found(control="random"))
    assert drawn != keys(found(control="random", control_seed=7))
    # where fewer are left than were selected, there are fewer
    assert len(keys(found(pairs(10), control="unshifted"))) == 6


def test_null_shifts_come_of_the_unaware_answer_alone() -> None:
    null = found(control="null", select="published", gain=0, teach="number")
    assert null.shifts
    for shift in null.shifts:
        assert sorted(shift.unaware) == sorted(shift.aware) == [0, 0, 1]
        assert shift.target == shift.aware != shift.unaware
    still = tuple(
        AnswerPair(each.item, each.culture, each.unaware, each.unaware, each.mass)
        for each in pairs()
    )
    assert keys(found(still, control="null", select="published")) == keys(null)


def test_null_shifts_need_more_than_one_text() -> None:
    one = AnswerPair(item("q", "Work"), "CHN", (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), None)
    with pytest.raises(TrainingError, match=r"answering\.samples"):
        found((one,), control="null")


def test_no_gain_teaches_the_aware_answer() -> None:
    assert all(each.target == each.aware for each in found(gain=0).shifts)


def test_counts_are_by_culture_and_topic() -> None:
    counts = {(each.culture, each.topic): (each.shifts, each.questions) for each in found().counts}
    assert counts == {(code, topic): (3, 6) for code in CULTURES for topic in ("Work", "Faith")}


def test_a_shift_says_how_sure_it_is() -> None:
    assert [each.sure for each in found().shifts] == pytest.approx([0.6 * 0.9] * 18)


# -- rows -----------------------------------------------------------------------------------------


def rows(**shifts: object) -> tuple[TrainingRow, ...]:
    mixed = (
        *pairs()[:2],
        AnswerPair(item("q9", "Work"), "CHN", (0.6, 0.3, 0.1), (0.5, 0.4, 0.1), 1),
    )
    own = CultureSpaSettings(shifts=ShiftSettings.model_validate(shifts))
    made = find_shifts(Answers(mixed, ()), own).shifts
    whose = [find_culture(code) for code in CULTURES]
    items = [each.item for each in mixed]
    return teaching_rows(made, items, whose, own, AnswerSettings()).rows


def test_rows_weigh_by_strength() -> None:
    assert {row.weight for row in rows()} == {1.0}
    weights = {row.source: row.weight for row in rows(weight="strength")}
    assert sum(weights.values()) / 3 == pytest.approx(1)
    assert weights["q0"] == weights["q1"] == pytest.approx(10 * weights["q9"])


def test_rows_teach_the_number_or_the_shares() -> None:
    assert all(row.target and not row.completion for row in rows())
    assert all(row.completion and not row.target for row in rows(teach="number"))
