"""Ordering: options that are points of one scale, put in order whatever order they were written in.

Where a questionnaire gives options, scales.py only tells whether they stand in order. A model that
writes them may have shuffled a scale, left an answer of another kind among them, or said one point
twice. Such a list must not pass for options without an order. So a list is *a scale* where more
than half of its options, three at least, stand on one ladder of `scales.toml` or are amounts. Then

- options that answer without being a point ("It depends", "I have no car") are left out;
- the order is the ladder's, or as written where neighbours stand on one step ("seldom", "rarely");
- a point that the ladders do not know keeps its place where the others stand in order;
- what cannot be put in order is told: a point that is there twice, an option of another kind.

    >>> find_scale(("Not frequently at all", "Often", "Quite often", "Not frequently"))
    Scale(order=(0, 3, 2, 1))
    >>> find_scale(("16 or older", "Under 8", "12 to 15", "8 to 11"))
    Scale(order=(1, 3, 2, 0))
    >>> find_scale(("Always", "Never", "Often", "Only in May"))
    Unordered(reason='an option off its scale')
    >>> find_scale(("Never", "Only in May", "Often", "Always", "I have no car"))
    Scale(order=(0, 1, 2, 3))
    >>> find_scale(("Freedom", "Equality", "Neither")) is None
    True
"""

import itertools
import operator
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from acculturate.amounts import amount
from acculturate.scales import (
    ENUMERATED,
    beside,
    off_scale,
    plain_answer,
    scale_order,
    standings,
    stray,
)

LEAST = 3
"""Options that make a list a scale, more than half of it besides."""
DENIED = re.compile(r"\b(?:not|no|never|none|nothing|nobody|disagree\w*)\b|n't\b")
HEAD = 5
"""Letters by which two forms of a word are one."""
LEAD = re.compile(r"[^,:;(–—]+?(?=\s*[,:;(–—]|\s-\s)")
"""What stands before the explanation of a point: "Never, since I trust nobody"."""
ALIKE, BESIDE = "points of a scale alike", "an option off its scale"
"""The two reasons."""


class Scale(NamedTuple):
    """Positions of the options that are its points, from one end to the other."""

    order: tuple[int, ...]


class Unordered(NamedTuple):
    """Why a list that is a scale cannot be put in order: `ALIKE` or `BESIDE`."""

    reason: str


def find_scale(options: Sequence[str]) -> Scale | Unordered | None:
    """Return the scale that the options are, in whatever order; None where they have no order."""
    everything = tuple(range(len(options)))
    points = tuple(at for at in everything if not off_scale(options[at]))
    on = tuple(at for at in points if not stray(options[at]))
    for chosen in dict.fromkeys((everything, points, on)):
        scale = _order([options[at] for at in chosen], complete=chosen == everything)
        if scale is not None:
            return Scale(tuple(chosen[place] for place in scale))
    best = _best([options[at] for at in on])
    known = [height for height in best if height is not None]
    if len(known) < LEAST or 2 * len(known) <= len(on):
        return None
    if len(known) < len(best):
        return (
            Scale(on) if _monotone(known) and len(set(known)) == len(known) else Unordered(BESIDE)
        )
    return Unordered(ALIKE)


def level_ends(ends: tuple[str, str]) -> bool:
    """Return whether the two ends of a scale stand on one step: "fully agree", "totally agree"; or
    deny the same: "not justifiable", "it can never be justified".
    """
    if any(_same_denial(*pair) for pair in (ends, ends[::-1])):
        return True
    if all(DENIED.search(end.casefold()) for end in ends):
        return bool(_heads(ends[0]) & _heads(ends[1]))
    if DENIED.search(ends[0].casefold()) or DENIED.search(ends[1].casefold()):
        return False  # "not essential" lies below "essential", whatever ladder has it
    return any(low is not None and low == high for low, high in standings(ends))


def _same_denial(end: str, other: str) -> bool:
    """Return whether one end says with "not" what the other says in one word: "not justifiable",
    "unjustifiable".
    """
    denied = re.match(r"(?:it is )?not (?:at all )?([a-z]{5,})", end.casefold())
    return denied is not None and bool(
        re.match(rf"(?:it is )?(?:un|in|im|ir|dis){denied[1][:5]}", other.casefold())
    )


def _heads(end: str) -> set[str]:
    """Return the beginnings of an end's long words, by which justified and justifiable are one."""
    words = (word.removeprefix("dis") for word in re.findall(r"[a-z]+", end.casefold()))
    return {word[:HEAD] for word in words if len(word) >= HEAD}


def _order(options: Sequence[str], *, complete: bool) -> tuple[int, ...] | None:
    """Return the places of the options in order, where every one is a point and no two are the
    same.
    """
    if len(options) < LEAST and not complete:
        return None
    order = scale_order(tuple(options))
    best: list[Any] = _best(options) if order is None and len(options) >= LEAST else [None]
    if order is not None or None in best:
        return order
    given = tuple(range(len(options)))
    if _monotone(best):
        return given
    if any(map(beside, options)):
        return None  # "Hard to say" in a place of its own is no middle
    return tuple(sorted(given, key=lambda at: best[at])) if len(set(best)) == len(best) else None


def _best(options: Sequence[str]) -> list[Any]:
    """Return the heights of the options on the ladder that most of them are on."""
    told = [re.sub(ENUMERATED, "", option) for option in options]
    return max(_heights(told), key=lambda heights: len(heights) - heights.count(None), default=[])


def _heights(options: Sequence[str]) -> Iterator[list[Any]]:
    """Yield how high each option stands, on every ladder and as an amount; None for one that does
    not.
    """
    yield [amount(option) for option in options]
    yield from standings(options)
    leads = [match[0] if (match := LEAD.match(option)) else option for option in options]
    if leads != list(options) and not any(map(plain_answer, leads)):
        yield from standings(leads)


def _monotone(heights: Sequence[Any]) -> bool:
    """Return whether heights rise or fall, but for one pair of neighbours on one step of
    a ladder.
    """
    pairs = list(itertools.pairwise(heights))
    level = sum(one == other for one, other in pairs if isinstance(one, float))
    return level <= 1 and any(
        all(turn(*pair) for pair in pairs if level == 0 or pair[0] != pair[1])
        for turn in (operator.lt, operator.gt)
    )
