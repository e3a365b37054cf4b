"""Leaks: a generated question that asks in other words what the study measures on.

Questions are written after items of the very survey that a study evaluates with, so training on
them can be training on the test. To be about the same is not to ask the same: "Should two men be
allowed to marry?" is no leak of "Would you mind homosexuals as neighbors?". What sets the two apart
is told by examples (leak_examples.py): a question's score for an item is its likeness to what asks
the item again, less `CONTRAST` of its likeness to what asks something else, be it an example of
that or an item of the built-in survey that is not measured on.

Likeness is by an encoder's vectors together with words and letters, or by the latter alone
(resemblance.py). A question is a leak from the score on that `FALSE_ALARMS` of the examples that
ask something else exceed, each held against all others: so any encoder finds its own threshold.
Items without examples, those of a survey of your own, are known by their wordings alone, and have a
threshold of their own.
docs/behind/leaks.md tells how many leaks are found, and how many questions are lost.

    >>> from acculturate.survey import load_survey
    >>> check = LeakCheck(load_survey("wvs7-marginals").items.values())
    >>> check.find("How much do you trust the World Bank?").item
    'Q87'
    >>> check.find("Do you dread being laid off?").item
    'Q142'
    >>> check.find("Which season of the year suits you best?") is None
    True
"""

import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from acculturate.culturespa.leak_examples import builtin_stems, load_examples
from acculturate.culturespa.meaning import Encoder, Floats
from acculturate.culturespa.resemblance import likeness_of
from acculturate.records import Item, Wording
from acculturate.scales import in_order
from acculturate.similarity import normalise

How = Literal["exact", "letters", "meaning"]

CONTRAST = 0.7
"""How much of the likeness to what asks something else is taken off."""
FALSE_ALARMS: Mapping[How, float] = {"letters": 0.2, "meaning": 0.07}
"""Share of the examples that ask something else, each left out, which would count as leaks."""
COMMON = 4
"""An option that stands in so many wordings belongs to a scale, not to a question."""
AT_ONCE = 256
"""Examples that are compared with all at once: 8 MB."""
NONE = -1


class Leak(NamedTuple):
    """The item that a question asks again, its score (a leak above the check's threshold; an exact
    one counts 2), how that was seen, and the text which it is most like.
    """

    item: str
    score: float
    how: How
    like: str

    @property
    def named(self) -> str:
        """The item and the text, as a list of what was dropped names them."""
        return f"{self.item}, as in '{self.like}'"


