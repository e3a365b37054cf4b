"""Leaks: a generated question that asks in other words what the study measures on.

Questions are written from seeds of the very survey that a study evaluates with, so that training on
them can be training on the test. A question is held against each item by what it is about
(concepts.py; "jobless" and "out of work" are one): it is as like an item as the concepts that they
share, and no more than twice as like as it is to what sets the item apart from its battery. With an
encoder its meaning counts as well (meaning.py).

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
from acculturate.culturespa.scales import in_order
from acculturate.records import Item, Wording
from acculturate.similarity import normalise

How = Literal["exact", "concepts", "meaning"]

FALSE_ALARMS = 0.018
"""Share of a survey's pairs of different items of one topic that may count as leaks."""
BOUNDS = (0.85, 1.2)
"""Where the threshold stays, whatever the survey; 1 without pairs."""
COMMON = 4
"""An option that stands in so many wordings belongs to a scale, not to a question."""


class Leak(NamedTuple):
    """The item that a question asks again, how alike they are (a leak from about 1 on; an exact
    one counts 2), and how that was seen.
    """

    item: str
    score: float
    how: How


class View(NamedTuple):
    """One way of holding a text against I items: likeness in [0, 1], shape (I,).

    Its likeness counts in units of what `share` of the survey's pairs exceed, kept within `bounds`.
    """

    how: How
    alike: Callable[[str], Floats]
    share: float
    bounds: tuple[float, float]


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
        self._views = self._opened(texts, encoder) if texts else ()
        found = [self._pairs_of(view.alike, texts) for view in self._views]
        self._unit_V = [_level(view, each) for view, each in zip(self._views, found, strict=True)]
        self.threshold = 1.0
        if found and len(found[0]):
            score_P = np.max([each / u for each, u in zip(found, self._unit_V, strict=True)], 0)
            self.threshold = float(np.clip(np.quantile(score_P, 1 - FALSE_ALARMS), *BOUNDS))

    def find(self, question: Item | str) -> Leak | None:
        """The item that a question leaks, the likeliest one, or None."""
        stem = question if isinstance(question, str) else question.wording().stem
        if (same := self._exact.get(normalise(stem))) is not None:
            return Leak(same, 2.0, "exact")
        score_VI = self._by_view(question)
        if not score_VI.size or score_VI.max() <= self.threshold:
            return None
        view, best = np.unravel_index(int(score_VI.argmax()), score_VI.shape)
        return Leak(self._items[best].id, float(score_VI[view, best]), self._views[view].how)

    def scores(self, question: Item | str) -> Floats:
        """How much a question is each item's; a leak above `threshold`. Shape (items,)."""
        score_VI = self._by_view(question)
        return np.asarray(score_VI.max(0)) if score_VI.size else np.zeros(len(self._items))

    def _by_view(self, question: Item | str) -> Floats:
        """The same in each view. Shape (views, items)."""
        texts = (question,) if isinstance(question, str) else self._asked(question)
        views = zip(self._views, self._unit_V, strict=True)
        return np.array([np.max([view.alike(text) for text in texts], 0) / u for view, u in views])

    def _opened(self, texts: Sequence[str], encoder: Encoder | None) -> tuple[View, ...]:
        owners = self._owner_W.tolist()
        batteries = [item.battery or item.id for item in self._items]
        concepts = Concepts(texts, owners, batteries)
        by_concepts = View("concepts", concepts.likeness, FALSE_ALARMS, (0.3, 0.4))
        if encoder is None:
            return (by_concepts,)
        # a wording is set apart from wordings of the same place, the first from the first
        places = _places(owners)
        grids = [f"{batteries[owner]} {place}" for owner, place in zip(owners, places, strict=True)]
        meaning = Meaning(encoder, texts, grids)
        by_meaning = View("meaning", lambda text: self._likest(meaning, text), 0.003, (0.5, 0.9))
        return by_concepts, by_meaning

    def _likest(self, meaning: Meaning, text: str) -> Floats:
        """The likeness of each item's likest wording. Shape (items,)."""
        whole_W, apart_W = meaning.cosines(text)
        alike_I = np.zeros(len(self._items))
        np.maximum.at(alike_I, self._owner_W, np.minimum(whole_W, 2 * apart_W))
        return alike_I

    def _pairs_of(self, alike: Callable[[str], Floats], texts: Sequence[str]) -> Floats:
        """The likeness of every wording to the other items of its topic. Shape (pairs,)."""
        topics = np.array([item.topic for item in self._items])
        found = []
        for text, owner in zip(texts, self._owner_W.tolist(), strict=True):
            other_I = topics == topics[owner]
            other_I[owner] = False
            found.append(alike(text)[other_I])
        return np.concatenate(found)

    def _text(self, wording: Wording) -> str:
        """The stem, and the options that are not a scale's."""
        own = [text for text in wording.texts if normalise(text) not in self._scales]
        return " ".join([wording.stem, *own])

    def _asked(self, question: Item) -> tuple[str, ...]:
        """The stem, and that with options that are no scale: either may ask what an item asks."""
        wording = question.wording()
        ordered = question.ordinal or in_order(wording.texts)
        return (wording.stem,) if ordered else (wording.stem, self._text(wording))


def _level(view: View, alike_P: Floats) -> float:
    """The likeness that the view's share of P pairs exceed."""
    low, high = view.bounds
    return float(np.clip(np.quantile(alike_P, 1 - view.share), low, high)) if len(alike_P) else low


def _places(owners: Sequence[int]) -> list[int]:
    """Which wording of its item each is, from 0."""
    seen: Counter[int] = Counter()
    places = []
    for owner in owners:
        places.append(seen[owner])
        seen[owner] += 1
    return places
