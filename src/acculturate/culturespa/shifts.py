"""Shifts: where a culture moved the answer, how far, and what is taught from it.

Shifts are selected by how far the answer moved, or as published: every pair of differing answers.
What does not exceed the noise is none (noise.py).
Of those that count a question's rows teach the model's own answer, moved by the shift (targets.py).
A control teaches something else in the same form (controls.py).

    find_shifts(answers, settings).shifts
"""

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from acculturate.culturespa.answering import PAIRED, AnswerPair, Answers, Shares
from acculturate.culturespa.controls import Lesson, key_of, lessons
from acculturate.culturespa.culturespa_settings import CultureSpaSettings, ShiftSettings
from acculturate.culturespa.noise import Noise
from acculturate.culturespa.overlaps import overlaps
from acculturate.culturespa.targets import mode, strength, target
from acculturate.records import Shift
from acculturate.records.results.made import Overlap, ShiftCount
from acculturate.records.yields import Yield, ranked

DIFFER = "answers with the culture differ from those without"
ABOVE = "answers moved further than the noise"
SELECTED, USED = "answers count as shifts", "shifts are used"
BEYOND = "beyond the share that is used (shifts.quantity = {:g})"
LACKING = "that the control has no question for"
CONTROLS = {
    "gain-0": "the same questions without their shifts",
    "position": "the same without their shifts, each answer averaged over orders",
    "unshifted": "as many questions per culture that were not selected",
    "random": "as many questions per culture, drawn by lot",
    "null": "as many, by two draws from the unaware answer",
    "shuffled": "each moved as another culture's answer was",
}
"""What each control teaches."""


