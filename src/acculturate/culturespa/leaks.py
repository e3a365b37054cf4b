"""Leaks: a generated question that asks in other words what the study measures on.

Questions are written from seeds of the very survey that a study evaluates with, so that training on
them can be training on the test. A question leaks an item where it is its text, or is about what
sets the item apart:

    score = min(whole, 2 apart),  the larger over the item's wordings

`whole` is the cosine of the texts' character 4-grams, each weighted by how few items hold it;
`apart` is the same with the grams taken off that the item shares with the rest of its battery ("How
much confidence do you have in the ..."). With an encoder (semantic.py) both are .7 letters and .3
meaning. The threshold is set by the survey itself: at most 1.8% of its pairs of different items of
one topic exceed it. docs/culturespa.md tells how many paraphrases are found.

    >>> from acculturate.survey import load_survey
    >>> check = LeakCheck(load_survey("wvs7-marginals").items.values())
    >>> check.find("How much do you trust the World Bank?").item
    'Q87'
    >>> check.find("Which season of the year suits you best?") is None
    True
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from acculturate.culturespa.scales import in_order
from acculturate.records import Item, Wording
from acculturate.similarity import grams, normalise

Floats = NDArray[np.float64]
Encoder = Callable[[Sequence[str]], Floats]
"""Texts to vectors of meaning: N texts, shape (N, D)."""

FALSE_ALARMS = 0.018
"""Share of a survey's pairs of different items of one topic that may count as leaks."""
BOUNDS = (0.2, 0.4)
"""Where the threshold stays, whatever the survey."""
UNKNOWN = 0.5
"""Weight of a gram that no item holds, as a part of the greatest weight (on the square)."""
MEANING = 0.3
"""Share of an encoder's similarity in the score."""
COMMON = 4
"""An option that stands in so many wordings belongs to a scale, not to a question."""


class Leak(NamedTuple):
    """The item that a question asks again, how alike they are in [0, 1], and how that was seen."""

    item: str
    score: float
    how: Literal["exact", "lexical", "semantic"]


class LeakCheck:
    """Holds questions against the items that are measured on, in their wordings in English."""

    def __init__(self, items: Iterable[Item], encoder: Encoder | None = None) -> None:
        self._items = [item for item in items if item.wordings.get("en")]
        pairs = [(n, each) for n, item in enumerate(self._items) for each in item.wordings["en"]]
        self._owner_W = np.array([n for n, _ in pairs], np.int64)  # wordings -> items
        self._exact = {normalise(wording.stem): self._items[n].id for n, wording in pairs}
        said = Counter(normalise(text) for _, each in pairs for text in set(each.texts))
        self._scales = frozenset(text for text, count in said.items() if count >= COMMON)
        texts = [self._text(wording) for _, wording in pairs]
        batteries = [self._items[n].battery or self._items[n].id for n, _ in pairs]
        self._letters = _Letters(texts, self._owner_W.tolist(), batteries)
        self._meaning = (
            _Meaning(encoder, texts, self._owner_W.tolist(), batteries)
            if encoder is not None and texts
            else None
        )
        self.threshold = self._calibrated(texts)

    def find(self, question: Item | str) -> Leak | None:
        """The item that a question leaks, the likeliest one, or None."""
        stem = question if isinstance(question, str) else question.wording().stem
        if (same := self._exact.get(normalise(stem))) is not None:
            return Leak(same, 1.0, "exact")
        score_I = self.scores(question)
        if not len(score_I) or score_I.max() <= self.threshold:
            return None
        how: Literal["lexical", "semantic"] = "semantic" if self._meaning else "lexical"
        best = int(score_I.argmax())
        return Leak(self._items[best].id, float(score_I[best]), how)

    def scores(self, question: Item | str) -> Floats:
        """How much a question is each item's, in [0, 1]. Shape (items,)."""
        if not self._items:
            return np.zeros(0)
        return self._scores(question if isinstance(question, str) else self._asked(question))

    def _scores(self, text: str) -> Floats:
        whole_W, apart_W = self._letters.cosines(text)
        if self._meaning is not None:
            alike_W, alike_apart_W = self._meaning.cosines(text)
            whole_W = (1 - MEANING) * whole_W + MEANING * alike_W
            apart_W = (1 - MEANING) * apart_W + MEANING * alike_apart_W
        score_I = np.zeros(len(self._items))
        np.maximum.at(score_I, self._owner_W, np.minimum(whole_W, 2 * apart_W))
        return score_I

    def _calibrated(self, texts: Sequence[str]) -> float:
        """The score that `FALSE_ALARMS` of the pairs of different items of one topic exceed."""
        topics = np.array([item.topic for item in self._items])
        found = []
        for text, owner in zip(texts, self._owner_W.tolist(), strict=True):
            other_I = topics == topics[owner]
            other_I[owner] = False
            found.append(self._scores(text)[other_I])
        scores = np.concatenate(found) if found else np.zeros(0)
        low, high = BOUNDS
        return (
            float(np.clip(np.quantile(scores, 1 - FALSE_ALARMS), low, high)) if len(scores) else low
        )

    def _text(self, wording: Wording) -> str:
        """The stem, and the options that are not a scale's."""
        own = [text for text in wording.texts if normalise(text) not in self._scales]
        return " ".join([wording.stem, *own])

    def _asked(self, question: Item) -> str:
        wording = question.wording()
        ordered = question.ordinal or in_order(wording.texts)
        return wording.stem if ordered else self._text(wording)


