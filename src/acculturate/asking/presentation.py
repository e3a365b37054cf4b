"""How an item is shown: in which order of its options, under which labels.

Position is the strongest habit of small models, so each item is shown in several orders and the
answers are averaged. An ordinal scale is shown forward and reversed only (a rotation would break
it); an end-anchored one swaps its anchors; a nominal item is rotated through all its options, or
shown in orders drawn with a seed, which put other options side by side. Labels ascend whatever the
order; an end-anchored scale shows its numbers even where lists show letters, because its question
asks for a number.

    forward  1 = Very important ... 4 = Not important at all
    reversed 1 = Not important at all ... 4 = Very important
"""

import functools
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from acculturate.prompts import Prompt, find_prompt
from acculturate.records import Item, Option, Wording

Orders = Literal["forward", "balanced", "random"]
Labels = Literal["numbers", "letters"]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Presentation:
    """`order[j]` is the place on the scale of the option shown at position j.

    `labels` stand beside the options of a list; an end-anchored scale shows its codes in any case.
    `shares` asks for the shares of people who would choose each option, instead of one option.
    """

    order: tuple[int, ...]
    language: str = "en"
    wording: int = 0
    labels: Labels = "numbers"
    shares: bool = False


def orders(
    item: Item, which: Orders = "balanced", seed: int = 0, draws: int = 4
) -> tuple[tuple[int, ...], ...]:
    """Return the orders in which an item is shown.

    `forward`: that of the scale alone. `balanced`: every position alike. `random`: `draws`
    different orders (all where there are fewer), drawn with `seed` and the item's id; of an
    ordinal scale only forward and reversed can be drawn.
    """
    forward = tuple(range(len(item.codes)))
    if which == "forward":
        return (forward,)
    kept = (forward, forward[::-1]) if item.reversible else (forward,)
    if which == "random":
        rng = random.Random(f"{seed}/{item.id}")
        if item.ordinal:
            return tuple(rng.sample(kept, min(draws, len(kept))))
        return _permutations(forward, rng, draws)
    if not item.ordinal:
        return tuple(forward[k:] + forward[:k] for k in forward)
    return kept


def _permutations(
    forward: tuple[int, ...], rng: random.Random, draws: int
) -> tuple[tuple[int, ...], ...]:
    """Return different orders, in the order in which they were drawn."""
    drawn: dict[tuple[int, ...], None] = {}
    while len(drawn) < min(draws, math.factorial(len(forward))):
        drawn[tuple(rng.sample(forward, len(forward)))] = None
    return tuple(drawn)


def shown(item: Item, presentation: Presentation) -> tuple[Option, ...]:
    """Return the options as they stand on the page, first to last."""
    wording = item.wording(presentation.language, presentation.wording)
    labels = _labels(item, wording, presentation.labels)
    return tuple(
        Option(item.codes[place], labels[position], wording.texts[place])
        for position, place in enumerate(presentation.order)
    )


def _labels(item: Item, wording: Wording, style: Labels) -> Sequence[str]:
    """Return the labels in rising order: a scale named at its ends shows its codes, a list letters
    or 1, 2, 3.
    """
    if style == "letters" and not wording.anchored and len(item.codes) <= len(LETTERS):
        return LETTERS
    start = min(item.codes) if wording.anchored else 1
    return [str(start + position) for position in range(len(item.codes))]


def item_text(item: Item, presentation: Presentation) -> str:
    """Return the item as the model reads it: stem, then its options."""
    wording = item.wording(presentation.language, presentation.wording)
    return _prompt("item", presentation.language).fill(
        stem=wording.stem,
        anchored=wording.anchored,
        options=shown(item, presentation),
        shares=presentation.shares,
    )


def instruction(presentation: Presentation) -> str:
    """Return what kind of reply is wanted: a number, or with letters "letter or number"; or the
    shares.

    It stands before all items, those with an end-anchored scale too, so that they share it.
    """
    name = "shares" if presentation.shares else "instruction"
    prompt = _prompt(name, presentation.language)
    return prompt.fill(letters=presentation.labels == "letters")


@functools.cache
def _prompt(name: str, language: str) -> Prompt:
    # these are the package's own, so their files do not change while it runs
    return find_prompt("asking", name, language)