@dataclass(frozen=True, slots=True)
class Shifts:
    """Shifts to be taught, with the yields of the steps, by culture, by topic and by both.

    `noise` is None where it was not measured; `above` counts the pairs, of `asked`, whose shift
    exceeds it. `measured` are all pairs with how far their answers are apart, those that are not
    taught too.
    """

    shifts: tuple[Shift, ...]
    yields: tuple[Yield, ...]
    cultures: tuple[Yield, ...]
    topics: tuple[Yield, ...]
    counts: tuple[ShiftCount, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    noise: Noise | None = None
    asked: int = 0
    above: int = 0
    measured: tuple[Shift, ...] = ()


def find_shifts(answers: Answers, settings: CultureSpaSettings) -> Shifts:
    """Return the shifts that the settings select, or their control, in the order of cultures and
    items.

    Under `control = "shuffled"` counts by culture are of the culture that answered, and a shift's
    `culture` is the label under which it is taught.
    """
    own = settings.shifts
    pairs = [pair for pair in answers.pairs if len(pair.item.codes) > 1]  # else nothing can shift
    by_key = {key_of(pair): pair for pair in pairs}
    measured = [_shift(Lesson(pair, pair), own) for pair in pairs]
    differing = [shift for shift in measured if shift.strength > 0]
    noise = Noise.of(answers.rewordings)
    above = [
        shift
        for shift, pair in zip(measured, pairs, strict=True)
        if noise is None or shift.strength > noise.level(pair.item)
    ]
    selected = select(above if own.noise == "exclude" else measured, own)
    used = thin(selected, own.quantity, settings.seed)
    taught = lessons(pairs, [by_key[shift.item, shift.culture] for shift in used], settings)
    taken = {key_of(lesson.moved) for lesson in taught}
    kept = [key_of(pair) in taken for pair in answers.pairs]
    yields = [
        Yield(DIFFER, len(differing), len(measured), found=True),
        *([Yield(ABOVE, len(above), len(measured), noise.told, found=True)] if noise else []),
        Yield(
            SELECTED, len(selected), len(answers.pairs), _rule(own), after=PAIRED,
            lost=_left_out(answers.pairs, measured, above, selected, own),
        ),
        Yield(
            USED, len(used), len(selected), after=SELECTED,
            lost=ranked({BEYOND.format(own.quantity): len(selected) - len(used)}),
        ),
    ]  # fmt: skip
    if settings.control:
        note = CONTROLS[settings.control]
        if settings.control == "random":
            alike = taken & {(shift.item, shift.culture) for shift in used}
            note += f"; {len(alike)} of them are those that the shifts are taught with"
        lost = ranked({LACKING: len(used) - len(taught)})
        name = f"questions of the control {settings.control}"
        yields.append(Yield(name, len(taught), len(used), note, lost=lost, after=USED))
    return Shifts(
        tuple(_taught(lesson, own) for lesson in taught),
        tuple(yields),
        _tally([pair.culture for pair in answers.pairs], kept),
        _tally([pair.item.topic for pair in answers.pairs], kept),
        _counts(answers, kept),
        overlaps(answers, taken),
        noise,
        len(measured),
        len(above),
        tuple(measured),
    )


def select(shifts: Sequence[Shift], settings: ShiftSettings) -> list[Shift]:
    """Return those that count: from a strength on, a culture's strongest share, or any differing
    answer (most probable options differ).
    """
    if settings.select == "published":
        return [shift for shift in shifts if mode(shift.unaware) != mode(shift.aware)]
    if settings.select == "threshold":
        return [shift for shift in shifts if shift.strength >= settings.strength]
    best: set[tuple[str, str]] = set()
    for culture in dict.fromkeys(shift.culture for shift in shifts):
        own = [shift for shift in shifts if shift.culture == culture and shift.strength > 0]
        ranked = sorted(own, key=lambda shift: (-shift.strength, shift.item))
        best.update((shift.item, culture) for shift in ranked[: math.ceil(settings.top * len(own))])
    return [shift for shift in shifts if (shift.item, shift.culture) in best]


def thin(shifts: Sequence[Shift], quantity: float, seed: int) -> list[Shift]:
    """Return a share of each culture's shifts, at least one; a smaller quantity is part of a
    larger.
    """
    chosen: set[tuple[str, str]] = set()
    for culture in dict.fromkeys(shift.culture for shift in shifts):
        items = [shift.item for shift in shifts if shift.culture == culture]
        random.Random(f"{seed}/{culture}").shuffle(items)
        wanted = max(round(quantity * len(items)), 1) if quantity else 0
        chosen.update((item, culture) for item in items[:wanted])
    return [shift for shift in shifts if (shift.item, shift.culture) in chosen]


def _shift(lesson: Lesson, settings: ShiftSettings) -> Shift:
    own, moved = lesson
    aim = _aim(own.aware, moved, settings)
    how_far = strength(moved.unaware, moved.aware, ordinal=moved.item.ordinal)
    sure = max(moved.aware) * (1.0 if moved.mass is None else moved.mass)
    return Shift(own.item.id, own.culture, moved.unaware, moved.aware, aim, how_far, sure)


def _taught(lesson: Lesson, settings: ShiftSettings) -> Shift:
    """Return the shift with what is taught in each order, where that is not the same in all."""
    own, moved = lesson
    shift = replace(_shift(lesson, settings), masses=own.masses)
    if settings.position == "forget":
        return shift
    in_order = {order: _aim(share, moved, settings) for order, share in own.in_order.items()}
    return replace(shift, in_order=in_order)


def _aim(own: Shares, moved: AnswerPair, settings: ShiftSettings) -> Shares:
    aim = target(own, moved.unaware, moved.aware, settings.gain)
    if settings.teach == "shares":
        return aim
    likeliest = mode(aim)
    return tuple(float(place == likeliest) for place in range(len(aim)))


def _rule(settings: ShiftSettings) -> str:
    return {
        "threshold": f"strength at least {settings.strength:g}",
        "top": f"the strongest {settings.top:.0%} of each culture",
        "published": "every pair whose answers differ",
    }[settings.select]


def _left_out(
    pairs: Sequence[AnswerPair],
    measured: Sequence[Shift],
    above: Sequence[Shift],
    selected: Sequence[Shift],
    settings: ShiftSettings,
) -> dict[str, int]:
    """Return why each of the others is no shift that counts."""
    high = {(shift.item, shift.culture) for shift in above}
    taken = {(shift.item, shift.culture) for shift in selected}
    lost = Counter({"with one option only": len(pairs) - len(measured)})
    for shift in measured:
        key = shift.item, shift.culture
        if key in taken:
            continue
        if not shift.strength:
            lost["with the same answer in both"] += 1
        elif settings.noise == "exclude" and key not in high:
            lost["that moved no further than the noise"] += 1
        else:
            lost["left out by the rule"] += 1  # which the step itself names behind
    return ranked(lost)


def _counts(answers: Answers, kept: Sequence[bool]) -> tuple[ShiftCount, ...]:
    asked = Counter((pair.culture, pair.item.topic) for pair in answers.pairs)
    used = Counter(
        (pair.culture, pair.item.topic)
        for pair, taken in zip(answers.pairs, kept, strict=True)
        if taken
    )
    return tuple(ShiftCount(*key, count, used[key]) for key, count in asked.items())


def _tally(names: Sequence[str], kept: Sequence[bool]) -> tuple[Yield, ...]:
    return tuple(
        Yield(
            name, sum(k for n, k in zip(names, kept, strict=True) if n == name), names.count(name)
        )
        for name in dict.fromkeys(names)
    )
