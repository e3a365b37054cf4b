from collections import Counter
from dataclasses import replace
from statistics import fmean

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
from acculturate.culturespa.answering import Order, Shares
from acculturate.errors import ConfigError, TrainingError
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
    return {(shift.item, shift.culture) for shift in shifts.shifts}


@given(st.sets(st.text(min_size=1, max_size=3), min_size=2, max_size=8), st.integers(0, 99))
def test_a_derangement_leaves_none_in_its_place(cultures: set[str], seed: int) -> None:
    drawn = derangement(sorted(cultures), seed)
    assert drawn == derangement(sorted(cultures), seed)
    assert set(drawn) == set(drawn.values()) == cultures
    assert all(left != right for left, right in drawn.items())


def test_derangements_differ_by_seed_and_need_two() -> None:
    assert len({tuple(derangement("ABCD", seed).values()) for seed in range(60)}) == 9
    with pytest.raises(TrainingError, match=r"needs answers of two cultures.*those of CHN"):
        derangement(("CHN",), 0)


def test_questions_drawn_by_lot_say_how_many_the_true_arm_has_too() -> None:
    """Where all shifts are selected, nothing else is left to draw."""
    every = found(pairs(12), control="random", select="top", top=1.0)
    assert every.yields[-1].note.endswith("; 36 of them are those that the shifts are taught with")
    true, drawn = (keys(found(control=control)) for control in ("none", "random"))
    assert f"; {len(true & drawn)} of them" in found(control="random").yields[-1].note


@pytest.mark.parametrize("control", ["random", "unshifted", "null", "shuffled"])
def test_without_answers_a_control_has_nothing_to_teach(control: str) -> None:
    """Nothing is said of cultures that are there."""
    assert not found((), control=control).shifts


def test_shuffled_teaches_the_same_shifts_as_others() -> None:
    true, control = found(), found(control="shuffled")
    label = derangement(CULTURES, 0)
    assert {(shift.item, shift.culture, shift.target) for shift in control.shifts} == {
        (shift.item, label[shift.culture], shift.target) for shift in true.shifts
    }
    assert keys(found(control="shuffled", control_seed=1)) == keys(control)  # all items moved
    assert control.counts == true.counts
    assert control.yields[-1].step == "questions of the control shuffled"


def test_shuffled_uses_the_part_that_the_quantity_leaves() -> None:
    part = found(quantity=0.5).shifts
    other = found(quantity=0.5, control="shuffled").shifts
    assert sorted(shift.item for shift in part) == sorted(shift.item for shift in other)


def test_stand_ins_are_as_many_and_of_their_kind() -> None:
    true = keys(found())
    unshifted, drawn = keys(found(control="unshifted")), keys(found(control="random"))
    for rows in (unshifted, drawn):
        assert Counter(culture for _, culture in rows) == dict.fromkeys(CULTURES, 6)
    assert not unshifted & true
    assert drawn & true
    assert drawn - true
    assert drawn == keys(found(control="random"))
    assert drawn != keys(found(control="random", control_seed=7))
    # where fewer are left than were selected, there are fewer
    assert len(keys(found(pairs(10), control="unshifted"))) == 6


def test_null_shifts_come_of_the_unaware_answer_alone() -> None:
    one = found(control="null")
    assert len(one.shifts) == 18
    assert all(shift.unaware != shift.aware for shift in one.shifts)
    # another answer with the culture, as far away: the same null shifts
    other = tuple(
        replace(pair, aware=(0.0, 0.5, 0.5)) if pair.aware != pair.unaware else pair
        for pair in pairs()
    )
    drawn = [(shift.item, shift.culture, shift.unaware, shift.aware) for shift in one.shifts]
    assert drawn == [
        (shift.item, shift.culture, shift.unaware, shift.aware)
        for shift in found(other, control="null").shifts
    ]
    # without a culture there is one answer: the first draw is the same for every culture
    by_item: dict[str, set[tuple[float, ...]]] = {}
    for shift in one.shifts:
        by_item.setdefault(shift.item, set()).add(shift.unaware)
    assert all(len(drawn) == 1 for drawn in by_item.values())


def test_null_shifts_are_as_strong_as_the_true_ones() -> None:
    many = tuple(
        replace(pair, item=item(f"{pair.item.id}/{n}", "Work"), aware=(0.45, 0.35, 0.2))
        for n in range(8)
        for pair in pairs(12)
    )
    true, null = (found(many, control=control).shifts for control in ("none", "null"))
    assert len(true) == len(null) == 288
    strengths = [fmean(shift.strength for shift in shifts) for shifts in (true, null)]
    assert strengths[1] == pytest.approx(strengths[0], rel=0.15)
    # no option gains by chance: shifts point in every direction
    moved = [sum(shift.aware[k] - shift.unaware[k] for shift in null) / len(null) for k in range(3)]
    assert max(map(abs, moved)) < 0.03


