"""Likeness of texts by an encoder's vectors, so that a text is found by what it means.

semantic.py opens encoders; letters.py has what stands in their place where none is named.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Encoder = Callable[[Sequence[str]], Floats]
"""Texts to vectors of meaning: N texts, shape (N, D)."""


class Likeness(Protocol):
    """N texts, to be held against others."""

    def cosines(self, text: str) -> Floats:
        """Return how like a text is to each, at most 1. Shape (N,)."""
        ...

    def inside(self, place_M: Places, place_K: Places) -> Floats:
        """Return how like M of the texts are to K of them, by their places. Shape (M, K)."""
        ...


class Meaning:
    """N texts as an encoder's vectors."""

    def __init__(self, encoder: Encoder, texts: Sequence[str]) -> None:
        self._encoder = encoder
        self._vector_ND = unit(encoder(texts))

    def cosines(self, text: str) -> Floats:
        """Return how like a text is to each, in [-1, 1]. Shape (N,)."""
        return np.asarray(self._vector_ND @ unit(self._encoder([text]))[0])

    def inside(self, place_M: Places, place_K: Places) -> Floats:
        """Return how like M of the texts are to K of them, by their places. Shape (M, K)."""
        return np.asarray(self._vector_ND[place_M] @ self._vector_ND[place_K].T)


def unit(vector_ND: Floats) -> Floats:
    """Return each row brought to length 1; a row of zeros stays."""
    return np.asarray(vector_ND / np.maximum(np.linalg.norm(vector_ND, axis=1), 1e-9)[:, None])
