"""Wordings as an encoder's vectors, so that a text is found by what it means.

What all wordings have in common is taken off; `apart` is what sets a wording off from the rest of
its battery. semantic.py opens encoders.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Encoder = Callable[[Sequence[str]], Floats]
"""Texts to vectors of meaning: N texts, shape (N, D)."""


class Meaning:
    """An encoder's vectors of W wordings, about their mean. `batteries`: a name per wording."""

    def __init__(self, encoder: Encoder, texts: Sequence[str], batteries: Sequence[str]) -> None:
        self._encoder = encoder
        raw_WD = encoder(texts)
        self._mean_D = raw_WD.mean(0)
        self._whole_WD = unit(raw_WD - self._mean_D)
        apart_WD = self._whole_WD.copy()
        named = np.array(batteries)
        for number in range(len(texts)):
            others_W = named == named[number]
            others_W[number] = False
            if others_W.any():
                apart_WD[number] -= self._whole_WD[others_W].mean(0)
        self._apart_WD = unit(apart_WD)

    def cosines(self, text: str) -> tuple[Floats, Floats]:
        """With each whole wording, and with what sets it apart. Shapes (W,), (W,)."""
        vector_D = unit(self._encoder([text]) - self._mean_D)[0]
        return self._whole_WD @ vector_D, self._apart_WD @ vector_D


def unit(vector_ND: Floats) -> Floats:
    """Each row brought to length 1; a row of zeros stays."""
    return np.asarray(vector_ND / np.maximum(np.linalg.norm(vector_ND, axis=1), 1e-9)[:, None])
