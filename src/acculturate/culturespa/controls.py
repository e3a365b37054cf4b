"""Controls: what is taught beside the true shifts, to see what the shifts themselves are worth.

A lesson is a question under a culture's prompt (`own`) and two answers whose difference is taught
there (`moved`). The true arm and every control make their rows from lessons in the same way, with
targets of one kind, and each control has as many questions per culture, shown in as many orders.
They differ in one thing:

    control      questions                    the shift that is taught
    gain-0       the selected ones            none
    random       drawn from all               the question's own
    unshifted    drawn from those left out    the question's own
    null         where two draws from the     the difference of these draws, which is
                 unaware answer differ most   about as large as the true shifts
    shuffled     another culture's            that other culture's

What a control cannot have (few questions are left out, say) it lacks, and a yield says so. All are
made from answers that are there already: nothing is asked again.

    >>> derangement(("CHN", "DEU", "USA"), seed=1)
    {'CHN': 'USA', 'DEU': 'CHN', 'USA': 'DEU'}
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from acculturate.culturespa.answering import AnswerPair
from acculturate.culturespa.culturespa_settings import Control, CultureSpaSettings, ShiftSettings
from acculturate.culturespa.nulls import as_strong, check_several, drawn_pair, moved, scattered_pair
from acculturate.culturespa.targets import mode
from acculturate.errors import TrainingError

Pairs = Sequence[AnswerPair]


class Lesson(NamedTuple):
    """A question under the prompt of `own`, taught the difference of the two answers of `moved`."""

    own: AnswerPair
    moved: AnswerPair


def lessons(pairs: Pairs, used: Pairs, settings: CultureSpaSettings) -> list[Lesson]:
    """Return what is taught: the shifts of `used`, or what the control teaches instead of them.

    `pairs` are all that were answered, of which `used` are those whose shifts count. Raises
    `TrainingError` where a control cannot be made at all.
    """
    place = {key_of(pair): number for number, pair in enumerate(pairs)}
    made = LESSONS[settings.shifts.control](pairs, used, settings)
    return sorted(made, key=lambda lesson: place[key_of(lesson.own)])


def derangement(cultures: Sequence[str], seed: int) -> dict[str, str]:
    """Return each culture's label under a permutation that leaves none in its place, drawn
    uniformly.

    Raises `TrainingError` for fewer than two cultures.
    """
    own = tuple(dict.fromkeys(cultures))
    if len(own) < 2:
        raise TrainingError(
            "control = 'shuffled' needs answers of two cultures at least, and there are those of "
            f"{own[0] if own else 'none'}: add a culture to cultures.adapt, or look why others "
            "have no readable answers."
        )
    # not `statistics.permutation.derangement`: the controls of earlier runs were drawn like this
    draw, drawn = random.Random(f"{seed}/derangement"), list(own)
    while any(left == right for left, right in zip(own, drawn, strict=True)):
        draw.shuffle(drawn)
    return dict(zip(own, drawn, strict=True))


def _true(pairs: Pairs, used: Pairs, settings: CultureSpaSettings) -> Iterator[Lesson]:
    return (Lesson(pair, pair) for pair in used)


def _shuffled(pairs: Pairs, used: Pairs, settings: CultureSpaSettings) -> Iterator[Lesson]:
    if not pairs:
        return
    label = derangement([pair.culture for pair in pairs], settings.shifts.control_seed)
    by_key = {key_of(pair): pair for pair in pairs}
    for lesson in used:
        if own := by_key.get((lesson.item.id, label[lesson.culture])):
            yield _lesson(own, lesson)


def _random(pairs: Pairs, used: Pairs, settings: CultureSpaSettings) -> Iterator[Lesson]:
    return (Lesson(pair, pair) for pair in as_many(used, _mixed(pairs, settings.shifts)))


def _unshifted(pairs: Pairs, used: Pairs, settings: CultureSpaSettings) -> Iterator[Lesson]:
    taken = set(map(key_of, used))
    left = [pair for pair in pairs if key_of(pair) not in taken]
    return (Lesson(pair, pair) for pair in as_many(used, _mixed(left, settings.shifts)))


def _null(pairs: Pairs, used: Pairs, settings: CultureSpaSettings) -> Iterator[Lesson]:
    check_several(pairs)
    own, by_key = settings.shifts, {key_of(pair): pair for pair in pairs}

    def chosen(texts: float) -> list[AnswerPair]:
        made = [scattered_pair(pair, texts, own.control_seed) for pair in pairs]
        return as_many(used, _moved_first(made, own))

    nulls: Pairs
    if any(pair.drawn for pair in pairs):
        texts = settings.answering.samples
        made = [drawn_pair(pair, texts, own.control_seed) for pair in pairs]
        nulls = as_many(used, _moved_first(made, own))
    else:
        nulls = as_strong(chosen, used)
    return (_lesson(by_key[key_of(null)], null) for null in nulls)


LESSONS: Mapping[Control, Callable[[Pairs, Pairs, CultureSpaSettings], Iterator[Lesson]]] = {
    "none": _true,
    "random": _random,
    "unshifted": _unshifted,
    "null": _null,
    "shuffled": _shuffled,
}


def as_many(used: Pairs, pool: Pairs) -> list[AnswerPair]:
    """Return as many of `pool` as are used per culture and number of orders, the first of them; all
    where there are fewer.
    """
    wanted, taken = Counter(map(_kind, used)), []
    for pair in pool:
        if wanted[_kind(pair)]:
            wanted[_kind(pair)] -= 1
            taken.append(pair)
    return taken


def key_of(pair: AnswerPair) -> tuple[str, str]:
    """Return the item and the culture that a pair is of."""
    return pair.item.id, pair.culture


def _kind(pair: AnswerPair) -> tuple[str, int]:
    """Return culture and number of orders: pairs of one kind make as many rows for one culture."""
    return pair.culture, len(pair.in_order)


def _mixed(pairs: Pairs, settings: ShiftSettings) -> list[AnswerPair]:
    """Return pairs in an order drawn by lot."""
    draw = random.Random(f"{settings.control_seed}/{settings.control}")
    return draw.sample(pairs, len(pairs))


def _moved_first(pairs: Pairs, settings: ShiftSettings) -> list[AnswerPair]:
    """Return those that moved, the strongest first; as published any whose likeliest option is
    another.
    """
    if settings.select == "published":
        return [pair for pair in _mixed(pairs, settings) if mode(pair.unaware) != mode(pair.aware)]
    strengths = {key_of(pair): moved(pair) for pair in pairs}
    ranked = sorted(pairs, key=lambda pair: -strengths[key_of(pair)])
    return [pair for pair in ranked if strengths[key_of(pair)] > 0]


def _lesson(own: AnswerPair, moved: AnswerPair) -> Lesson:
    """Return a text that was drawn is itself what is taught; of probabilities the difference is."""
    return Lesson(replace(moved, culture=own.culture) if own.drawn else own, moved)
