"""Dealing: things drawn in turn from shuffled decks, so that a few of them are of many kinds.

>>> deal([["a", "b", "c"], ["x"]], random.Random(1))[:2] != ["a", "b"]
True
"""

import random
from collections.abc import Iterable, Sequence
from typing import TypeVar

Card = TypeVar("Card")


def deal(decks: Iterable[Iterable[Card]], draw: random.Random) -> list[Card]:
    """Return all cards of all decks: one of each deck, then the next of each, decks and cards
    shuffled.
    """
    shuffled = [list(deck) for deck in decks]
    draw.shuffle(shuffled)
    for deck in shuffled:
        draw.shuffle(deck)
    return in_turn(shuffled)


def in_turn(decks: Sequence[Sequence[Card]]) -> list[Card]:
    """Return the first card of each deck, then the second of each that has one, and so on."""
    longest = max((len(deck) for deck in decks), default=0)
    return [deck[k] for k in range(longest) for deck in decks if k < len(deck)]
