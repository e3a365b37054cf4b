"""Overlaps: whether cultures shift on the same questions, and the same way.

Shifts that are a culture's own fall on other questions than another culture's, or go another way.
Where all cultures shift alike, what is taught is that a culture is named at all.
"""

import itertools
from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from acculturate.culturespa.answering import AnswerPair, Answers
from acculturate.metrics.specificity import profile
from acculturate.records.results.made import Overlap

Floats = NDArray[np.float64]


def overlaps(answers: Answers, taken: Collection[tuple[str, str]]) -> tuple[Overlap, ...]:
    """Return every two cultures, in their order; `taken` are the (item, culture) of shifts that
    count.
    """
    by_culture: dict[str, dict[str, AnswerPair]] = {}
    for pair in answers.pairs:
        by_culture.setdefault(pair.culture, {})[pair.item.id] = pair
    moved = {
        culture: {item: _movement(pair) for item, pair in pairs.items()}
        for culture, pairs in by_culture.items()
    }
    return tuple(
        _overlap(one, other, moved[one], moved[other], taken)
        for one, other in itertools.combinations(by_culture, 2)
    )


def _overlap(
    one: str,
    other: str,
    ours: Mapping[str, Floats],
    theirs: Mapping[str, Floats],
    taken: Collection[tuple[str, str]],
) -> Overlap:
    items = [item for item in ours if item in theirs]
    first = {item for item in items if (item, one) in taken}
    second = {item for item in items if (item, other) in taken}
    both, expected = len(first & second), len(first) * len(second) / max(len(items), 1)
    either, spread = len(first | second), len(first) + len(second) - expected
    return Overlap(
        one,
        other,
        len(items),
        len(first),
        len(second),
        both,
        both / either if either else None,
        expected / spread if spread else None,
        _cosine([ours[item] for item in items], [theirs[item] for item in items]),
    )


def _movement(pair: AnswerPair) -> Floats:
    """Return from the unaware to the aware answer, along the scale where there is one."""
    moved_K = np.array(pair.aware) - np.array(pair.unaware)
    size, ordinal = np.array([len(moved_K)]), np.array([pair.item.ordinal])
    return np.asarray(profile(moved_K[None], size, ordinal)[0])


def _cosine(one: list[Floats], other: list[Floats]) -> float | None:
    if not one:
        return None
    left, right = np.concatenate(one), np.concatenate(other)
    size = float(np.sqrt((left @ left) * (right @ right)))
    return float(left @ right) / size if size else None