def texts() -> tuple[AnswerPair, ...]:
    """Two texts in each of two orders: shares over four of them."""
    two: dict[Order, Shares] = {(0, 1, 2): (0.5, 0.5, 0.0), (2, 1, 0): (0.0, 0.0, 1.0)}
    return tuple(
        AnswerPair(pair.item, pair.culture, (0.5, 0.25, 0.25), (0.25, 0.25, 0.5), None, two)
        for pair in pairs()
    )


def test_a_null_text_is_drawn_and_taught_as_a_text() -> None:
    own = CultureSpaSettings.model_validate(
        {
            "answering": {"kind": "sampled", "samples": 2},
            "shifts": {"control": "null", "select": "published", "gain": 0, "teach": "number"},
        }
    )
    null = find_shifts(Answers(texts(), ()), own)
    assert null.shifts
    for shift in null.shifts:
        assert set(shift.unaware) | set(shift.aware) <= {0, 0.25, 0.5, 0.75, 1}
        assert sorted(shift.target) == [0, 0, 1]
        assert shift.target[max(range(3), key=lambda k: shift.aware[k])] == 1
        assert set(shift.in_order) == {(0, 1, 2), (2, 1, 0)}
        assert max(range(3), key=lambda k: shift.unaware[k]) != shift.target.index(1)
    [said] = [tally for tally in null.yields if "control" in tally.step]
    assert (said.count, said.of) == (len(null.shifts), 36)


def test_null_shifts_need_more_than_one_text() -> None:
    one = AnswerPair(item("q", "Work"), "CHN", (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), None)
    with pytest.raises(TrainingError, match=r"answering\.samples"):
        found((one,), control="null")


# -- the form of a control ------------------------------------------------------------------------


FORWARD, BACK = (0, 1, 2), (2, 1, 0)


def ordered() -> tuple[AnswerPair, ...]:
    """Answers that lean to the first position; nominal questions were shown in three orders."""
    made = []
    for pair in pairs(7):
        nominal = int(pair.item.id[1:]) % 3 == 0
        scale = replace(pair.item, scale="nominal") if nominal else pair.item
        orders = [FORWARD, (1, 2, 0), (2, 0, 1)] if nominal else [FORWARD, BACK]
        tilted: dict[Order, Shares] = {
            order: tuple(0.6 * share + 0.4 * (order[0] == k) for k, share in enumerate(pair.aware))
            for order in orders
        }
        # each culture moves in its own direction
        turn = CULTURES.index(pair.culture)
        aware = pair.aware[turn:] + pair.aware[:turn]
        made.append(replace(pair, item=scale, aware=aware, in_order=tilted))
    return tuple(made)


ARMS: dict[str, dict[str, object]] = {
    "true": {},
    "gain-0": {"gain": 0},
    **{name: {"control": name} for name in ("random", "unshifted", "null", "shuffled")},
}


def taught(**shifts: object) -> tuple[Shifts, tuple[TrainingRow, ...]]:
    own = CultureSpaSettings.model_validate({"shifts": {"strength": 0.05} | shifts})
    made = find_shifts(Answers(ordered(), ()), own)
    items = list({pair.item.id: pair.item for pair in ordered()}.values())
    whose = [find_culture(code) for code in CULTURES]
    return made, teaching_rows(made.shifts, items, whose, own, AnswerSettings()).rows


@pytest.mark.parametrize("arm", [name for name in ARMS if name != "unshifted"])
def test_a_control_has_the_form_of_the_true_arm(arm: str) -> None:
    _, true = taught()
    _, rows = taught(**ARMS[arm])
    assert len(rows) == len(true)
    if arm != "shuffled":  # there each culture has as many as another one
        assert Counter(row.culture for row in rows) == Counter(row.culture for row in true)
    assert Counter(len(row.labels) for row in rows) == Counter(len(row.labels) for row in true)
    assert Counter(row.weight for row in rows) == Counter(row.weight for row in true)
    assert all(row.target and not row.completion for row in rows)
    assert all(0 < share < 1 for row in rows for share in row.target)


@pytest.mark.parametrize("arm", ARMS)
def test_each_question_counts_once(arm: str) -> None:
    _, rows = taught(**ARMS[arm])
    weights: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        weights.setdefault((row.source, row.culture), []).append(row.weight)
    assert {len(own) for own in weights.values()} == {2, 3}  # as many as orders
    assert [sum(own) for own in weights.values()] == pytest.approx([1] * len(weights))


@pytest.mark.parametrize("arm", ARMS)
def test_a_report_says_what_was_asked_and_what_was_had(arm: str) -> None:
    made, _ = taught(**ARMS[arm])
    true, _ = taught()
    said = [tally for tally in made.yields if "control" in tally.step]
    if arm == "true":
        assert not said
        return
    [line] = said
    assert line.step == f"questions of the control {arm}"
    assert (line.count, line.of) == (len(made.shifts), len(true.shifts))
    assert (line.count < line.of) == (arm == "unshifted")


