"""Texts that say the same in nearly the same letters.

Two texts are near-duplicates when the sets of their character 4-grams overlap: Jaccard similarity,
after case, accents' encoding, punctuation and spacing are levelled. That finds copies and small
edits. It does not find paraphrases, and must not be asked to: a paraphrase of a survey question
scores .51-.81, two *different* questions of one grid ("How important is family ..." and "... is
religion ...") score .75.

Exact and still quick at 10^5 texts: an inverted index holds each gram's texts, and one count over
the lists of a text's grams gives its overlap with every other text at once.

    >>> index = Index(threshold=0.8)
    >>> index.add("How important is family to you?")
    >>> index.find("how important is  family to you")
    Match(number=0, score=1.0)
    >>> index.find("How often do you pray?") is None
    True
"""

import math
import re
import unicodedata
from array import array
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

GRAM = 4
"""Length of a gram in characters: a short word with its border."""


SKIPPED = 80
"""Percent of the grams in common that may lie in lists too long to be walked."""

Ints = NDArray[np.int64]


class Match(NamedTuple):
    """The `number` of the text (from 0, in order of adding) and its similarity in [0, 1]."""

    number: int
    score: float


def normalise(text: str) -> str:
    """`text` in one case and one encoding, words apart by one space, without punctuation."""
    level = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", " ", level).strip()


def grams(text: str) -> frozenset[str]:
    """The character 4-grams of the normalised text, its borders included; empty for no text."""
    level = normalise(text)
    if not level:
        return frozenset()
    padded = f" {level} "
    return frozenset(padded[k : k + GRAM] for k in range(max(1, len(padded) - GRAM + 1)))


def similarity(left: str, right: str) -> float:
    """Jaccard similarity of two texts' grams in [0, 1]; 0 where either is empty."""
    return _jaccard(grams(left), grams(right))


def _jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    shared = len(left & right)
    return shared / (len(left) + len(right) - shared) if shared else 0.0


class Index:
    """Texts to be found again by any text at least `threshold` (in (0, 1]) similar."""

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold
        self._sizes = array("q")
        self._holders: dict[str, array[int]] = {}

    def __len__(self) -> int:
        return len(self._sizes)

    def add(self, text: str) -> None:
        """Add a text; its number is how many were there before."""
        found = grams(text)
        for gram in found:
            self._holders.setdefault(gram, array("q")).append(len(self))
        self._sizes.append(len(found))

    def find(self, text: str) -> Match | None:
        """The most similar text that reaches the threshold (the earliest of equals), or None."""
        wanted = grams(text)
        lists = [_numbers(self._holders[gram]) for gram in wanted if gram in self._holders]
        # J >= t needs a share t of the grams in common
        need = max(1, math.ceil(self.threshold * len(wanted) - 1e-9))
        if len(lists) < need:
            return None
        # of those, at most `skip` are in the longest lists: the short ones must hold the rest
        lists.sort(key=len)
        skip = need * SKIPPED // 100
        short, long = lists[: len(lists) - skip], lists[len(lists) - skip :]
        shared_T = np.bincount(np.concatenate(short), minlength=len(self))  # one per text
        number_M = np.flatnonzero(shared_T >= need - skip)
        shared_M = shared_T[number_M] + sum(_holds(each, number_M) for each in long)
        return self._best(number_M, shared_M, len(wanted))

    def _best(self, number_M: Ints, shared_M: Ints, size: int) -> Match | None:
        """The best of M candidates by the number of grams they share with a text of `size`."""
        if not len(number_M):
            return None
        size_M = _numbers(self._sizes)[number_M]
        score_M = shared_M / (size_M + size - shared_M)
        best = int(score_M.argmax())
        score = float(score_M[best])
        return Match(int(number_M[best]), score) if score >= self.threshold else None


def _numbers(held: "array[int]") -> Ints:
    return np.frombuffer(held, dtype=np.int64)


def _holds(numbers: Ints, wanted: Ints) -> Ints:
    """1 for each of `wanted` that is among `numbers`, both rising; else 0."""
    place = np.minimum(np.searchsorted(numbers, wanted), len(numbers) - 1)
    return np.asarray(numbers[place] == wanted, dtype=np.int64)


def chrf(hypothesis: str, references: Sequence[str]) -> tuple[float, ...]:
    """chrF++ (sacrebleu, word order 2) of `hypothesis` against each reference alone, 0 to 100."""
    from sacrebleu.metrics import CHRF

    metric = CHRF(word_order=2)
    return tuple(
        float(metric.sentence_score(hypothesis, [reference]).score) for reference in references
    )