class LeakCheck:
    """Holds questions against the items that are measured on, in their wordings in English."""

    def __init__(self, items: Iterable[Item], encoder: Encoder | None = None) -> None:
        self._items = [item for item in items if item.wordings.get("en")]
        self._how: How = "letters" if encoder is None else "meaning"
        wordings = [
            (n, wording) for n, item in enumerate(self._items) for wording in item.wordings["en"]
        ]
        self._exact = {normalise(wording.stem): (n, wording.stem) for n, wording in wordings}
        counts = Counter(normalise(text) for _, wording in wordings for text in set(wording.texts))
        self._scales = frozenset(text for text, count in counts.items() if count >= COMMON)
        self._examples = load_examples()
        own = [self._text(wording) for _, wording in wordings]
        self._texts = [*(example.text for example in self._examples), *own]
        self._likeness = likeness_of(self._texts, encoder)
        self._owner_N = np.array([*self._owners(), *(n for n, _ in wordings)], np.int64)
        self._other_N = self._owner_N == NONE
        self._other_N[list(self._set_aside([n for n, _ in wordings]))] = False

    @functools.cached_property
    def threshold(self) -> float:
        """The score above which a question is a leak."""
        return self._level(np.array([example.asks == "again" for example in self._examples]))

    @functools.cached_property
    def _ahead_I(self) -> Floats:
        """What an item is given that has no examples: its likest text is the likest of fewer."""
        stems = builtin_stems()
        worded_E = np.array(
            [example.text in stems.get(example.item, ()) for example in self._examples]
        )
        builtin_I = np.array([_is_builtin(item) for item in self._items], bool)
        ahead = 0.0 if builtin_I.all() else self.threshold - self._level(worded_E)
        return np.where(builtin_I, 0.0, ahead)

    def _level(self, again_E: NDArray[np.bool_]) -> float:
        """Return what `FALSE_ALARMS` of the examples of something else score above, were all items
        measured on and known by the examples of `again_E`.
        """
        anew_E = np.array([example.asks == "anew" for example in self._examples])
        scores = []
        place_A = np.flatnonzero(anew_E)
        for place_M in np.split(place_A, range(AT_ONCE, len(place_A), AT_ONCE)):
            cosine_ME = self._likeness.inside(place_M, np.arange(len(anew_E)))
            cosine_ME[np.arange(len(place_M)), place_M] = 0
            again_M, other_M = (cosine_ME[:, known_E].max(1) for known_E in (again_E, anew_E))
            scores.append(again_M - CONTRAST * other_M)
        return float(np.quantile(np.concatenate(scores), 1 - FALSE_ALARMS[self._how]))

    def find(self, question: Item | str) -> Leak | None:
        """Return the item that a question leaks, the likeliest one, or None."""
        stem = question if isinstance(question, str) else question.wording().stem
        if (same := self._exact.get(normalise(stem))) is not None:
            return Leak(self._items[same[0]].id, 2.0, "exact", same[1])
        score_I = self.scores(question)
        if not score_I.size or score_I.max() <= self.threshold:
            return None
        best = int(score_I.argmax())
        return Leak(self._items[best].id, float(score_I[best]), self._how, self._like(stem, best))

    def scores(self, question: Item | str) -> Floats:
        """Return how much a question asks what each item asks. Shape (items,)."""
        if not self._items:
            return np.zeros(0)
        return np.asarray(np.max([self._scores(text) for text in self._asked(question)], 0))

    def _scores(self, text: str) -> Floats:
        cosine_N = self._likeness.cosines(text)
        own_N = self._owner_N != NONE
        cosine_I = np.full(len(self._items), -1.0)
        np.maximum.at(cosine_I, self._owner_N[own_N], cosine_N[own_N])
        other = cosine_N[self._other_N].max(initial=0)
        return np.asarray(cosine_I + self._ahead_I - CONTRAST * other)

    def _like(self, text: str, item: int) -> str:
        """Return the text of an item that a text is most like."""
        cosine_N = np.where(self._owner_N == item, self._likeness.cosines(text), -1)
        return self._texts[int(cosine_N.argmax())]

    def _owners(self) -> Iterator[int]:
        """Yield the item that each example asks again, where it is measured on; else `NONE`."""
        place = {item.id: n for n, item in enumerate(self._items) if _is_builtin(item)}
        for example in self._examples:
            yield place.get(example.item, NONE) if example.asks == "again" else NONE

    def _set_aside(self, owners: Sequence[int]) -> Iterator[int]:
        """Yield examples that may ask what an item asks which has no examples of its own.

        Such an item may be the very thing that an example calls something else. So an example is
        set aside that is as near to the item as half of the examples are to the wordings which they
        ask again, and with one all that ask the same.
        """
        named = {n for n, item in enumerate(self._items) if _is_builtin(item)}
        count = len(self._examples)
        foreign = [count + k for k, owner in enumerate(owners) if owner not in named]
        if not foreign:
            return
        like_IE = self._likeness.inside(np.array(foreign), np.arange(count))
        near_E = like_IE.max(0) >= self._usual
        again = {
            known.item
            for known, near in zip(self._examples, near_E, strict=True)
            if near and known.asks == "again"
        }
        for number, example in enumerate(self._examples):
            if near_E[number] or (example.asks == "again" and example.item in again):
                yield number

    @functools.cached_property
    def _usual(self) -> float:
        """How near an example is to the wordings that it asks again: the median."""
        again = [n for n, example in enumerate(self._examples) if example.asks == "again"]
        stems = builtin_stems()
        worded = [n for n in again if self._examples[n].text in stems[self._examples[n].item]]
        others = sorted({*again} - {*worded})
        item_M, item_K = (
            np.array([self._examples[n].item for n in places]) for places in (worded, others)
        )
        like_MK = self._likeness.inside(np.array(worded), np.array(others))
        like_MK[item_M[:, None] != item_K] = -1
        return float(np.median(like_MK.max(0)))

    def _text(self, wording: Wording) -> str:
        """Return the stem, and the options that are not a scale's."""
        own = [text for text in wording.texts if normalise(text) not in self._scales]
        return " ".join([wording.stem, *own])

    def _asked(self, question: Item | str) -> tuple[str, ...]:
        """Return the stem, and that with options that are no scale: either may ask what an item
        asks.
        """
        if isinstance(question, str):
            return (question,)
        wording = question.wording()
        ordered = question.ordinal or in_order(wording.texts)
        return (wording.stem,) if ordered else (wording.stem, self._text(wording))


def _is_builtin(item: Item) -> bool:
    """Return whether an item asks what the built-in one of its name asks."""
    stems = builtin_stems().get(item.id, frozenset())
    return any(wording.stem in stems for wording in item.wordings["en"])
