"""Controls: what is taught in place of the shifts, to see what the shifts themselves are worth.

Each is made from answers that are there already, so that no control asks anything again.

- `unshifted`, `random`: as many items per culture, drawn from those that were not selected, or all;
- `null`: two answers drawn from the *unaware* shares, the second taught as the culture's. What
  this changes is due to selection alone;
- `shuffled`: the selected shifts, each taught as another culture's. What is left of a gain under it
  is not knowledge of cultures; a study's verdict is the difference from it.

    >>> derangement(("CHN", "DEU", "USA"), seed=1)
    {'CHN': 'DEU', 'DEU': 'USA', 'USA': 'CHN'}
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from acculturate.culturespa.answering import AnswerPair, Answers, Shares
from acculturate.errors import TrainingError
from acculturate.records import Shift


def derangement(cultures: Sequence[str], seed: int) -> dict[str, str]:
    """Each culture's label under a permutation that leaves none in its place, drawn uniformly.

    Raises `TrainingError` for fewer than two cultures.
    """
    own = tuple(dict.fromkeys(cultures))
    if len(own) < 2:
        raise TrainingError(
            f"control = 'shuffled' needs two cultures at least, and there is "
            f"{own[0] if own else 'none'}: add one to cultures.adapt."
        )
    draw, drawn = random.Random(f"{seed}/derangement"), list(own)
    while any(left == right for left, right in zip(own, drawn, strict=True)):
        draw.shuffle(drawn)
    return dict(zip(own, drawn, strict=True))


def shuffled(shifts: Sequence[Shift], cultures: Sequence[str], seed: int) -> list[Shift]:
    """The shifts, each under the label of another of `cultures`."""
    label = derangement(cultures, seed)
    return [replace(each, culture=label[each.culture]) for each in shifts]


def stand_ins(
    selected: Sequence[Shift],
    measured: Sequence[Shift],
    kind: Literal["unshifted", "random"],
    seed: int,
) -> list[Shift]:
    """As many of `measured` per culture as were selected, or all there are, in their order."""
    taken = {(each.item, each.culture) for each in selected}
    chosen: set[tuple[str, str]] = set()
    for culture in dict.fromkeys(each.culture for each in measured):
        keys = [(each.item, culture) for each in measured if each.culture == culture]
        wanted = sum(key in taken for key in keys)
        pool = [key for key in keys if kind == "random" or key not in taken]
        random.Random(f"{seed}/{kind}/{culture}").shuffle(pool)
        chosen.update(pool[:wanted])
    return [each for each in measured if (each.item, each.culture) in chosen]


def null_answers(answers: Answers, seed: int) -> Answers:
    """Pairs whose two answers are single draws from the unaware shares.

    Raises `TrainingError` where every unaware answer is one text alone: two draws from one text
    never differ.
    """
    if answers.pairs and all(max(pair.unaware) == 1 for pair in answers.pairs):
        raise TrainingError(
            "control = 'null' needs more than one unaware answer to each question: set "
            "answering.samples to 2 or more, or answering.kind = 'expected'."
        )
    return replace(answers, pairs=tuple(_null(pair, seed) for pair in answers.pairs))


def _null(pair: AnswerPair, seed: int) -> AnswerPair:
    # the unaware answer is one for all cultures, as it is where it was really asked
    first = _draw(pair.unaware, f"{seed}/null/{pair.item.id}")
    second = _draw(pair.unaware, f"{seed}/null/{pair.item.id}/{pair.culture}")
    return replace(pair, unaware=first, aware=second)


def _draw(shares: Shares, seed: str) -> Shares:
    place = random.Random(seed).choices(range(len(shares)), weights=shares)[0]
    return tuple(float(k == place) for k in range(len(shares)))