@pytest.mark.parametrize("control", ["none", "random", "unshifted"])
def test_gain_0_teaches_in_each_order_what_is_answered_in_it(control: str) -> None:
    answered = {(pair.item.id, pair.culture): pair.in_order for pair in ordered()}
    made, rows = taught(gain=0, control=control)
    assert rows
    for shift in made.shifts:
        for order, share in answered[shift.item, shift.culture].items():
            assert shift.taught(order) == pytest.approx(share, abs=1e-12)
    # and in a row, in the order in which its options stand
    recorded = {
        (row.source, row.culture, tuple(share[place] for place in order))
        for row in rows
        for order, share in answered[row.source, row.culture].items()
    }
    assert {(row.source, row.culture, row.target) for row in rows} <= recorded


def test_to_forget_position_is_taught_at_any_gain() -> None:
    answered = {(pair.item.id, pair.culture): pair for pair in ordered()}
    made, _ = taught(gain=0, position="forget")
    for shift in made.shifts:
        own = answered[shift.item, shift.culture]
        for order, share in own.in_order.items():
            assert shift.taught(order) == own.aware != pytest.approx(share, abs=0.01)


def test_shuffled_moves_each_own_answer_by_another_shift() -> None:
    label, answered = derangement(CULTURES, 0), {(p.item.id, p.culture): p for p in ordered()}
    made, _ = taught(control="shuffled")
    source = {other: own for own, other in label.items()}
    for shift in made.shifts:
        own = answered[shift.item, shift.culture]
        other = answered[shift.item, source[shift.culture]]
        assert (shift.unaware, shift.aware) == (other.unaware, other.aware)
        for order, share in own.in_order.items():
            raw = [p * a / u for p, a, u in zip(share, other.aware, other.unaware, strict=True)]
            assert shift.taught(order) == pytest.approx([weight / sum(raw) for weight in raw])


def test_a_text_is_taught_as_it_was_drawn_under_the_other_name() -> None:
    own = CultureSpaSettings.model_validate(
        {
            "answering": {"kind": "sampled", "samples": 2},
            "shifts": {"control": "shuffled", "select": "published", "gain": 0, "teach": "number"},
        }
    )
    made = find_shifts(Answers(texts(), ()), own).shifts
    assert len(made) == 36
    assert {shift.taught(BACK) for shift in made} == {(0.0, 0.0, 1.0)}


@pytest.mark.parametrize("control", ["null", "shuffled"])
def test_a_control_of_no_gain_would_teach_no_shift(control: str) -> None:
    with pytest.raises(ConfigError, match="teaches no shift"):
        found(gain=0, control=control)


def test_what_an_adaptation_is_a_control_by() -> None:
    def control(**given: object) -> str | None:
        return CultureSpaSettings.model_validate(given).control

    assert control() is None
    assert control(shifts={"control": "null"}) == "null"
    assert control(shifts={"gain": 0}) == "gain-0"
    assert control(shifts={"gain": 0, "position": "forget"}) == "position"
    # a number, or a text, is sharper than the answer that it was
    assert control(shifts={"gain": 0, "teach": "number"}) is None
    # the answers for a culture, taught where none is named
    assert control(shifts={"gain": 0, "train_framing": "unaware"}) is None
    assert control(preset="published") is None


def test_no_gain_teaches_the_aware_answer() -> None:
    assert all(shift.target == shift.aware for shift in found(gain=0).shifts)


def test_counts_are_by_culture_and_topic() -> None:
    counts = {
        (count.culture, count.topic): (count.shifts, count.questions) for count in found().counts
    }
    assert counts == {(code, topic): (3, 6) for code in CULTURES for topic in ("Work", "Faith")}


def test_a_shift_says_how_sure_it_is() -> None:
    assert [shift.sure for shift in found().shifts] == pytest.approx([0.6 * 0.9] * 18)


# -- rows -----------------------------------------------------------------------------------------


def rows(**shifts: object) -> tuple[TrainingRow, ...]:
    mixed = (
        *pairs()[:2],
        AnswerPair(item("q9", "Work"), "CHN", (0.6, 0.3, 0.1), (0.5, 0.4, 0.1), 1),
    )
    own = CultureSpaSettings(shifts=ShiftSettings.model_validate(shifts))
    made = find_shifts(Answers(mixed, ()), own).shifts
    whose = [find_culture(code) for code in CULTURES]
    items = [shift.item for shift in mixed]
    return teaching_rows(made, items, whose, own, AnswerSettings()).rows


def test_rows_weigh_by_strength() -> None:
    assert {row.weight for row in rows()} == {0.5}  # in two orders each
    weights = {row.source: 2 * row.weight for row in rows(weight="strength")}
    assert sum(weights.values()) / 3 == pytest.approx(1)
    assert weights["q0"] == weights["q1"] == pytest.approx(10 * weights["q9"])


def test_rows_teach_the_number_or_the_shares() -> None:
    assert all(row.target and not row.completion for row in rows())
    assert all(row.completion and not row.target for row in rows(teach="number"))
