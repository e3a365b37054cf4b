"""Wordings as an encoder's vectors, so that a text is found by what it means.

Cosines alone tell little: a short plain text is near to everything, a long odd one to nothing. So a
text's cosine with an item is measured against its cosines with all of them: `likeness` says how
many standard deviations the item stands out. With few items nothing can stand out far, and the
encoder counts for little. semantic.py opens encoders.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Encoder = Callable[[Sequence[str]], Floats]
"""Texts to vectors of meaning: N texts, shape (N, D)."""


class Meaning:
    """An encoder's vectors of wordings, about their mean. `owners`: the number of each one's item,
    from 0 on.
    """

    def __init__(self, encoder: Encoder, texts: Sequence[str], owners: Sequence[int]) -> None:
        self._encoder = encoder
        raw_WD = encoder(texts)
        self._mean_D = raw_WD.mean(0)
        self._wording_WD = unit(raw_WD - self._mean_D)
        self._owner_W = np.array(owners)

    def likeness(self, text: str) -> Floats:
        """How far each item stands out, by its likest wording. Shape (items,)."""
        vector_D = unit(self._encoder([text]) - self._mean_D)[0]
        cosine_I = np.full(self._owner_W.max() + 1, -1.0)
        np.maximum.at(cosine_I, self._owner_W, self._wording_WD @ vector_D)
        spread = float(cosine_I.std())
        return (cosine_I - cosine_I.mean()) / spread if spread else np.zeros(len(cosine_I))


def unit(vector_ND: Floats) -> Floats:
    """Each row brought to length 1; a row of zeros stays."""
    return np.asarray(vector_ND / np.maximum(np.linalg.norm(vector_ND, axis=1), 1e-9)[:, None])
