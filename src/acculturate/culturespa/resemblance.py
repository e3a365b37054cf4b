"""How like texts are to a question: by words and letters, and by an encoder where there is one.

An encoder alone finds most texts near that are long and about the same matter, whatever they ask of
it. With words and letters at half its weight these fall behind, and what asks the same does not.

    >>> texts = ["Do you pray?", "Do you own a boat?", "Are you happy?"]
    >>> int(likeness_of(texts).cosines("Is a boat yours?").argmax())
    1
"""

from collections.abc import Sequence

import numpy as np

from acculturate.culturespa.letters import Letters
from acculturate.culturespa.meaning import Encoder, Floats, Likeness, Meaning, Places

LETTERS_SHARE = 1 / 3
"""Of words and letters in the likeness, beside an encoder."""


def likeness_of(texts: Sequence[str], encoder: Encoder | None = None) -> Likeness:
    """Return the likeness of N texts to others, by an encoder as well where one is given."""
    letters = Letters(texts)
    return letters if encoder is None else _Both(letters, Meaning(encoder, texts))


class _Both:
    """N texts by their meaning and by their words and letters."""

    def __init__(self, letters: Letters, meaning: Meaning) -> None:
        self._letters, self._meaning = letters, meaning

    def cosines(self, text: str) -> Floats:
        """Return how like a text is to each, at most 1. Shape (N,)."""
        return _weighed(self._letters.cosines(text), self._meaning.cosines(text))

    def inside(self, place_M: Places, place_K: Places) -> Floats:
        """Return how like M of the texts are to K of them, by their places. Shape (M, K)."""
        places = place_M, place_K
        return _weighed(self._letters.inside(*places), self._meaning.inside(*places))


def _weighed(letters: Floats, meaning: Floats) -> Floats:
    return np.asarray(LETTERS_SHARE * letters + (1 - LETTERS_SHARE) * meaning)
