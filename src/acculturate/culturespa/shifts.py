"""Shifts: where a culture moved the answer, how far, and what is taught from it.

The target goes beyond the model's own aware answer, in the direction in which the culture moved it:

    log p* = log p_aware + g (log p_aware - log p_unaware),  normalised

With gain g = 0 it is the aware answer itself, which teaches nothing and is kept as a control. The
published way takes every pair of differing answers and teaches the aware one alone. Controls that
stand in for the shifts are made here too, from the same answers (controls.py).

    >>> [round(share, 3) for share in target((0.5, 0.5), (0.8, 0.2), gain=1.0)]
    [0.941, 0.059]
"""

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from acculturate.culturespa.answering import AnswerPair, Answers, Shares
from acculturate.culturespa.controls import null_answers, shuffled, stand_ins
from acculturate.culturespa.overlaps import Overlap, overlaps
from acculturate.culturespa.settings import CultureSpaSettings, ShiftSettings
from acculturate.metrics.divergence import item_distance
from acculturate.records import Shift
from acculturate.records.yields import Yield

FLOOR = 1e-6
"""Shares are taken to be at least this, so that an option never chosen has a finite logarithm."""


class ShiftCount(NamedTuple):
    """How many of the questions on a topic a culture's shifts were used of."""

    culture: str
    topic: str
    questions: int
    shifts: int


@dataclass(frozen=True, slots=True)
class Shifts:
    """Shifts to be taught, with the yields of the steps, by culture, by topic and by both."""

    shifts: tuple[Shift, ...]
    yields: tuple[Yield, ...]
    cultures: tuple[Yield, ...]
    topics: tuple[Yield, ...]
    counts: tuple[ShiftCount, ...] = ()
    overlaps: tuple[Overlap, ...] = ()


def find_shifts(answers: Answers, settings: CultureSpaSettings) -> Shifts:
    """The shifts that the settings select, or their control, in the order of cultures and items.

    Under `control = "shuffled"` counts by culture are of the culture that answered, and a shift's
    `culture` is the label under which it is taught.
    """
    own = settings.shifts
    if own.control == "null":
        answers = null_answers(answers, own.control_seed)
    measured = [_shift(pair, own) for pair in answers.pairs]
    differing = [shift for shift in measured if shift.strength > 0]
    selected = select(measured, own)
    chosen = selected
    if own.control in ("unshifted", "random"):
        kind: Literal["unshifted", "random"] = (
            "unshifted" if own.control == "unshifted" else "random"
        )
        chosen = stand_ins(selected, measured, kind, own.control_seed)
    used = thin(chosen, own.quantity, settings.seed)
    taken = {(shift.item, shift.culture) for shift in used}
    kept = [(pair.item.id, pair.culture) in taken for pair in answers.pairs]
    yields = [
        Yield("answers that differ", len(differing), len(measured)),
        Yield("shifts selected", len(selected), len(measured), _rule(own)),
        Yield("shifts used", len(used), len(chosen), f"quantity {own.quantity:g}"),
    ]
    if own.control != "none":
        yields.append(Yield(f"control: {own.control}", len(used), len(used), _control(own)))
    if own.control == "shuffled":
        used = shuffled(used, [pair.culture for pair in answers.pairs], own.control_seed)
    return Shifts(
        tuple(used),
        tuple(yields),
        _tally([pair.culture for pair in answers.pairs], kept),
        _tally([pair.item.topic for pair in answers.pairs], kept),
        _counts(answers, kept),
        overlaps(answers, taken),
    )


def target(unaware: Shares, aware: Shares, gain: float) -> Shares:
    """The shares to be taught, summing to 1; exactly `aware` at gain 0."""
    if gain == 0:
        return aware
    log_aware_K = np.log(np.maximum(aware, FLOOR))
    log_unaware_K = np.log(np.maximum(unaware, FLOOR))
    beyond_K = log_aware_K + gain * (log_aware_K - log_unaware_K)
    share_K = np.exp(beyond_K - beyond_K.max())  # the largest is 1: no overflow at any gain
    return tuple((share_K / share_K.sum()).tolist())


def strength(unaware: Shares, aware: Shares, *, ordinal: bool) -> float:
    """How far the answer moved, in [0, 1]: normalised Wasserstein distance on ordinal items, total
    variation on nominal ones.
    """
    distance = item_distance(
        np.array(unaware), np.array(aware), np.array(len(aware)), np.array(ordinal)
    )
    return float(distance)


def select(shifts: Sequence[Shift], settings: ShiftSettings) -> list[Shift]:
    """Those that count: from a strength on, a culture's strongest share, or any differing answer
    (most probable options differ).
    """
    if settings.select == "published":
        return [each for each in shifts if _mode(each.unaware) != _mode(each.aware)]
    if settings.select == "threshold":
        return [each for each in shifts if each.strength >= settings.strength]
    best: set[tuple[str, str]] = set()
    for culture in dict.fromkeys(each.culture for each in shifts):
        own = [each for each in shifts if each.culture == culture and each.strength > 0]
        ranked = sorted(own, key=lambda each: (-each.strength, each.item))
        best.update((each.item, culture) for each in ranked[: math.ceil(settings.top * len(own))])
    return [each for each in shifts if (each.item, each.culture) in best]


def thin(shifts: Sequence[Shift], quantity: float, seed: int) -> list[Shift]:
    """A share of each culture's shifts, at least one; a smaller quantity is part of a larger."""
    chosen: set[tuple[str, str]] = set()
    for culture in dict.fromkeys(each.culture for each in shifts):
        items = [each.item for each in shifts if each.culture == culture]
        random.Random(f"{seed}/{culture}").shuffle(items)
        wanted = max(round(quantity * len(items)), 1) if quantity else 0
        chosen.update((item, culture) for item in items[:wanted])
    return [each for each in shifts if (each.item, each.culture) in chosen]


def _shift(pair: AnswerPair, settings: ShiftSettings) -> Shift:
    aim = target(pair.unaware, pair.aware, settings.gain)
    if settings.teach == "number":
        mode = _mode(aim)
        aim = tuple(float(place == mode) for place in range(len(aim)))
    moved = strength(pair.unaware, pair.aware, ordinal=pair.item.ordinal)
    sure = max(pair.aware) * (1.0 if pair.mass is None else pair.mass)
    return Shift(pair.item.id, pair.culture, pair.unaware, pair.aware, aim, moved, sure)


def _mode(shares: Shares) -> int:
    """The place of the largest share, the first of equals."""
    return max(range(len(shares)), key=lambda place: shares[place])


def _rule(settings: ShiftSettings) -> str:
    return {
        "threshold": f"strength at least {settings.strength:g}",
        "top": f"the strongest {settings.top:.0%} of each culture",
        "published": "every pair whose answers differ",
    }[settings.select]


def _control(settings: ShiftSettings) -> str:
    return {
        "none": "",
        "unshifted": "as many items per culture that were not selected",
        "random": "as many items per culture, drawn at random",
        "null": "two draws from the unaware answer, selected in the same way",
        "shuffled": "each taught as another culture's",
    }[settings.control]


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
