"""Leaks: a generated question that asks in other words what the study measures on.

Questions are written from seeds of the very survey that a study evaluates with, so that training on
them can be training on the test. A question is held against each item by what it is about
(concepts.py; "jobless" and "out of work" are one): it is as like an item as the concepts that they
share, and no more than twice as like as it is to what sets the item apart from its battery. With an
encoder, how far the item stands out in meaning is added (meaning.py).

A question is a leak from the likeness that `FALSE_ALARMS` of the survey's own pairs of different
items of one topic exceed. No example of a leak is needed for that. docs/culturespa.md tells how
many paraphrases are found, and how many questions are lost.

    >>> from acculturate.survey import load_survey
    >>> check = LeakCheck(load_survey("wvs7-marginals").items.values())
    >>> check.find("How much do you trust the World Bank?").item
    'Q87'
    >>> check.find("Do you dread being laid off?").item
    'Q142'
    >>> check.find("Which season of the year suits you best?") is None
    True
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

import numpy as np

from acculturate.culturespa.concepts import Concepts
from acculturate.culturespa.meaning import Encoder, Floats, Meaning
from acculturate.records import Item, Wording
from acculturate.scales import in_order
from acculturate.similarity import normalise

How = Literal["exact", "concepts", "meaning"]

FALSE_ALARMS = 0.018
"""Share of a survey's pairs of different items of one topic that may count as leaks."""
UNITS = (0.3, 0.4)
"""Within which likeness of concepts one unit of likeness lies, whatever the survey."""
BOUNDS = (0.85, 1.2)
"""Where the threshold stays, whatever the survey; 1 without pairs."""
WIDER = (0.85, 2.0)
"""The same with an encoder, which adds to what stands out."""
SHARE = 0.17
"""What a standard deviation of an encoder's likeness adds, in units of that of concepts."""
COMMON = 4
"""An option that stands in so many wordings belongs to a scale, not to a question."""


class Leak(NamedTuple):
    """The item that a question asks again, how alike they are (a leak from about 1 on; an exact
    one counts 2), and how that was seen.
    """

    item: str
    score: float
    how: How


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
        batteries = [item.battery or item.id for item in self._items]
        owners = self._owner_W.tolist()
        self._concepts = Concepts(texts, owners, batteries)
        stems = [wording.stem for _, wording in pairs]
        self._meaning = Meaning(encoder, stems, owners) if encoder and stems else None
        self._unit, self.threshold = UNITS[0], 1.0
        if (alike_P := self._pairs_of(self._concepts.likeness, texts)).size:
            self._unit = _level(alike_P, UNITS)
            score_P = alike_P / self._unit
            if self._meaning is not None:
                score_P += SHARE * self._pairs_of(self._meaning.likeness, stems)
            self.threshold = _level(score_P, BOUNDS if self._meaning is None else WIDER)

    def find(self, question: Item | str) -> Leak | None:
        """The item that a question leaks, the likeliest one, or None."""
        stem = question if isinstance(question, str) else question.wording().stem
        if (same := self._exact.get(normalise(stem))) is not None:
            return Leak(same, 2.0, "exact")
        score_I = self.scores(question)
        if not score_I.size or score_I.max() <= self.threshold:
            return None
        best = int(score_I.argmax())
        how: How = "concepts" if self._shared(question)[best] > self.threshold else "meaning"
        return Leak(self._items[best].id, float(score_I[best]), how)

    def scores(self, question: Item | str) -> Floats:
        """How much a question is each item's; a leak above `threshold`. Shape (items,)."""
        score_I = self._shared(question)
        if self._meaning is None:
            return score_I
        stem = question if isinstance(question, str) else question.wording().stem
        return score_I + SHARE * self._meaning.likeness(stem)

    def _shared(self, question: Item | str) -> Floats:
        """The same by concepts alone."""
        likest_I = np.max([self._concepts.likeness(text) for text in self._asked(question)], 0)
        return np.asarray(likest_I / self._unit)

    def _pairs_of(self, alike: Callable[[str], Floats], texts: Sequence[str]) -> Floats:
        """The likeness of every wording to the other items of its topic. Shape (pairs,)."""
        topics = np.array([item.topic for item in self._items])
        found = [np.zeros(0)]
        for text, owner in zip(texts, self._owner_W.tolist(), strict=True):
            other_I = topics == topics[owner]
            other_I[owner] = False
            found.append(alike(text)[other_I])
        return np.concatenate(found)

    def _text(self, wording: Wording) -> str:
        """The stem, and the options that are not a scale's."""
        own = [text for text in wording.texts if normalise(text) not in self._scales]
        return " ".join([wording.stem, *own])

    def _asked(self, question: Item | str) -> tuple[str, ...]:
        """The stem, and that with options that are no scale: either may ask what an item asks."""
        if isinstance(question, str):
            return (question,)
        wording = question.wording()
        ordered = question.ordinal or in_order(wording.texts)
        return (wording.stem,) if ordered else (wording.stem, self._text(wording))


def _level(alike_P: Floats, bounds: tuple[float, float]) -> float:
    """What `FALSE_ALARMS` of the pairs exceed, within bounds."""
    return float(np.clip(np.quantile(alike_P, 1 - FALSE_ALARMS), *bounds))
