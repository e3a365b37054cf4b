"""Wordings as weighted 4-grams of letters, so that a text is found by the words that it keeps.

A gram weighs by how few items hold it. `apart` is a wording without those grams that the rest of
its battery shares ("How much confidence do you have in the ...").
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from acculturate.culturespa.meaning import Floats
from acculturate.similarity import grams

UNKNOWN = 0.5
"""Weight of a gram that no item holds, as a part of the greatest weight (on the square)."""


class Letters:
    """Weighted 4-grams of W wordings, as a list of the wordings for each gram."""

    def __init__(
        self, texts: Sequence[str], owners: Sequence[int], batteries: Sequence[str]
    ) -> None:
        self._count = len(texts)
        found = [grams(text) for text in texts]
        items: dict[int, set[str]] = {}
        for owner, each in zip(owners, found, strict=True):
            items.setdefault(owner, set()).update(each)
        holders = Counter(gram for each in items.values() for gram in each)
        of = len(items) + 1
        self._weight = {gram: math.log(of / (count + 0.5)) for gram, count in holders.items()}
        self._unknown = UNKNOWN * math.log(of / 0.5) ** 2
        whole = [{gram: self._weight[gram] for gram in each} for each in found]
        apart = _apart(whole, batteries)
        self._postings = _by_gram([*whole, *apart], self._weight)

    def cosines(self, text: str) -> tuple[Floats, Floats]:
        """With each whole wording, and with what sets it apart. Shapes (W,), (W,)."""
        wanted = grams(text)
        known = [gram for gram in wanted if gram in self._postings]
        if not known:
            return np.zeros(self._count), np.zeros(self._count)
        unknown = self._unknown * (len(wanted) - len(known))
        norm = math.sqrt(sum(self._weight[gram] ** 2 for gram in known) + unknown)
        lists = [self._postings[gram] for gram in known]
        vectors = np.concatenate([each.vectors for each in lists])
        values = np.concatenate([each.values for each in lists])
        dot_V = np.bincount(vectors, values, minlength=2 * self._count) / norm
        return dot_V[: self._count], dot_V[self._count :]


class _Postings(NamedTuple):
    """The vectors that hold a gram, and its value there times its weight in a question."""

    vectors: NDArray[np.int64]
    values: Floats


def _by_gram(
    vectors: Sequence[dict[str, float]], weights: dict[str, float]
) -> dict[str, _Postings]:
    """Vectors, brought to length 1, by their grams."""
    entries: dict[str, list[tuple[int, float]]] = {}
    for number, vector in enumerate(vectors):
        norm = math.sqrt(sum(value**2 for value in vector.values())) or 1.0
        for gram, value in vector.items():
            entries.setdefault(gram, []).append((number, value * weights[gram] / norm))
    return {
        gram: _Postings(np.array([n for n, _ in each]), np.array([value for _, value in each]))
        for gram, each in entries.items()
    }


def _apart(vectors: Sequence[dict[str, float]], batteries: Sequence[str]) -> list[dict[str, float]]:
    """Each vector without what its battery's others share: a gram that all hold weighs nothing."""
    groups: dict[str, list[int]] = {}
    for number, battery in enumerate(batteries):
        groups.setdefault(battery, []).append(number)
    out = [dict(vector) for vector in vectors]
    for members in groups.values():
        held = Counter(gram for number in members for gram in vectors[number])
        if len(members) > 1:
            for number in members:
                for gram in vectors[number]:
                    share = (held[gram] - 1) / (len(members) - 1)
                    out[number][gram] *= (1 - share) ** 2
    return out
