"""Likeness of texts by their words and by four letters in a row, the rare ones counting more.

It needs no model. It finds a text that uses a part of another's words, whatever their endings; it
sees nothing in words that are merely of one meaning (semantic.py has encoders for these).

    >>> letters = Letters(["Do you pray?", "Do you own a boat?", "Are you happy?"])
    >>> int(letters.cosines("Is praying something that you do?").argmax())
    0
"""

import functools
import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from acculturate.culturespa.concepts import LOOSE, stem
from acculturate.culturespa.meaning import Floats, Places
from acculturate.similarity import grams, normalise

Parts = Callable[[str], frozenset[str]]


@functools.lru_cache(maxsize=2**13)  # the examples are the same in every check
def words(text: str) -> frozenset[str]:
    """Return the words of a text, without articles and roughly without endings."""
    return frozenset(stem(word) for word in normalise(text).split() if word not in LOOSE)


@functools.lru_cache(maxsize=2**13)
def letters_of(text: str) -> frozenset[str]:
    """Return every four letters in a row."""
    return grams(text)


class Letters:
    """N texts, to be held against others: the mean of two cosines, of words and of letters."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._sides = [_Side(texts, parts) for parts in (words, letters_of)]

    def cosines(self, text: str) -> Floats:
        """Return how like a text is to each, in [0, 1]. Shape (N,)."""
        return np.asarray(np.mean([side.cosines(text) for side in self._sides], 0))

    def inside(self, place_M: Places, place_K: Places) -> Floats:
        """Return how like M of the texts are to K of them, by their places. Shape (M, K)."""
        return np.asarray(np.mean([side.inside(place_M, place_K) for side in self._sides], 0))


class _Side:
    """Texts by one kind of parts: for each part the texts that hold it, and its weight in them."""

    def __init__(self, texts: Sequence[str], parts: Parts) -> None:
        self._parts = parts
        self._size = len(texts)
        parts_of_texts = [parts(text) for text in texts]
        held = Counter(part for of_text in parts_of_texts for part in of_text)
        self._unknown = math.log(self._size / 0.5) if texts else 1.0
        self._rare = {part: math.log(self._size / (n + 0.5)) for part, n in held.items()}
        places: dict[str, list[int]] = {part: [] for part in held}
        for number, of_text in enumerate(parts_of_texts):
            for part in of_text:
                places[part].append(number)
        length_N = np.array([self._length(of_text) for of_text in parts_of_texts])
        self._place = {part: np.array(numbers, np.int64) for part, numbers in places.items()}
        self._weight = {
            part: self._rare[part] / length_N[place] for part, place in self._place.items()
        }

    def inside(self, place_M: Places, place_K: Places) -> Floats:
        weight_NP = self._weights
        return np.asarray((weight_NP[place_M] @ weight_NP[place_K].T).toarray())

    @functools.cached_property
    def _weights(self) -> Any:
        """Each text's parts with their weights, as a sparse matrix of shape (N, P)."""
        from scipy.sparse import csr_array

        column = np.repeat(np.arange(len(self._place)), [len(own) for own in self._place.values()])
        row, weight = (
            np.concatenate([[], *known.values()]) for known in (self._place, self._weight)
        )
        shape = (self._size, len(self._place))
        return csr_array((weight, (row.astype(np.int64), column)), shape=shape)

    def _length(self, of_text: frozenset[str]) -> float:
        square = sum(self._rare.get(part, self._unknown) ** 2 for part in of_text)
        return math.sqrt(square) or 1.0

    def cosines(self, text: str) -> Floats:
        of_text = self._parts(text)
        known = sorted(part for part in of_text if part in self._place)
        if not known:
            return np.zeros(self._size)
        place = np.concatenate([self._place[part] for part in known])
        weight = np.concatenate([self._weight[part] * self._rare[part] for part in known])
        return np.bincount(place, weight, self._size) / self._length(of_text)