class _Letters:
    """Weighted 4-grams of W wordings, as a list of the wordings for each gram."""

    def __init__(self, texts: Sequence[str], owners: Sequence[int], batteries: list[str]) -> None:
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
        apart = _apart(whole, owners, batteries)
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


def _apart(
    vectors: Sequence[dict[str, float]], owners: Sequence[int], batteries: Sequence[str]
) -> list[dict[str, float]]:
    """Each vector without what the other items of its battery share: a gram that all hold weighs
    nothing. Wordings are held against wordings of the same place, the first against the first.
    """
    place = _places(owners)
    groups: dict[tuple[str, int], list[int]] = {}
    for number, battery in enumerate(batteries):
        groups.setdefault((battery, place[number]), []).append(number)
    out = [dict(vector) for vector in vectors]
    for members in groups.values():
        held = Counter(gram for number in members for gram in vectors[number])
        if len(members) > 1:
            for number in members:
                for gram in vectors[number]:
                    share = (held[gram] - 1) / (len(members) - 1)
                    out[number][gram] *= (1 - share) ** 2
    return out


def _places(owners: Sequence[int]) -> list[int]:
    """Which wording of its item each is, from 0."""
    seen: Counter[int] = Counter()
    places = []
    for owner in owners:
        places.append(seen[owner])
        seen[owner] += 1
    return places


class _Meaning:
    """An encoder's vectors of W wordings, about their mean; apart: about their battery's others."""

    def __init__(
        self,
        encoder: Encoder,
        texts: Sequence[str],
        owners: Sequence[int],
        batteries: Sequence[str],
    ) -> None:
        self._encoder = encoder
        raw_WD = encoder(texts)
        self._mean_D = raw_WD.mean(0)
        self._whole_WD = _unit(raw_WD - self._mean_D)
        apart_WD = self._whole_WD.copy()
        place = np.array(_places(owners))
        named = np.array(batteries)
        for number in range(len(texts)):
            others_W = (named == named[number]) & (place == place[number])
            others_W[number] = False
            if others_W.any():
                apart_WD[number] -= self._whole_WD[others_W].mean(0)
        self._apart_WD = _unit(apart_WD)

    def cosines(self, text: str) -> tuple[Floats, Floats]:
        """With each whole wording, and with what sets it apart. Shapes (W,), (W,)."""
        vector_D = _unit(self._encoder([text]) - self._mean_D)[0]
        return self._whole_WD @ vector_D, self._apart_WD @ vector_D


def _unit(vector_ND: Floats) -> Floats:
    return np.asarray(vector_ND / np.maximum(np.linalg.norm(vector_ND, axis=1), 1e-9)[:, None])
