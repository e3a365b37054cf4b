"""Near-duplicates among very many texts, at a time per text that does not grow with their number.

`similarity.Index` compares a text with all others and is right to the last letter, for some 10^4
texts. A sketch (MinHash with banding, Broder 1997) leads to the few texts that may be near, and
those alone are compared. It finds nothing that is not near, and overlooks about one in a hundred.

    >>> sketches = Sketches(threshold=0.8)
    >>> sketches.add("How important is family to you?")
    >>> sketches.find("how important is  family to you")
    Match(number=0, score=1.0)
"""

import numpy as np
from numpy.typing import NDArray

from acculturate.similarity import GRAM, Match, normalise, similarity

BANDS, ROWS = 16, 4
"""Hash minima of a sketch: two texts are compared where all rows of one band agree, which happens
in one band at least with probability 1 - (1 - J^4)^16: .9998 at J = .8, .99 at .7, .63 at .5."""
DEPTH = 4
"""Texts that a band's slot holds: questions of one manner share many slots."""
MARGIN = 0.2
"""Four standard errors of a Jaccard similarity that is estimated from 64 hashes."""


class Sketches:
    """Texts to be found again by near-duplicates, at some 400 bytes each beside their own letters.

    MinHash with banding (Broder 1997): the smallest hashes of a text's grams point to texts that
    were added before. Of those, the ones whose sketch is close are compared gram by gram, so that
    nothing is found that is not `threshold` (in [.7, 1]) similar.
    """

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold
        self._texts: list[str] = []
        self._sketch_TR: NDArray[np.uint16] = np.zeros((1024, BANDS * ROWS), np.uint16)
        self._holder_BSD = _no_holders(1024)  # bands, slots, depth of a slot
        draw = np.random.default_rng(0)
        self._factor_R1 = draw.integers(1, 2**63, (BANDS * ROWS, 1), dtype=np.uint64) | np.uint64(1)
        self._spread_G = draw.integers(1, 2**63, GRAM, dtype=np.uint64) | np.uint64(1)

    def __len__(self) -> int:
        return len(self._texts)

    def text(self, number: int) -> str:
        """The text that was added as the `number`-th, from 0."""
        return self._texts[number]

    def add(self, text: str) -> None:
        """Add a text; its number is how many were there before."""
        if len(self) == len(self._sketch_TR):
            self._grow()
        self._sketch_TR[len(self)] = self._sketch(text)
        self._hold(len(self))
        self._texts.append(text)

    def find(self, text: str) -> Match | None:
        """The most similar text found that reaches the threshold (the earliest of equals)."""
        sketch_R = self._sketch(text)
        number_M = np.unique(self._holder_BSD[np.arange(BANDS), self._slots(sketch_R)])
        number_M = number_M[number_M >= 0]
        close_M = (self._sketch_TR[number_M] == sketch_R).mean(1) >= self.threshold - MARGIN
        found = [
            Match(number, similarity(text, self._texts[number]))
            for number in number_M[close_M].tolist()
        ]
        best = max(found, key=lambda match: (match.score, -match.number), default=None)
        return best if best is not None and best.score >= self.threshold else None

    def _sketch(self, text: str) -> NDArray[np.uint16]:
        """The smallest hash of the text's grams, under each of several hash functions."""
        letter_L = np.frombuffer(f" {normalise(text)} ".ljust(GRAM).encode("utf-32-le"), np.uint32)
        gram_LG = np.lib.stride_tricks.sliding_window_view(letter_L, GRAM).astype(np.uint64)
        hash_L = (gram_LG * self._spread_G).sum(1)
        hash_L ^= hash_L >> np.uint64(31)
        least_R = (self._factor_R1 * hash_L).min(1)
        return np.asarray((least_R * self._factor_R1[:, 0]) >> np.uint64(48), np.uint16)

    def _slots(self, sketch_R: NDArray[np.uint16]) -> NDArray[np.int64]:
        """The slot of each band."""
        key_B = (sketch_R.reshape(BANDS, ROWS) * self._factor_R1[:ROWS, 0]).sum(1)
        return np.asarray((key_B >> np.uint64(32)) % np.uint64(self._holder_BSD.shape[1]), np.int64)

    def _hold(self, number: int) -> None:
        """Enter a text in a free place of its slots, or in the place of another."""
        band_B, slot_B = np.arange(BANDS), self._slots(self._sketch_TR[number])
        free_BD = self._holder_BSD[band_B, slot_B] < 0
        depth_B = np.where(free_BD.any(1), free_BD.argmax(1), number % DEPTH)
        self._holder_BSD[band_B, slot_B, depth_B] = number

    def _grow(self) -> None:
        """Twice the room, so that a slot holds one text on average."""
        self._sketch_TR = np.concatenate([self._sketch_TR, np.zeros_like(self._sketch_TR)])
        self._holder_BSD = _no_holders(len(self._sketch_TR))
        for number in range(len(self)):
            self._hold(number)


def _no_holders(slots: int) -> NDArray[np.int32]:
    return np.full((BANDS, slots, DEPTH), -1, np.int32)
