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

Beside it stands chrF++, a measure of translations by which self-alignment chooses its examples
(`References`): sacrebleu's figures, for all pairs of a survey's items in less than a second.
"""

import math
import re
import string
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
    """Return `text` in one case and one encoding, words apart by one space, without punctuation."""
    level = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", " ", level).strip()


def grams(text: str) -> frozenset[str]:
    """Return the character 4-grams of the normalised text, its borders included; empty
    for no text.
    """
    level = normalise(text)
    if not level:
        return frozenset()
    padded = f" {level} "
    return frozenset(padded[k : k + GRAM] for k in range(max(1, len(padded) - GRAM + 1)))


def similarity(left: str, right: str) -> float:
    """Return the Jaccard similarity of two texts' grams in [0, 1]; 0 where either is empty."""
    return _jaccard(grams(left), grams(right))


def _jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    shared = len(left & right)
    return shared / (len(left) + len(right) - shared) if shared else 0.0


class Index:
    """Texts to be found again by any text at least `threshold` (in (0, 1]) similar."""

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold
        self._texts: list[str] = []
        self._sizes = array("q")
        self._holders: dict[str, array[int]] = {}

    def __len__(self) -> int:
        return len(self._sizes)

    def text(self, number: int) -> str:
        """Return the text that was added as the `number`-th, from 0."""
        return self._texts[number]

    def add(self, text: str) -> None:
        """Add a text; its number is how many were there before."""
        self._texts.append(text)
        text_grams = grams(text)
        for gram in text_grams:
            self._holders.setdefault(gram, array("q")).append(len(self))
        self._sizes.append(len(text_grams))

    def find(self, text: str) -> Match | None:
        """Return the most similar text that reaches the threshold (the earliest of equals), or
        None.
        """
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
        shared_M = shared_T[number_M] + sum(_holds(holders, number_M) for holders in long)
        return self._best(number_M, shared_M, len(wanted))

    def find_all(self, text: str) -> tuple[int, ...]:
        """Return the numbers of all texts that reach the threshold, rising."""
        wanted = grams(text)
        lists = [_numbers(self._holders[gram]) for gram in wanted if gram in self._holders]
        if not lists:
            return ()
        shared_T = np.bincount(np.concatenate(lists), minlength=len(self))
        score_T = shared_T / (_numbers(self._sizes) + len(wanted) - shared_T)
        return tuple(np.flatnonzero(score_T >= self.threshold).tolist())

    def _best(self, number_M: Ints, shared_M: Ints, size: int) -> Match | None:
        """Return the best of M candidates by the number of grams they share with a text
        of `size`.
        """
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
    """Return 1 for each of `wanted` that is among `numbers`, both rising; else 0."""
    place = np.minimum(np.searchsorted(numbers, wanted), len(numbers) - 1)
    return np.asarray(numbers[place] == wanted, dtype=np.int64)


CHARACTERS, WORDS, BETA = 6, 2, 2
"""chrF++: grams of 1 to 6 characters and of 1 and 2 words; recall counts `BETA` times as much."""


Marked = tuple[str, int]


class References:
    """Texts that other texts are held against by chrF++ (Popovic 2017), as sacrebleu computes it.

    A gram that stands k times in a text is kept as k marked grams, so that what two texts share is
    a plain count. Axes: R references, O orders (characters 1 to 6, words 1 and 2).
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._size_RO = np.zeros((len(texts), CHARACTERS + WORDS))
        self._holders: tuple[dict[Marked, array[int]], ...] = tuple(
            {} for _ in range(CHARACTERS + WORDS)
        )
        for number, text in enumerate(texts):
            for order, marked in enumerate(_marked_grams(text)):
                self._size_RO[number, order] = len(marked)
                for gram in marked:
                    self._holders[order].setdefault(gram, array("q")).append(number)

    def chrf(self, hypothesis: str) -> NDArray[np.float64]:
        """Return chrF++ of `hypothesis` against each reference alone, 0 to 100. Shape (R,)."""
        by_order = _marked_grams(hypothesis)
        size_O = np.array([len(marked) for marked in by_order], dtype=np.float64)
        shared_RO = np.stack([self._shared(o, counts) for o, counts in enumerate(by_order)], axis=1)
        # an order that one of the two is too short for says nothing
        counts_RO = (size_O > 0) & (self._size_RO > 0)
        n_R = np.maximum(counts_RO.sum(1), 1)
        precision_R = np.where(counts_RO, shared_RO / np.maximum(size_O, 1), 0.0).sum(1) / n_R
        recall_R = np.where(counts_RO, shared_RO / np.maximum(self._size_RO, 1), 0.0).sum(1) / n_R
        below_R = BETA**2 * precision_R + recall_R
        both_R = (1 + BETA**2) * precision_R * recall_R
        return np.asarray(100 * both_R / np.where(below_R > 0, below_R, 1.0))

    def _shared(self, order: int, marked: Sequence[Marked]) -> NDArray[np.float64]:
        holders = self._holders[order]
        lists = [_numbers(holders[gram]) for gram in marked if gram in holders]
        if not lists:
            return np.zeros(len(self._size_RO))
        return np.bincount(np.concatenate(lists), minlength=len(self._size_RO)).astype(np.float64)


def _marked_grams(text: str) -> list[list[Marked]]:
    """Return for each order the grams of a text, each with the number of times it came before."""
    letters = "".join(text.split())
    words = [part for word in text.split() for part in _without_mark(word)]
    grams_by_order = [
        [letters[k : k + n] for k in range(len(letters) - n + 1)] for n in range(1, CHARACTERS + 1)
    ] + [[" ".join(words[k : k + n]) for k in range(len(words) - n + 1)] for n in (1, WORDS)]
    return [_numbered(counts) for counts in grams_by_order]


def _numbered(text_grams: Sequence[str]) -> list[Marked]:
    seen: dict[str, int] = {}
    marked = []
    for gram in text_grams:
        seen[gram] = seen.get(gram, 0) + 1
        marked.append((gram, seen[gram]))
    return marked


def _without_mark(word: str) -> tuple[str, ...]:
    """Return a word and a punctuation mark at its end, or else at its beginning."""
    if len(word) > 1 and word[-1] in string.punctuation:
        return word[:-1], word[-1]
    if len(word) > 1 and word[0] in string.punctuation:
        return word[0], word[1:]
    return (word,)


def chrf(hypothesis: str, references: Sequence[str]) -> tuple[float, ...]:
    """Return chrF++ of `hypothesis` against each reference alone, 0 to 100."""
    return tuple(References(references).chrf(hypothesis).tolist())
