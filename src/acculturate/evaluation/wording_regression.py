"""What an item's wording alone says of its answers: a ridge regression from 4-grams to shares.

Items of one scale are compared on a common one, from 0 to 1, on which cumulative shares are read
off at G points; so an item of four options can be predicted from one of ten. It knows nothing but
letters: two items of one grid look alike to it, and so does what is asked in the same words. Axes:
C cultures, I items, J known items, H items held out, K options, G points, F different 4-grams.

    >>> from acculturate.survey import load_survey
    >>> survey = load_survey()
    >>> items = survey.select(["Q1", "Q2", "Q57"])
    >>> regression = WordingRegression.of(survey.people(["DEU"], items))
    >>> regression.predict(known=[0, 1], held=[2]).shape
    (1, 1, 4)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from acculturate.records import Item
from acculturate.survey import People

Floats = NDArray[np.float64]
Indexes = Sequence[int] | NDArray[np.intp]
GRAM = 4
RIDGE = 1.0
POINTS = 12  # of the common scale, more than any item has options


@dataclass(frozen=True, slots=True)
class WordingRegression:
    """Items' likeness, their curves on the common scale, and what is needed to read shares off.

    `kernel_II` are cosines; `curve_CIG` is NaN where a culture was not asked.
    """

    kernel_II: Floats
    curve_CIG: Floats
    size_I: NDArray[np.int64]

    @classmethod
    def of(cls, people: People, language: str = "en") -> Self:
        """Compare the items by their wording in `language`, or the first one that they have."""
        kernel_II = _kernel([_text(item, language) for item in people.items])
        return cls(kernel_II, _to_common(people), people.size_I)

    def predict(self, known: Indexes, held: Indexes) -> Floats:
        """Return shares of the items at `held`, from the answers to those at `known`, each
        culture's from its own; (C, H, K). NaN where a culture was asked none of these.
        """
        known_J, held_H = np.asarray(known, np.intp), np.asarray(held, np.intp)
        width = int(self.size_I.max(initial=0))
        share_CHK: Floats = np.full((len(self.curve_CIG), len(held_H), width), np.nan)
        asked_CJ = np.isfinite(self.curve_CIG[:, known_J]).all(-1)
        for asked_J in np.unique(asked_CJ, axis=0):  # cultures that were asked the same items
            others = known_J[asked_J]
            if not len(others):
                continue
            alike_C = np.flatnonzero((asked_CJ == asked_J).all(-1))
            curve_CHG = self._curves(alike_C, others, held_H)
            for c, curve_HG in zip(alike_C, curve_CHG, strict=True):
                share_CHK[c] = _from_common(curve_HG, self.size_I[held_H], width)
        return share_CHK

    def _curves(
        self, cultures: NDArray[np.intp], known: NDArray[np.intp], held: NDArray[np.intp]
    ) -> Floats:
        curve_CJG = self.curve_CIG[np.ix_(cultures, known)]
        middle_CG = curve_CJG.mean(1)
        inner_JJ = self.kernel_II[np.ix_(known, known)] + RIDGE * np.eye(len(known))
        weight_HJ = np.linalg.solve(inner_JJ, self.kernel_II[np.ix_(known, held)]).T
        return np.asarray(middle_CG[:, None] + weight_HJ @ (curve_CJG - middle_CG[:, None]))


def _text(item: Item, language: str) -> str:
    # a survey of one's own may be worded in another language
    spoken = language if item.wordings_in(language) else next(iter(item.wordings), language)
    wording = item.wording(spoken)
    return " ".join([wording.stem, *wording.texts]).lower()


def _kernel(texts: Sequence[str]) -> Floats:
    """Return cosines of 4-gram counts that are weighed by rarity; shape (I, I)."""
    grams = [[text[k : k + GRAM] for k in range(max(len(text) - GRAM + 1, 1))] for text in texts]
    column = {gram: n for n, gram in enumerate(dict.fromkeys(g for gram in grams for g in gram))}
    count_IF = np.zeros((len(texts), len(column)))
    for i, counts in enumerate(grams):
        np.add.at(count_IF[i], [column[gram] for gram in counts], 1.0)
    rarity_F = np.log(1 + len(texts) / (count_IF > 0).sum(0))
    weight_IF = np.log1p(count_IF) * rarity_F
    weight_IF /= np.linalg.norm(weight_IF, axis=1, keepdims=True)
    return np.asarray(weight_IF @ weight_IF.T)


def _to_common(people: People) -> Floats:
    """Return cumulative shares read off at G points of a scale from 0 to 1; shape (C, I, G)."""
    at_G = np.arange(1, POINTS) / POINTS
    curve = np.full((*people.count_CIK.shape[:2], POINTS - 1), np.nan)
    cumulative = np.cumsum(people.share_CIK, -1)
    for i, size in enumerate(people.size_I):
        edge_K = np.arange(size + 1) / size
        for c in range(len(people.cultures)):
            curve[c, i] = np.interp(at_G, edge_K, [0.0, *cumulative[c, i, :size]])
    return curve


def _from_common(curve_IG: Floats, size_I: NDArray[np.int64], width: int) -> Floats:
    """Return shares of an item's own options, from a curve that may not quite rise."""
    at_G = np.arange(POINTS + 1) / POINTS
    share_IK = np.zeros((len(curve_IG), width))
    for i, size in enumerate(size_I):
        risen = np.maximum.accumulate(np.clip([0.0, *curve_IG[i], 1.0], 0.0, 1.0))
        share_IK[i, :size] = np.diff(np.interp(np.arange(size + 1) / size, at_G, risen))
    return share_IK
